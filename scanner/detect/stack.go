package detect

import (
	"bytes"
	"strings"
)

// grammar is how one language prints a stack.
type grammar struct {
	rule     string
	language string // as people write it
	product  string // as products are named
	// anchors are texts of which one stands in nearly every stack.
	anchors []string
	// lead is what every line with an anchor begins with.
	lead string
	// line takes one line of the stack; false says that it is none.
	line func(*stackReader, string) bool
	// named reports whether a line in front of the first frame names an exception.
	named func(string) bool
	// message says that a text begins with what went wrong, whatever it is.
	message bool
	// resume is the markup between a stack and that of its cause, "" where they
	// are one text.
	resume string
	// proves wants of the frames what people do not write by chance.
	proves func([]frame) bool
}

// stack is a stack trace of a language other than Python.
type stack struct {
	grammar    *grammar
	frames     []frame
	exceptions []string // outermost first
	span       Span
}

// stackReader is the state while reading one stack.
type stackReader struct {
	stack   stack
	pending string // the function whose place the next line holds
	strange int    // lines in a row that fit nowhere
	resumed bool   // the next line may name the cause
}

func (r *stackReader) add(f frame) {
	if len(r.stack.frames) < maxFrames {
		f.file, f.function = clip(f.file), clip(f.function)
		r.stack.frames = append(r.stack.frames, f)
	}
}

func (r *stackReader) except(line string) {
	if len(r.stack.exceptions) < 20 {
		r.stack.exceptions = append(r.stack.exceptions, clip(line))
	}
}

// minFrames is how many frames in a row make a stack.
const minFrames = 2

// grammars lists the languages; the stricter ones come first.
func grammars() []*grammar {
	return []*grammar{sanicGrammar(), javaGrammar(), nodeGrammar(), goGrammar(), rubyGrammar(), dotnetGrammar(), rustGrammar(), perlGrammar()}
}

// findStack returns the first stack of the body that the program itself seems
// to have sent.
func findStack(in Input) (stack, bool) {
	form := formOf(in.Got)
	reach := stackReach(in, form)
	if reach == 0 {
		return stack{}, false
	}
	for _, g := range grammars() {
		from, search := 0, newAnchors(in.Got.Body[:reach], g.anchors)
		for range maxOpenings {
			at := search.next(from)
			if at < 0 {
				break
			}
			s, next := readStack(in.Got.Body, at, g, form != textForm)
			from = max(at+1, next)
			if len(s.frames) >= minFrames && (g.proves == nil || g.proves(s.frames)) && stackSent(in, form, s.span) {
				return s, true
			}
		}
	}
	return stack{}, false
}

// stackReach is traceReach for stacks that have no opening line.
func stackReach(in Input, form form) int {
	all := len(in.Got.Body)
	switch {
	case form == opaqueForm:
		return 0
	case in.Got.Status >= 400, len(in.Echoes) > 0, in.isNew():
		return all
	case form == htmlForm:
		return 0
	default:
		return min(all, maxLead)
	}
}

// anchors goes from one anchor to the next, of whichever text.
type anchors struct {
	body  []byte
	texts []string
	found []int // where each text stands next, -1 where it does not
}

func newAnchors(body []byte, texts []string) *anchors {
	a := &anchors{body: body, texts: texts, found: make([]int, len(texts))}
	for i, text := range texts {
		a.found[i] = indexFrom(body, text, 0)
	}
	return a
}

// next returns the first anchor at a place or behind it, or -1. A text that was
// found behind the place already is not searched again.
func (a *anchors) next(from int) int {
	first := -1
	for i, text := range a.texts {
		if a.found[i] >= 0 && a.found[i] < from {
			a.found[i] = indexFrom(a.body, text, from)
		}
		if at := a.found[i]; at >= 0 && (first < 0 || at < first) {
			first = at
		}
	}
	return first
}

