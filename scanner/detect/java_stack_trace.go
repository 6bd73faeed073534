package detect

import (
	"strings"
)

// javaStackTrace reads the stack of a program for the Java virtual machine:
// Java, Kotlin, Scala, Groovy.
func javaStackTrace() Detector {
	return Detector{
		Name:  "java_stack_trace",
		Rules: []string{"java-stack-trace"},
		Run:   func(in Input) Output { return runStack(in, "java-stack-trace") },
	}
}

func javaGrammar() *grammar {
	return &grammar{
		rule:     "java-stack-trace",
		language: "Java",
		product:  "java",
		anchors:  []string{".java:", ".kt:", ".scala:", ".groovy:", "(Native Method)", "(Unknown Source)", ".java!"},
		line:     javaLine,
		named:    func(line string) bool { return isJavaException(strings.TrimPrefix(line, "Caused by: ")) },
		resume:   "</pre><p><b>Root Cause</b></p><pre>",
	}
}

func javaLine(r *stackReader, line string) bool {
	// Vert.x has the first call on the message's own line.
	if message, call, found := strings.Cut(line, "\tat "); found && len(r.stack.frames) == 0 {
		r.except(strings.TrimSpace(message))
		line = call
	}
	if f, ok := javaFrame(line); ok {
		r.add(f)
		return true
	}
	for _, mark := range [...]string{"Caused by: ", "Suppressed: ", "Wrapped by: "} {
		if cause, ok := strings.CutPrefix(line, mark); ok && len(r.stack.frames) > 0 {
			r.except(strings.Replace(cause, " : ", ": ", 1)) // as Apache CXF writes it
			return true
		}
	}
	return strings.HasPrefix(line, "... ") && strings.HasSuffix(line, " more") || strings.HasPrefix(line, "[CIRCULAR REFERENCE")
}

// javaFrame reads "at module@1/pkg.Class.method(File.java:12) ~[lib-1.2.jar:1.2]",
// which Tomcat's error report has without the first word.
func javaFrame(line string) (frame, bool) {
	if strings.Count(line, "!") == 3 {
		return cxfFrame(line)
	}
	rest := strings.TrimPrefix(line, "at ")
	open := strings.IndexByte(rest, '(')
	if open <= 0 || strings.ContainsAny(rest[:open], " \"';,") || !strings.Contains(rest[:open], ".") {
		return frame{}, false
	}
	place, after, ok := strings.Cut(rest[open+1:], ")")
	if !ok {
		return frame{}, false
	}
	f := frame{function: rest[:open], source: strings.Trim(strings.TrimSpace(after), "~")}
	switch place {
	case "Native Method", "Unknown Source", "<generated>", "<eval>", "":
		f.file = "<" + strings.Trim(strings.ToLower(place), "<>") + ">"
		return f, true
	}
	file, digits, _ := strings.Cut(place, ":")
	f.file = file
	f.line, ok = number(digits)
	if !hasExtension(strings.ToLower(file), []string{"java", "kt", "scala", "groovy", "clj"}) && file != "SourceFile" {
		return frame{}, false
	}
	return f, ok || digits == ""
}

// cxfFrame reads "pkg.Class!method!File.java!12", as the detail of Apache CXF's
// faults has it.
func cxfFrame(line string) (frame, bool) {
	parts := strings.Split(line, "!")
	if parts[0] == "" || strings.ContainsAny(line, " \"';,") || !hasExtension(strings.ToLower(parts[2]), []string{"java", "kt", "scala", "groovy"}) && parts[2] != "" && parts[2] != "null" {
		return frame{}, false
	}
	f := frame{function: parts[0] + "." + parts[1], file: parts[2]}
	if n, ok := number(parts[3]); ok {
		f.line = n
	}
	if f.file == "" || f.file == "null" {
		f.file = "<unknown source>"
	}
	return f, true
}

// isJavaException reads "pkg.SomeException: message".
func isJavaException(line string) bool {
	if _, rest, ok := strings.Cut(line, `Exception in thread "`); ok {
		_, line, _ = strings.Cut(rest, `" `)
	}
	name, _, _ := strings.Cut(line, ":")
	dot := strings.LastIndexAny(name, ".$")
	return dot > 0 && dot+1 < len(name) && len(name) < 200 && 'A' <= name[dot+1] && name[dot+1] <= 'Z' && !strings.ContainsAny(name, " /\\()<>\"'=,@")
}

// number reads a decimal number of at most nine digits that fills the text.
func number(digits string) (int, bool) {
	if digits == "" || len(digits) > 9 {
		return 0, false
	}
	n := 0
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// lastNumber cuts ":12" off the end of a place.
func lastNumber(place string) (rest string, n int, ok bool) {
	at := strings.LastIndexByte(place, ':')
	if at <= 0 {
		return place, 0, false
	}
	n, ok = number(place[at+1:])
	if !ok {
		return place, 0, false
	}
	return place[:at], n, true
}
