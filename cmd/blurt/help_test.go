package main

import (
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestHelpKeepsToEightyColumns(t *testing.T) {
	for _, c := range newProgram().commands() {
		for number, line := range strings.Split(c.help(), "\n") {
			if utf8.RuneCountInString(line) > helpWidth {
				t.Errorf("help of %s, line %d has %d columns: %s", c.name, number+1, utf8.RuneCountInString(line), line)
			}
		}
	}
}

func TestHelpShowsEveryFlagOnce(t *testing.T) {
	for _, c := range newProgram().commands() {
		text := c.help()
		for _, spec := range c.flags {
			if n := strings.Count(text, "\n      --"+spec.name+" ") + strings.Count(text, "\n      --"+spec.name+"\n") +
				strings.Count(text, "\n  -"+spec.short+", --"+spec.name+" "); n != 1 {
				t.Errorf("help of %s shows --%s %d times", c.name, spec.name, n)
			}
		}
	}
}

func TestFlagTableIsSound(t *testing.T) {
	seen := map[string]bool{}
	for _, spec := range specsForTest() {
		for _, name := range []string{spec.name, spec.short, spec.twin()} {
			if name != "" && seen[name] {
				t.Errorf("%s is taken twice", name)
			}
			seen[name] = true
		}
		if spec.help == "" || !strings.HasSuffix(spec.help, ".") {
			t.Errorf("--%s: the help %q is not a sentence", spec.name, spec.help)
		}
	}
}

func newProgram() *program {
	return &program{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard}
}

func TestNearest(t *testing.T) {
	names := []string{"format", "output", "fail-on", "rate", "resolve", "resolvers", "timeout"}
	for word, want := range map[string]string{
		"fromat": "format", "Format": "format", "outptu": "output", "failon": "fail-on", "tiemout": "timeout", "time": "timeout",
		"resolver": "resolve", "x": "", "": "", "frobnicate": "", "res": "", strings.Repeat("f", 100): "",
	} {
		if got, _ := nearest(word, names); got != want {
			t.Errorf("nearest(%q) = %q, want %q", word, got, want)
		}
	}
}
