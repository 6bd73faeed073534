package detect

import (
	"strings"
)

// rubyBacktrace reads the backtrace of a Ruby program.
func rubyBacktrace() Detector {
	return Detector{
		Name:  "ruby_backtrace",
		Rules: []string{"ruby-backtrace"},
		Run:   func(in Input) Output { return runStack(in, "ruby-backtrace") },
	}
}

func rubyGrammar() *grammar {
	return &grammar{
		rule:     "ruby-backtrace",
		language: "Ruby",
		product:  "ruby",
		anchors:  []string{":in "},
		line:     rubyLine,
		named:    isRubyException,
	}
}

func rubyLine(r *stackReader, line string) bool {
	f, message, ok := rubyFrame(line)
	if !ok {
		return false
	}
	if message != "" {
		r.except(message)
	}
	r.add(f)
	return true
}

// rubyFrame reads "/path/app.rb:12:in `fetch'", with quotes on both sides since
// Ruby 3.4, and the message that may follow the first of them.
func rubyFrame(line string) (f frame, message string, ok bool) {
	line = strings.TrimPrefix(line, "from ")
	place, rest, found := strings.Cut(line, ":in ")
	if !found || rest == "" || rest[0] != '`' && rest[0] != '\'' {
		return frame{}, "", false
	}
	function, after, found := strings.Cut(rest[1:], "'")
	if !found {
		return frame{}, "", false
	}
	file, n, ok := lastNumber(place)
	if !ok || strings.ContainsAny(file, "\"<>|") && !strings.HasPrefix(file, "<internal:") {
		return frame{}, "", false
	}
	message, hasMessage := strings.CutPrefix(after, ": ")
	if !hasMessage {
		// Behind the function a line ends; data goes on with its next member.
		return frame{file: file, line: n, function: function}, "", !strings.ContainsAny(after, "{[")
	}
	return frame{file: file, line: n, function: function}, strings.TrimSpace(message), true
}

// isRubyException reads "KeyError: message" and Rack's "KeyError - message".
func isRubyException(line string) bool {
	name, _, found := strings.Cut(line, ": ")
	if !found {
		name, _, found = strings.Cut(line, " - ")
	}
	last := name[strings.LastIndexByte(name, ':')+1:]
	return found && last != "" && 'A' <= last[0] && last[0] <= 'Z' && !strings.ContainsAny(name, " /\"'(") && strings.HasSuffix(last, "Error")
}
