package report

import (
	"fmt"
	"strings"
)

// markdownAudit is the section that an auditor reads, folded up.
func markdownAudit(a *audit) string {
	const mostRules = 8 // that are named of an item
	if a.limits.targets == 0 {
		return ""
	}
	account := a.document()
	var b strings.Builder
	b.WriteString("<details>\n<summary>For an audit: OWASP API Security Top 10 and PCI DSS</summary>\n\n")
	b.WriteString(markdownText(join([]string{account.Tested, account.strangers()}, " "), 1000) + "\n\n**What could not be tested**\n\n")
	for _, limit := range account.Limits {
		b.WriteString("- " + markdownText(limit, 1000) + "\n")
	}
	for _, standard := range account.Standards {
		fmt.Fprintf(&b, "\n**%s**\n\n| Item | Result | Findings | Found by |\n|---|---|---|---|\n", standard.Name)
		for _, item := range standard.Items {
			var found []string
			for _, rule := range item.Found[:min(len(item.Found), mostRules)] {
				found = append(found, markdownCell(rule.Rule, 60)+fmt.Sprintf(" (%d)", rule.Count))
			}
			if hidden := len(item.Found) - len(found); hidden > 0 {
				found = append(found, "and "+plural(hidden, "more rule"))
			}
			result := strings.ReplaceAll(item.Result, "-", " ")
			if len(item.Rules) > 0 {
				result += ", tested by " + plural(len(item.Rules), "rule")
			}
			fmt.Fprintf(&b, "| %s %s | %s | %s | %s |\n", item.ID, item.Title, result, item.counts(), strings.Join(found, ", "))
		}
	}
	b.WriteString("\n</details>\n\n")
	return b.String()
}
