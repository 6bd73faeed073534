package detect

import (
	"bytes"
	"strings"

	"blurt/scanner/finding"
)

// phpError reads what PHP says itself where display_errors is on, in the text
// form, the HTML form and the table that Xdebug makes of it, and the traces of
// PHP's exceptions.
func phpError() Detector {
	return Detector{
		Name:  "php_error",
		Rules: []string{"php-error"},
		Hints: []string{" on line ", " {main}"},
		Run:   runPHPError,
	}
}

func phpGrammar() *grammar {
	return &grammar{
		rule:     "php-error",
		language: "PHP",
		product:  "php",
		anchors:  []string{" on line ", "#0 ", "Stack trace:\n  1. "},
		line:     phpLine,
		named:    isPHPException,
	}
}

// phpLevels are the names of PHP's kinds of errors, as its messages begin.
var phpLevels = [...]string{
	"Fatal error", "Parse error", "Recoverable fatal error", "Warning", "Notice", "Deprecated", "Strict Standards",
	"Catchable fatal error", "Core error", "Compile error",
}

func runPHPError(in Input) Output {
	s, ok := in.php()
	if !ok {
		return Output{}
	}
	out := stackOutput(in, s)
	hit := &out.Hits[0]
	if len(s.exceptions) > 0 {
		hit.Message = "PHP shows its error messages: " + short(s.exceptions[0]) + "."
	}
	// PHP's own markup can hardly be anything else, whatever the status is: an
	// error that PHP displays leaves it at 200.
	begins := len(bytes.TrimSpace(in.Got.Body[:s.span.Start])) == 0 && formOf(in.Got) != textForm
	if hit.Confidence == finding.Tentative && (begins || isPHPMarkup(in.Got.Body[s.span.Start:])) {
		hit.Confidence = finding.Firm
	}
	return out
}

// findPHP returns the messages of PHP that the program itself seems to have
// sent.
func findPHP(in Input) (stack, bool) {
	form := formOf(in.Got)
	if form == opaqueForm {
		return stack{}, false
	}
	g := phpGrammar()
	body := in.Got.Body[:min(len(in.Got.Body), maxErrorPage)]
	from, search := 0, newAnchors(body, g.anchors)
	for range maxOpenings {
		at := search.next(from)
		if at < 0 {
			return stack{}, false
		}
		s, next := readStack(body, at, g, form != textForm)
		from = max(at+1, next)
		if isPHPStack(s) && phpSent(in, form, &s) {
			return s, true
		}
	}
	return stack{}, false
}

// isPHPStack wants one of PHP's own messages, or two calls.
func isPHPStack(s stack) bool {
	return len(s.frames) >= minFrames || len(s.frames) == 1 && len(s.exceptions) > 0 && s.frames[0].line > 0 && phpLevel(s.exceptions[0]) != ""
}

// phpSent weighs where PHP's message stands. In a page that is no error's only
// PHP's own markup counts, or a message at its very beginning.
func phpSent(in Input, form form, s *stack) bool {
	body := in.Got.Body
	start := bytes.TrimRight(body[:s.span.Start], " \r\n")
	for _, opening := range [...]string{"<br />\n<b>", "<br />"} {
		if bytes.HasSuffix(body[:s.span.Start], []byte(opening)) {
			s.span.Start -= len(opening)
		}
	}
	if at := bytes.LastIndex(start, []byte("<table class='xdebug-error")); at >= 0 && s.span.Start-at < 600 {
		s.span.Start = at
	}
	switch {
	case in.inControl(body[s.span.Start:s.span.End]):
		return in.Got.Status >= 400
	case form == htmlForm && quotedInMarkup(body, s.span.Start):
		return false
	case isPHPMarkup(body[s.span.Start:]) && form != textForm:
		return !bytes.Contains(bytes.ToLower(body[max(0, s.span.Start-600):s.span.Start]), []byte("<pre"))
	case len(bytes.TrimSpace(body[:s.span.Start])) == 0:
		return form != textForm || len(body)-s.span.End <= 1<<10
	default:
		return form != htmlForm && stackSent(in, form, s.span) || in.Got.Status >= 400
	}
}

// isPHPMarkup knows the markup around the messages of PHP and of Xdebug.
func isPHPMarkup(text []byte) bool {
	if bytes.HasPrefix(text, []byte("<table class='xdebug-error xe-")) {
		return true
	}
	text = bytes.TrimLeft(bytes.TrimPrefix(text, []byte("<br />")), "\r\n")
	rest, found := bytes.CutPrefix(text, []byte("<b>"))
	if !found {
		return false
	}
	for _, level := range phpLevels {
		if bytes.HasPrefix(rest, []byte(level+"</b>: ")) {
			return true
		}
	}
	return false
}

