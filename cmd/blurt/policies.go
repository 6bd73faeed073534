package main

import (
	"maps"
	"slices"
	"time"

	"blurt/report"
	"blurt/report/rules"
	"blurt/scanner/policy"
)

// fileFlags are those of the commands that read a configuration file.
func fileFlags() []flagSpec {
	return []flagSpec{
		{name: "config", value: "FILE", group: groupReport,
			help: "Take what neither flags nor environment say from this file; none reads no file (default: blurt.yaml in the working directory, where there is one). See docs/configuration.md; blurt init writes one."},
		{name: "environment", value: "NAME", group: groupReport,
			help: "What is scanned, such as staging. Entries of blurt.yaml may be about one environment only."},
	}
}

// readPolicy returns what the configuration file says of findings. A suppression
// that has expired is wrong use: nobody should believe that it holds.
func (p *program) readPolicy(s settings, quiet bool) (report.Policy, error) {
	judged := s.file.policy
	for _, each := range judged.Suppressions {
		if each.Expired(time.Now()) {
			return report.Policy{}, wrongUse(each.Source, "the suppression of "+each.String()+" expired after "+each.Expires.Format(time.DateOnly),
				"fix the leak and remove the entry, or decide again and give it a new day")
		}
	}
	environment, given := s.text("environment")
	judged.Environment = environment.value
	if s.file.path != "" && !quiet {
		p.say("what flags and environment leave out is taken from " + shorten(s.file.path))
	}
	if given && !quiet && len(judged.Overrides)+len(judged.Suppressions) > 0 && !slices.ContainsFunc(selectors(judged), func(each placedSelector) bool { return each.Environment == environment.value }) {
		p.say(environment.source + ": no entry of " + shorten(s.file.path) + " is about " + shorten(environment.value))
	}
	return judged, nil
}

// placedSelector is a selector and where it is written.
type placedSelector struct {
	policy.Selector
	source string
}

func selectors(judged report.Policy) []placedSelector {
	var all []placedSelector
	for _, o := range judged.Overrides {
		all = append(all, placedSelector{o.Selector, o.Source})
	}
	for _, s := range judged.Suppressions {
		all = append(all, placedSelector{s.Selector, s.Source})
	}
	return all
}

// checkPolicyRules refuses entries about rules that do not exist.
func checkPolicyRules(judged report.Policy, catalogue *rules.Catalogue) error {
	var ids []string
	for _, rule := range catalogue.All() {
		ids = append(ids, rule.ID)
	}
	for _, each := range selectors(judged) {
		if each.Rule == "" || slices.ContainsFunc(ids, each.MatchesRule) {
			continue
		}
		mend := "blurt rules lists them"
		if near, found := nearest(each.Rule, ids); found {
			mend = "did you mean " + near + "? " + mend
		}
		return wrongUse(each.source, "there is no rule "+shorten(each.Rule), mend)
	}
	return nil
}

// tellUnused names the suppressions that hid nothing in a whole scan.
func (p *program) tellUnused(judged *report.Policed) {
	for _, each := range judged.Unused() {
		p.say(each.Source + ": the suppression of " + each.String() + " matched no finding: remove it, unless this scan was of other endpoints")
	}
}

// withTargets adds the targets of the file to the arguments where nothing outside
// of it names a target. Where something does, the file's lists and descriptions
// do not count either.
func (s settings) withTargets(args []string) ([]string, settings) {
	sources := []string{"list", "openapi", "har"}
	if len(args) == 0 && !slices.ContainsFunc(sources, s.outside) {
		for _, target := range s.file.targets {
			args = append(args, target.value)
		}
		return args, s
	}
	s.file.values = maps.Clone(s.file.values)
	maps.DeleteFunc(s.file.values, func(name string, _ []setting) bool { return slices.Contains(sources, name) })
	return args, s
}
