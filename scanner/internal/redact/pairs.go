package redact

import "strings"

// maxGap bounds what may stand between a name and its value, in bytes: quotes,
// signs, and the tags of a table's cells.
const maxGap = 400

// pairs hides the values of pairs whose name announces a secret: fields of a
// header, settings, JSON members, keyword arguments, cells of a table, elements.
func pairs(text string) []span {
	var found []span
	for at := 0; at < len(text); {
		if !isNameByte(text[at]) {
			at++
			continue
		}
		start := at
		for at < len(text) && isNameByte(text[at]) {
			at++
		}
		if at-start > maxName || strings.HasSuffix(text[:start], "</") || !SecretName(text[start:at]) {
			continue
		}
		quote := byte(0)
		if start > 0 && (text[start-1] == '"' || text[start-1] == '\'') {
			quote = text[start-1]
		}
		value, ok := skipGap(text, start, at, quote)
		if !ok {
			continue
		}
		if v, ok := valueAt(text, value, text[start:at]); ok {
			found = append(found, v)
			// A nested name inside the value is hidden with it; the value of one that
			// ends it may stand behind it.
			at = max(at, v.end-maxName)
		}
	}
	return found
}

func isNameByte(c byte) bool { return isAlphanumeric(c) || c == '_' || c == '-' || c == '.' }

// skipGap goes from the end of a name to the beginning of its value. There must
// be a sign that joins the two.
func skipGap(text string, start, at int, quote byte) (value int, ok bool) {
	limit := min(len(text), at+maxGap)
	joined := false
	if quote != 0 && at < limit && text[at] == quote {
		at++
		if n := nextString(text[at:limit]); n > 0 && strings.IndexByte(text[start:at], '.') < 0 {
			at += n
			joined = true
		}
		if n := valueWord(text[at:limit]); n > 0 {
			at += n
			joined = true
		}
	}
	markup := standsInMarkup(text[:start], quote)
	for at < limit {
		switch c := text[at]; {
		case c == ' ' || c == '\t' || c == ']' || c == ')': // environ['KEY'] = 'value'
			at++
		case c == '\r' || c == '\n':
			if !joined && !(markup && strings.HasPrefix(strings.TrimLeft(text[at:limit], " \t\r\n"), "<")) {
				return 0, false // only the cells of a table stand on lines of their own
			}
			at++
		case c == '=' || c == ':' || c == '>' && (markup || joined):
			joined = true
			at++
		case c == '<' && markup:
			end := strings.IndexByte(text[at:limit], '>')
			if end < 2 {
				return at, joined
			}
			closing := text[at+1] == '/'
			if closing && joined {
				return 0, false // the element was empty
			}
			joined = joined || !closing
			at += end + 1
		default:
			return at, joined
		}
	}
	return 0, false
}

// standsInMarkup reports whether a name that follows is an element, the whole
// text of one, or the attribute that names one.
func standsInMarkup(before string, quote byte) bool {
	if quote != 0 {
		before = strings.TrimSuffix(before, string(quote))
		return strings.HasSuffix(before, "name=") || strings.HasSuffix(before, "key=")
	}
	before = strings.TrimRight(before[max(0, len(before)-200):], " \t\r\n")
	return strings.HasSuffix(before, "<") || strings.HasSuffix(before, ">")
}

// nextString returns the length of the comma and blanks between a quoted name
// and a quoted value: ["Authorization", "Bearer …"]. Dotted names stand in lists
// of modules, not of pairs.
func nextString(s string) int {
	rest := strings.TrimLeft(s, " \t\r\n")
	if !strings.HasPrefix(rest, ",") {
		return 0
	}
	rest = strings.TrimLeft(rest, ", \t\r\n")
	unprefixed := strings.TrimPrefix(rest, "b")
	if !strings.HasPrefix(unprefixed, `"`) && !strings.HasPrefix(unprefixed, "'") {
		return 0
	}
	return len(s) - len(rest)
}

// valueWord returns the length of `, "value":` or ` value=` in front of a value.
func valueWord(s string) int {
	i := 0
	for i < len(s) && strings.IndexByte(", \t\r\n\"'", s[i]) >= 0 {
		i++
	}
	const word = "value"
	if i == 0 || len(s) < i+len(word)+1 || !strings.EqualFold(s[i:i+len(word)], word) {
		return 0
	}
	i += len(word)
	if strings.IndexByte("\"'=: ", s[i]) < 0 {
		return 0
	}
	for i < len(s) && strings.IndexByte("\"' ", s[i]) >= 0 && (i+1 < len(s) && strings.IndexByte("\"' :=", s[i+1]) >= 0) {
		i++
	}
	return i
}

