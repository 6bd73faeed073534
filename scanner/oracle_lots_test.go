package scanner

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// TestAServerThatDrawsLotsIsNoOracle has a server that refuses with one of two
// statuses, whatever it is asked, as some do whose replicas run different releases.
func TestAServerThatDrawsLotsIsNoOracle(t *testing.T) {
	for seed := range uint64(24) {
		lots := rand.New(rand.NewPCG(seed, 1))
		var mu sync.Mutex
		c := config()
		c.Concurrency = 1 // so that each run draws the same
		b := &book{}
		err := scanWith(t, t.Context(), c, &target{answer: func(wire.Identity, wire.Origin, wire.Request) *wire.Exchange {
			mu.Lock()
			defer mu.Unlock()
			return reply(401+2*lots.IntN(2), "application/json", fmt.Sprintf(`{"error":"denied","trace":"%x"}`, lots.Uint64()))
		}}, b, outageURL)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range b.findings {
			if f.Category == finding.EnumerationOracle {
				t.Errorf("seed %d: %s %s: %s", seed, f.Confidence, f.Rule, f.Message)
			}
		}
	}
}
