package operational_test

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"testing"

	"blurt/scanner/operational"
)

func asked(profile string) []string {
	var out []string
	for _, e := range operational.Entries() {
		if e.Profile == profile {
			out = append(out, e.Paths...)
		}
	}
	return out
}

// TestBudget holds how many requests each profile costs an origin.
func TestBudget(t *testing.T) {
	quick, standard := asked("quick"), asked("standard")
	if len(quick) > 12 {
		t.Errorf("quick asks for %d paths", len(quick))
	}
	if n := len(quick) + len(standard); n < 20 || n > 30 {
		t.Errorf("standard asks for %d paths", n)
	}
	if n := len(operational.Entries()); n < 100 {
		t.Errorf("%d entries", n)
	}
	all := slices.Concat(quick, standard)
	slices.Sort(all)
	if len(slices.Compact(slices.Clone(all))) != len(all) {
		t.Errorf("a path stands there twice: %q", all)
	}
}

// TestAnywhereIsCheap wants what every page of every endpoint is held against to
// begin with a literal or with the body's start.
func TestAnywhereIsCheap(t *testing.T) {
	for _, e := range operational.Entries() {
		if e.Anywhere && len(e.All)+len(e.Any) == 0 && !strings.HasPrefix(e.Match[0], `\A`) {
			t.Errorf("%s: an expression has to search the whole of each body", e.ID)
		}
	}
}

// everyTarget returns each path of the catalogue.
func everyTarget() []string {
	var out []string
	for _, e := range operational.Entries() {
		out = slices.Concat(out, e.Paths, e.More, e.Then)
	}
	return out
}

// TestCatchAllPagesAreNothing answers each path with the pages that servers
// answer everything with, the path and all that the entries look for in them.
func TestCatchAllPagesAreNothing(t *testing.T) {
	var signs strings.Builder
	for _, e := range operational.Entries() {
		for _, text := range slices.Concat(e.All, e.Any, e.JSON) {
			fmt.Fprintf(&signs, "%s: %s\n", e.Title, text)
		}
	}
	pages := []struct{ media, body string }{
		{"text/html", `<!DOCTYPE html><html><head><title>My app</title></head><body><div id="root"></div><script src="/main.js"></script></body></html>`},
		{"text/html", `<html><head><title>PATH</title></head><body><h1>Not found: PATH</h1></body></html>`},
		{"text/html", "<html><head><title>The manual: PATH</title></head><body><pre>" + html.EscapeString(signs.String()) + "</pre></body></html>"},
		{"application/json", `{"status":"ok"}`},
		{"application/json", `{"path":"PATH","message":"Hello","status":404,"error":"Not Found","timestamp":"2024-01-01T00:00:00Z"}`},
		{"application/json", `{"data":[],"total":0}`},
		{"application/json", `[]`},
		{"application/json", fmt.Sprintf(`{"text":%q,"path":"PATH"}`, signs.String())},
		{"application/json", `"PATH"`},
		{"text/plain", "OK\n"},
		{"text/plain", "You asked for PATH\n"},
		{"text/plain", "The manual of PATH\n\n" + signs.String()},
		{"", ""},
		{"", "PATH"},
		{"application/octet-stream", "PATH"},
		{"application/xml", `<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Key>PATH</Key></Error>`},
		{"image/gif", "GIF89a\x01\x00\x01\x00\x80\x00\x00"},
	}
	for _, target := range everyTarget() {
		for i, page := range pages {
			body := strings.ReplaceAll(page.body, "PATH", target)
			a := operational.Answer{Target: target, Status: 200, Type: page.media, Body: []byte(body)}
			if e, _, _, ok := operational.Find(a); ok {
				t.Errorf("%s: page %d (%s) counts as %s", target, i, page.media, e.ID)
			}
		}
	}
}

// TestRefusalsAreNothing wants the status to fit, whatever the body says.
func TestRefusalsAreNothing(t *testing.T) {
	body := "# HELP up Up.\n# TYPE up gauge\nup 1\n"
	for _, status := range []int{301, 401, 403, 404, 500} {
		if e, _, _, ok := operational.Find(operational.Answer{Target: "/metrics", Status: status, Type: "text/plain", Body: []byte(body)}); ok {
			t.Errorf("status %d counts as %s", status, e.ID)
		}
	}
	if e, _, _, ok := operational.Find(operational.Answer{Target: "/app/metrics", Status: 200, Type: "text/plain", Body: []byte(body)}); !ok || e.ID != "prometheus-metrics" {
		t.Error("metrics are not seen below a path")
	}
}

func TestOwns(t *testing.T) {
	for target, want := range map[string]bool{
		"/actuator": true, "/actuator/heapdump": true, "/metrics?x": true, "/debug/pprof/heap": true, "/silk/request/1/": true,
		"/": false, "/api/": false, "/actuators": false, "/app/metrics": false, "/admin/login/": false, "/version": false,
	} {
		if operational.Owns(target) != want {
			t.Errorf("%s: %v", target, !want)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("/metrics", "text/plain", []byte("# TYPE up gauge\nup 1\n"))
	f.Add("/actuator", "application/json", []byte(`{"_links":{"self":{"href":"http://h/"}}}`))
	f.Add("/.env", "", []byte("A_B=c\n"))
	f.Add("/x", "text/html", []byte(`<title>x</title>`))
	f.Fuzz(func(t *testing.T, target, media string, body []byte) {
		for _, cut := range []bool{false, true} {
			e, start, end, ok := operational.Find(operational.Answer{Target: target, Status: 200, Type: media, Body: body, Cut: cut})
			if !ok {
				continue
			}
			if start < 0 || end < start || end > len(body) {
				t.Fatalf("%s: span %d to %d of %d bytes", e.ID, start, end, len(body))
			}
			if n := len(e.LeadsIn(body)); n > 300 {
				t.Fatalf("%d leads", n)
			}
		}
	})
}
