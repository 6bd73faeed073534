package report_test

import (
	"encoding/json"
	"strings"
	"testing"

	"blurt/report"
	"blurt/scanner/finding"

	"github.com/google/go-cmp/cmp"
)

// auditOf is the audit of a JSON report: results by item, and the limits.
type auditOf struct {
	Audit struct {
		Tested     string
		Limits     []string
		Unassigned int
		Standards  []struct {
			Name  string
			Items []struct {
				ID, Result string
				Findings   map[string]int
				Suppressed int
				Rules      []string
				Found      []struct {
					Rule, Severity string
					Count          int
					Fingerprints   []string
				}
			}
		}
	}
}

func readAudit(t *testing.T, events []finding.Event) (auditOf, map[string]string) {
	t.Helper()
	var d auditOf
	if err := json.Unmarshal(write(t, "json", report.Options{}, events), &d); err != nil {
		t.Fatal(err)
	}
	results := map[string]string{}
	for _, standard := range d.Audit.Standards {
		for _, item := range standard.Items {
			results[item.ID] = item.Result
		}
	}
	return d, results
}

func TestAuditTellsWhatWasFound(t *testing.T) {
	d, results := readAudit(t, scan(t))
	for id, want := range map[string]string{"API2:2023": "found", "API8:2023": "found", "API5:2023": "undecided", "API1:2023": "not-tested", "6.2.4": "found", "8.3.11": "undecided"} {
		if results[id] != want {
			t.Errorf("%s: %s, want %s", id, results[id], want)
		}
	}
	item := d.Audit.Standards[0].Items[7]
	if item.ID != "API8:2023" || item.Findings["critical"] != 2 || item.Findings["info"] != 2 || item.Found[0].Rule != "django-debug-page" ||
		item.Found[0].Count != 2 || item.Found[0].Severity != "critical" {
		t.Errorf("%+v", item)
	}
	if diff := cmp.Diff([]string{"5d0c1f", "77aa01"}, item.Found[0].Fingerprints); diff != "" {
		t.Error(diff)
	}
	limits := strings.Join(d.Audit.Limits, "\n")
	for _, want := range []string{"incomplete", "1 endpoint could not", "1 probe got no answer"} {
		if !strings.Contains(limits, want) {
			t.Errorf("the limits do not say %q:\n%s", want, limits)
		}
	}
	if strings.Contains(limits, "No certificate of a caller") {
		t.Error("the scan had a caller's certificate")
	}
}

