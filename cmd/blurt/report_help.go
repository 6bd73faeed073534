package main

import (
	"fmt"
	"strings"
)

// verbsHelp is the help of a command that has several verbs.
func verbsHelp(name, does, examples string, verbs []command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "blurt %s: %s\n\nCommands:\n", name, does)
	for _, verb := range verbs {
		fmt.Fprintf(&b, "  %-15s %s\n", verb.name, verb.summary)
	}
	fmt.Fprintf(&b, "\nExamples:\n%s\nThe flags of these commands have no environment twins.\n\nHelp on one of them: blurt %s --help.\n", examples, verbs[0].name)
	return b.String()
}

func reportHelp(verbs []command) string {
	return verbsHelp("report", "work with saved reports, so that one scan serves every reader", `  blurt scan URL --output scan.json
  blurt report convert scan.json --output scan.html --output scan.sarif
  blurt report merge shard-*.json --output scan.json
  blurt report diff yesterday.json today.json
`, verbs)
}

func baselineGroupHelp(verbs []command) string {
	return verbsHelp("baseline", "say which findings are known already", `  blurt baseline write scan.json --output blurt-baseline.json
`, verbs)
}

func convertHelp(specs []flagSpec) string {
	return `blurt report convert: write a saved report in other formats

Usage:
  blurt report convert [flags] REPORT

Examples:
  blurt report convert scan.json --output scan.html --output scan.sarif
  blurt report convert scan.json --format gitlab --output gl-dast-report.json
  blurt report convert scan.json --format markdown >>"$GITHUB_STEP_SUMMARY"
  blurt report convert scan.json --format github

REPORT is JSON or JSON Lines; - is standard input. Findings keep the severity
that they were given.

` + flagHelp(specs) + "\n" + exitHelp
}

func mergeHelp(specs []flagSpec) string {
	return `blurt report merge: make one report of several, as of a scan that was split

Usage:
  blurt report merge [flags] REPORT...

Example:
  blurt report merge shard-*.json --output scan.json --fail-on high

What several reports have comes once; requests are added up. The whole is
complete only if each part is.

` + flagHelp(specs) + "\n" + exitHelp
}

func diffHelp(specs []flagSpec) string {
	return `blurt report diff: say what is new and what is fixed between two reports

Usage:
  blurt report diff [flags] OLDER NEWER

Example:
  blurt report diff yesterday.json today.json --fail-on medium

A finding that is gone counts as fixed only if the newer scan is complete and
examined its host; else nobody knows.

` + flagHelp(specs) + "\n" + exitHelp
}

func baselineHelp(specs []flagSpec) string {
	return `blurt baseline write: list the findings of a saved report as known

Usage:
  blurt baseline write [flags] REPORT

Example:
  blurt baseline write scan.json --output blurt-baseline.json

The file has a line for each finding: fingerprint, rule, severity, URL without
its query, title. It holds no evidence and no secret.

` + flagHelp(specs)
}
