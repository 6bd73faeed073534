package detect

import (
	"strings"
)

// sanicTraceback reads the text form of Sanic's debug page, whose calls are
// written otherwise than Python's own.
func sanicTraceback() Detector {
	return Detector{
		Name:  "sanic_traceback",
		Rules: []string{"python-traceback"},
		Hints: []string{"Traceback of "},
		Run:   func(in Input) Output { return runStack(in, "python-traceback") },
	}
}

func sanicGrammar() *grammar {
	return &grammar{
		rule:     "python-traceback",
		language: "Python",
		product:  "python",
		anchors:  []string{"Traceback of "},
		lead:     "Traceback of ",
		line:     sanicLine,
		named:    func(line string) bool { return strings.Contains(line, " while handling path /") },
	}
}

// sanicLine reads "File /a/b.py, line 3, in f" and the line of code below it.
func sanicLine(r *stackReader, line string) bool {
	if strings.HasPrefix(line, "Traceback of ") && strings.HasSuffix(line, " (most recent call last):") {
		return true
	}
	if place, ok := strings.CutPrefix(line, "File "); ok {
		file, rest, found := strings.Cut(place, ", line ")
		f, isFrame := parseFrame(`File "`+file+`", line `+rest, false)
		if found && isFrame {
			r.add(f)
			r.pending = "source"
		}
		return found && isFrame
	}
	if n := len(r.stack.frames); n > 0 && r.pending == "source" {
		r.stack.frames[n-1].source = clip(line)
		r.pending = ""
		return true
	}
	if isExceptionLine(line) {
		r.except(line)
		return true
	}
	return false
}
