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
		anchors:  []string{".java:", ".kt:", ".scala:", ".groovy:", "(Native Method)", "(Unknown Source)"},
		line:     javaLine,
		named:    isJavaException,
	}
}

func javaLine(r *stackReader, line string) bool {
	if f, ok := javaFrame(line); ok {
		r.add(f)
		return true
	}
	for _, mark := range [...]string{"Caused by: ", "Suppressed: ", "Wrapped by: "} {
		if cause, ok := strings.CutPrefix(line, mark); ok && len(r.stack.frames) > 0 {
			r.except(cause)
			return true
		}
	}
	return strings.HasPrefix(line, "... ") && strings.HasSuffix(line, " more") || strings.HasPrefix(line, "[CIRCULAR REFERENCE")
}

// javaFrame reads "at module@1/pkg.Class.method(File.java:12) ~[lib-1.2.jar:1.2]",
// which Tomcat's error report has without the first word.
func javaFrame(line string) (frame, bool) {
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
