package detect

import (
	"strings"
)

// starletteTemplate is the page that Starlette and FastAPI have, the same from
// 0.19 to 1.10.
func starletteTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "Starlette", product: "starlette", language: "python",
		sign: "<title>Starlette Debugger</title>", second: `<p class="traceback-title">`, heading: "h2", frame: starletteFrame, source: starletteSource,
	}
}

// starletteFrame reads "File /a/b.py, line 3, in f +".
func starletteFrame(b pageBlock, _ []pageBlock) (frame, bool) {
	text, ok := strings.CutPrefix(strings.TrimRight(b.text, "+‒- "), "File ")
	file, rest, found := strings.Cut(text, ", line ")
	if !ok || !found {
		return frame{}, false
	}
	return parseFrame(`File "`+strings.TrimSuffix(strings.ReplaceAll(file, `"`, ""), ",")+`", line `+strings.Replace(rest, " , in", ", in", 1), false)
}

// starletteSource reads "3. code".
func starletteSource(b pageBlock) (string, bool) {
	_, code, found := strings.Cut(b.text, ". ")
	return code, found && b.class == "center-line"
}
