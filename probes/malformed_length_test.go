package probes_test

import (
	"strings"
	"testing"

	"blurt/probes"
)

// TestLongNamesAreSent wants the standard profile to send one request, and no more,
// in which the most common fields hold a name that is longer than columns are.
func TestLongNamesAreSent(t *testing.T) {
	for _, profile := range []probes.Profile{probes.Quick, probes.Standard, probes.Thorough} {
		requests, fields := 0, 0
		c := standard(t)
		c.Profile = profile
		for _, a := range headerAttempts(c) {
			if a.Variant != "name-length/long" {
				continue
			}
			requests++
			for _, f := range a.Request.Fields {
				if strings.HasPrefix(f.Value, "CN=") && len(f.Value) > 512 {
					fields++
				}
			}
		}
		switch {
		case profile == probes.Quick && requests > 0:
			t.Errorf("quick sends %d", requests)
		case profile == probes.Standard && (requests != 1 || fields < 8):
			t.Errorf("standard sends %d with %d fields", requests, fields)
		case profile == probes.Thorough && requests < 2:
			t.Errorf("thorough sends %d", requests)
		}
	}
}
