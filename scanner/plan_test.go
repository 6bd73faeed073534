package scanner

import (
	"crypto/tls"
	"slices"
	"strings"
	"testing"

	"blurt/scanner/wire"
)

func TestPlanIsWhatAScanSends(t *testing.T) {
	server := &target{answer: func(wire.Identity, wire.Origin, wire.Request) *wire.Exchange {
		return reply(403, "application/json", forbidden)
	}}
	c := config()
	c.Concurrency = 1
	if err := scanWith(t, t.Context(), c, server, &book{}, "https://h/a/"); err != nil {
		t.Fatal(err)
	}
	e, err := wire.ParseEndpoint("https://h/a/")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := Plan(c, e)
	if err != nil {
		t.Fatal(err)
	}
	var planned []string
	for job := range plan {
		planned = append(planned, job.Identity.Name+" "+job.Request.Method+" "+e.Origin.String()+job.Request.Target)
	}
	slices.Sort(planned)
	asked := slices.Clone(server.asked)
	slices.Sort(asked)
	if !slices.Equal(planned, asked) {
		t.Errorf("planned %d requests, sent %d:\n%q\n%q", len(planned), len(asked), planned, asked)
	}
}

func TestPlanAsksAsTheCallerToo(t *testing.T) {
	c := config()
	c.Caller = &tls.Certificate{Certificate: [][]byte{{1}}}
	e, err := wire.ParseEndpoint("https://h/a/")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := Plan(c, e)
	if err != nil {
		t.Fatal(err)
	}
	probes := map[string]map[string]bool{}
	for job := range plan {
		if probes[job.Identity.Name] == nil {
			probes[job.Identity.Name] = map[string]bool{}
		}
		probes[job.Identity.Name][job.Probe] = true
	}
	if !probes["caller"]["control"] || !probes["caller"]["spoofed-subject/consistent"] || probes["caller"]["method/TRACE"] {
		t.Errorf("as the caller: %v", probes["caller"])
	}
}

// TestPlannerAsksAnOriginOnce: what is asked once for an origin stands in the plan
// of its first endpoint.
func TestPlannerAsksAnOriginOnce(t *testing.T) {
	plan, err := NewPlanner(config())
	if err != nil {
		t.Fatal(err)
	}
	count := func(url string) (all, cookies int) {
		e, err := wire.ParseEndpoint(url)
		if err != nil {
			t.Fatal(err)
		}
		for job := range plan.Plan(e) {
			all++
			if strings.HasPrefix(job.Probe, "cookie/") {
				cookies++
			}
		}
		return all, cookies
	}
	first, cookies := count("https://h/a/")
	second, again := count("https://h/b/")
	if cookies != 1 || again != 0 || second >= first {
		t.Errorf("%d and %d requests, of these %d and %d with cookies", first, second, cookies, again)
	}
	if _, cookies := count("https://other/b/"); cookies != 1 {
		t.Errorf("another origin: %d", cookies)
	}
}
