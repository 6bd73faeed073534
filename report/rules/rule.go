package rules

import (
	"strings"

	"blurt/scanner/finding"
)

// Rule is one kind of finding: policy and prose, no detection.
type Rule struct {
	// ID is the file's name without its ending, as "django-debug-page".
	ID       string
	Title    string
	Category finding.Category
	// Severity is that of a finding without any leaked item.
	Severity finding.Severity
	// CVSS is a CVSS 3.1 base vector; Score is its base score, from 0 to 10.
	CVSS  string
	Score float64
	// Precision says how seldom the rule is wrong, in SARIF consumers' words:
	// "very-high", "high", "medium" or "low".
	Precision  string
	OWASP2023  []string // as "API8:2023"
	OWASP2019  []string // as "API7:2019"
	CWE        []string // as "CWE-489", the most specific first
	PCIDSS     []string // requirement numbers of PCI DSS 4.0.1, as "6.2.4"
	References []Reference

	// The sections of the file's body, in Markdown and without their headings.
	Summary string // What it is
	Why     string // Why it matters
	How     string // How blurt finds it
	Fix     string // How to fix, as far as it holds for every product
	Fixes   []Fix  // How to fix, by product

	standards Standards
}

// Reference is a text that backs a rule.
type Reference struct {
	Title string `yaml:"title"`
	URL   string `yaml:"url"`
}

// Fix is how to close a finding in one product.
type Fix struct {
	Product string // the heading, as "nginx" or "Apache httpd"
	Text    string // Markdown
}

// Fits reports whether the fix is about the product, which is named in lower
// case as in [finding.Finding.Stack].
func (f Fix) Fits(product string) bool {
	for word := range strings.FieldsSeq(strings.ToLower(f.Product)) {
		if strings.Trim(word, ",") == product {
			return true
		}
	}
	return false
}

// Remediation returns the fix as Markdown: what holds for every product, then
// the sections for the products of the stack. Where none of the sections fits,
// all of them are given.
func (r *Rule) Remediation(stack []string) string {
	fits := r.fixesFor(stack)
	if len(fits) == 0 {
		fits = r.Fixes
	}
	parts := make([]string, 0, 1+len(fits))
	if r.Fix != "" {
		parts = append(parts, r.Fix)
	}
	for _, f := range fits {
		parts = append(parts, "### "+f.Product+"\n\n"+f.Text)
	}
	return strings.Join(parts, "\n\n")
}

func (r *Rule) fixesFor(stack []string) []Fix {
	var fits []Fix
	for _, f := range r.Fixes {
		for _, product := range stack {
			if f.Fits(product) {
				fits = append(fits, f)
				break
			}
		}
	}
	return fits
}
