package route

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// fillRegular returns a text that a regular expression of Django, or of one
// parameter, matches. Patterns joined by include hold a "^" in their middle.
func fillRegular(pattern string) (string, bool) {
	for strings.Contains(pattern, "/^") {
		pattern = strings.ReplaceAll(pattern, "/^", "/")
	}
	pattern = strings.NewReplacer(`\Z`, "", `\A`, "", `\/`, "/").Replace(pattern)
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return "", false
	}
	s := sampler{left: maxPattern}
	s.write(tree)
	return s.text.String(), s.left > 0
}

// sampler writes a short text that an expression matches. It ends where the
// text would get too long; syntax.Parse bounds the depth.
type sampler struct {
	text strings.Builder
	left int
}

func (s *sampler) put(text string) {
	if s.left -= len(text) + 1; s.left > 0 {
		s.text.WriteString(text)
	}
}

func (s *sampler) write(e *syntax.Regexp) {
	if s.left <= 0 {
		return
	}
	switch e.Op {
	case syntax.OpLiteral:
		s.put(string(e.Rune))
	case syntax.OpCharClass:
		s.put(oneOf(e))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		// A dot that nobody escaped stands for itself.
		s.put(".")
	case syntax.OpCapture:
		s.capture(e)
	case syntax.OpConcat:
		for _, sub := range e.Sub {
			s.write(sub)
		}
	case syntax.OpAlternate:
		s.write(e.Sub[0])
	case syntax.OpPlus:
		s.repeated(e.Sub[0], 1)
	case syntax.OpRepeat:
		s.repeated(e.Sub[0], e.Min)
	}
}

func (s *sampler) repeated(e *syntax.Regexp, times int) {
	for range times {
		if e.Op == syntax.OpAnyChar || e.Op == syntax.OpAnyCharNotNL {
			s.put("a")
			continue
		}
		s.write(e)
	}
}

// capture fills a group, which is a parameter, with the first value of the
// usual ones that fits.
func (s *sampler) capture(e *syntax.Regexp) {
	whole, err := regexp.Compile("^(?:" + e.Sub[0].String() + ")$")
	if err == nil {
		for _, value := range append([]string{Value("", e.Name)}, usual()...) {
			if whole.MatchString(value) {
				s.put(value)
				return
			}
		}
	}
	s.write(e.Sub[0])
}

// usual are the values that parameters of APIs usually take.
func usual() []string {
	return []string{"1", uuidValue, "a", "2024", "01", "2024-01-01", "json", ".json", "en"}
}

// oneOf chooses from a class of characters what is usual in a path.
func oneOf(e *syntax.Regexp) string {
	for _, want := range "1aA-_./" {
		for i := 0; i+1 < len(e.Rune); i += 2 {
			if e.Rune[i] <= want && want <= e.Rune[i+1] {
				return string(want)
			}
		}
	}
	if len(e.Rune) == 0 {
		return ""
	}
	return string(e.Rune[0])
}

// Match returns a text for a path or query that an expression matches, and
// whether it could find one. The expression's dialect is that of JavaScript or
// Python as far as Go's has it.
func Match(expression string) (string, bool) {
	if len(expression) > maxPattern {
		return "", false
	}
	whole, err := regexp.Compile(expression)
	if err != nil {
		return "", false
	}
	for _, value := range usual() {
		if whole.MatchString(value) {
			return value, true
		}
	}
	text, ok := fillRegular(expression)
	return text, ok && text != "" && whole.MatchString(text)
}
