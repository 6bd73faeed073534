package probes_test

import (
	"fmt"
	"strings"
	"testing"

	"blurt/probes"
	"blurt/scanner/wire"
)

// leastMalformed is how many malformed values that a careful parser refuses
// each dialect's field is given in the standard profile.
const leastMalformed = 3

// coverage is what one header name is sent.
type coverage struct {
	values   map[string]string // value to the variant that sent it first
	attempts int
}

func standardCoverage(t *testing.T) map[string]*coverage {
	t.Helper()
	c := newContext(t, "/api/")
	c.Profile = probes.Standard
	out := make(map[string]*coverage)
	for id, list := range attempts(c) {
		for _, a := range list {
			if isHeaderProbe(id) {
				cover(out, id+"/"+a.Variant, a.Request.Fields[len(c.Control.Fields):])
			}
		}
	}
	return out
}

func cover(out map[string]*coverage, variant string, fields []wire.Field) {
	for _, f := range fields {
		key := strings.ToLower(f.Name)
		if out[key] == nil {
			out[key] = &coverage{values: make(map[string]string)}
		}
		out[key].attempts++
		if _, ok := out[key].values[f.Value]; !ok {
			out[key].values[f.Value] = variant
		}
	}
}

func isHeaderProbe(id string) bool {
	switch id {
	case "missing-certificate", "spoofed-subject", "malformed-identity", "malformed-certificate":
		return true
	}
	return false
}

// TestEveryDialectIsSpoken holds that in the standard profile each field of each
// dialect has a value that its parser accepts, and several that it refuses: an
// application that fails only on that field is reached.
func TestEveryDialectIsSpoken(t *testing.T) {
	sent, read := standardCoverage(t), references()
	rows := 0
	for _, d := range probes.BuiltinDialects() {
		for _, f := range d.Fields {
			rows++
			got := sent[strings.ToLower(f.Name)]
			if got == nil {
				t.Errorf("%s: %s is never sent", d.System, f.Name)
				continue
			}
			accepted, refused := 0, make(map[string]bool)
			for value := range got.values {
				if _, err := read[f.Encoding](value); err == nil {
					accepted++
				} else {
					refused[value] = true
				}
			}
			t.Logf("%-42s %-38s %-18s accepted %2d  refused %2d  requests %2d", d.System, f.Name, f.Encoding, accepted, len(refused), got.attempts)
			if accepted == 0 {
				t.Errorf("%s: %s has no value that is valid as %s", d.System, f.Name, f.Encoding)
			}
			if len(refused) < leastMalformed {
				t.Errorf("%s: %s has %d values that are malformed as %s, want %d", d.System, f.Name, len(refused), f.Encoding, leastMalformed)
			}
		}
	}
	t.Logf("%d systems, %d rows, %d names", len(probes.BuiltinDialects()), rows, len(sent))
}

// TestBudgets holds what a secure target is asked in header fields, as one
// identity.
func TestBudgets(t *testing.T) {
	for _, test := range []struct {
		profile probes.Profile
		most    int
	}{{probes.Quick, 25}, {probes.Standard, 75}, {probes.Thorough, 1200}} {
		c := newContext(t, "/api/")
		c.Profile = test.profile
		count := make(map[string]int)
		total := 0
		for id, list := range attempts(c) {
			if isHeaderProbe(id) {
				count[id] = len(list)
				total += len(list)
			}
		}
		if total > test.most {
			t.Errorf("%s: %d requests, want at most %d: %v", test.profile, total, test.most, count)
		}
		t.Logf("%-9s %4d requests %s", test.profile, total, fmt.Sprint(count))
	}
}
