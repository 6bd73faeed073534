package probes_test

import (
	"fmt"
	"strings"
	"testing"

	"blurt/probes"
)

func TestDump(t *testing.T) {
	c := newContext(t, "/api/")
	c.Profile = probes.Standard
	for _, p := range probes.All(probes.BuiltinDialects()) {
		for a := range p.Build(c) {
			if isHeaderProbe(p.ID) {
				fmt.Println(p.ID, a.Variant, len(a.Added))
				if strings.Contains(a.Variant, "/3") || strings.Contains(a.Variant, "/4") {
					for _, f := range a.Request.Fields[3:] {
						fmt.Printf("       %s: %.50s\n", f.Name, f.Value)
					}
				}
			}
		}
	}
}
