package detect

import (
	"bytes"
	"fmt"
	"strings"

	"blurt/scanner/finding"
)

// pythonTraceback reads a stack trace of the running Python program, whatever
// it is wrapped in.
func pythonTraceback() Detector {
	return Detector{
		Name:  "python_traceback",
		Rules: []string{"python-traceback"},
		Hints: []string{traceOpening, "\n" + oldTraceOpening},
		Run:   runPythonTraceback,
	}
}

func runPythonTraceback(in Input) Output {
	t, span, ok := in.traceback()
	if !ok {
		return Output{}
	}
	hit := Hit{
		Rule:       "python-traceback",
		Category:   finding.Traceback,
		Message:    traceMessage(t),
		Confidence: traceConfidence(in, span),
		Items:      traceItems(t, in),
		Excerpt:    span,
	}
	return Output{
		Hits:     []Hit{hit},
		Products: traceProducts(t),
	}
}

// findTrace returns the first traceback of the body that the program itself
// seems to have sent.
func findTrace(in Input) (trace, Span, bool) {
	form := formOf(in.Got)
	body := in.Got.Body[:traceReach(in, form)]
	o := openings{text: body}
	for range maxOpenings {
		start, size := o.next()
		if start < 0 {
			break
		}
		t, span, ok := traceAt(in.Got.Body, start, size)
		if ok && isOfProgram(t) && sentByProgram(in, form, span) {
			return t, span, true
		}
	}
	return trace{}, Span{}, false
}

// traceReach returns how far into a body a traceback of the program may begin:
// everywhere in an error's answer and in one that differs from its control, at
// the beginning of other data and texts, nowhere in other pages.
func traceReach(in Input, form form) int {
	all := len(in.Got.Body)
	switch {
	case form == opaqueForm:
		return 0
	case in.Got.Status >= 400, len(in.Echoes) > 0, in.traceIsNew():
		return all
	case form == htmlForm:
		return 0
	default:
		return min(all, maxLead+len(traceOpening))
	}
}

// maxLead is how much may stand in front of a traceback in an answer that is no
// error's by its status, in bytes.
const maxLead = 4 << 10

// traceIsNew reports whether the request's change made the traceback: its
// control was no error and shows none.
func (in Input) traceIsNew() bool {
	return in.Control != nil && in.Control.Status < 400 &&
		!bytes.Contains(in.Control.Body, []byte(traceOpening)) && !bytes.Contains(in.Control.Body, []byte("\n"+oldTraceOpening))
}

// traceAt reads the traceback whose opening of that size stands at start.
func traceAt(body []byte, start, size int) (trace, Span, bool) {
	old := size == len(oldTraceOpening)
	for _, window := range [...]int{8 << 10, maxUnwrapped} {
		end := min(len(body), start+window)
		text, origin := unwrap(string(body[start:end]), size)
		t, stopped, ok := readTrace(text, 0, old)
		if stopped >= len(text) && end < len(body) && window < maxUnwrapped && len(t.frames) > 0 {
			continue // the traceback is longer than the window
		}
		span := t.span
		if origin != nil && ok {
			span.End = origin[span.End]
		}
		return t, Span{start, start + span.End}, ok
	}
	return trace{}, Span{}, false
}

// isOfProgram excludes interactive sessions, which manuals quote: a program has
// files, and all but its syntax errors have functions.
func isOfProgram(t trace) bool {
	for _, f := range t.frames {
		if !strings.HasPrefix(f.file, "<") && f.function != "" {
			return true
		}
	}
	return false
}

// sentByProgram weighs where the trace stands. Text that people wrote quotes
// traces too, but not as the whole of an error's answer.
func sentByProgram(in Input, form form, span Span) bool {
	if in.Got.Status >= 400 || in.echoedWithin(span) {
		return true
	}
	if in.traceIsNew() {
		return form != htmlForm || !in.isQuoted(span.Start)
	}
	before := in.Got.Body[:span.Start]
	switch form {
	case textForm:
		return len(before) <= 200 && len(in.Got.Body)-span.End <= 1<<10
	case dataForm:
		return len(before) <= maxLead && beginsValue(before)
	default:
		return false
	}
}

