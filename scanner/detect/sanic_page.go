package detect

import (
	"strings"
)

// sanicTemplate is the page that Sanic shows in its debug mode, with the stack
// that the library tracerite draws.
func sanicTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "Sanic", product: "sanic", language: "python",
		sign: "<summary>Details for developers (Sanic debug mode only)</summary>", second: `<div class="exception-wrapper">`,
		heading: "h2", frame: sanicFrame,
	}
}

// sanicFrame reads the place "/a/b.py" with ":3" and the function behind it.
func sanicFrame(b pageBlock, rest []pageBlock) (frame, bool) {
	if b.class != "frame-location" || len(rest) < 3 || rest[0].class != "frame-lineno" {
		return frame{}, false
	}
	f := frame{file: b.text}
	for _, next := range rest[1:3] {
		if next.class == "frame-function" {
			f.function, _, _ = strings.Cut(strings.TrimSuffix(next.text, ":"), "⚡")
		}
	}
	var ok bool
	f.line, ok = number(strings.TrimPrefix(rest[0].text, ":"))
	return f, ok
}