// Only a complete scan may say that nothing was found, and what the policy
// suppresses is told.
func TestAuditOfOtherScans(t *testing.T) {
	whole := streams(t)["clean"]
	target := finding.Event{Target: &finding.Target{URL: "https://a.example/", Surface: []finding.Surface{{URL: "https://a.example/", Method: "GET", Identity: "none", Verdict: finding.Open}}}}
	d, results := readAudit(t, []finding.Event{whole[0], target, whole[1]})
	if results["API8:2023"] != "nothing-found" || !strings.Contains(strings.Join(d.Audit.Limits, "\n"), "No certificate of a caller") ||
		d.Audit.Tested != "7 requests went to 1 endpoint, with these identities: none." {
		t.Errorf("%v, %+v", results, d.Audit.Limits)
	}
	f := debugPage()
	catalogue(t).Grade(&f)
	f.Suppressed = &finding.Suppression{Reason: "a demo"}
	stranger := banner()
	stranger.Rule = "rule-of-a-team"
	d, results = readAudit(t, []finding.Event{whole[0], {Finding: &f}, {Finding: &stranger}, target, whole[1]})
	if results["API8:2023"] != "suppressed" || d.Audit.Unassigned != 1 {
		t.Errorf("%v, %d unassigned", results, d.Audit.Unassigned)
	}
	html := string(write(t, "html", report.Options{}, []finding.Event{whole[0], {Finding: &f}, {Finding: &stranger}, target, whole[1]}))
	for _, want := range []string{`<span class="result ">suppressed</span> <span class="soft">1 suppressed</span>`, "1 finding of rules that name no item", "nothing found</span>"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestAuditTellsWhatIsNotKnown(t *testing.T) {
	events := append(scan(t)[:1], finding.Event{Target: &finding.Target{
		URL: "https://h/", Requests: 5, Unanswered: []finding.Unanswered{{Probe: "malformed-name/long"}},
		Coverage: []finding.Coverage{{Probe: "a/b", Fields: 40}, {Probe: "a/c", Fields: 87, Unsettled: 87}, {Probe: "a/d", Fields: 87, Unsettled: 12}},
	}})
	d, _ := readAudit(t, events)
	text := strings.Join(d.Audit.Limits, "\n")
	for _, want := range []string{
		"The scan is incomplete", "1 probe got no answer when asked twice",
		"2 groups of header fields changed the answer, and not each of the fields was told apart",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in %s", want, text)
		}
	}
}

// A finding of a rule that no catalogue has stands in every format, without empty
// standards beside it.
func TestFindingOfAnotherTeamsRule(t *testing.T) {
	f := banner()
	f.Rule, f.Title, f.Severity, f.Message = "acme-internal-header", "", finding.High, "The field X-Acme-Node names a node."
	events := []finding.Event{{Start: scan(t)[0].Start}, {Finding: &f}, scan(t)[len(scan(t))-1]}
	for _, format := range report.Formats() {
		text := string(write(t, format.Name, report.Options{}, events))
		for _, want := range []string{"acme-internal-header", "names a node"} {
			if !strings.Contains(strings.ReplaceAll(text, `\`, ""), want) {
				t.Errorf("%s lacks %q:\n%s", format.Name, want, text)
			}
		}
		for _, unwanted := range []string{"OWASP –", "· –", "PCI DSS  ", "<dt>CVSS</dt><dd></dd>", "<dt>OWASP API</dt><dd></dd>", `"cwe": 0`, `"cvssv3": ""`, "CVSS )"} {
			if strings.Contains(text, unwanted) {
				t.Errorf("%s has %q", format.Name, unwanted)
			}
		}
	}
}

// Where a finding stands for many places, each format lists them up to a bound.
func TestOtherPlacesAreListed(t *testing.T) {
	f := banner()
	catalogue(t).Grade(&f)
	for i := range 200 {
		f.Occurrences = append(f.Occurrences, finding.Occurrence{URL: "https://api.example.com:8443/place-" + string(rune('a'+i%26)) + strings.Repeat("x", i/26), Method: "GET"})
	}
	f.OccurrencesOmitted = 800
	events := []finding.Event{{Start: scan(t)[0].Start}, {Finding: &f}}
	for name, more := range map[string]string{"markdown": "and 990 more", "junit": "and 980 more", "csv": "and 980 more", "gitlab": "and 950 more", "sarif": `"occurrencesCount": 1000`, "defectdojo": `"nb_occurences": 1001`} {
		text := string(write(t, name, report.Options{}, events))
		if !strings.Contains(text, "https://api.example.com:8443/place-c") || !strings.Contains(text, more) {
			t.Errorf("%s does not list the places, or not %q:\n%.3000s", name, more, text)
		}
	}
}

func TestRecognisedProducts(t *testing.T) {
	target := func(path string, products ...string) finding.Event {
		return finding.Event{Target: &finding.Target{URL: "https://a.example" + path, Recognised: products}}
	}
	events := []finding.Event{
		streams(t)["clean"][0], target("/a", "nginx (field Server)"), target("/b", "nginx (field Server)"),
		target("/c", "nginx (field Server)", "django 4.2 (debug page)"), streams(t)["clean"][1],
	}
	var d struct {
		Recognised []struct {
			URL      string
			Products []string
		}
	}
	text := write(t, "json", report.Options{}, events)
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Recognised) != 2 || d.Recognised[1].URL != "https://a.example/c" || len(d.Recognised[1].Products) != 2 {
		t.Errorf("recognised: %+v", d.Recognised)
	}
	if diff := cmp.Diff(string(text), string(replayed(t, text, "json"))); diff != "" {
		t.Errorf("read again (-saved +again):\n%s", diff)
	}
	if !strings.Contains(string(write(t, "html", report.Options{}, events)), "<div>django 4.2 (debug page)</div>") {
		t.Error("the page does not name the product")
	}
}
