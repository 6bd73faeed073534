package main

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestVerbsHaveHelp(t *testing.T) {
	for _, c := range newProgram().everyCommand() {
		if c.run == nil {
			t.Errorf("%s does nothing", c.name)
		}
		text := c.help()
		if !strings.HasPrefix(text, "blurt "+c.name+": ") && strings.Contains(c.name, " ") {
			t.Errorf("help of %s starts %.40q", c.name, text)
		}
		for line := range strings.Lines(text) {
			if utf8.RuneCountInString(line) > helpWidth+1 {
				t.Errorf("help of %s is too wide: %s", c.name, line)
			}
		}
		for _, spec := range c.flags {
			if !strings.Contains(text, "--"+spec.name+" ") && !strings.Contains(text, "--"+spec.name+"\n") {
				t.Errorf("help of %s lacks --%s", c.name, spec.name)
			}
		}
	}
}
