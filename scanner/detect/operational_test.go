package detect_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/operational"
	"blurt/scanner/wire"
)

// operationalSamples returns the recorded answers of the catalogue, as the
// exchanges that asked for them.
func operationalSamples(t testing.TB) map[string]detect.Input {
	t.Helper()
	const folder = "../operational/testdata"
	table, err := os.ReadFile(filepath.Join(folder, "samples.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]detect.Input)
	for line := range strings.Lines(string(table)) {
		parts := strings.Split(strings.TrimSpace(line), "\t")
		raw, err := os.ReadFile(filepath.Join(folder, parts[0]))
		if err != nil {
			t.Fatal(err)
		}
		out[parts[0]] = answerTo(parts[1], readResponse(t, raw))
	}
	return out
}

func operationalHit(t *testing.T, in detect.Input) (detect.Hit, detect.Output) {
	t.Helper()
	out := run(in)
	at := slices.IndexFunc(out.Hits, func(h detect.Hit) bool { return h.Rule == "debug-endpoint" || h.Rule == "api-inventory" })
	if at < 0 {
		t.Fatalf("no hit among %d", len(out.Hits))
	}
	return out.Hits[at], out
}

func TestOperationalEndpoints(t *testing.T) {
	for name, in := range operationalSamples(t) {
		if name == "werkzeug/console.http" {
			if _, ok := find(in); ok || !slices.ContainsFunc(run(in).Hits, func(h detect.Hit) bool { return h.Rule == "werkzeug-debugger" }) {
				t.Errorf("%s: want the debugger's own hit and no other", name)
			}
			continue
		}
		hit, _ := operationalHit(t, in)
		checkHit(t, name, in, hit)
		if hit.Key == "" || len(hit.Items) == 0 || hit.Confidence != finding.Firm {
			t.Errorf("%s: key %q, %d items, %s", name, hit.Key, len(hit.Items), hit.Confidence)
		}
	}
}

// TestOperationalSecrets wants the secrets of a configuration named and hidden,
// and nothing made a secret that is none.
func TestOperationalSecrets(t *testing.T) {
	all := operationalSamples(t)
	for name, want := range map[string][]string{
		"apache-2.4.71/dotenv.http":           {"DATABASE_URL", "SECRET_KEY"},
		"spring-boot-3.3.5/actuator-env.http": {"shop.db.password"},
		"go-1.26/expvar.http":                 {"cmdline"},
		"nginx-1.22.1/stub-status.http":       nil,
		"apache-2.4.71/server-status.http":    nil,
		"fastapi-0.165.0/openapi.http":        nil,
	} {
		hit, _ := operationalHit(t, all[name])
		var got []string
		for _, item := range hit.Items {
			if item.Category == finding.SecretExposure {
				got = append(got, item.Name)
				if !item.Sensitive {
					t.Errorf("%s: %s would be shown", name, item.Name)
				}
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: secrets %q, want %q", name, got, want)
		}
	}
}

func TestInventoryListsOperations(t *testing.T) {
	hit, _ := operationalHit(t, operationalSamples(t)["fastapi-0.165.0/openapi.http"])
	var got []string
	for _, item := range hit.Items {
		if item.Name == "operation" {
			got = append(got, item.Value)
		}
	}
	if !slices.Contains(got, "GET /items/{item_id}") || !slices.Contains(got, "POST /items") || hit.Rule != "api-inventory" {
		t.Errorf("%s lists %q", hit.Rule, got)
	}
}

func TestOperationalLeads(t *testing.T) {
	all := operationalSamples(t)
	if _, out := operationalHit(t, all["spring-boot-3.3.5/actuator-mappings.http"]); !slices.Contains(out.Leads, "/api/v1/transfers/{id}") {
		t.Errorf("mappings lead to %q", out.Leads)
	}
	if _, out := operationalHit(t, all["traefik-3.7.15/rawdata.http"]); !slices.Contains(out.Leads, "/api/v1/transfers") {
		t.Errorf("Traefik's routers lead to %q", out.Leads)
	}
}

// TestOwnRequestsLeadNowhere holds for lists of recent requests, where a scan
// finds its own.
func TestOwnRequestsLeadNowhere(t *testing.T) {
	in := answerTo("/metrics", answer(200, "text/plain", "# TYPE r counter\nr{path=\"/API/v1\"} 1\nr{path=\"/api/v1.json/\"} 1\nr{path=\"/api/v1;x\"} 1\nr{path=\"/blurtpath\"} 1\nr{path=\"/internal/\"} 1\n"))
	in.To.Target = "/api/v1/"
	if _, out := operationalHit(t, in); !slices.Equal(out.Leads, []string{"/internal/"}) {
		t.Errorf("leads %q", out.Leads)
	}
}

// TestWhatEveryPathAnswersIsNothing holds an answer against the one to a path
// that does not exist.
func TestWhatEveryPathAnswersIsNothing(t *testing.T) {
	page := func(target string) *wire.Response {
		return answer(200, "application/json", `{"path":"`+target+`","status":"UP","checks":[{"name":"db"}],"asked":"`+target+`"}`)
	}
	in := answerTo("/health", page("/health"))
	if _, ok := find(in); !ok {
		t.Fatal("the page by itself does not count; the test shows nothing")
	}
	in.Control = page("/blurtpathpathpathpathpath")
	if hit, ok := find(in); ok {
		t.Errorf("a page for everything counts: %s", hit.Message)
	}
	in.Control = page("/health")
	if hit, ok := find(in); ok {
		t.Errorf("the control's own answer counts: %s", hit.Message)
	}
	in.Control = answer(404, "application/json", `{}`)
	if _, ok := find(in); !ok {
		t.Error("beside a 404 it does not count")
	}
}

func find(in detect.Input) (detect.Hit, bool) {
	for _, hit := range run(in).Hits {
		if hit.Rule == "debug-endpoint" || hit.Rule == "api-inventory" {
			return hit, true
		}
	}
	return detect.Hit{}, false
}

// TestEveryEntryNamesACategory holds the catalogue's words against the report's.
func TestEveryEntryNamesACategory(t *testing.T) {
	for _, e := range operational.Entries() {
		if e.Shows != "" && !slices.Contains(finding.Categories(), finding.Category(e.Shows)) {
			t.Errorf("%s shows %q, which is no category", e.ID, e.Shows)
		}
	}
}

func FuzzOperational(f *testing.F) {
	fuzzDetector(f, "operational", "", "# TYPE up gauge\nup 1\n", `{"openapi":"3.0.0","paths":{"/a":{"get":{}}}}`, `{"_links":{"self":{"href":"x"}}}`, "A_B=c\n")
}
