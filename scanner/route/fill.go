package route

import (
	"regexp"
	"strings"
)

// maxPattern bounds a pattern, in bytes.
const maxPattern = 1000

// Fill returns one path that fits a route pattern, starting with a slash, and
// whether it could tell one. It reads the patterns of Django (converters and
// regular expressions, also joined by include), Flask, Rails, Express, OpenAPI,
// Starlette and Spring. A text without parameters is a pattern of itself.
func Fill(pattern string) (string, bool) {
	pattern = strings.TrimSpace(pattern)
	if pattern == "" || len(pattern) > maxPattern {
		return "", false
	}
	filled, ok := fillAny(pattern)
	if !ok {
		return "", false
	}
	path := "/" + strings.TrimPrefix(filled, "/")
	return path, isPath(path)
}

func fillAny(pattern string) (string, bool) {
	angles := fillAngles(pattern)
	switch {
	case looksRegular(pattern):
		return fillRegular(angles)
	case strings.Contains(pattern, "{"):
		return fillBraces(angles)
	default:
		return fillColons(angles), true
	}
}

// angle is a parameter of Django, Flask or Bottle: <name>, <int:name>,
// <any(a,b):name>.
var angle = regexp.MustCompile(`<(?:(\w+)(?:\(([^()<>]*)\))?:)?(\w+)>`)

func fillAngles(pattern string) string {
	var b strings.Builder
	rest := pattern
	for {
		at := angle.FindStringSubmatchIndex(rest)
		if at == nil {
			b.WriteString(rest)
			return b.String()
		}
		b.WriteString(rest[:at[0]])
		group := func(n int) string {
			if at[2*n] < 0 {
				return ""
			}
			return rest[at[2*n]:at[2*n+1]]
		}
		if strings.HasSuffix(rest[:at[0]], "(?P") || strings.HasSuffix(rest[:at[0]], "(?") {
			b.WriteString(rest[at[0]:at[1]]) // the name of a regular expression's group
		} else {
			b.WriteString(angleValue(group(1), group(2), group(3)))
		}
		rest = rest[at[1]:]
	}
}

func angleValue(kind, arguments, name string) string {
	switch kind {
	case "any":
		first, _, _ := strings.Cut(arguments, ",")
		return strings.Trim(first, ` "'`)
	case "drf_format_suffix":
		return ".json"
	}
	return Value(kind, name)
}

// looksRegular tells a regular expression from the other notations: Rails has
// parentheses too, but never with these beginnings.
func looksRegular(pattern string) bool {
	if strings.Contains(pattern, "{") {
		return strings.HasPrefix(pattern, "^") || strings.Contains(pattern, "(?P<")
	}
	for _, sign := range [...]string{"^", "(?", "$", `\`, "[", ")*", "+/", ".*", ".+"} {
		if strings.Contains(pattern, sign) {
			return true
		}
	}
	return false
}

// fillBraces fills {id}, {id:[0-9]+}, {path:path}, {*path} and {id?}.
func fillBraces(pattern string) (string, bool) {
	var b strings.Builder
	rest := pattern
	for {
		literal, after, found := strings.Cut(rest, "{")
		b.WriteString(literal)
		if !found {
			return b.String(), true
		}
		inner, left, closed := cutBrace(after)
		if !closed {
			return "", false
		}
		b.WriteString(braceValue(inner))
		rest = left
	}
}

// cutBrace cuts behind the brace that closes the one before text: a parameter's
// expression may hold braces of its own.
func cutBrace(text string) (inner, rest string, ok bool) {
	depth := 1
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return text[:i], text[i+1:], true
			}
		}
	}
	return "", "", false
}

func braceValue(inner string) string {
	if strings.HasPrefix(inner, "?") || strings.HasPrefix(inner, "&") || strings.HasPrefix(inner, "#") {
		return "" // an optional query of a URI template (RFC 6570)
	}
	separator := ""
	if strings.HasPrefix(inner, "/") {
		separator = "/"
	}
	inner = strings.Trim(inner, "/*+.?")
	name, kind, typed := strings.Cut(inner, ":")
	if !typed {
		return separator + Value("", name)
	}
	if strings.ContainsAny(kind, `[(\.+*`) {
		if value, ok := fillRegular(kind); ok {
			return separator + value
		}
	}
	return separator + Value(kind, name)
}

// fillColons fills the parameters of Rails and Express: ":id", "*path". What
// stands in parentheses is optional and left out, a trailing "?" as well.
func fillColons(pattern string) string {
	var segments []string
	for segment := range strings.SplitSeq(withoutOptional(pattern), "/") {
		switch {
		case strings.HasPrefix(segment, ":") && len(segment) > 1:
			name := strings.TrimRight(segment[1:], "?")
			end := strings.IndexAny(name, ".-:")
			if end < 0 {
				end = len(name)
			}
			segment = Value("", name[:end]) + name[end:]
		case strings.HasPrefix(segment, "*") && len(segment) > 1:
			segment = Value("path", segment[1:])
		}
		segments = append(segments, segment)
	}
	return strings.Join(segments, "/")
}

func withoutOptional(pattern string) string {
	var b strings.Builder
	depth := 0
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '(':
			depth++
		case ')':
			depth = max(0, depth-1)
		default:
			if depth == 0 {
				b.WriteByte(pattern[i])
			}
		}
	}
	return b.String()
}

// isPath reports whether a text can stand as the path of a request as it is
// (RFC 3986, section 3.3), with nothing of a pattern left in it.
func isPath(path string) bool {
	for i := 0; i < len(path); i++ {
		switch c := path[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case strings.IndexByte("/-._~!&'=:@,;%", c) >= 0:
		default:
			return false
		}
	}
	return !strings.HasPrefix(path, "//") && len(path) <= maxPattern
}
