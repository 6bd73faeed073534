package report_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"blurt/report"
	"blurt/scanner/finding"
)

// log is what code scanning reads of a SARIF file.
type log struct {
	Schema  string `json:"$schema"`
	Version string `json:"version"`
	Runs    []struct {
		Tool struct {
			Driver struct {
				Name, Version, SemanticVersion, InformationURI string
				Rules                                          []struct {
					ID, Name                          string
					ShortDescription, FullDescription struct{ Text string }
					Help                              struct{ Text, Markdown string }
					DefaultConfiguration              struct{ Level string }
					Relationships                     []struct {
						Target struct {
							ID            string
							Index         int
							ToolComponent struct {
								Name  string
								Index int
							}
						}
					}
					Properties struct {
						SecuritySeverity *string `json:"security-severity"`
						Precision        string
						Tags             []string
					}
				}
			}
		}
		AutomationDetails struct{ ID string }
		ColumnKind        string
		Taxonomies        []struct {
			Name string
			Taxa []struct{ ID, Name string }
		}
		Results     *[]result
		Invocations []map[string]any
	}
}

type result struct {
	RuleID    string
	RuleIndex *int
	Kind      string
	Level     string
	Message   struct{ Text string }
	Locations []struct {
		PhysicalLocation struct {
			ArtifactLocation struct{ URI, URIBaseID string }
			Region           struct{ StartLine, StartColumn, EndLine, EndColumn int }
		}
	}
	PartialFingerprints map[string]string
	WebRequest          *struct{ Method, Target string }
	WebResponse         *struct {
		StatusCode int
		Headers    map[string]string
	}
}

func sarif(t testing.TB, events []finding.Event) (log, []byte) {
	t.Helper()
	text := write(t, "sarif", report.Options{Homepage: "https://blurt.example/"}, events)
	var l log
	if err := json.Unmarshal(text, &l); err != nil {
		t.Fatal(err)
	}
	if len(l.Runs) != 1 || l.Runs[0].Results == nil {
		t.Fatal("not one run, or a run without results")
	}
	return l, text
}

