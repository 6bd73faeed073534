package main

import (
	"fmt"
	"strings"
)

// helpWidth is the number of columns that help text keeps to.
const helpWidth = 80

func (p *program) rootHelp() string {
	var b strings.Builder
	b.WriteString(`blurt finds what a mutual-TLS API tells a client that has no business there:
debug pages, tracebacks, reflected certificate fields, trusted identity headers.

Try it:
  blurt demo                               scan a leaky target on this machine
  blurt scan https://api.staging.example   scan yours, as a stranger would
  blurt explain django-debug-page          read what a finding means

Commands:
`)
	for _, c := range p.commands() {
		fmt.Fprintf(&b, "  %-10s %s\n", c.name, c.summary)
	}
	b.WriteString(`
Help on one of them: blurt help COMMAND. Scan only what you are allowed to.

` + exitHelp)
	return b.String()
}

const exitHelp = `Exit codes:
  0  done, and no finding at or above --fail-on
  1  done, and at least one finding at or above --fail-on
  2  wrong use: a flag, a file or a URL; see the line on standard error
  3  the scan could not be completed or a report could not be written,
     whatever was found: a gate never passes on a scan that did not happen
`

func scanHelp(specs []flagSpec) string {
	return `blurt scan: send crafted requests as a stranger, and report what leaks

Usage:
  blurt scan [flags] URL...

Examples:
  blurt scan https://api.staging.example/orders
      Report to this screen; exit 1 on a finding of severity high or worse.
  blurt scan --list urls.txt --output blurt.sarif --output blurt.json
      Two reports for machines, from one scan.
  blurt scan https://api.staging.example --cert me.pem --key me.key
      Compare with what a valid client gets.
  blurt scan https://api.example:8443 --resolve api.example:8443:127.0.0.1
      Reach a host before its name points there.
  curl -s https://inventory.example/urls | blurt scan - --fail-on medium
      Read the URLs from standard input.
  blurt scan --dry-run https://api.staging.example/orders
      Print every request that would be sent, and send none.

What is sent: requests without a client certificate, with a self-signed one, and
with header fields in which proxies pass certificates on, well-formed and
malformed. By default only methods that change nothing go to your endpoints. All
requests name blurt and the scan's id in User-Agent, so the owner finds them in
the logs. Nothing goes to a host outside the scope, redirects included. Nothing
is sent before every flag, file and URL was checked.

` + flagHelp(specs) + `
Each flag has an environment twin: --fail-on is BLURT_FAIL_ON. The command line
wins. A flag that may be repeated (...) takes one value on each line of its
variable; a switch takes 1 or 0. What neither says is taken from blurt.yaml in
the working directory, where each flag is a key; blurt init writes one.

Ctrl-C ends the scan and leaves every report whole, marked incomplete, exit 3. A
second Ctrl-C leaves at once.

` + exitHelp
}

func demoHelp(specs []flagSpec) string {
	return `blurt demo: scan a leaky target that comes with blurt

Usage:
  blurt demo [flags]

Examples:
  blurt demo
  blurt demo --format sarif --output demo.sarif
  blurt demo --fail-on high
      Exit 1, as a gate would.

The target runs on this machine while the scan does: real TLS that asks for
client certificates, with answers recorded from real nginx and Django. No
request leaves the loopback interface. The scan is the ordinary one; only
--fail-on differs: none, unless you give it, so the demo exits 0.

` + flagHelp(specs) + "\n" + exitHelp
}

func rulesHelp(specs []flagSpec) string {
	return `blurt rules: list what blurt looks for, worst first

Usage:
  blurt rules
  blurt rules check FILE|FOLDER...
      Read rules of your own, and say what is wrong with them.
  blurt rules test FILE|FOLDER...
      Run the examples that stand in them.

blurt scan and blurt inspect use your own rules with --rules.

` + flagHelp(specs)
}

func explainHelp(specs []flagSpec) string {
	return `blurt explain: say what a rule means, how it was found and how to fix it

Usage:
  blurt explain RULE

Example:
  blurt explain django-debug-page

The text is laid out for a terminal, and Markdown where it goes elsewhere. List
the rules with blurt rules.

` + flagHelp(specs)
}

func versionHelp() string {
	return `blurt version: say which build this is

Usage:
  blurt version
`
}

// flagHelp lists the flags by group.
func flagHelp(specs []flagSpec) string {
	var b strings.Builder
	for _, group := range flagGroups() {
		var lines strings.Builder
		for _, spec := range specs {
			if spec.group == group {
				writeFlag(&lines, spec)
			}
		}
		if lines.Len() == 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		b.WriteString(group + ":\n" + lines.String())
	}
	return b.String()
}

func writeFlag(b *strings.Builder, spec flagSpec) {
	const indent = 26
	head := "      --" + spec.name
	if spec.short != "" {
		head = "  -" + spec.short + ", --" + spec.name
	}
	if spec.value != "" {
		head += " " + spec.value
	}
	if spec.list {
		head += " ..."
	}
	lines := wrap(spec.help, helpWidth-indent)
	if len(head) <= indent-2 {
		fmt.Fprintf(b, "%-*s%s\n", indent, head, lines[0])
		lines = lines[1:]
	} else {
		b.WriteString(head + "\n")
	}
	for _, line := range lines {
		b.WriteString(strings.Repeat(" ", indent) + line + "\n")
	}
}

// wrap breaks text into lines of at most width columns, at spaces.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case len(line)+1+len(word) <= width:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	return append(lines, line)
}

func completionHelp() string {
	return `blurt completion: complete commands, flags and their values in a shell

Usage:
  blurt completion bash|zsh|fish|powershell

Examples:
  source <(blurt completion bash)                     for this session
  blurt completion bash >/etc/bash_completion.d/blurt for all
  blurt completion zsh >"${fpath[1]}/_blurt"
  blurt completion fish >~/.config/fish/completions/blurt.fish
  blurt completion powershell | Out-String | Invoke-Expression
`
}

func manualHelp() string {
	return `blurt man: write the manual page, for man to show

Usage:
  blurt man

Example:
  blurt man | man -l -
`
}

func checkRulesHelp() string {
	return `blurt rules check: read rules of your own, and say what is wrong with them

Usage:
  blurt rules check FILE|FOLDER...

Example:
  blurt rules check rules/

A folder stands for all .yaml files below it. Each mistake is told with its file
and line, exit 2. The format: docs/writing-a-rule.md.
`
}

func testRulesHelp() string {
	return `blurt rules test: run the examples that stand in rules of your own

Usage:
  blurt rules test FILE|FOLDER...

Example:
  blurt rules test rules/

An example is an answer that the rule must find, or must not. A rule without one
that it finds has proven nothing, and fails. What fails is told with its file
and line, exit 2.
`
}
