package scanner

import (
	"testing"

	"blurt/scanner/wire"
)

// TestLeadsToOneGate has answers that point to a page again and again, each time
// with another place to lead back to.
func TestLeadsToOneGate(t *testing.T) {
	s := newOriginState()
	for _, target := range []string{"/login?next=/a", "/login?next=/b", "/login?next=/a", "/list?page=1", "/list?page=2", "/other?next=/a"} {
		s.lead(wire.Endpoint{Target: target}, 10)
	}
	var got []string
	for _, to := range s.leads {
		got = append(got, to.Target)
	}
	want := []string{"/login?next=/a", "/list?page=1", "/list?page=2", "/other?next=/a"}
	if len(got) != len(want) {
		t.Fatalf("%q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
