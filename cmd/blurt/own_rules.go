package main

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"blurt/report/rules"
	"blurt/scanner/finding"
	"blurt/scanner/signature"
)

// ownRulesFlag is the flag of the commands that take rules of the user's own.
func ownRulesFlag() flagSpec {
	return flagSpec{name: "rules", value: "FILE|FOLDER", list: true, group: groupReport,
		help: "Look for what your own rules describe, too: a YAML file of docs/writing-a-rule.md, or a folder of them. Try them with blurt rules test."}
}

// ownRuleVerbs are what "blurt rules" does with rules of the user's own.
func (p *program) ownRuleVerbs() []command {
	return []command{
		{name: "rules check", summary: "read rules of your own, and say what is wrong", help: checkRulesHelp, run: p.checkRules},
		{name: "rules test", summary: "run the examples of rules of your own", help: testRulesHelp, run: p.testRules},
	}
}

// checkRules is "blurt rules check".
func (p *program) checkRules(c *cli.Context) error {
	all, err := namedRules(c)
	if err != nil {
		return err
	}
	return p.print(plural(len(all), "rule") + ", all well-formed\n")
}

// testRules is "blurt rules test".
func (p *program) testRules(c *cli.Context) error {
	all, err := namedRules(c)
	if err != nil {
		return err
	}
	examples := 0
	var wrong []string
	for _, s := range all {
		examples += len(s.Examples)
		for _, err := range s.Test() {
			wrong = append(wrong, err.Error())
		}
	}
	if len(wrong) > 0 {
		return wrongUse("", strings.Join(wrong, "\nblurt: "), "")
	}
	return p.print(plural(len(all), "rule") + ", " + plural(examples, "example") + ", all as they say\n")
}

func namedRules(c *cli.Context) ([]signature.Signature, error) {
	if !c.Args().Present() {
		return nil, wrongUse("rules", "it names no file", "write blurt "+c.Command.Name+" FILE|FOLDER...")
	}
	var from []setting
	for _, path := range c.Args().Slice() {
		from = append(from, setting{value: path})
	}
	return readOwnRules(from)
}

// readOwnRules reads the rules of files and folders; ids are unique.
func readOwnRules(from []setting) ([]signature.Signature, error) {
	catalogue, err := rules.Load()
	if err != nil {
		return nil, err
	}
	var all []signature.Signature
	place := make(map[string]string)
	for _, given := range from {
		paths, err := ruleFiles(given)
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			list, err := readRuleFile(path)
			if err != nil {
				return nil, err
			}
			for _, s := range list {
				if _, builtIn := catalogue.Find(s.ID); builtIn {
					return nil, wrongUse(s.File, "rule "+s.ID+" is one of blurt's own", "give it another id")
				}
				if other, taken := place[s.ID]; taken {
					return nil, wrongUse(s.File, "rule "+s.ID+" stands in "+other+", too", "give it another id")
				}
				place[s.ID] = s.File
			}
			all = append(all, list...)
		}
	}
	return all, nil
}

// ruleFiles lists the YAML files of a folder, at any depth, in order.
func ruleFiles(given setting) ([]string, error) {
	info, err := os.Stat(given.value)
	if err != nil {
		return nil, wrongUse(given.source, fileProblem(given.value, err), "name a YAML file or a folder of them")
	}
	if !info.IsDir() {
		return []string{given.value}, nil
	}
	var paths []string
	err = filepath.WalkDir(given.value, func(path string, entry fs.DirEntry, err error) error {
		if ending := filepath.Ext(path); err == nil && !entry.IsDir() && (ending == ".yaml" || ending == ".yml") {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		return nil, wrongUse(given.source, fileProblem(given.value, err), "")
	}
	if len(paths) == 0 {
		return nil, wrongUse(cmp.Or(given.source, shorten(given.value)), "the folder holds no .yaml file", "see docs/writing-a-rule.md for the format")
	}
	slices.Sort(paths)
	return paths, nil
}

func readRuleFile(path string) ([]signature.Signature, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, wrongUse("", fileProblem(path, err), "")
	}
	defer func() { _ = file.Close() }()
	list, err := signature.Parse(file, shorten(path))
	if err != nil {
		return nil, wrongUse("", err.Error(), "see docs/writing-a-rule.md for the format")
	}
	return list, nil
}

// useOwnRules takes the rules that --rules names into a plan.
func useOwnRules(s settings, plan *scan) error {
	own, err := readOwnRules(s.list("rules"))
	if err != nil {
		return err
	}
	plan.config.Detectors = signature.Detectors(own)
	plan.own = own
	return nil
}

// asRule is what the catalogue has to know of a rule of the user's own.
func asRule(s signature.Signature) *rules.Rule {
	rule := &rules.Rule{
		ID: s.ID, Title: s.Title, Category: s.Category, Severity: s.Severity, Score: scoreOf(s.Severity), Precision: "medium",
		CWE: s.CWE, PCIDSS: s.PCIDSS, Summary: s.Message, How: "A rule of your own found it.", Fix: s.Remediation,
	}
	for _, id := range s.OWASP {
		if strings.HasSuffix(id, ":2019") {
			rule.OWASP2019 = append(rule.OWASP2019, id)
		} else {
			rule.OWASP2023 = append(rule.OWASP2023, id)
		}
	}
	for _, r := range s.References {
		rule.References = append(rule.References, rules.Reference{Title: r.Title, URL: r.URL})
	}
	return rule
}

// scoreOf stands for the CVSS score where a rule has no vector: the middle of
// the severity's range.
func scoreOf(severity finding.Severity) float64 {
	switch severity {
	case finding.Critical:
		return 9.5
	case finding.High:
		return 8
	case finding.Medium:
		return 5.5
	case finding.Low:
		return 3
	}
	return 0
}

// catalogue returns the built-in rules and the user's own.
func (plan *scan) catalogue() (*rules.Catalogue, error) {
	catalogue, err := rules.Load()
	if err != nil {
		return nil, fmt.Errorf("the built-in rules cannot be read: %w", err)
	}
	own := make([]*rules.Rule, 0, len(plan.own))
	for _, s := range plan.own {
		own = append(own, asRule(s))
	}
	return catalogue.With(own...)
}