// readStack reads the stack around an anchor, and returns where it stopped.
func readStack(body []byte, anchor int, g *grammar, markup bool) (stack, int) {
	start, breaks := lineAround(body, anchor, markup, g.lead)
	r := stackReader{stack: stack{grammar: g, span: Span{start, start}}}
	r.before(body, start, breaks)
	limit := min(len(body), start+maxStack)
	at := start
	for lines := 0; at >= 0 && at < limit && r.strange < maxStrange && lines < maxStackLines; lines++ {
		line, next := breaks.next(body, at)
		at = next
		if next < 0 && g.resume != "" && bytes.HasPrefix(body[line.end:], []byte(g.resume)) {
			at, r.resumed = line.end+len(g.resume), true
		}
		if line.text == "" {
			continue
		}
		if r.resumed && g.named(line.text) {
			r.except(line.text)
			r.resumed = false
			continue
		}
		if g.line(&r, line.text) {
			r.stack.span.End = max(r.stack.span.End, line.end)
			r.strange = 0
			continue
		}
		if len(r.stack.frames) == 0 {
			break
		}
		r.strange++
	}
	return r.stack, r.stack.span.End
}

// before reads the line that names the exception, in front of the first frame.
func (r *stackReader) before(body []byte, start int, breaks lineBreaks) {
	if r.stack.grammar.named == nil {
		return
	}
	from := max(0, start-maxLine)
	if breaks.array || breaks.escape > 0 || !breaks.markup {
		from = max(0, start-4*maxLine)
	}
	if r.stack.grammar.message && from == 0 && breaks == (lineBreaks{}) {
		r.opening(body[:start])
	}
	for at := from; at >= 0 && at < start; {
		line, next := breaks.next(body, at)
		if next < 0 {
			// Another string or element ends here; what follows may be ours.
			next = line.end + 1
			if breaks.quote != "" {
				next = line.end + len(breaks.quote)
			}
		}
		if next <= at {
			next = at + 1
		}
		if breaks.markup && !r.stack.grammar.named(line.text) {
			// An element of XML ends no line.
			line.text = strings.TrimSpace(line.text[strings.LastIndexByte(line.text, '>')+1:])
		}
		if cause, isInner := strings.CutPrefix(line.text, "---> "); isInner && line.end <= start && len(r.stack.exceptions) > 0 {
			r.except(cause)
			at = next
			continue
		}
		if line.end <= start && r.stack.grammar.named(line.text) {
			r.stack.exceptions = append(r.stack.exceptions[:0], clip(strings.Join(strings.Fields(strings.TrimPrefix(line.text, "Caused by: ")), " ")))
			r.stack.span.Start = line.start
		}
		at = next
	}
}

// maxOpening is how long a message in front of a stack may be, in bytes.
const maxOpening = 600

// opening reads the first line of a text as the message of the error whose stack
// it goes on with.
func (r *stackReader) opening(before []byte) {
	line, _, _ := bytes.Cut(bytes.TrimLeft(before, " \t\r\n"), []byte("\n"))
	if len(before) > maxOpening || len(bytes.TrimSpace(line)) == 0 {
		return
	}
	r.stack.exceptions = append(r.stack.exceptions, clip(string(bytes.TrimSpace(line))))
	r.stack.span.Start = bytes.Index(before, line)
}

// stackSent weighs where a stack stands, as sentByProgram does.
func stackSent(in Input, form form, span Span) bool {
	if in.Got.Status >= 400 || in.echoedWithin(span) {
		return true
	}
	if in.inControl(in.Got.Body[span.Start:span.End]) {
		return false
	}
	if in.isNew() {
		return form != htmlForm || !in.isQuoted(span.Start)
	}
	before := in.Got.Body[:span.Start]
	switch form {
	case textForm:
		return len(bytes.TrimSpace(before)) <= 200 && len(in.Got.Body)-span.End <= 1<<10
	case dataForm:
		return len(before) <= maxLead && beginsValue(before)
	default:
		return false
	}
}
