package scanner

import (
	"strings"
	"testing"

	"blurt/probes"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// scoped guards what lies below /admin as an application does that knows no other
// spelling; all else is open or missing. Nothing gets past it.
func scoped() *target {
	return guarded(func(r wire.Request) bool {
		return strings.Contains(strings.ToLower(r.Target), "dmin") || r.Target == "/"
	}, lenient("/news"))
}

// mapCost adds up what each endpoint cost the map, and all requests.
func mapCost(b *book) (byURL map[string]int, requests int) {
	byURL = make(map[string]int)
	for _, e := range b.efforts {
		byURL[e.URL] += e.Map - e.Issued
		requests += e.Requests
	}
	return byURL, requests
}

func TestTheMapKeepsToItsBudget(t *testing.T) {
	urls := []string{"https://h.test/admin/users", "https://h.test/admin/keys", "https://h.test/admin/jobs", "https://h.test/news"}
	for _, test := range []struct {
		name   string
		server *target
		urls   []string
	}{
		{"one endpoint", scoped(), urls[:1]},
		{"several", scoped(), urls},
		{"one that is let through", guarded(exactly("/api/accounts"), lenient("/api/accounts")), []string{"https://h.test/api/accounts"}},
		{"any certificate", &target{answer: func(as wire.Identity, _ wire.Origin, _ wire.Request) *wire.Exchange {
			if as.Cert == nil {
				return asking(reply(403, "text/html", nginxForbidden))
			}
			return asking(reply(200, "application/json", accounts))
		}}, []string{"https://h.test/api/accounts"}},
	} {
		for profile, most := range map[probes.Profile]int{probes.Quick: 8, probes.Standard: 12, probes.Thorough: 80} {
			t.Run(test.name+", "+profile.String(), func(t *testing.T) {
				c := config()
				c.Profile = profile
				b := &book{}
				server := &target{answer: test.server.answer}
				if err := scanWith(t, t.Context(), c, server, b, test.urls...); err != nil {
					t.Fatal(err)
				}
				costs, requests := mapCost(b)
				if len(costs) < len(test.urls) || requests != b.done.Requests {
					t.Errorf("%d requests of %d, for %v", requests, b.done.Requests, costs)
				}
				for url, cost := range costs {
					if cost > most {
						t.Errorf("%s: %d requests for the map, at most %d are allowed", url, cost, most)
					}
				}
			})
		}
	}
}

// TestEndpointsShareTheWays: what the budget of the first endpoint does not allow is
// asked at the next one, and nothing twice.
func TestEndpointsShareTheWays(t *testing.T) {
	urls := []string{"https://h.test/admin/users", "https://h.test/admin/keys", "https://h.test/admin/jobs"}
	ways := func(urls ...string) (all []string, endpoints int) {
		seen := make(map[string]bool)
		for _, to := range scanAll(t, scoped(), urls...).targets {
			before := len(all)
			for _, cell := range to.Surface {
				if cell.Way == "" {
					continue
				}
				if seen[cell.Way] {
					t.Errorf("%s was asked twice", cell.Way)
				}
				seen[cell.Way] = true
				all = append(all, cell.Way)
			}
			if len(all) > before {
				endpoints++
			}
		}
		return all, endpoints
	}
	alone, _ := ways(urls[0])
	shared, endpoints := ways(urls...)
	if len(alone) < 3 || len(shared) <= len(alone) || endpoints < 2 {
		t.Errorf("one endpoint: %q; three: %q at %d of them", alone, shared, endpoints)
	}
}

// TestSpellingsEndWhereOneGetsThrough: what an ordinary probe has shown already is
// not asked for in further spellings.
func TestSpellingsEndWhereOneGetsThrough(t *testing.T) {
	b := scanAll(t, guarded(exactly("/api/accounts"), lenient("/api/accounts")), "https://h.test/api/accounts")
	b.find(t, pathBypass)
	for _, e := range b.efforts {
		if e.Spellings > 0 {
			t.Errorf("%d spellings in %+v", e.Spellings, e)
		}
	}
}

// TestEffortAddsUp counts each purpose by itself.
func TestEffortAddsUp(t *testing.T) {
	var e effort
	for why := range purposes {
		for range int(why) + 1 {
			e.add(why)
		}
	}
	want := finding.Effort{URL: "https://h/", Requests: 21, Map: 20, Identities: 2, Issued: 3, Spellings: 4, Ways: 5, Confirmations: 6}
	to, err := wire.ParseEndpoint("https://h/")
	if err != nil {
		t.Fatal(err)
	}
	if got := e.account(to); *got != want {
		t.Errorf("%+v, want %+v", *got, want)
	}
}
