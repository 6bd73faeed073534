package detect

import (
	"bytes"
	"html"
	"slices"
	"strings"
)

// lineBreaks says how the lines of a stack are kept apart where it stands:
// by line feeds, by escaped ones in a JSON string, as the strings of an array,
// by the tags of a page.
type lineBreaks struct {
	escape int    // backslashes of an escaped line feed, 0 where it is plain
	quote  string // what ends the string that the lines stand in, "" outside of one
	array  bool   // each line is a string of its own
	markup bool   // tags and character references mean something
}

// stackLine is one line with its escaping taken off, and where it stands.
type stackLine struct {
	text       string
	start, end int
}

// Limits on looking around, in bytes, and on the lines of one stack.
const (
	maxLine       = 2 << 10
	maxStack      = 128 << 10
	maxStackLines = 600
)

// cxfBreak stands between the lines of a stack in a fault of Apache CXF.
const cxfBreak = "#*#"

// lineAround finds the beginning of the line that holds a place, and how lines
// are kept apart there. An escaped line feed counts only where the lead, with
// which every line of that kind of stack begins, follows: a path of Windows has
// letters behind backslashes too.
func lineAround(body []byte, at int, markup bool, lead string) (int, lineBreaks) {
	b := lineBreaks{markup: markup}
	follow := follower{body: body, lead: lead, end: min(len(body), at+len(lead))}
	follow.begin(at)
	var tried []string // quotes that end no line here
	for i := at - 1; i >= max(0, at-maxLine); i-- {
		switch c := body[i]; {
		case c == '\n':
			return i + 1, b
		case c == '"':
			if b.isLine(body, at, string(body[i-backslashes(body, i):i+1]), &tried) {
				return i + 1, b
			}
		case c == ';' && markup:
			if bytes.HasSuffix(body[:i+1], []byte("&#10;")) || bytes.HasSuffix(body[:i+1], []byte("&#xA;")) {
				return i + 1, b
			}
			mark := quoteEntity(body[max(0, i-5):])
			if mark != "" && bytes.HasSuffix(body[:i+1], []byte(mark)) && b.isLine(body, at, mark, &tried) {
				return i + 1, b
			}
		case c == 'n' || c == 'r':
			slashes := backslashes(body, i)
			if slashes > 0 && follow.leads() {
				b.escape = slashes
				b.quote = enclosingQuote(body, i, markup)
				return i + 1, b
			}
		case c == '>' && markup && endsBreakingTag(body, i), c == '#' && bytes.HasSuffix(body[:i+1], []byte(cxfBreak)):
			return i + 1, b
		}
		follow.back(i)
	}
	return max(0, at-maxLine), b
}

// isLine tries whether the string that a quote begins is, or holds, the line around
// a place. Each kind of quote is tried once: what ends the string is the same.
func (b *lineBreaks) isLine(body []byte, at int, quote string, tried *[]string) bool {
	if slices.Contains(*tried, quote) {
		return false
	}
	b.quote = quote
	if b.findEscape(body, at) {
		return true
	}
	b.quote = ""
	*tried = append(*tried, quote)
	return false
}

