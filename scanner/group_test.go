package scanner

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

const failingView = `Traceback (most recent call last):
  File "/srv/shop/app/wsgi.py", line 31, in handle
    return view(request)
  File "/srv/shop/app/%[1]s.py", line 12, in %[1]s
    return check(request)
  File "/srv/shop/app/auth.py", line 48, in check
    raise %[2]s
%[2]s
`

// broken fails at every endpoint: in the same check at most of them.
func broken(_ wire.Identity, _ wire.Origin, r wire.Request) *wire.Exchange {
	path, _, _ := strings.Cut(r.Target, "?")
	name := strings.Trim(path, "/")
	if strings.HasPrefix(name, "other") {
		return reply(500, "text/plain", fmt.Sprintf(failingView, name, "KeyError: 'subject'"))
	}
	return reply(500, "text/plain", fmt.Sprintf(failingView, name, "ValueError: no certificate in request "+name))
}

// tracebacks returns the findings of that rule with their places.
func tracebacks(b *book) map[string][]string {
	out := map[string][]string{}
	for _, f := range b.findings {
		if f.Rule != "python-traceback" {
			continue
		}
		paths := []string{pathOf(f.URL)}
		for _, o := range f.Occurrences {
			paths = append(paths, pathOf(o.URL))
		}
		slices.Sort(paths)
		out[f.Fingerprint] = slices.Compact(paths)
	}
	return out
}

func pathOf(url string) string {
	to, err := wire.ParseEndpoint(url)
	if err != nil {
		return url
	}
	return to.Path()
}

func TestOneLeakIsOneFinding(t *testing.T) {
	const origin = "https://api.example.org"
	first := tracebacks(scanAll(t, &target{answer: broken}, origin+"/a", origin+"/b", origin+"/other", origin+"/c"))
	if len(first) != 2 {
		t.Fatalf("%d findings, want one of each exception: %v", len(first), first)
	}
	var same, different string
	for id, paths := range first {
		if slices.Contains(paths, "/other") {
			different = id
			continue
		}
		same = id
		for _, want := range []string{"/a", "/b", "/c"} {
			if !slices.Contains(paths, want) {
				t.Errorf("the finding does not list %s: %v", want, paths)
			}
		}
	}
	// In another order, with a new endpoint and without the first.
	again := tracebacks(scanAll(t, &target{answer: broken}, origin+"/new", origin+"/other", origin+"/c", origin+"/b"))
	if len(again) != 2 || again[same] == nil || again[different] == nil || !slices.Contains(again[same], "/new") {
		t.Errorf("the fingerprints %s and %s did not last: %v", same, different, again)
	}
}

// TestGroupsLastOverAnInterrupt ends the scan while findings are held.
func TestGroupsLastOverAnInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	server := &target{answer: func(as wire.Identity, to wire.Origin, r wire.Request) *wire.Exchange {
		if strings.HasPrefix(r.Target, "/second") {
			cancel()
		}
		return broken(as, to, r)
	}}
	b := &book{}
	if err := scanWith(t, ctx, config(), server, b, "https://api.example.org/first", "https://api.example.org/second"); err != nil {
		t.Fatal(err)
	}
	if b.done.Complete || len(tracebacks(b)) != 1 {
		t.Errorf("complete %v, findings %v", b.done.Complete, b.rules())
	}
}

// TestGroupsAreBounded puts more places to a leak than a report lists.
func TestGroupsAreBounded(t *testing.T) {
	var total atomic.Int64
	g := newGroups(&total)
	for i := range 10_000 {
		url := fmt.Sprintf("https://h/%d", i)
		g.add(&finding.Finding{Fingerprint: "x", URL: url, Method: "GET", Probe: "control", Message: "A leak."}, url)
	}
	held := g.take()
	if len(held) != 1 || len(held[0].Occurrences) != maxPlaces || held[0].OccurrencesOmitted != 10_000-1-maxPlaces {
		t.Fatalf("%d findings, %d places, %d omitted", len(held), len(held[0].Occurrences), held[0].OccurrencesOmitted)
	}
	if want := "A leak. The same shows at 9999 further URLs."; held[0].Message != want {
		t.Errorf("message %q, want %q", held[0].Message, want)
	}
	g.add(&finding.Finding{Fingerprint: "x", URL: "https://h/late"}, "https://h/late")
	if total.Load() != 0 || len(g.take()) != 0 {
		t.Errorf("a finding was told twice")
	}
}

// TestGatherKeepsTheSurerOne whichever came first.
func TestGatherKeepsTheSurerOne(t *testing.T) {
	firm := &finding.Finding{URL: "https://h/firm", Confidence: finding.Firm, Message: "Firm.",
		Occurrences: []finding.Occurrence{{URL: "https://h/earlier", Method: "GET", Probe: "control"}}}
	confirmed := &finding.Finding{URL: "https://h/confirmed", Confidence: finding.Confirmed, Message: "Confirmed."}
	got := gather(firm, confirmed)
	want := []finding.Occurrence{{URL: "https://h/firm", Message: "Firm."}, {URL: "https://h/earlier", Method: "GET", Probe: "control"}}
	if diff := cmp.Diff(want, got.Occurrences); diff != "" || got.URL != "https://h/confirmed" {
		t.Errorf("%s stands for both (-want +got):\n%s", got.URL, diff)
	}
}
