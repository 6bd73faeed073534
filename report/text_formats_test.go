package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"blurt/report"
	"blurt/scanner/finding"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
)

func TestJSONLIsStreamed(t *testing.T) {
	var out bytes.Buffer
	sink, err := report.New("jsonl", &out, report.Options{Rules: catalogue(t)})
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range scan(t) {
		if err := sink.Emit(e); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(out.String(), "\n"); n != i+1 || !strings.HasSuffix(out.String(), "\n") {
			t.Fatalf("%d lines after %d events", n, i+1)
		}
	}
	lines := strings.Split(out.String(), "\n")
	if !strings.HasPrefix(lines[0], `{"schema":1,"start":{`) || !strings.HasPrefix(lines[1], `{"finding":{`) {
		t.Errorf("the report starts %.200s", out.String())
	}
}

func TestCSV(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(write(t, "csv", report.Options{}, scan(t)))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 7 || rows[0][0] != "fingerprint" || rows[2][0] != "5d0c1f" || rows[2][1] != "critical" {
		t.Errorf("%d rows: %q", len(rows), rows)
	}
	if !strings.Contains(rows[2][18], "users' \\\n  -H") {
		t.Errorf("the command reads %q", rows[2][18])
	}
}

func TestCSVHoldsNoFormula(t *testing.T) {
	for _, text := range []string{
		`=HYPERLINK("https://x.example","a")`, "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", `"=1`, "|cmd", "＝1", "'=1", "%0A=1",
	} {
		f := banner()
		f.Message, f.URL, f.Identity, f.Reproduce, f.Probe = text, text, text, text, text
		f.Evidence.Location = text
		rows, err := csv.NewReader(bytes.NewReader(write(t, "csv", report.Options{}, []finding.Event{{Finding: &f}}))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, cell := range rows[1] {
			if start := strings.TrimLeft(cell, " \t\""); start != "" && strings.ContainsAny(start[:1], "=+-@|%") || strings.HasPrefix(start, "＝") {
				t.Errorf("%q became the cell %q", text, cell)
			}
		}
	}
}

func TestGitHubAnnotations(t *testing.T) {
	gate := finding.High
	text := string(write(t, "github", report.Options{Gate: &gate}, scan(t)))
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) != 8 { // six findings, the incomplete scan, the sum
		t.Fatalf("%d lines:\n%s", len(lines), text)
	}
	if want := "::error title=blurt%2C critical%3A Django debug page::A malformed certificate header"; !strings.HasPrefix(lines[0], want) {
		t.Errorf("the first line is %s", lines[0])
	}
	if !strings.Contains(text, "::warning title=blurt%3A the scan is incomplete::") || !strings.Contains(lines[7], "Gate failed: 3 findings at or above high") {
		t.Errorf("the end is %q", lines[6:])
	}
	for _, line := range lines {
		if !regexp.MustCompile(`^::(error|warning|notice) title=[^:,]*::[^\r\n]*$`).MatchString(line) {
			t.Errorf("this is no annotation: %q", line)
		}
	}
	if !strings.Contains(text, `/%252e/`) || strings.Contains(strings.ReplaceAll(text, "%25", ""), "%2e") {
		t.Error("a percent sign of a target is not escaped")
	}
}

func TestGitHubShowsTheWorst(t *testing.T) {
	var events []finding.Event
	for i := range 40 {
		f := banner()
		f.Severity, f.Title, f.Fingerprint = finding.High, "High one", fmt.Sprint(i)
		if i >= 35 {
			f.Severity, f.Title = finding.Critical, "Critical one"
		}
		events = append(events, finding.Event{Finding: &f})
	}
	text := string(write(t, "github", report.Options{}, events))
	if strings.Count(text, "Critical one") != 5 || strings.Count(text, "High one") != 5 || !strings.Contains(text, "30 findings not shown") {
		t.Errorf("annotations:\n%s", text)
	}
}

