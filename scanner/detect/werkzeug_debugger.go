package detect

import (
	"regexp"
	"strings"
)

// werkzeugDebugger reads the interactive debugger of Werkzeug, which Flask's
// debug mode answers with, its console, and the copy in Pyramid's toolbar.
func werkzeugDebugger() Detector {
	return Detector{
		Name:  "werkzeug_debugger",
		Rules: []string{"werkzeug-debugger"},
		Hints: []string{"// Werkzeug Debugger"},
		Run:   func(in Input) Output { return runDebugPage(in, "werkzeug-debugger") },
	}
}

func werkzeugTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "werkzeug-debugger", name: "Werkzeug", product: "werkzeug", language: "python",
		sign: "// Werkzeug Debugger</title>", second: "?__debugger__=yes&amp;cmd=resource", heading: "h1", frame: werkzeugFrame, source: werkzeugSource,
	}
}

// pyramidTemplate is the page of Pyramid's debug toolbar.
func pyramidTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "werkzeug-debugger", name: "Pyramid's debug toolbar", product: "pyramid", language: "python",
		sign: "// Werkzeug Debugger</title>", second: "DEBUG_TOOLBAR_ROOT_PATH = ", heading: "h1", frame: werkzeugFrame, source: werkzeugSource,
	}
}

// werkzeugFrame reads the heading of a call.
func werkzeugFrame(b pageBlock, _ []pageBlock) (frame, bool) {
	if b.tag != "h4" {
		return frame{}, false
	}
	return parseFrame(b.text, false)
}

// werkzeugSource reads the line of code that a call stands at; Pyramid shows no
// other.
func werkzeugSource(b pageBlock) (string, bool) {
	return strings.TrimRight(b.text, " ^~"), b.tag == "pre" && (strings.Contains(b.class, "current") || b.class == "")
}

var scriptMember = regexp.MustCompile(`\b([A-Z_]+) = (?:"([^"]{0,200})"|(true|false))`)

// scriptValue returns what the debugger's script sets a name to.
func scriptValue(script, name string) string {
	for _, m := range scriptMember.FindAllStringSubmatch(script, 20) {
		if m[1] == name {
			return m[2] + m[3]
		}
	}
	return ""
}

// evaluates reports whether the debugger offers to run code.
func (p *debugPage) evaluates() bool { return scriptValue(p.script, "EVALEX") == "true" }

// isConsole reports whether the page is the debugger's console alone.
func (p *debugPage) isConsole() bool { return scriptValue(p.script, "CONSOLE_MODE") == "true" }