// phpLevel returns the kind of error that a line begins with.
func phpLevel(line string) string {
	line = strings.TrimPrefix(strings.TrimPrefix(line, "( ! ) "), "PHP ")
	for _, level := range phpLevels {
		if rest, ok := strings.CutPrefix(line, level); ok && strings.HasPrefix(rest, ":") {
			return level
		}
	}
	return ""
}

func isPHPException(line string) bool {
	return phpLevel(line) != "" || strings.Contains(line, " in file /") && strings.Contains(line, " on line ")
}

func phpLine(r *stackReader, line string) bool {
	if f, ok := phpFrame(line); ok {
		r.add(f)
		return true
	}
	if level := phpLevel(line); level != "" {
		message, place, found := cutLast(line, " in ")
		if f, ok := phpPlace(place); found && ok {
			r.except(strings.Join(strings.Fields(strings.TrimPrefix(message, "( ! ) ")), " "))
			f.function = level
			r.add(f)
			return true
		}
		// The rest of a message with a stack follows on further lines.
		r.except(strings.Join(strings.Fields(strings.TrimPrefix(line, "( ! ) ")), " "))
		return true
	}
	if cause, ok := strings.CutPrefix(line, "Next "); ok && len(r.stack.frames) > 0 {
		r.except(cause)
		return true
	}
	if place, ok := strings.CutPrefix(line, "thrown in "); ok {
		if f, isPlace := phpPlace(place); isPlace {
			r.add(f)
			return true
		}
	}
	return strings.HasPrefix(line, "Stack trace:") || line == "Call Stack"
}

// phpPlace reads "/path/file.php on line 12".
func phpPlace(place string) (frame, bool) {
	file, digits, found := strings.Cut(place, " on line ")
	n, ok := number(strings.TrimSpace(digits))
	if !found || !ok || !looksLikePath(file) {
		return frame{}, false
	}
	return frame{file: file, line: n, function: "thrown"}, true
}

// phpFrame reads "#0 /path/file.php(12): Type->method('…')", "#1 [internal
// function]: f()" and "#2 {main}".
func phpFrame(line string) (frame, bool) {
	if f, ok := whoopsLine(line); ok {
		return f, true
	}
	rest, ok := strings.CutPrefix(line, "#")
	digits, rest, found := strings.Cut(rest, " ")
	if _, isNumber := number(digits); !ok || !found || !isNumber {
		return frame{}, false
	}
	if rest == "{main}" {
		return frame{file: "<main>", function: "{main}"}, true
	}
	place, call, found := strings.Cut(rest, ": ")
	if !found {
		return frame{}, false
	}
	if place == "[internal function]" {
		return frame{file: "<internal>", function: withoutArguments(call)}, true
	}
	open := strings.LastIndexByte(place, '(')
	if open <= 0 || !strings.HasSuffix(place, ")") {
		return frame{}, false
	}
	n, ok := number(place[open+1 : len(place)-1])
	if !ok || !looksLikePath(place[:open]) {
		return frame{}, false
	}
	return frame{file: place[:open], line: n, function: withoutArguments(call), source: clip(call)}, true
}

// whoopsLine reads "2. Type->method() /path/file.php:12", as Whoops writes in
// its texts.
func whoopsLine(line string) (frame, bool) {
	digits, rest, found := strings.Cut(line, ". ")
	call, place, hasPlace := strings.Cut(rest, "() ")
	if _, isNumber := number(digits); !found || !isNumber || !hasPlace {
		return frame{}, false
	}
	file, n, ok := lastNumber(place)
	if !ok || !looksLikePath(file) {
		return frame{}, false
	}
	return frame{file: file, line: n, function: strings.TrimSuffix(call, "->")}, true
}

func withoutArguments(call string) string {
	function, _, _ := strings.Cut(call, "(")
	return function
}

func looksLikePath(file string) bool {
	return strings.HasPrefix(file, "/") || len(file) > 3 && file[1] == ':' && (file[2] == '\\' || file[2] == '/') || strings.HasPrefix(file, "phar://")
}

func cutLast(s, mark string) (before, after string, found bool) {
	at := strings.LastIndex(s, mark)
	if at < 0 {
		return s, "", false
	}
	return s[:at], s[at+len(mark):], true
}
