package detect

import (
	"strings"
)

// nodeStackTrace reads the stack of a program in JavaScript, as V8 prints it.
func nodeStackTrace() Detector {
	return Detector{
		Name:  "node_stack_trace",
		Rules: []string{"node-stack-trace"},
		Run:   func(in Input) Output { return runStack(in, "node-stack-trace") },
	}
}

func nodeGrammar() *grammar {
	return &grammar{
		rule:     "node-stack-trace",
		language: "JavaScript",
		product:  "node.js",
		anchors:  []string{".js:", ".mjs:", ".cjs:", ".ts:", ".jsx:", ".tsx:", "node:internal/", "(<anonymous>)"},
		lead:     "at ",
		line:     nodeLine,
		named:    isNodeException,
		proves:   onServer,
	}
}

func nodeLine(r *stackReader, line string) bool {
	f, ok := nodeFrame(line)
	if ok {
		r.add(f)
		return true
	}
	cause, ok := strings.CutPrefix(line, "[cause]: ")
	if ok && len(r.stack.frames) > 0 {
		r.except(cause)
	}
	return ok && len(r.stack.frames) > 0
}

// nodeFrame reads "at async Type.function [as alias] (file:12:3)" and
// "at file:12:3".
func nodeFrame(line string) (frame, bool) {
	rest, ok := strings.CutPrefix(line, "at ")
	if !ok {
		return frame{}, false
	}
	function, place := "", rest
	if open := strings.LastIndex(rest, " ("); open >= 0 {
		function = rest[:open]
		place, _, ok = strings.Cut(rest[open+2:], ")")
		if !ok || len(function) > 200 {
			return frame{}, false
		}
		if strings.HasPrefix(place, "webpack-internal:///(") {
			// The layer of the program stands in parentheses of its own.
			place = rest[open+2 : strings.LastIndexByte(rest, ')')]
		}
	}
	switch place {
	case "<anonymous>", "native":
		return frame{file: "<" + strings.Trim(place, "<>") + ">", function: strings.TrimPrefix(function, "async ")}, true
	}
	file, _, hasColumn := lastNumber(place)
	file, n, hasLine := lastNumber(file)
	if !hasColumn || !hasLine || !isScript(file) {
		return frame{}, false
	}
	return frame{file: strings.TrimPrefix(strings.TrimPrefix(file, "async "), "file://"), line: n, function: strings.TrimPrefix(function, "async ")}, true
}

func isScript(file string) bool {
	return strings.HasPrefix(file, "node:") || strings.HasPrefix(file, "internal/") ||
		hasExtension(strings.ToLower(file), []string{"js", "mjs", "cjs", "ts", "mts", "cts", "jsx", "tsx", "coffee"})
}

// onServer excludes the stacks of browsers, whose files are URLs: at least one
// file is the server's own or the runtime's.
func onServer(frames []frame) bool {
	for _, f := range frames {
		if strings.HasPrefix(f.file, "node:") || strings.HasPrefix(f.file, "/") || strings.HasPrefix(f.file, "internal/") || strings.Contains(f.file, `:\`) || strings.HasPrefix(f.file, "webpack") {
			return true
		}
	}
	return false
}

// isNodeException reads "TypeError [CODE]: message" or "Error".
func isNodeException(line string) bool {
	name, _, _ := strings.Cut(line, ":")
	name, _, _ = strings.Cut(name, " [")
	if name == "" || len(name) > 100 || name[0] < 'A' || name[0] > 'Z' {
		return false
	}
	for _, c := range []byte(name) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' && c != '$' {
			return false
		}
	}
	return strings.HasSuffix(name, "Error") || strings.HasSuffix(name, "Exception")
}
