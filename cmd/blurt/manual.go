package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"
)

// writeManual is "blurt man".
func (p *program) writeManual(c *cli.Context) error {
	if c.Args().Present() {
		return wrongUse("man", "it takes no argument", "read it with blurt man | man -l -")
	}
	return p.print(p.manual())
}

// manual returns the manual page, blurt(1), in the language of man(7). It holds
// the help of every command: there is one text to keep true.
func (p *program) manual() string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH BLURT 1 \"\" \"blurt %s\" \"User Commands\"\n", roff(currentBuild().Version))
	b.WriteString(".SH NAME\nblurt \\- find what a mutual-TLS API tells strangers\n")
	b.WriteString(".SH SYNOPSIS\n.B blurt\n.I command\n[flags] [arguments]\n")
	b.WriteString(".SH DESCRIPTION\n")
	preformatted(&b, p.rootHelp())
	b.WriteString(".SH COMMANDS\n")
	for _, c := range p.everyCommand() {
		if c.name == "help" {
			continue // its help is the description
		}
		title, text, _ := strings.Cut(c.help(), "\n\n")
		fmt.Fprintf(&b, ".SS %s\n", roff(title))
		text, _, _ = strings.Cut(text, "\n"+exitHelp) // said once, above
		preformatted(&b, text)
	}
	return b.String()
}

// preformatted writes a text whose line breaks stay as they are.
func preformatted(b *strings.Builder, text string) {
	b.WriteString(".nf\n")
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		b.WriteString(roff(line) + "\n")
	}
	b.WriteString(".fi\n")
}

// roff escapes a line for troff: a backslash, a hyphen that is one, and a full
// stop or an apostrophe at the start, which would be a request.
func roff(line string) string {
	line = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(line)
	if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
		line = `\&` + line
	}
	return line
}
