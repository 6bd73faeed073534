package detect

import (
	"bytes"
	"strconv"
	"strings"
)

// The lines that open a stack: Python's own, and Django's up to release 2.2.
const (
	traceOpening    = "Traceback (most recent call last):"
	oldTraceOpening = "Traceback:"
)

// maxOpenings bounds how many openings are followed in one text.
const maxOpenings = 64

// trace is one Python traceback; chained ones are one trace.
type trace struct {
	frames    []frame
	exception string // the last exception's line: "KeyError: 'CN'"
	chained   bool   // more than one exception
	span      Span   // in the text that was parsed
}

// parseTraces reads at most limit tracebacks from a text whose escaping is
// taken off.
func parseTraces(text string, limit int) []trace {
	var traces []trace
	o := openings{text: []byte(text)}
	for tries := 0; len(traces) < limit && tries < maxOpenings; tries++ {
		start, size := o.next()
		if start < 0 {
			break
		}
		t, end, ok := readTrace(text, start, size == len(oldTraceOpening))
		o.at = end
		if ok {
			traces = append(traces, t)
		}
	}
	return traces
}

// openings goes from one opening line to the next.
type openings struct {
	text []byte
	at   int
	// found is where the next of Python's own openings stands, once searched: a
	// text with many of the other kind is not searched again for each.
	found    int
	searched bool
}

// next returns where the next opening begins and its length, or -1. Django's old
// form counts only at the beginning of a line.
func (o *openings) next() (start, size int) {
	if !o.searched || o.found >= 0 && o.found < o.at {
		o.found = indexFrom(o.text, traceOpening, o.at)
		o.searched = true
	}
	within := o.text
	if o.found >= 0 {
		within = o.text[:o.found]
	}
	start, size = o.found, len(traceOpening)
	if bytes.HasPrefix(within, []byte(oldTraceOpening)) && o.at == 0 {
		start, size = 0, len(oldTraceOpening)
	} else if old := indexFrom(within, "\n"+oldTraceOpening, max(0, o.at-1)); old >= 0 {
		start, size = old+1, len(oldTraceOpening)
	}
	if start >= 0 {
		o.at = start + size
	}
	return start, size
}

// readTrace reads the traceback whose opening stands at start. It returns where
// it stopped.
func readTrace(text string, start int, old bool) (t trace, end int, ok bool) {
	r := traceReader{text: text, old: old}
	r.trace.span.Start = start
	r.next = lineEnd(text, start)
	r.read()
	return r.trace, r.next, len(r.trace.frames) > 0 && (r.trace.exception != "" || old)
}

func indexFrom(text []byte, part string, from int) int {
	if from >= len(text) {
		return -1
	}
	if i := bytes.Index(text[from:], []byte(part)); i >= 0 {
		return from + i
	}
	return -1
}

// lineEnd returns the offset after the line that holds at.
func lineEnd(text string, at int) int {
	if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(text)
}

// traceReader goes through the lines after an opening.
type traceReader struct {
	text   string
	next   int
	old    bool
	indent int // of the exception's line: two less than the frames have
	trace  trace

	open    bool // a frame's source line may follow
	strange int  // lines in a row that fit nowhere
}

// maxStrange lines that fit nowhere end a trace: source may span several lines
// since Python 3.13.
const maxStrange = 8

func (r *traceReader) read() {
	for r.next < len(r.text) && r.strange < maxStrange {
		end := lineEnd(r.text, r.next)
		raw := strings.TrimRight(r.text[r.next:end], "\r\n")
		line := strings.TrimLeft(raw, " \t|+")
		if !r.line(raw, line) {
			return
		}
		r.next = end
	}
}

