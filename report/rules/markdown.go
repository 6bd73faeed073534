package rules

import (
	"fmt"
	"strings"
)

// Markdown returns the whole rule as a page.
func (r *Rule) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n`%s`\n\n", r.Title, r.ID)
	fmt.Fprintf(&b, "- Severity: %s (CVSS %.1f, `%s`)\n", r.Severity, r.Score, r.CVSS)
	fmt.Fprintf(&b, "- Category: %s\n", r.Category)
	for _, list := range []struct {
		name  string
		ids   []string
		known map[string]string
	}{
		{"OWASP API Security Top 10 2023", r.OWASP2023, r.standards.OWASP2023},
		{"OWASP API Security Top 10 2019", r.OWASP2019, r.standards.OWASP2019},
		{"Weakness", r.CWE, r.standards.CWE},
		{"PCI DSS 4.0.1", r.PCIDSS, r.standards.PCIDSS},
	} {
		for _, id := range list.ids {
			fmt.Fprintf(&b, "- %s: %s, %s\n", list.name, id, list.known[id])
		}
	}
	for _, part := range []struct{ heading, text string }{
		{"What it is", r.Summary}, {"Why it matters", r.Why}, {"How blurt finds it", r.How}, {"How to fix", r.Remediation(nil)},
	} {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", part.heading, part.text)
	}
	b.WriteString("\n## References\n\n")
	for _, ref := range r.References {
		fmt.Fprintf(&b, "- [%s](%s)\n", ref.Title, ref.URL)
	}
	return b.String()
}
