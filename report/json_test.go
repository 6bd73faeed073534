package report_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"blurt/report"
	"blurt/scanner/finding"

	"github.com/google/go-cmp/cmp"
)

// document is the JSON report as another tool would read it.
type document struct {
	Schema int          `json:"schema"`
	Tool   finding.Tool `json:"tool"`
	Scan   struct {
		ID       string              `json:"id"`
		Started  *time.Time          `json:"started"`
		Finished *time.Time          `json:"finished"`
		Complete bool                `json:"complete"`
		Requests int                 `json:"requests"`
		Targets  []string            `json:"targets"`
		Errors   []finding.ScanError `json:"errors"`
		Seed     string              `json:"seed"`
	} `json:"scan"`
	Surface  []finding.Surface `json:"surface"`
	Findings []finding.Finding `json:"findings"`
	Summary  map[string]int    `json:"summary"`
}

func read(t testing.TB, events []finding.Event) document {
	t.Helper()
	var d document
	if err := json.Unmarshal(write(t, "json", report.Options{}, events), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// asJSON is what JSON keeps of a finding: text that is UTF-8, lists that are there.
func asJSON(t *testing.T, f *finding.Finding) finding.Finding {
	t.Helper()
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var out finding.Finding
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestJSONRoundTrip(t *testing.T) {
	events := scan(t)
	got := read(t, events)
	var want []finding.Finding
	for _, e := range events {
		if e.Finding != nil {
			want = append(want, asJSON(t, e.Finding))
		}
	}
	empty := cmp.FilterValues(func(a, b []finding.Field) bool { return len(a) == 0 && len(b) == 0 }, cmp.Ignore())
	emptyItems := cmp.FilterValues(func(a, b []finding.Leaked) bool { return len(a) == 0 && len(b) == 0 }, cmp.Ignore())
	if diff := cmp.Diff(want, got.Findings, empty, emptyItems); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if got.Schema != 1 || got.Scan.ID != "3f2a9c1e" || got.Scan.Seed != "7c1e" || got.Scan.Requests != 214 || got.Scan.Complete {
		t.Errorf("scan = %+v", got.Scan)
	}
	if diff := cmp.Diff([]string{"https://api.example.com:8443/v1/users", "https://dead.example.com/"}, got.Scan.Targets); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]int{"critical": 3, "high": 0, "medium": 0, "low": 1, "info": 2}, got.Summary); diff != "" {
		t.Error(diff)
	}
	if len(got.Surface) != 5 || got.Surface[1].Verdict != finding.ProxyRefused || got.Surface[4].Sensitivity != "high" || len(got.Surface[4].Why) != 2 ||
		got.Surface[3].Exchange.Failure == "" || got.Surface[0].Exchange.Response.Status != 403 {
		t.Errorf("surface = %+v", got.Surface)
	}
}

func TestJSONSaysAnErrorOnce(t *testing.T) {
	got := read(t, scan(t)).Scan.Errors
	if len(got) != 2 || got[0].Target != "https://dead.example.com/" || !strings.HasPrefix(got[1].Message, "the request budget") {
		t.Errorf("errors = %+v", got)
	}
}

func TestJSONCutShort(t *testing.T) {
	events := scan(t)
	got := read(t, events[:len(events)-1])
	if got.Scan.Complete || got.Scan.Finished != nil || got.Scan.Requests != 183 {
		t.Errorf("scan = %+v", got.Scan)
	}
	if len(got.Findings) != 6 || len(got.Scan.Errors) != 1 {
		t.Errorf("%d findings, errors %+v", len(got.Findings), got.Scan.Errors)
	}
}

func TestJSONClean(t *testing.T) {
	text := string(write(t, "json", report.Options{}, streams(t)["clean"]))
	for _, want := range []string{`"findings": []`, `"surface": []`, `"coverage": []`, `"efforts": []`, `"unanswered": []`, `"errors": []`, `"targets": []`, `"complete": true`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing in\n%s", want, text)
		}
	}
}
