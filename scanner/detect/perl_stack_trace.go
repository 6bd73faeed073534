package detect

import (
	"strings"
)

// perlStackTrace reads the backtrace that Carp and Devel::StackTrace print.
func perlStackTrace() Detector {
	return Detector{
		Name:  "perl_stack_trace",
		Rules: []string{"perl-stack-trace"},
		Hints: []string{") called at ", "} called at "},
		Run:   func(in Input) Output { return runStack(in, "perl-stack-trace") },
	}
}

func perlGrammar() *grammar {
	return &grammar{
		rule:     "perl-stack-trace",
		language: "Perl",
		product:  "perl",
		anchors:  []string{") called at ", "} called at "},
		line:     perlLine,
		named:    isPerlDeath,
	}
}

func perlLine(r *stackReader, line string) bool {
	f, ok := perlFrame(line)
	if ok {
		r.add(f)
	}
	return ok
}

// perlFrame reads "Shop::name('…') called at /a/b.pm line 3", "eval {...} called
// at /a/b.pm line 3" and, of Devel::StackTrace, "eval {...} at /a/b.pm line 3".
func perlFrame(line string) (frame, bool) {
	call, place, found := cutLast(line, " called at ")
	if !found {
		call, place, found = cutLast(line, "} ")
		place = strings.TrimLeft(place, " ")
		if rest, isPlace := strings.CutPrefix(place, "at "); found && isPlace {
			call, place = call+"}", rest
		} else {
			return frame{}, false
		}
	}
	file, digits, hasLine := cutLast(place, " line ")
	n, ok := number(strings.TrimRight(digits, "."))
	name := call
	if open := strings.IndexAny(call, "({"); open > 0 {
		name = strings.TrimSpace(call[:open])
	}
	if !hasLine || !ok || file == "" || strings.ContainsAny(file, "\"<>|") || name == "" || strings.ContainsAny(name, "\"<>=;,") {
		return frame{}, false
	}
	return frame{file: file, line: n, function: name, source: call}, true
}

// isPerlDeath reads what die says, with its place behind it.
func isPerlDeath(line string) bool {
	message, place, found := cutLast(line, " at ")
	file, digits, hasLine := cutLast(place, " line ")
	_, ok := number(strings.TrimRight(digits, "."))
	return found && hasLine && ok && message != "" && file != "" && !strings.HasSuffix(message, " called")
}
