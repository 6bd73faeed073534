package detect

import (
	"strings"
)

// dotnetStackTrace reads the stack of a .NET program.
func dotnetStackTrace() Detector {
	return Detector{
		Name:  "dotnet_stack_trace",
		Rules: []string{"dotnet-stack-trace"},
		Run:   func(in Input) Output { return runStack(in, "dotnet-stack-trace") },
	}
}

func dotnetGrammar() *grammar {
	return &grammar{
		rule:     "dotnet-stack-trace",
		language: ".NET",
		product:  "dotnet",
		anchors:  []string{":line ", "at System.", "at Microsoft.", ") [0x"},
		lead:     "at ",
		line:     dotnetLine,
		named:    isDotnetException,
		proves:   ofDotnet,
	}
}

func dotnetLine(r *stackReader, line string) bool {
	if f, ok := dotnetFrame(line); ok {
		r.add(f)
		return true
	}
	if cause, ok := strings.CutPrefix(line, "---> "); ok && len(r.stack.frames) > 0 {
		r.except(cause)
		return true
	}
	return strings.HasPrefix(line, "--- End of ")
}

// dotnetFrame reads "at Ns.Type.Method[T](String dn) in /src/File.cs:line 12", and
// Mono's "at Ns.Type.Method (System.String dn) [0x0001c] in /src/File.cs:12".
func dotnetFrame(line string) (frame, bool) {
	rest, ok := strings.CutPrefix(line, "at ")
	if !ok {
		return frame{}, false
	}
	open := strings.IndexByte(rest, '(')
	if open <= 0 || strings.Contains(rest[:open-1], " ") || !strings.Contains(rest[:open], ".") {
		return frame{}, false
	}
	end := strings.IndexByte(rest[open:], ')')
	if end < 0 {
		return frame{}, false
	}
	arguments, after := rest[open+1:open+end], rest[open+end+1:]
	f := frame{function: strings.TrimSuffix(rest[:open], " ")}
	if offset, found := strings.CutPrefix(after, " [0x"); found {
		return monoFrame(f, offset)
	}
	if strings.HasSuffix(rest[:open], " ") {
		return frame{}, false
	}
	if place, found := strings.CutPrefix(after, " in "); found {
		file, digits, found := strings.Cut(place, ":line ")
		f.line, ok = number(digits)
		f.file = file
		return f, found && ok
	}
	f.file = "<no symbols>"
	return f, after == "" && areParameters(arguments)
}

// monoFrame reads what Mono writes behind a function: "0001c] in /srv/File.cs:12",
// with a digest in place of the file where there are no symbols.
func monoFrame(f frame, offset string) (frame, bool) {
	_, place, found := strings.Cut(offset, "] in ")
	file, n, ok := lastNumber(strings.TrimSpace(place))
	f.file, f.line = file, n
	if strings.HasPrefix(file, "<") {
		f.file, f.line = "<no symbols>", 0
	}
	return f, found && ok
}

// areParameters wants a type and a name for each, as "String dn, Int32 x".
func areParameters(list string) bool {
	if list == "" {
		return true
	}
	for parameter := range strings.SplitSeq(list, ", ") {
		if len(strings.Fields(parameter)) < 2 {
			return false
		}
	}
	return true
}

// ofDotnet wants a frame with a place or one of the platform's own.
func ofDotnet(frames []frame) bool {
	for _, f := range frames {
		if f.line > 0 || strings.HasPrefix(f.function, "System.") || strings.HasPrefix(f.function, "Microsoft.") {
			return true
		}
	}
	return false
}

func isDotnetException(line string) bool {
	line = strings.TrimPrefix(line, "Unhandled exception. ")
	return isJavaException(line)
}