// TestSARIFRules holds the rules to what code scanning asks for.
func TestSARIFRules(t *testing.T) {
	l, _ := sarif(t, scan(t))
	run := l.Runs[0]
	driver := run.Tool.Driver
	if driver.Name != "blurt" || driver.SemanticVersion != "0.1.0" || driver.InformationURI == "" || len(driver.Rules) != len(catalogue(t).All()) {
		t.Errorf("driver = %s %s, %d rules", driver.Name, driver.SemanticVersion, len(driver.Rules))
	}
	levels := map[string]string{"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}
	for _, r := range driver.Rules {
		rule, _ := catalogue(t).Find(r.ID)
		if len(r.ShortDescription.Text) == 0 || len(r.ShortDescription.Text) > 255 || len(r.FullDescription.Text) == 0 || len(r.FullDescription.Text) > 1024 {
			t.Errorf("%s: descriptions of %d and %d bytes", r.ID, len(r.ShortDescription.Text), len(r.FullDescription.Text))
		}
		if r.Help.Text == "" || !strings.Contains(r.Help.Markdown, "## How to fix") {
			t.Errorf("%s: no help", r.ID)
		}
		if r.DefaultConfiguration.Level != levels[rule.Severity.String()] {
			t.Errorf("%s: level %s for %s", r.ID, r.DefaultConfiguration.Level, rule.Severity)
		}
		if r.Properties.SecuritySeverity == nil {
			t.Fatalf("%s: no security-severity", r.ID)
		}
		score, err := strconv.ParseFloat(*r.Properties.SecuritySeverity, 64)
		if err != nil || codeScanning(score) != rule.Severity {
			t.Errorf("%s: code scanning takes %s for %s, the rule is %s", r.ID, *r.Properties.SecuritySeverity, codeScanning(score), rule.Severity)
		}
		if tags := r.Properties.Tags; len(tags) > 10 || tags[0] != "security" {
			t.Errorf("%s: tags %v", r.ID, tags)
		}
		if len(r.Relationships) != len(rule.OWASP2023)+len(rule.CWE) {
			t.Errorf("%s: %d relationships", r.ID, len(r.Relationships))
		}
		for _, rel := range r.Relationships {
			taxonomy := run.Taxonomies[rel.Target.ToolComponent.Index]
			if taxonomy.Name != rel.Target.ToolComponent.Name || taxonomy.Taxa[rel.Target.Index].ID != rel.Target.ID {
				t.Errorf("%s: relationship to %s points elsewhere", r.ID, rel.Target.ID)
			}
		}
	}
	if run.ColumnKind != "utf16CodeUnits" || run.AutomationDetails.ID != "blurt/3f2a9c1e" {
		t.Errorf("run = %s, %s", run.ColumnKind, run.AutomationDetails.ID)
	}
}

// codeScanning is how GitHub reads a security-severity.
func codeScanning(score float64) finding.Severity {
	switch {
	case score > 9:
		return finding.Critical
	case score >= 7:
		return finding.High
	case score >= 4:
		return finding.Medium
	case score > 0:
		return finding.Low
	default:
		return finding.Info
	}
}

// TestSARIFResults holds the results to what code scanning asks for.
func TestSARIFResults(t *testing.T) {
	events := scan(t)
	l, text := sarif(t, events)
	run := l.Runs[0]
	results := *run.Results
	var want []*finding.Finding
	for _, e := range events {
		if e.Finding != nil {
			want = append(want, e.Finding)
		}
	}
	if len(results) != len(want) {
		t.Fatalf("%d results for %d findings", len(results), len(want))
	}
	for i, r := range results {
		if r.RuleIndex == nil || run.Tool.Driver.Rules[*r.RuleIndex].ID != r.RuleID || r.RuleID != want[i].Rule {
			t.Errorf("result %d: rule %s has the wrong index", i, r.RuleID)
		}
		if r.Kind != "" {
			t.Errorf("result %d: kind %s", i, r.Kind)
		}
		if got := r.PartialFingerprints["primaryLocationLineHash"]; got != want[i].Fingerprint+":1" {
			t.Errorf("result %d: fingerprint %s", i, got)
		}
		if len(r.Locations) != 1 {
			t.Fatalf("result %d: %d locations", i, len(r.Locations))
		}
		place := r.Locations[0].PhysicalLocation
		if region := place.Region; region.StartLine != 1 || region.StartColumn != 1 || region.EndLine != 1 || region.EndColumn < 1 {
			t.Errorf("result %d: region %+v", i, region)
		}
		checkLocation(t, place.ArtifactLocation.URI)
	}
	if first := results[1]; !strings.HasPrefix(first.Message.Text, "A malformed certificate header is answered with") || first.Level != "error" {
		t.Errorf("message %q at %s", first.Message.Text, first.Level)
	}
	if r := results[1]; r.WebRequest == nil || r.WebRequest.Target != "/v1/users" || r.WebResponse == nil || r.WebResponse.StatusCode != 500 ||
		r.WebResponse.Headers["Set-Cookie"] != "a=********, b=********" {
		t.Errorf("request %+v, response %+v", r.WebRequest, r.WebResponse)
	}
	for _, key := range []string{"commandLine", "arguments", "environmentVariables", "executableLocation", "account", "machine"} {
		if strings.Contains(string(text), `"`+key+`"`) {
			t.Errorf("the report holds %s", key)
		}
	}
	if notes := run.Invocations[0]["toolExecutionNotifications"].([]any); len(notes) != 2 || run.Invocations[0]["executionSuccessful"] != false {
		t.Errorf("invocation = %v", run.Invocations[0])
	}
}

// checkLocation fails for a URI that code scanning rejects or misreads.
func checkLocation(t *testing.T, raw string) {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil || u.IsAbs() || u.Host != "" || strings.HasPrefix(raw, "/") || raw == "" {
		t.Errorf("location %q is not a relative path: %v", raw, err)
		return
	}
	if first, _, _ := strings.Cut(raw, "/"); strings.ContainsAny(first, ":@") {
		t.Errorf("location %q starts with %q", raw, first)
	}
	for segment := range strings.SplitSeq(u.Path, "/") {
		if segment == "" || segment == "." || segment == ".." {
			t.Errorf("location %q has the segment %q", raw, segment)
		}
	}
}

func TestSARIFLocations(t *testing.T) {
	seen := map[string]string{}
	for raw, want := range map[string]string{
		"https://api.example.com/":                   "api.example.com/index",
		"https://api.example.com:8443/v1/users":      "api.example.com/v1/users",
		"https://api.example.com/v1/users/":          "api.example.com/v1/users/index",
		"https://api.example.com/a%2Fb":              "api.example.com/a%252Fb",
		"https://api.example.com/a/b":                "api.example.com/a/b",
		"https://api.example.com//a":                 "api.example.com/-/a",
		"https://api.example.com/a/../b":             "api.example.com/a/%252E%252E/b",
		"https://api.example.com/a/%2e/b;x=1":        "api.example.com/a/%252e/b%3Bx%3D1",
		"https://[2001:db8::1]:8443/a":               "2001-db8--1/a",
		"https://api.example.com/search?token=abc#f": "api.example.com/search",
		"http://10.0.0.1:80/c:d":                     "10.0.0.1/c%3Ad",
		"":                                           "unknown/index",
	} {
		f := banner()
		f.URL = raw
		catalogue(t).Grade(&f)
		l, _ := sarif(t, []finding.Event{{Finding: &f}})
		got := (*l.Runs[0].Results)[0].Locations[0].PhysicalLocation.ArtifactLocation.URI
		if got != want {
			t.Errorf("%s: %s, want %s", raw, got, want)
		}
		checkLocation(t, got)
		if other, again := seen[got]; again {
			t.Errorf("%s and %s share %s", raw, other, got)
		}
		seen[got] = raw
	}
}

func TestSARIFClean(t *testing.T) {
	l, text := sarif(t, streams(t)["clean"])
	if len(*l.Runs[0].Results) != 0 || !strings.Contains(string(text), `"results": []`) {
		t.Error("a clean scan must have an empty list of results")
	}
	if l.Runs[0].Invocations[0]["executionSuccessful"] != true {
		t.Errorf("invocation = %v", l.Runs[0].Invocations[0])
	}
}

// Code scanning rejects a file with more than 25,000 results.
func TestSARIFLimit(t *testing.T) {
	const limit, extra = 25_000, 3
	reader, writer := io.Pipe()
	defer reader.Close()
	sink, err := report.New("sarif", writer, report.Options{Rules: catalogue(t)})
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for i := range limit + extra {
			if err := sink.Emit(finding.Event{Finding: &finding.Finding{Rule: "path-leak", Fingerprint: fmt.Sprint(i)}}); err != nil {
				break
			}
		}
		writer.CloseWithError(sink.Close())
	}()
	text, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), `"primaryLocationLineHash"`); n != limit {
		t.Errorf("%d results", n)
	}
	if !strings.Contains(string(text), "3 more results are left out") {
		t.Error("the report does not say what it left out")
	}
}
