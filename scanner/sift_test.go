package scanner

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blurt/probes"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// groupOf is a probe that tests n header fields, H0 to Hn-1, in one request.
func groupOf(n int) probes.Probe {
	return probes.Probe{
		ID: "group", Changes: "adds fields", Claim: wire.BrokenClaim,
		Build: func(c probes.Context) iter.Seq[probes.Attempt] {
			return func(yield func(probes.Attempt) bool) {
				a := probes.Attempt{Variant: "all", Request: c.Control, Group: true}
				for i := range n {
					a.Added = append(a.Added, fmt.Sprintf("H%d", i))
					a.Request = a.Request.With(wire.Field{Name: a.Added[i], Value: "x"})
				}
				yield(a)
			}
		},
	}
}

// siftGroup scans with one group of 40 fields and returns what was found.
func siftGroup(t *testing.T, answer func(r wire.Request) *wire.Exchange) (*book, *target) {
	t.Helper()
	e, err := newEngine(config())
	if err != nil {
		t.Fatal(err)
	}
	server := &target{answer: func(_ wire.Identity, _ wire.Origin, r wire.Request) *wire.Exchange { return answer(r) }}
	e.wire, e.probes = server, []probes.Probe{groupOf(40)}
	b := &book{}
	if err := e.scan(t.Context(), endpoints(t, "https://h/a"), b, func(wire.Origin) {}); err != nil {
		t.Fatal(err)
	}
	return b, server
}

func added(r wire.Request) int {
	return len(slices.DeleteFunc(slices.Clone(r.Fields), func(f wire.Field) bool { return !strings.HasPrefix(f.Name, "H") || f.Name == "Host" }))
}

func TestAGroupThatChangesNothingIsClearedAtOnce(t *testing.T) {
	n := 0
	b, server := siftGroup(t, func(wire.Request) *wire.Exchange {
		n++
		// A token and a time that change with each answer do not count.
		return reply(403, "text/html", fmt.Sprintf("<p>denied</p><input value=%xa%d>", n*7919, n))
	})
	want := []finding.Coverage{{Probe: "group/all", Identity: "none", Fields: 40}}
	if diff := cmp.Diff(want, b.targets[0].Coverage); diff != "" || len(server.asked) != 3 {
		t.Errorf("%d requests (-want +got):\n%s", len(server.asked), diff)
	}
}

func TestOneFieldDoesNotHideAnother(t *testing.T) {
	b, server := siftGroup(t, func(r wire.Request) *wire.Exchange {
		switch {
		case has(r, "H7", ""):
			return reply(400, "text/plain", "bad H7")
		case has(r, "H30", ""):
			return reply(500, "text/plain", traceback)
		}
		return reply(403, "application/json", forbidden)
	})
	if f := b.find(t, "python-traceback"); strings.Count(f.Reproduce, "--header") != 1 || !strings.Contains(f.Reproduce, "H30") {
		t.Errorf("reproduce: %s", f.Reproduce)
	}
	if diff := cmp.Diff([]string{"H30", "H7"}, b.targets[0].Coverage[0].Reacted); diff != "" {
		t.Errorf("reacted (-want +got):\n%s", diff)
	}
	if len(server.asked) > 40 {
		t.Errorf("%d requests", len(server.asked))
	}
}

func TestALimitOfTheServerIsNoReaction(t *testing.T) {
	for name, refusal := range map[string]*wire.Exchange{
		"answers": reply(431, "text/plain", "too many header fields"),
		"hang-up": {Err: &wire.Failure{Stage: wire.StageRead, Err: errors.New("closed")}},
	} {
		t.Run(name, func(t *testing.T) {
			b, _ := siftGroup(t, func(r wire.Request) *wire.Exchange {
				if added(r) > 25 {
					x := *refusal
					return &x
				}
				return reply(403, "application/json", forbidden)
			})
			for _, c := range b.targets[0].Coverage {
				if len(c.Reacted) > 0 || c.Unsettled > 0 {
					t.Errorf("coverage %+v", c)
				}
			}
			if !b.done.Complete {
				t.Errorf("done %+v", b.done)
			}
		})
	}
}

func TestSiftingIsBounded(t *testing.T) {
	b, server := siftGroup(t, func(r wire.Request) *wire.Exchange {
		return reply(403, "text/plain", fmt.Sprint("fields: ", strings.Repeat("x", added(r)))) // every field changes the answer
	})
	if n := len(server.asked); n > 60 {
		t.Errorf("%d requests", n)
	}
	if c := b.targets[0].Coverage[0]; c.Unsettled == 0 {
		t.Errorf("coverage %+v", c)
	}
}

func TestAValueThatTheServerRefusesEverywhereIsSaidOnce(t *testing.T) {
	b, server := siftGroup(t, func(r wire.Request) *wire.Exchange {
		if added(r) > 0 {
			return reply(400, "text/html", "<h1>400 Bad Request</h1>")
		}
		return reply(403, "application/json", forbidden)
	})
	want := []finding.Coverage{{Probe: "group/all", Identity: "none", Fields: 40, Uniform: 400}}
	if diff := cmp.Diff(want, b.targets[0].Coverage); diff != "" || len(server.asked) > 15 {
		t.Errorf("%d requests (-want +got):\n%s", len(server.asked), diff)
	}
}
