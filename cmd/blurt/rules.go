package main

import (
	"fmt"
	"strings"

	"github.com/fatih/color"
	"github.com/urfave/cli/v2"

	"blurt/report/rules"
	"blurt/scanner/finding"
)

// listRules is "blurt rules".
func (p *program) listRules(c *cli.Context, specs []flagSpec) error {
	if c.Args().Present() {
		return wrongUse("rules", "it takes check, test or nothing", "see one rule with blurt explain "+shorten(c.Args().First()))
	}
	colored, err := colorWanted(newSettings(c, p.env, specs), p.env, p.stdout)
	if err != nil {
		return err
	}
	catalogue, err := rules.Load()
	if err != nil {
		return fmt.Errorf("the built-in rules cannot be read: %w", err)
	}
	return p.print(ruleTable(catalogue.All(), colored))
}

// ruleTable lists the rules, worst first.
func ruleTable(all []*rules.Rule, colored bool) string {
	width := len("RULE")
	for _, rule := range all {
		width = max(width, len(rule.ID))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-8s  %-*s  %s\n", "SEVERITY", width, "RULE", "TITLE")
	for _, severity := range finding.Severities() {
		paint := severityColor(severity, colored)
		for _, rule := range all {
			if rule.Severity == severity {
				fmt.Fprintf(&b, "%s  %-*s  %s\n", paint.Sprintf("%-8s", severity), width, rule.ID, rule.Title)
			}
		}
	}
	b.WriteString("\nThe severity is that of the page alone; a finding takes that of the worst item\nit leaks. Read one with: blurt explain RULE\n")
	return b.String()
}

func severityColor(severity finding.Severity, colored bool) *color.Color {
	paint := color.New(color.Faint)
	switch severity {
	case finding.Critical:
		paint = color.New(color.FgRed, color.Bold)
	case finding.High:
		paint = color.New(color.FgRed)
	case finding.Medium:
		paint = color.New(color.FgYellow)
	case finding.Low:
		paint = color.New(color.FgCyan)
	}
	if colored {
		paint.EnableColor()
	} else {
		paint.DisableColor()
	}
	return paint
}
