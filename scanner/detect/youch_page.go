package detect

import (
	"strings"
)

// youchTemplate is the page of Youch 4, which AdonisJS, Nitro and Nuxt show
// while one develops with them.
func youchTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "Youch", product: "youch", language: "node.js",
		sign: `<ul id="stack-frames">`, second: `class="stack-frame-filepath"`, heading: "h2", headline: youchHeadline, frame: youchFrame,
	}
}

// youchOldTemplate is the page of Youch up to release 3.
func youchOldTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "Youch", product: "youch", language: "node.js",
		sign: `<section class="error-stack">`, second: `<div class="frame-row-filepath">`, heading: "h2", headline: youchHeadline, frame: youchOldFrame,
	}
}

// youchHeadline joins the exception's name, which stands in a heading of its
// own, with the message in the next but one or the next.
func youchHeadline(b pageBlock, rest []pageBlock) (string, bool) {
	if b.tag != "h4" || b.id != "error-name" && b.class != "error-name" {
		return "", false
	}
	for _, next := range rest[:min(len(rest), 6)] {
		if next.tag == "h2" && (next.id == "error-message" || next.class == "error-message") {
			return b.text + ": " + next.text, true
		}
	}
	return b.text, true
}

// youchFrame reads "identity.js in Object.f at line 6:19", whose link holds the
// whole path for an editor.
func youchFrame(b pageBlock, _ []pageBlock) (frame, bool) {
	file, rest, found := strings.Cut(b.text, " in ")
	function, digits, hasLine := cutLast(rest, " at line ")
	if !found {
		file, digits, hasLine = cutLast(b.text, " at line ")
	}
	digits, _, _ = strings.Cut(digits, " ")
	digits, _, _ = strings.Cut(digits, ":")
	n, ok := number(digits)
	if b.class != "stack-frame-contents" && b.class != "stack-frame-location" || !hasLine || !ok {
		return frame{}, false
	}
	if path, isLink := strings.CutPrefix(b.link, "vscode://file/"); isLink {
		if path, _, hasLine := lastNumber(path); hasLine {
			file = path
		}
	}
	if strings.HasPrefix(file, "//") {
		file = file[1:]
	}
	return frame{file: clip(file), line: n, function: clip(function)}, true
}

// youchOldFrame reads "identity.js:6:19" and the function in the next block.
func youchOldFrame(b pageBlock, rest []pageBlock) (frame, bool) {
	if b.class != "frame-row-filepath" {
		return frame{}, false
	}
	place, _, _ := lastNumber(b.text)
	file, n, ok := lastNumber(place)
	f := frame{file: clip(file), line: n}
	if len(rest) > 0 && rest[0].class == "frame-row-code" {
		f.function = rest[0].text
	}
	return f, ok
}
