package rules_test

import (
	"slices"
	"strings"
	"testing"

	"blurt/report/rules"
	"blurt/scanner/finding"

	"github.com/google/go-cmp/cmp"
)

func load(t testing.TB) *rules.Catalogue {
	t.Helper()
	c, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestCatalogue pins the ids and severities: other tools and gates rely on them.
func TestCatalogue(t *testing.T) {
	want := map[string]string{
		"api-inventory":                  "low api-inventory",
		"ca-disclosure":                  "info ca-disclosure",
		"certificate-exposure":           "medium cert-reflection",
		"private-key-exposure":           "critical secret-exposure",
		"secret-exposure":                "high secret-exposure",
		"certificate-parser-error":       "low error-detail",
		"certificate-check-oracle":       "low enumeration-oracle",
		"certificate-reflection":         "low cert-reflection",
		"identity-header-read":           "low enumeration-oracle",
		"subject-enumeration":            "medium enumeration-oracle",
		"subject-enumeration-timing":     "low enumeration-oracle",
		"debug-endpoint":                 "medium debug-endpoint",
		"django-debug-404":               "high debug-page",
		"django-debug-csrf":              "medium debug-page",
		"django-debug-disallowed-host":   "high debug-page",
		"django-debug-page":              "high debug-page",
		"internal-host":                  "low internal-host",
		"identity-header-trusted":        "critical identity-spoofing",
		"path-leak":                      "low path-leak",
		"python-traceback":               "medium traceback",
		"trace-echo":                     "low cert-reflection",
		"untrusted-certificate-accepted": "critical identity-spoofing",
		"second-order-leak":              "medium cert-reflection",
		"certificate-internal-name":      "low internal-host",
		"mtls-address-bypass":            "high mtls-inconsistency",
		"mtls-port-bypass":               "high mtls-inconsistency",
		"mtls-resumption-bypass":         "high mtls-inconsistency",
		"mtls-sni-bypass":                "high mtls-inconsistency",
		"mtls-version-bypass":            "high mtls-inconsistency",
		"certificate-check-incomplete":   "high identity-spoofing",
		"mtls-expectation":               "medium mtls-inconsistency",
		"mtls-host-bypass":               "high mtls-inconsistency",
		"mtls-method-bypass":             "high mtls-inconsistency",
		"mtls-not-enforced":              "medium mtls-inconsistency",
		"mtls-path-bypass":               "high mtls-inconsistency",
		"mtls-public-endpoint":           "info mtls-inconsistency",
		"version-banner":                 "info version-banner",
		"database-error":                 "low error-detail",
		"dotnet-stack-trace":             "medium traceback",
		"exception-message":              "low error-detail",
		"framework-debug-page":           "high debug-page",
		"go-stack-trace":                 "medium traceback",
		"grpc-debug-info":                "medium traceback",
		"java-stack-trace":               "medium traceback",
		"node-stack-trace":               "medium traceback",
		"perl-stack-trace":               "medium traceback",
		"php-error":                      "medium traceback",
		"ruby-backtrace":                 "medium traceback",
		"rust-backtrace":                 "medium traceback",
		"werkzeug-debugger":              "critical debug-page",
	}
	got := map[string]string{}
	c := load(t)
	for _, r := range c.All() {
		got[r.ID] = r.Severity.String() + " " + string(r.Category)
		if found, ok := c.Find(r.ID); !ok || found != r {
			t.Errorf("Find(%q) = %v, %v", r.ID, found, ok)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	if _, ok := c.Find("no-such-rule"); ok {
		t.Error("a rule that is not there was found")
	}
}

// notDjango are the rules about what Django has no part in.
var notDjango = map[string]bool{
	"certificate-check-incomplete": true, "mtls-expectation": true, "mtls-host-bypass": true, "mtls-public-endpoint": true,
	"certificate-internal-name": true, "mtls-address-bypass": true, "mtls-resumption-bypass": true, "mtls-sni-bypass": true, "mtls-version-bypass": true,
	"ca-disclosure": true, "dotnet-stack-trace": true, "framework-debug-page": true, "go-stack-trace": true, "grpc-debug-info": true, "java-stack-trace": true,
	"node-stack-trace": true, "perl-stack-trace": true, "php-error": true, "ruby-backtrace": true, "rust-backtrace": true, "werkzeug-debugger": true,
}

// TestProse holds every rule to what readers rely on.
func TestProse(t *testing.T) {
	for _, r := range load(t).All() {
		if len(r.Title) > 32 {
			t.Errorf("%s: the title has %d characters, lists have room for 32", r.ID, len(r.Title))
		}
		if !strings.Contains(r.How, "*Confirmed*") {
			t.Errorf("%s: does not say what makes a finding confirmed", r.ID)
		}
		for _, product := range []string{"nginx", "django"} {
			fits := slices.ContainsFunc(r.Fixes, func(f rules.Fix) bool { return f.Fits(product) })
			if !fits && !(product == "django" && notDjango[r.ID]) {
				t.Errorf("%s: no fix for %s", r.ID, product)
			}
		}
		cites := func(part string) bool {
			return slices.ContainsFunc(r.References, func(ref rules.Reference) bool { return strings.Contains(ref.URL, part) })
		}
		if !cites("owasp.org") && !cites("cwe.mitre.org") {
			t.Errorf("%s: cites neither OWASP nor CWE", r.ID)
		}
		text := r.Markdown()
		for _, part := range []string{"# " + r.Title, r.ID, r.CVSS, "## What it is", r.Why, "## How blurt finds it", "## References", r.References[0].URL, r.CWE[0] + ", "} {
			if !strings.Contains(text, part) {
				t.Errorf("%s: the page lacks %q", r.ID, part)
			}
		}
	}
}

func TestGrade(t *testing.T) {
	item := func(c finding.Category) finding.Leaked { return finding.Leaked{Category: c} }
	for _, test := range []struct {
		name  string
		rule  string
		items []finding.Leaked
		want  finding.Severity
		cvss  string
	}{
		{"the rule's own", "django-debug-page", nil, finding.High, "C:H/I:N/A:N"},
		{"lesser items", "django-debug-page", []finding.Leaked{item(finding.PathLeak), item(finding.Traceback)}, finding.High, "C:H/I:N/A:N"},
		{"a secret", "django-debug-page", []finding.Leaked{item(finding.PathLeak), item(finding.SecretExposure)}, finding.Critical, "C:H/I:H/A:N"},
		{"a path in a banner", "version-banner", []finding.Leaked{item(finding.PathLeak)}, finding.Low, "AC:H/PR:N/UI:N/S:U/C:L/I:N/A:N"},
		{"versions only", "version-banner", []finding.Leaked{item(finding.VersionBanner)}, finding.Info, "C:N/I:N/A:N"},
		{"authorities only", "ca-disclosure", []finding.Leaked{item(finding.CADisclosure)}, finding.Info, "C:N/I:N/A:N"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := finding.Finding{Rule: test.rule, Evidence: finding.Evidence{Leaked: test.items}}
			load(t).Grade(&f)
			if f.Severity != test.want || !strings.HasSuffix(f.CVSS, test.cvss) {
				t.Errorf("%s, %s", f.Severity, f.CVSS)
			}
		})
	}
}

func TestGradeFillsIn(t *testing.T) {
	f := finding.Finding{Rule: "identity-header-trusted", Stack: []string{"nginx", "django"}}
	load(t).Grade(&f)
	if f.Title != "Forged identity header accepted" || !slices.Equal(f.OWASP, []string{"API2:2023"}) ||
		f.CWE[0] != "CWE-290" || !slices.Contains(f.PCIDSS, "8.3.1") || !strings.HasPrefix(f.References[0], "https://") {
		t.Errorf("%+v", f)
	}
	for part, want := range map[string]bool{"### nginx": true, "### Django": true, "### HAProxy": false, "### gunicorn": false, "Three things together": true} {
		if strings.Contains(f.Remediation, part) != want {
			t.Errorf("remediation with %q: %t", part, !want)
		}
	}
	f.Stack = []string{"iis"}
	load(t).Grade(&f)
	if !strings.Contains(f.Remediation, "### HAProxy") || !strings.Contains(f.Remediation, "### Apache httpd") {
		t.Error("a stack that no fix is for is not given all of them")
	}
}

func TestGradeSharesNothing(t *testing.T) {
	c := load(t)
	first, second := finding.Finding{Rule: "path-leak"}, finding.Finding{Rule: "path-leak"}
	c.Grade(&first)
	first.OWASP[0], first.CWE[0], first.References[0] = "changed", "changed", "changed"
	c.Grade(&second)
	if second.OWASP[0] != "API8:2023" || second.CWE[0] != "CWE-209" || second.References[0] == "changed" {
		t.Errorf("%+v", second)
	}
}

func TestGradeUnknownRule(t *testing.T) {
	f := finding.Finding{Rule: "of-tomorrow", Title: "Tomorrow's", Category: finding.DebugEndpoint}
	load(t).Grade(&f)
	if f.Title != "Tomorrow's" || f.Severity != finding.Medium || f.CVSS == "" {
		t.Errorf("%+v", f)
	}
}

func TestSuggest(t *testing.T) {
	c := load(t)
	for typed, want := range map[string]string{
		"djnago-debug-page":       "django-debug-page",
		"django_debug_page":       "django-debug-page",
		"path-leaks":              "path-leak",
		"version":                 "",
		"":                        "",
		"sql-injection":           "",
		strings.Repeat("x", 1e6):  "",
		"identity-header-trusted": "identity-header-trusted",
	} {
		if got := c.Suggest(typed); got != want {
			t.Errorf("Suggest(%.40q) = %q, want %q", typed, got, want)
		}
	}
}
