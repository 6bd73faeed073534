package detect

import (
	"strings"
)

// symfonyTemplate is the exception page of Symfony's error handler.
func symfonyTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "Symfony", product: "symfony", language: "php",
		sign: `<h2 class="exception-hierarchy">`, second: `<div class="trace trace-as-html"`, heading: "h1", headline: symfonyHeadline, frame: symfonyFrame,
	}
}

// symfonyHeadline leaves out the heading of the page's own bar.
func symfonyHeadline(b pageBlock, _ []pageBlock) (string, bool) {
	return b.text, b.tag == "h1" && b.text != "" && b.text != "Symfony Exception"
}

// symfonyFrame reads "Type::method('…') in /a/b.php (line 3)".
func symfonyFrame(b pageBlock, _ []pageBlock) (frame, bool) {
	if !strings.HasPrefix(b.class, "trace-line-header") {
		return frame{}, false
	}
	call, digits, found := cutLast(b.text, " (line ")
	digits, _, closed := strings.Cut(digits, ")")
	n, ok := number(digits)
	if !found || !closed || !ok {
		return frame{}, false
	}
	call, file, found := cutLast(" "+call, " in ")
	if !found || !looksLikePath(file) {
		return frame{}, false
	}
	call = strings.TrimSpace(call)
	function := withoutArguments(call)
	if function == "" {
		function = "thrown"
	}
	return frame{file: file, line: n, function: function, source: call}, true
}
