package scanner

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blurt/probes"
	"blurt/scanner/wire"
)

// TestTemplates: what was built for one endpoint is sent to the next with its
// own target, until the origin teaches something.
func TestTemplates(t *testing.T) {
	e, err := newEngine(Defaults())
	if err != nil {
		t.Fatal(err)
	}
	origin := wire.Origin{Scheme: "https", Host: "api.example", Port: 443}
	on := func(s *originState, target string) *examination {
		to := wire.Endpoint{Origin: origin, Target: target}
		return &examination{engine: e, origin: s, endpoint: to, request: e.control(to)}
	}
	// Values hold canaries, which are never the same twice.
	sent := func(x *examination) []string {
		var out []string
		c := &control{identity: e.identities[0], exchange: &wire.Exchange{}}
		for _, pick := range []func(*probes.Probe) bool{isClaim, isBroken} {
			for i := range e.probes {
				if pick(&e.probes[i]) {
					for a := range x.attempts(&e.probes[i], c) {
						line := a.Variant + " " + a.Request.Target
						for _, f := range a.Request.Fields {
							line += " " + f.Name
						}
						out = append(out, line)
					}
				}
			}
		}
		return out
	}
	shared := newOriginState()
	first, second := sent(on(shared, "/orders")), sent(on(shared, "/users?page=1"))
	if len(first) == 0 || len(shared.templates) == 0 {
		t.Fatalf("%d requests, %d kept", len(first), len(shared.templates))
	}
	for i := range first {
		first[i] = strings.Replace(first[i], " /orders ", " /users?page=1 ", 1)
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("the second endpoint (-as the first +sent):\n%s", diff)
	}
	shared.teach([]string{"X-Acme-Peer-Cert"})
	if !strings.Contains(strings.Join(sent(on(shared, "/keys")), " "), " X-Acme-Peer-Cert") {
		t.Error("what the origin taught since is not sent")
	}
}