// findEscape looks for the first line end behind a place in a string.
func (b *lineBreaks) findEscape(body []byte, at int) bool {
	for i := at; i < min(len(body), at+maxLine); i++ {
		if body[i] == '\n' {
			return false
		}
		if body[i] == '\\' {
			slashes := 1
			for i+slashes < len(body) && body[i+slashes] == '\\' {
				slashes++
			}
			i += slashes
			if i < len(body) && (body[i] == 'n' || body[i] == 'r') && slashes > strings.Count(b.quote, `\`) {
				b.escape = slashes
				return true
			}
			if i < len(body) && body[i] == '"' && slashes == strings.Count(b.quote, `\`) && b.quote[0] != '&' {
				i -= slashes
			} else {
				continue
			}
		}
		if bytes.HasPrefix(body[i:], []byte(b.quote)) {
			_, b.array = nextElement(body, i, b.quote)
			return b.array
		}
	}
	return false
}

// backslashes counts those right before a place.
func backslashes(body []byte, at int) int {
	n := 0
	for n < 8 && at-n-1 >= 0 && body[at-n-1] == '\\' {
		n++
	}
	return n
}

func quoteEntity(text []byte) string {
	for _, mark := range [...]string{"&quot;", "&#34;", "&#x22;"} {
		if bytes.HasPrefix(text, []byte(mark)) || bytes.HasPrefix(text[min(1, len(text)):], []byte(mark)) {
			return mark
		}
	}
	return ""
}

// enclosingQuote guesses what ends the string around a place with escaped line
// feeds: quotes carry as many backslashes less one as a line feed does.
func enclosingQuote(body []byte, at int, markup bool) string {
	plain := strings.Repeat(`\`, backslashes(body, at)-1) + `"`
	near := body[max(0, at-maxLine):at]
	nearest, quote := bytes.LastIndex(near, []byte(plain)), plain
	if markup {
		for _, mark := range [...]string{"&quot;", "&#34;", "&#x22;"} {
			if i := bytes.LastIndex(near, []byte(mark)); i > nearest && (i == 0 || near[i-1] != '\\') {
				nearest, quote = i, mark
			}
		}
	}
	return quote
}

// nextElement steps over the gap between two strings of an array.
func nextElement(body []byte, at int, quote string) (int, bool) {
	i := at + len(quote)
	comma := false
	for i < len(body) && i < at+200 {
		switch c := body[i]; {
		case c == ',' && !comma:
			comma = true
		case c <= ' ':
		case c == '\\' && i+1 < len(body) && body[i+1] == 'n' && quote != `"`:
			i++
		default:
			if comma && bytes.HasPrefix(body[i:], []byte(quote)) {
				return i + len(quote), true
			}
			return 0, false
		}
		i++
	}
	return 0, false
}

// next returns the line that begins at a place, and where the next one begins:
// -1 where the text around the lines ends.
func (b lineBreaks) next(body []byte, at int) (stackLine, int) {
	end := min(len(body), at+maxLine)
	for i := at; i < end; i++ {
		switch c := body[i]; {
		case c == '\n':
			return b.line(body, at, i), i + 1
		case c == '\\':
			slashes := 1
			for i+slashes < end && body[i+slashes] == '\\' {
				slashes++
			}
			after := i + slashes
			if after < end && slashes == b.escape && (body[after] == 'n' || body[after] == 'r') {
				return b.line(body, at, i), after + 1
			}
			if after < end && body[after] == '"' && b.endsAt(slashes) {
				return b.close(body, at, after-len(b.quote)+1)
			}
			i = after
		case c == '"' && b.quote == `"`, c == '&' && b.quote != "" && b.quote[0] == '&' && bytes.HasPrefix(body[i:], []byte(b.quote)):
			return b.close(body, at, i)
		case c == '&' && b.markup && (bytes.HasPrefix(body[i:], []byte("&#10;")) || bytes.HasPrefix(body[i:], []byte("&#xA;"))):
			return b.line(body, at, i), i + 5
		case c == '#' && bytes.HasPrefix(body[i:end], []byte(cxfBreak)):
			return b.line(body, at, i), i + len(cxfBreak)
		case c == '<' && b.markup:
			if size, last := breakingTag(body[i:]); last {
				return b.line(body, at, i), -1
			} else if size > 0 {
				return b.line(body, at, i), i + size
			}
		}
	}
	if end == len(body) {
		return b.line(body, at, end), -1
	}
	return b.line(body, at, end), end
}

// endsAt reports whether a quote behind so many backslashes ends the string.
func (b lineBreaks) endsAt(slashes int) bool {
	switch {
	case b.quote == `"`:
		return slashes%2 == 0
	case strings.HasSuffix(b.quote, `"`):
		return slashes == len(b.quote)-1
	default:
		return false
	}
}

// close ends a line at the end of its string.
func (b lineBreaks) close(body []byte, at, end int) (stackLine, int) {
	if b.array {
		if next, ok := nextElement(body, end, b.quote); ok {
			return b.line(body, at, end), next
		}
	}
	return b.line(body, at, end), -1
}

func (b lineBreaks) line(body []byte, start, end int) stackLine {
	if b.markup {
		start = min(end, start+leadingTags(body[start:max(start, end)]))
	}
	text := string(body[start:max(start, end)])
	if b.markup {
		text = html.UnescapeString(withoutTags(text))
	}
	if b.quote != "" || b.escape > 0 {
		text = unescapeJSON(text)
		for n := b.escape; n > 1; n /= 2 {
			text = unescapeJSON(text)
		}
	}
	return stackLine{strings.TrimSpace(text), start, end}
}

// unescapeJSON takes one level of a JSON string's escaping off (RFC 8259,
// section 7); what is no escape stays.
func unescapeJSON(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	u := unwrapper{text: s, w: wrapping{json: 1}}
	for at := 0; at < len(s); {
		if s[at] != '\\' {
			u.out.WriteByte(s[at])
			at++
			continue
		}
		size := u.escape(s[at:], at)
		if size == 0 {
			break
		}
		at += size
	}
	return u.out.String()
}
