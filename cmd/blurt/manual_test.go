package main

import (
	"strings"
	"testing"
)

// TestManual holds the manual page against the commands, and its lines against
// troff: only the requests that are meant begin with a full stop.
func TestManual(t *testing.T) {
	p := newProgram()
	page := p.manual()
	for _, c := range p.everyCommand() {
		for _, spec := range c.flags {
			if !strings.Contains(page, roff("--"+spec.name)) {
				t.Errorf("the manual does not know --%s of %s", spec.name, c.name)
			}
		}
	}
	for line := range strings.Lines(page) {
		request, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch request {
		case ".TH", ".SH", ".SS", ".B", ".I", ".nf", ".fi":
			continue
		}
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			t.Errorf("%q is a request", line)
		}
	}
	for text, want := range map[string]string{
		`.hidden`: `\&.hidden`, `'quoted'`: `\&'quoted'`, `a\b --c`: `a\eb \-\-c`,
	} {
		if got := roff(text); got != want {
			t.Errorf("roff(%q) = %q, want %q", text, got, want)
		}
	}
}