// beginsValue reports whether a string, an element or a CDATA section has just
// begun. A quote that is escaped belongs to a text that quotes something, and so
// does one of HTML in a string of JSON.
func beginsValue(before []byte) bool {
	start := bytes.TrimLeft(head(before, 64), "\ufeff \r\n\t")
	before = bytes.TrimRight(before, " \r\n\t")
	if bytes.HasSuffix(before, []byte(`\"`)) {
		return false
	}
	return bytes.HasSuffix(before, []byte(`"`)) || bytes.HasSuffix(before, []byte("'")) ||
		bytes.HasSuffix(before, []byte(">")) || bytes.HasSuffix(before, []byte("[CDATA[")) ||
		bytes.HasSuffix(before, []byte("&quot;")) && bytes.HasPrefix(start, []byte("<"))
}

// quotedInMarkup knows the elements in which articles show code.
func quotedInMarkup(text []byte, at int) bool {
	return showsMarkup(text, at) || articleIn(text[:at]) >= 0
}

// isQuoted is quotedInMarkup for a place in the body, of which it is asked often.
func (in Input) isQuoted(at int) bool {
	if showsMarkup(in.Got.Body, at) {
		return true
	}
	c := in.claims
	if c == nil {
		return articleIn(in.Got.Body[:at]) >= 0
	}
	if !c.articleKnown {
		c.articleKnown, c.articleAt = true, articleIn(in.Got.Body)
	}
	return c.articleAt >= 0 && c.articleAt+len(article) <= at
}

func showsMarkup(text []byte, at int) bool {
	return containsAny(bytes.ToLower(text[max(0, at-300):at]), "<code", "highlight", "<blockquote", "<samp")
}

const article = "<article"

// articleIn returns where the first article of a page begins, or -1.
func articleIn(text []byte) int {
	return bytes.Index(lowerASCII(head(text, 256<<10)), []byte(article))
}

func traceConfidence(in Input, span Span) finding.Confidence {
	switch {
	case in.echoedWithin(span):
		return finding.Confirmed
	case in.Got.Status >= 400:
		return finding.Firm
	case in.traceIsNew() && formOf(in.Got) != htmlForm, in.inGraphQLErrors(span), admitsFailure(in.Got):
		return finding.Firm
	default:
		return finding.Tentative
	}
}

func traceMessage(t trace) string {
	last := t.frames[len(t.frames)-1]
	name, _, _ := strings.Cut(t.exception, ":")
	if name == "" {
		name = "an exception"
	}
	function := last.function
	if function == "" {
		function = "module level"
	}
	size := fmt.Sprintf("%d frames", len(t.frames))
	if len(t.frames) == 1 {
		size = "one frame"
	}
	return fmt.Sprintf("The answer holds a Python traceback of %s: %s raised in %s.", size, short(name), short(function))
}

func traceItems(t trace, in Input) []Item {
	list := itemList{in: in}
	list.add(Item{Category: finding.ErrorDetail, Name: "exception", Value: t.exception, Location: "last line of the traceback"})
	list.addHostsOf(t.exception, "last line of the traceback")
	list.addEchoes(inBody(in.Echoes), finding.CertReflection)
	list.addContext()
	list.addFrames(t.frames)
	return list.items
}

// traceProducts recognises the frameworks whose files stand in the stack.
func traceProducts(t trace) []Product {
	products := []Product{{Name: "python", Role: Language, Why: "traceback"}}
	for _, known := range [...]struct {
		part, name string
		role       Role
	}{
		{"/django/core/", "django", Framework}, {"/flask/", "flask", Framework}, {"/starlette/", "starlette", Framework},
		{"/fastapi/", "fastapi", Framework}, {"/rest_framework/", "djangorestframework", Framework},
		{"/aiohttp/", "aiohttp", Framework}, {"/tornado/", "tornado", Framework}, {"/bottle.py", "bottle", Framework}, {"/cherrypy/", "cherrypy", Framework},
		{"/sanic/", "sanic", Framework}, {"/litestar/", "litestar", Framework}, {"/pyramid/", "pyramid", Framework},
		{"/site-packages/ninja/", "django-ninja", Framework}, {"/quart/", "quart", Framework}, {"/falcon/", "falcon", Framework}, {"/strawberry/", "strawberry", Framework},
		{"/site-packages/ariadne/", "ariadne", Framework}, {"/site-packages/graphql/", "graphql-core", Framework},
		{"/gunicorn/", "gunicorn", Server}, {"/uvicorn/", "uvicorn", Server}, {"/werkzeug/", "werkzeug", Server},
	} {
		for _, f := range t.frames {
			if strings.Contains(strings.ReplaceAll(f.file, `\`, "/"), known.part) {
				products = append(products, Product{Name: known.name, Role: known.role, Why: "file in a traceback"})
				break
			}
		}
	}
	return products
}
