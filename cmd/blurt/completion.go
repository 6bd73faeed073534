package main

import (
	"embed"
	"strings"

	"github.com/urfave/cli/v2"

	"blurt/report"
	"blurt/report/rules"
)

// completionScripts hold one small script for each shell. They ask blurt itself
// for the words, so that they never grow old.
//
//go:embed completion
var completionScripts embed.FS

// completeCommand is what the scripts call. It stands in no help: people have no
// use for it.
const completeCommand = "__complete"

// shells are those that have a script, as blurt completion names them.
func shells() []string { return []string{"bash", "zsh", "fish", "powershell"} }

// writeCompletion is "blurt completion SHELL".
func (p *program) writeCompletion(c *cli.Context) error {
	name := c.Args().First()
	script, err := completionScripts.ReadFile("completion/" + name)
	if err != nil || c.NArg() != 1 {
		return wrongUse("completion", "it takes one shell", "write blurt completion "+strings.Join(shells(), "|"))
	}
	return p.print(string(script))
}

// Lines that tell the script to complete the names of files as well.
const completeFiles = ":files"

// complete prints a line for each word that may stand last: the word, a tab, and
// what it means. The words are those of the command line without "blurt"; the
// last one may be empty or half written.
func (p *program) complete(words []string) error {
	// bash makes words of their own of equals signs.
	words = removeEquals(words)
	if len(words) == 0 {
		words = []string{""}
	}
	return p.print(strings.Join(p.candidates(words[:len(words)-1], words[len(words)-1]), "\n") + "\n")
}

func removeEquals(words []string) []string {
	var out []string
	for i, word := range words {
		switch {
		case word == "=" && i+1 < len(words):
		case word == "=":
			out = append(out, "")
		default:
			out = append(out, word)
		}
	}
	return out
}

func (p *program) candidates(before []string, last string) []string {
	if len(before) == 0 {
		return beginning(last, commandWords(p.commands()))
	}
	chosen, err := p.findCommand(before[0])
	if err != nil {
		return nil
	}
	before = before[1:]
	if len(chosen.verbs) > 0 {
		if len(before) == 0 {
			return beginning(last, commandWords(chosen.verbs))
		}
		if chosen, _, _, err = findVerb(chosen, before[:1]); err != nil {
			return nil
		}
		before = before[1:]
	}
	if len(before) > 0 {
		if spec, known := findFlag(chosen.flags, strings.TrimLeft(before[len(before)-1], "-")); known && spec.value != "" && before[len(before)-1][0] == '-' {
			return valueWords(spec, last)
		}
	}
	if name, value, found := strings.Cut(last, "="); found && strings.HasPrefix(name, "--") {
		spec, _ := findFlag(chosen.flags, name[2:])
		return withPrefix(name+"=", valueWords(spec, value))
	}
	if strings.HasPrefix(last, "-") {
		return beginning(last, flagWords(chosen.flags))
	}
	switch chosen.name {
	case "explain":
		return beginning(last, ruleWords())
	case "completion":
		return beginning(last, shells())
	case "help":
		return beginning(last, commandWords(p.commands()))
	}
	return []string{completeFiles}
}

// beginning returns the words that begin like the one that is being written.
func beginning(last string, words []string) []string {
	var out []string
	for _, word := range words {
		if strings.HasPrefix(word, last) {
			out = append(out, word)
		}
	}
	return out
}

func withPrefix(prefix string, words []string) []string {
	for i, word := range words {
		if word != completeFiles {
			words[i] = prefix + word
		}
	}
	return words
}

func commandWords(commands []command) []string {
	var words []string
	for _, c := range commands {
		name := c.name
		if _, verb, found := strings.Cut(name, " "); found {
			name = verb
		}
		words = append(words, name+"\t"+c.summary)
	}
	return words
}

func flagWords(specs []flagSpec) []string {
	var words []string
	for _, spec := range specs {
		sentence, _, _ := strings.Cut(spec.help, ".")
		words = append(words, "--"+spec.name+"\t"+sentence)
	}
	return words
}

func ruleWords() []string {
	catalogue, err := rules.Load()
	if err != nil {
		return nil
	}
	var words []string
	for _, rule := range catalogue.All() {
		words = append(words, rule.ID+"\t"+rule.Title)
	}
	return words
}

// valueWords returns the values that the table names, or says that files are
// wanted.
func valueWords(spec flagSpec, last string) []string {
	switch {
	case spec.value == "FORMAT":
		return beginning(last, formatNames(report.Formats()))
	case spec.value == "SEVERITY":
		return beginning(last, []string{"critical", "high", "medium", "low", "info", "none"})
	case strings.Contains(spec.value, "FILE"), strings.Contains(spec.value, "FOLDER"):
		return []string{completeFiles}
	case strings.Contains(spec.value, "|") && strings.ToLower(spec.value) == spec.value:
		return beginning(last, strings.Split(spec.value, "|"))
	}
	return nil
}
