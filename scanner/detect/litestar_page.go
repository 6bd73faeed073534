package detect

import (
	"strings"
)

// litestarTemplate is the page of Litestar 2.
func litestarTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "Litestar", product: "litestar", language: "python",
		sign: "<title>Litestar exception page</title>", second: `class="frame-name"`, heading: "h3", frame: litestarFrame,
	}
}

// litestarFrame reads "▼ /a/b.py in f at line 3".
func litestarFrame(b pageBlock, _ []pageBlock) (frame, bool) {
	file, rest, found := strings.Cut(strings.TrimPrefix(b.text, "▼ "), " in ")
	function, digits, hasLine := strings.Cut(rest, " at line ")
	n, ok := number(digits)
	if b.class != "frame-name" || !found || !hasLine || !ok {
		return frame{}, false
	}
	return frame{file: clip(file), line: n, function: clip(function)}, true
}
