package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"blurt/report"
	"blurt/report/rules"
)

// explainRule is "blurt explain RULE": Markdown, or its layout where a person reads
// it at a terminal.
func (p *program) explainRule(c *cli.Context, specs []flagSpec) error {
	if c.NArg() != 1 {
		return wrongUse("explain", "it takes one rule", "write blurt explain RULE; list them with blurt rules")
	}
	catalogue, err := rules.Load()
	if err != nil {
		return fmt.Errorf("the built-in rules cannot be read: %w", err)
	}
	id := c.Args().First()
	rule, found := catalogue.Find(id)
	if !found {
		mend := "list the rules with blurt rules"
		if near := catalogue.Suggest(id); near != "" {
			mend = "did you mean " + near + "? " + mend
		}
		return wrongUse("rule "+shorten(id), "there is none of that name", mend)
	}
	width := columns(p.stdout)
	if width == 0 {
		return p.print(rule.Markdown())
	}
	colored, err := colorWanted(newSettings(c, p.env, specs), p.env, p.stdout)
	if err != nil {
		return err
	}
	if err := report.WriteDocument(p.stdout, rule.Markdown(), report.Options{Width: width, Color: colored}); err != nil {
		return &incompleteError{message: "standard output: " + err.Error()}
	}
	return nil
}