func TestMarkdownIsBounded(t *testing.T) {
	events := scan(t)[:1]
	for i := range 2000 {
		f := debugPage()
		f.Severity, f.Fingerprint = finding.Severity(i%5), fmt.Sprint(i)
		events = append(events, finding.Event{Finding: &f})
	}
	text := string(write(t, "markdown", report.Options{}, events))
	if len(text) > 60_000 || !strings.Contains(text, "are left out for want of room") || !strings.Contains(text, "… and 1950 more.") {
		t.Errorf("%d bytes, ending %q", len(text), text[max(0, len(text)-300):])
	}
	if opened, closed := strings.Count(text, "<details>"), strings.Count(text, "</details>"); opened != closed || opened == 0 {
		t.Errorf("%d details opened, %d closed", opened, closed)
	}
	if strings.Contains(text, "<b>HIGH</b>") && !strings.Contains(text, "<b>CRITICAL</b>") {
		t.Error("the worst is not first")
	}
}

// What a target wrote must come out of a Markdown renderer as text, even of one
// that lets HTML through.
func TestMarkdownIsInert(t *testing.T) {
	evil := "</code></summary></details><script>alert(1)</script> ![x](https://evil.example/p.png) [l](javascript:x) `` ` ``` " +
		"@octocat #12 https://evil.example www.evil.example **b** | a | b\n\n# h\n```\n<img src=x>\n~~~\n<!-- "
	f := hostileFinding(10)
	f.Title, f.Message, f.URL, f.Evidence.Excerpt, f.Reproduce, f.Remediation = evil, evil, evil, evil, evil, evil
	f.Rule, f.Fingerprint, f.OWASP = evil, evil, []string{evil}
	f.Evidence.Leaked = []finding.Leaked{{Category: finding.PathLeak, Name: evil, Value: evil, Location: evil}}
	events := []finding.Event{{Finding: &f}, {Target: &finding.Target{URL: evil, Err: evil}}, {Done: &finding.Done{Errors: []finding.ScanError{{Message: evil}}}}}
	renderer := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))
	documents := map[string]string{"markdown": string(write(t, "markdown", report.Options{}, events))}
	var dojo struct {
		Findings []struct {
			Description string
			Steps       string `json:"steps_to_reproduce"`
		}
	}
	if err := json.Unmarshal(write(t, "defectdojo", report.Options{}, events), &dojo); err != nil {
		t.Fatal(err)
	}
	documents["defectdojo"] = dojo.Findings[0].Description + "\n\n" + dojo.Findings[0].Steps
	for name, source := range documents {
		var out bytes.Buffer
		if err := renderer.Convert([]byte(source), &out); err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"<script", "<img", "<a ", "<h1", "javascript:x\""} {
			if strings.Contains(out.String(), bad) {
				t.Errorf("%s: %s comes through:\n%s", name, bad, out.String())
			}
		}
		outside := regexp.MustCompile(`(?s)<code.*?</code>`).ReplaceAllString(out.String(), "")
		if regexp.MustCompile(`@octocat|#12`).MatchString(outside) {
			t.Errorf("%s: a mention or a reference comes through:\n%s", name, outside)
		}
		if opened, closed := strings.Count(out.String(), "<details>"), strings.Count(out.String(), "</details>"); opened != closed {
			t.Errorf("%s: %d details opened, %d closed", name, opened, closed)
		}
	}
}

// GitLab tells findings apart by rule and location: these must not change with the
// text of the evidence.
func TestGitLabIdentity(t *testing.T) {
	var report1, report2 struct {
		Vulnerabilities []struct {
			ID       string
			Name     string
			Location map[string]string
		}
	}
	one, two := banner(), banner()
	two.Evidence.Location, two.Message, two.Evidence.Excerpt = "field Server", "Another sentence.", "other"
	other := banner()
	other.URL = "https://api.example.com:9443/"
	events := [][]finding.Event{{{Finding: &one}, {Finding: &other}}, {{Finding: &two}}}
	if err := json.Unmarshal(write(t, "gitlab", report.Options{}, events[0]), &report1); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(write(t, "gitlab", report.Options{}, events[1]), &report2); err != nil {
		t.Fatal(err)
	}
	first, again := report1.Vulnerabilities[0], report2.Vulnerabilities[0]
	if first.ID != again.ID || first.Name != again.Name || fmt.Sprint(first.Location) != fmt.Sprint(again.Location) {
		t.Errorf("%+v became %+v", first, again)
	}
	if first.ID == report1.Vulnerabilities[1].ID {
		t.Error("two servers share an id")
	}
	if want := "map[hostname:https://api.example.com:8443 method:GET param:Server path:/]"; fmt.Sprint(first.Location) != want {
		t.Errorf("location %v", first.Location)
	}
}
