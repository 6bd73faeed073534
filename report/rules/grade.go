package rules

import (
	"fmt"
	"slices"

	"blurt/scanner/finding"
)

// grade is how much a leaked item of one category matters.
type grade struct {
	Severity severity `yaml:"severity"`
	CVSS     string   `yaml:"cvss"`
}

func checkGrades(items map[finding.Category]grade) error {
	for _, category := range finding.Categories() {
		g, found := items[category]
		if !found {
			return fmt.Errorf("category %q is missing", category)
		}
		if _, err := scoreFor(g.CVSS, g.Severity.Severity); err != nil {
			return fmt.Errorf("category %q: %w", category, err)
		}
	}
	if len(items) != len(finding.Categories()) {
		return fmt.Errorf("holds %d categories, the report has %d", len(items), len(finding.Categories()))
	}
	return nil
}

// Grade fills in what the catalogue knows of a finding: title, severity,
// standards, vector, remediation and references. The severity is the worst of
// the rule's and of the leaked items', and the vector goes with it. A finding
// whose rule is not known keeps its title and is judged by its category.
func (c *Catalogue) Grade(f *finding.Finding) {
	rule, found := c.byID[f.Rule]
	if !found {
		category := c.items[f.Category]
		f.Severity, f.CVSS = category.Severity.Severity, category.CVSS
		c.raise(f)
		return
	}
	f.Title, f.Severity, f.CVSS = rule.Title, rule.Severity, rule.CVSS
	c.raise(f)
	f.OWASP = slices.Clone(rule.OWASP2023)
	f.CWE = slices.Clone(rule.CWE)
	f.PCIDSS = slices.Clone(rule.PCIDSS)
	f.Remediation = rule.Remediation(f.Stack)
	f.References = make([]string, len(rule.References))
	for i, ref := range rule.References {
		f.References[i] = ref.URL
	}
}

func (c *Catalogue) raise(f *finding.Finding) {
	for _, item := range f.Evidence.Leaked {
		if g := c.items[item.Category]; g.Severity.Severity > f.Severity {
			f.Severity, f.CVSS = g.Severity.Severity, g.CVSS
		}
	}
}
