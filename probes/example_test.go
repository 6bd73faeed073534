package probes_test

import (
	"fmt"
	"log"

	"blurt/probes"
	"blurt/scanner/wire"
)

// A probe builds requests from a control; it sends none.
func ExampleProbe() {
	endpoint, err := wire.ParseEndpoint("https://api.example/orders")
	if err != nil {
		log.Fatal(err)
	}
	c := probes.Context{
		Endpoint: endpoint, Control: probes.Control(endpoint, "1.0", "example"),
		Mint: func(field string) string { return "token-of-" + field }, Profile: probes.Standard,
	}
	for _, probe := range probes.All(probes.BuiltinDialects()) {
		if probe.ID != "trailing-slash" {
			continue
		}
		for attempt := range probe.Build(c) {
			fmt.Println(attempt.Request.Method, attempt.Request.Target)
		}
	}
	// Output: GET /orders/
}

// Dialects say in which header fields a proxy hands the certificate on.
func ExampleParseDialects() {
	own, err := probes.ParseDialects([]byte(`
- system: our gateway
  fields:
    - {name: X-Partner-Cert, role: certificate, encoding: pem-percent}
`), "dialects.yaml")
	if err != nil {
		log.Fatal(err)
	}
	all := probes.MergeDialects(probes.BuiltinDialects(), own)
	fmt.Println(all[0].System, all[0].Fields[0].Name)
	// Output: our gateway X-Partner-Cert
}
