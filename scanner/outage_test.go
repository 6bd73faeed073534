package scanner

import (
	"sync/atomic"
	"testing"

	"blurt/scanner/wire"
)

const outageURL = "https://api.shop.example/api/"

// TestAnEndpointThatDiesIsIncomplete has an application that goes down behind its
// proxy while it is examined: what the proxy says in its place clears nothing.
func TestAnEndpointThatDiesIsIncomplete(t *testing.T) {
	gone := reply(502, "text/html", "<html><head><title>502 Bad Gateway</title></head></html>")
	for _, test := range []struct {
		name  string
		lives int64 // how many requests are answered by the application
		back  int64 // from which on it is there again; 0 never
		want  string
	}{
		{"dies", 20, 0, "it ceased to answer during the scan: its plain request was answered with status 401 at first, and with 502 in the end"},
		{"is never there", 0, 0, "out of service: its plain request is answered with status 502, so the application was not reached"},
		{"stumbles", 20, 30, ""},
		{"lives", 1 << 20, 0, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var asked atomic.Int64
			b := scanAll(t, &target{answer: func(wire.Identity, wire.Origin, wire.Request) *wire.Exchange {
				if n := asked.Add(1); n > test.lives && (test.back == 0 || n < test.back) {
					copied := *gone
					return &copied
				}
				return reply(401, "application/json", `{"error":"certificate required"}`)
			}}, outageURL)
			if got := b.targets[0].Err; got != test.want {
				t.Errorf("the endpoint is told as %q, want %q", got, test.want)
			}
		})
	}
}

// TestTooManyRequestsAreAskedAgain has a server that takes a few requests at a time
// and says so: it is waited for, and nothing counts as refused.
func TestTooManyRequestsAreAskedAgain(t *testing.T) {
	var asked, turned atomic.Int64
	b := scanAll(t, &target{answer: func(wire.Identity, wire.Origin, wire.Request) *wire.Exchange {
		if n := asked.Add(1); n == 30 {
			turned.Add(1)
			return reply(429, "application/json", `{"error":"slow down"}`, wire.Field{Name: "Retry-After", Value: "1"})
		}
		return reply(401, "application/json", `{"error":"certificate required"}`)
	}}, outageURL)
	if got := b.targets[0]; got.Err != "" || len(got.Unanswered) > 0 {
		t.Errorf("error %q, %d probes without an answer", got.Err, len(got.Unanswered))
	}
	if turned.Load() != 1 {
		t.Errorf("%d requests were turned away", turned.Load())
	}
}

// TestPatienceEnds wants a server that bids to wait for ever to be given up.
func TestPatienceEnds(t *testing.T) {
	x := &examination{}
	x.waited.Store(int64(maxPatience))
	if x.pause(t.Context(), reply(429, "", "", wire.Field{Name: "Retry-After", Value: "3600"}).Got) {
		t.Error("a server is waited for without end")
	}
}
