package operational_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"blurt/scanner/operational"
)

// sample is a recorded answer and the entry that has to know it.
type sample struct {
	file, want string
	answer     operational.Answer
}

func samples(t testing.TB) []sample {
	t.Helper()
	table, err := os.ReadFile("testdata/samples.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var out []sample
	for line := range strings.Lines(string(table)) {
		parts := strings.Split(strings.TrimSpace(line), "\t")
		raw, err := os.ReadFile(filepath.Join("testdata", parts[0]))
		if err != nil {
			t.Fatal(err)
		}
		got, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), nil)
		if err != nil {
			t.Fatalf("%s: %v", parts[0], err)
		}
		body, err := io.ReadAll(got.Body)
		if err != nil {
			t.Fatalf("%s: %v", parts[0], err)
		}
		out = append(out, sample{file: parts[0], want: parts[2], answer: operational.Answer{
			Target: parts[1], Status: got.StatusCode, Type: got.Header.Get("Content-Type"), Body: body,
		}})
	}
	return out
}

func TestRecordedAnswersAreKnown(t *testing.T) {
	all := samples(t)
	if len(all) < 40 {
		t.Fatalf("%d samples", len(all))
	}
	for _, s := range all {
		e, start, end, ok := operational.Find(s.answer)
		switch {
		case !ok:
			t.Errorf("%s at %s is not known, want %s", s.file, s.answer.Target, s.want)
		case e.ID != s.want:
			t.Errorf("%s at %s is known as %s, want %s", s.file, s.answer.Target, e.ID, s.want)
		case start >= end || end > len(s.answer.Body):
			t.Errorf("%s: span %d to %d of %d bytes", s.file, start, end, len(s.answer.Body))
		}
	}
}

// TestACutBodyIsKnownToo holds for what is longer than a scanner reads.
func TestACutBodyIsKnownToo(t *testing.T) {
	for _, s := range samples(t) {
		if len(s.answer.Body) < 20_000 || !strings.HasPrefix(s.want, "actuator-") {
			continue
		}
		a := s.answer
		a.Body, a.Cut = a.Body[:len(a.Body)/2], true
		if e, _, _, ok := operational.Find(a); !ok || e.ID != s.want {
			t.Errorf("%s, cut in half, is not known", s.file)
		}
	}
}

// TestQuotedAnswersAreNothing puts each recorded answer into a page of a manual.
func TestQuotedAnswersAreNothing(t *testing.T) {
	for _, s := range samples(t) {
		quoted := "<!DOCTYPE html><html><head><title>The manual</title></head><body><h1>Example</h1><pre><code>" +
			strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(string(s.answer.Body)) + "</code></pre></body></html>"
		for _, target := range []string{"/manual/example.html", s.answer.Target} {
			a := operational.Answer{Target: target, Status: 200, Type: "text/html", Body: []byte(quoted)}
			if e, _, _, ok := operational.Find(a); ok {
				t.Errorf("%s quoted in a page at %s counts as %s", s.file, target, e.ID)
			}
		}
	}
}

// TestLookalikesAreNothing has answers that share much with what an entry knows.
func TestLookalikesAreNothing(t *testing.T) {
	for name, a := range map[string]operational.Answer{
		"a manual about Redoc": {Target: "/settings.html", Type: "text/html",
			Body: []byte("<html><body><pre># passed to Redoc.init({...}), with redoc.standalone.js\n&lt;div id=\"redoc\"&gt;</pre></body></html>")},
		"a map of a style sheet": {Target: "/css/main.css.map", Type: "application/json",
			Body: []byte(`{"version":3,"sources":["less/theme.less","less/mixins.css"],"names":[],"mappings":"AAAA"}`)},
	} {
		a.Status = 200
		if e, _, _, ok := operational.Find(a); ok {
			t.Errorf("%s counts as %s", name, e.ID)
		}
	}
	script := operational.Answer{Target: "/main.js.map", Status: 200, Type: "application/json",
		Body: []byte(`{"version":3,"sources":["webpack:///./src/[id].vue?1a2b"],"names":[],"mappings":"AAAA"}`)}
	if e, _, _, ok := operational.Find(script); !ok || e.ID != "source-map" {
		t.Error("a map of scripts is not known")
	}
}

func TestMetricsLeadFurther(t *testing.T) {
	for _, e := range operational.Entries() {
		switch e.ID {
		case "prometheus-metrics":
			got := e.LeadsIn([]byte("http_requests_total{method=\"GET\",path=\"/internal/ledger/{id}\"} 3\nx{uri=\"/a\"} 1\nx{uri=\"/a\"} 2\nx{uri=\"/a;blurt\"} 2\nx{uri=\"/a%20\"} 2\nx{uri=\"//a\"} 2\n"))
			if strings.Join(got, " ") != "/internal/ledger/{id} /a" {
				t.Errorf("metrics lead to %q", got)
			}
		case "actuator-mappings":
			for _, s := range samples(t) {
				if s.want == e.ID && !strings.Contains(strings.Join(e.LeadsIn(s.answer.Body), " "), "/api/v1/transfers/{id}") {
					t.Errorf("mappings lead to %q", e.LeadsIn(s.answer.Body))
				}
			}
		}
	}
}