// line takes one line; false ends the trace before it.
func (r *traceReader) line(raw, line string) bool {
	if f, ok := parseFrame(line, r.old); ok {
		r.indent = len(raw) - len(line) - 2
		if len(r.trace.frames) < maxFrames {
			r.trace.frames = append(r.trace.frames, f)
		}
		r.open, r.strange = true, 0
		r.mark()
		return true
	}
	if kind, ended := strings.CutPrefix(line, "Exception Type: "); ended && len(r.trace.frames) > 0 {
		// Django's own text goes on with a list of what it knows.
		if r.trace.exception == "" {
			kind, _, _ = strings.Cut(kind, " at /")
			r.trace.exception = clip(kind)
		}
		return false
	}
	switch {
	case line == "" || isUnderline(line):
	case strings.HasPrefix(line, "[Previous line repeated"):
	case isChaining(line):
		r.trace.chained = true
		r.trace.exception = ""
		r.strange = 0
	case strings.HasSuffix(line, traceOpening) && r.trace.chained:
		r.trace.exception = ""
	case r.trace.exception != "":
		return r.after()
	case r.open && len(raw)-len(line) > max(0, r.indent):
		r.source(line)
	case len(r.trace.frames) > 0 && isExceptionLine(line):
		r.trace.exception = clip(line)
		r.strange = 0
		r.mark()
	case r.open:
		r.source(line)
	default:
		r.strange++
		return len(r.trace.frames) > 0 && !strings.HasSuffix(line, traceOpening)
	}
	return true
}

// after looks on for a chained exception behind the first one's message, which
// may have several lines.
func (r *traceReader) after() bool {
	r.strange++
	window := r.text[r.next:min(len(r.text), r.next+2<<10)]
	return strings.Contains(window, "\nDuring handling of the above exception") ||
		strings.Contains(window, "\nThe above exception")
}

// source keeps the first line of a frame's code.
func (r *traceReader) source(line string) {
	f := &r.trace.frames[len(r.trace.frames)-1]
	if r.old {
		if number, code, found := strings.Cut(line, ". "); found && f.line == 0 {
			f.line, _ = strconv.Atoi(number)
			line = strings.TrimSpace(code)
		}
	}
	if f.source == "" {
		f.source = clip(line)
		r.mark()
		return
	}
	r.strange++
}

// mark moves the end of the trace behind the current line.
func (r *traceReader) mark() { r.trace.span.End = lineEnd(r.text, r.next) }

// parseFrame reads `File "/a/b.py", line 3, in f`, without the function for a
// syntax error, and Django's old `File "/a/b.py" in f`.
func parseFrame(line string, old bool) (frame, bool) {
	rest, found := strings.CutPrefix(line, `File "`)
	if !found {
		return frame{}, false
	}
	file, rest, found := strings.Cut(rest, `"`)
	if !found || file == "" || len(file) > maxText {
		return frame{}, false
	}
	if old {
		if function, isOld := strings.CutPrefix(rest, " in "); isOld {
			return frame{file: file, function: clip(strings.TrimSpace(function))}, true
		}
	}
	rest, found = strings.CutPrefix(rest, ", line ")
	if !found {
		return frame{}, false
	}
	digits := 0
	for digits < len(rest) && digits < 9 && '0' <= rest[digits] && rest[digits] <= '9' {
		digits++
	}
	number, err := strconv.Atoi(rest[:digits])
	if err != nil {
		return frame{}, false
	}
	function, found := strings.CutPrefix(rest[digits:], ", in ")
	if !found && strings.TrimSpace(rest[digits:]) != "" {
		return frame{}, false
	}
	return frame{file: file, line: number, function: clip(strings.TrimSpace(function))}, true
}

// isUnderline knows the marks that Python 3.11 and later put below a line.
func isUnderline(line string) bool {
	return strings.Trim(line, "^~ ") == ""
}

func isChaining(line string) bool {
	return strings.HasPrefix(line, "During handling of the above exception") ||
		strings.HasPrefix(line, "The above exception")
}

// isExceptionLine reads "package.Name: message" or "Name" alone. The last part
// of the name begins with a capital, or stands in a module.
func isExceptionLine(line string) bool {
	name, _, _ := strings.Cut(line, ":")
	if name == "" || len(name) > 200 {
		return false
	}
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_':
		case i > 0 && (c == '.' || '0' <= c && c <= '9'):
		default:
			return false
		}
	}
	last := name[strings.LastIndexByte(name, '.')+1:]
	if last == "" {
		return false
	}
	return 'A' <= last[0] && last[0] <= 'Z' || len(last) < len(name)
}