// valueAt returns the span of the value that begins at a place.
func valueAt(text string, at int, name string) (span, bool) {
	v := at
	for prefix := 0; prefix < 2 && v+1 < len(text) && strings.IndexByte("bBuUrR", text[v]) >= 0 && (text[v+1] == '\'' || text[v+1] == '"' || strings.IndexByte("bBuUrR", text[v+1]) >= 0); prefix++ {
		v++
	}
	if v >= len(text) {
		return span{}, false
	}
	var s span
	switch c := text[v]; c {
	case '"', '\'', '`':
		s = quoted(text, v)
	case '[', '{', '(':
		s = bracketed(text, v)
	default:
		s = bare(text, at, name)
	}
	if s.end <= s.start || isHarmless(text[s.start:s.end]) {
		return span{}, false
	}
	return s, true
}

// quoted ends at the same quote that no backslash escapes, or with the text
// where it is cut.
func quoted(text string, at int) span {
	quote := text[at]
	for i := at + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case quote:
			return span{at + 1, i}
		}
	}
	return span{at + 1, len(text)}
}

// bracketed ends where the first bracket is closed, quotes regarded, or with
// the text.
func bracketed(text string, at int) span {
	depth := 0
	for i := at; i < len(text); i++ {
		switch text[i] {
		case '"', '\'':
			i = quoted(text, i).end
		case '[', '{', '(':
			depth++
		case ']', '}', ')':
			if depth--; depth == 0 {
				return span{at + 1, i}
			}
		}
	}
	return span{at + 1, len(text)}
}

// bare ends at the line's end for header fields, which have blanks and
// semicolons in their values, and at the first delimiter for others.
func bare(text string, at int, name string) span {
	stops := " \t\r\n\"'<>&,;)}]"
	if isHeaderName(name) || strings.HasSuffix(strings.TrimRight(text[max(0, at-3):at], " "), ":") && startsLine(text, at, name) {
		stops = "\r\n\"'<>"
	}
	end := strings.IndexAny(text[at:], stops)
	if end < 0 {
		return span{at, len(text)}
	}
	end += at
	// A password may hold delimiters; where it goes on at once, hide that too.
	for end < len(text) && strings.IndexByte("&,;)}]", text[end]) >= 0 && end+1 < len(text) && !isDelimited(text, end+1) {
		next := strings.IndexAny(text[end+1:], stops)
		if next < 0 {
			return span{at, len(text)}
		}
		end += 1 + next
	}
	return span{at, end}
}

// isDelimited reports whether a new pair, a blank or nothing begins at a place.
func isDelimited(text string, at int) bool {
	i := at
	for i < len(text) && isNameByte(text[i]) {
		i++
	}
	return i == at || i == len(text) || text[i] == '=' || text[i] == ':' || text[i] <= ' '
}

func isHeaderName(name string) bool {
	lower := strings.ToLower(name)
	return strings.Contains(lower, "cookie") || strings.Contains(lower, "authorization")
}

// startsLine reports whether the name in front of a value begins its line.
func startsLine(text string, at int, name string) bool {
	i := strings.LastIndex(text[max(0, at-len(name)-8):at], name)
	if i < 0 {
		return false
	}
	i += max(0, at-len(name)-8)
	return i == 0 || text[i-1] == '\n'
}

// maxHarmless is how long a value that hides nothing may be, in bytes: brackets that
// nobody closes reach to the end of the text, and each name would look at all of it.
const maxHarmless = 200

// isHarmless knows the values that hide nothing.
func isHarmless(value string) bool {
	if len(value) > maxHarmless {
		return strings.Trim(value, "* ") == ""
	}
	value = strings.TrimSpace(value)
	switch strings.ToLower(value) {
	case "", "none", "null", "true", "false", "undefined", "nil", "required", "optional", "string", mask:
		return true
	}
	if strings.HasPrefix(value, "No ") && strings.HasSuffix(value, " data") {
		return true // what Django says of an empty table
	}
	return strings.Trim(value, "*") == "" || isCanary(value)
}
