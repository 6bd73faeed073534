package detect

import (
	"strings"
)

// rustBacktrace reads the backtrace of a Rust program.
func rustBacktrace() Detector {
	return Detector{
		Name:  "rust_backtrace",
		Rules: []string{"rust-backtrace"},
		Run:   func(in Input) Output { return runStack(in, "rust-backtrace") },
	}
}

func rustGrammar() *grammar {
	return &grammar{
		rule:     "rust-backtrace",
		language: "Rust",
		product:  "rust",
		anchors:  []string{"stack backtrace:", "Stack backtrace:", "0: std::backtrace", "0: rust_begin_unwind"},
		line:     rustLine,
		named:    func(line string) bool { return strings.Contains(line, " panicked at ") },
		proves:   ofRust,
		message:  true,
	}
}

// rustLine reads "3: crate::function" and "at src/main.rs:12:5" behind it.
func rustLine(r *stackReader, line string) bool {
	if place, ok := strings.CutPrefix(line, "at "); ok && len(r.stack.frames) > 0 {
		file, _, hasColumn := lastNumber(place)
		if file, n, hasLine := lastNumber(file); hasColumn && hasLine {
			last := &r.stack.frames[len(r.stack.frames)-1]
			last.file, last.line = clip(file), n
			return true
		}
		return false
	}
	digits, function, found := strings.Cut(line, ": ")
	if _, ok := number(digits); ok && found && function != "" && !strings.Contains(function, ": ") {
		r.add(frame{file: "<no symbols>", function: function})
		return true
	}
	return strings.HasPrefix(strings.ToLower(line), "stack backtrace:")
}

// ofRust wants a path of modules or a source file of Rust in the stack.
func ofRust(frames []frame) bool {
	for _, f := range frames {
		if strings.HasSuffix(f.file, ".rs") || strings.HasPrefix(f.function, "std::") || strings.HasPrefix(f.function, "core::") {
			return true
		}
	}
	return false
}
