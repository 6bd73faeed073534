package probes_test

import (
	"strconv"
	"testing"

	"blurt/probes"
	"blurt/scanner/wire"
)

// BenchmarkBuild is the cost of making all requests to one endpoint.
func BenchmarkBuild(b *testing.B) {
	n := 0
	mint := func(string) string { n++; return "blurt" + strconv.Itoa(n) }
	specimen, err := probes.NewSpecimen("seed", mint)
	if err != nil {
		b.Fatal(err)
	}
	bare, err := probes.NewBareSpecimen("seed", mint)
	if err != nil {
		b.Fatal(err)
	}
	endpoint := wire.Endpoint{Origin: wire.Origin{Scheme: "https", Host: "h", Port: 443}, Target: "/api/"}
	c := probes.Context{
		Endpoint: endpoint, Control: probes.Control(endpoint, "1", "0"), Mint: mint,
		Specimen: specimen, Bare: bare, Profile: probes.Standard, Limits: probes.DefaultLimits(),
	}
	list := probes.All(probes.BuiltinDialects())
	b.ReportAllocs()
	for b.Loop() {
		for _, p := range list {
			for range p.Build(c) {
			}
		}
	}
}
