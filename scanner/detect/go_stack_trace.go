package detect

import (
	"strings"
)

// goStackTrace reads the stack of a goroutine, as runtime/debug prints it.
func goStackTrace() Detector {
	return Detector{
		Name:  "go_stack_trace",
		Rules: []string{"go-stack-trace"},
		Run:   func(in Input) Output { return runStack(in, "go-stack-trace") },
	}
}

func goGrammar() *grammar {
	return &grammar{
		rule:     "go-stack-trace",
		language: "Go",
		product:  "go",
		anchors:  []string{"goroutine "},
		lead:     "goroutine ",
		line:     goLine,
		named: func(line string) bool {
			return strings.Contains(line, "panic: ") || strings.HasPrefix(line, "runtime error: ")
		},
	}
}

// goLine reads a function's line and the line with its place.
func goLine(r *stackReader, line string) bool {
	if isGoroutine(line) {
		return true
	}
	if len(r.stack.frames) == 0 && r.pending == "" && r.strange > 0 {
		return false
	}
	if f, ok := goPlace(line); ok && r.pending != "" {
		f.function = r.pending
		r.pending = ""
		r.add(f)
		return true
	}
	rest, created := strings.CutPrefix(line, "created by ")
	if created {
		r.pending, _, _ = strings.Cut(rest, " in goroutine ")
		return true
	}
	open := strings.LastIndexByte(line, '(')
	if open > 0 && strings.HasSuffix(line, ")") && strings.Contains(line[:open], ".") || strings.HasPrefix(line, "panic(") {
		r.pending = clip(line[:open])
		return true
	}
	return strings.HasPrefix(line, "...additional frames elided...")
}

// isGoroutine reads "goroutine 12 [running]:".
func isGoroutine(line string) bool {
	rest, ok := strings.CutPrefix(line, "goroutine ")
	digits, state, found := strings.Cut(rest, " [")
	_, isNumber := number(digits)
	return ok && found && isNumber && strings.HasSuffix(state, "]:")
}

// goPlace reads "/path/file.go:12 +0x1d".
func goPlace(line string) (frame, bool) {
	place, _, _ := strings.Cut(line, " +0x")
	file, n, ok := lastNumber(strings.TrimSpace(place))
	if !ok || !strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, ".s") && file != "_cgo_gotypes" {
		return frame{}, false
	}
	return frame{file: file, line: n}, true
}
