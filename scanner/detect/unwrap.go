package detect

import (
	"html"
	"strings"
	"unicode/utf8"
)

// wrapping says how the text that follows a known phrase is escaped.
type wrapping struct {
	json  int  // how many times it stands in a JSON string
	array bool // one string of an array for each line
	html  bool
	tags  bool // lines end with <br>
}

// maxUnwrapped bounds the text that is unwrapped after one phrase.
const maxUnwrapped = 128 << 10

// unwrap takes the escaping off a text that begins with a phrase known to be
// followed by a line feed. It returns the plain text and, for offsets in it,
// the offsets in what was given, with one more for its end.
func unwrap(text string, phrase int) (plain string, origin []int) {
	text = text[:min(len(text), maxUnwrapped)]
	w := findWrapping(text[phrase:])
	if w == (wrapping{}) {
		return text, nil
	}
	u := unwrapper{text: text, w: w}
	u.run()
	return u.out.String(), append(u.origin, u.end)
}

// findWrapping looks at what stands where a line should end.
func findWrapping(after string) wrapping {
	var w wrapping
	near := after[:min(len(after), 600)]
	trimmed := strings.TrimLeft(near, " ")
	switch {
	case strings.HasPrefix(trimmed, `\\n`), strings.HasPrefix(trimmed, `\\r`):
		w.json = 2
	case strings.HasPrefix(trimmed, `\n`), strings.HasPrefix(trimmed, `\r`), strings.HasPrefix(trimmed, `\u000a`):
		w.json = 1
	case strings.HasPrefix(trimmed, `",`), strings.HasPrefix(trimmed, `&quot;,`):
		w.json, w.array = 1, true
	case strings.HasPrefix(trimmed, "',"):
		w.array = true
	case strings.HasPrefix(strings.ToLower(trimmed[:min(3, len(trimmed))]), "<br"):
		w.tags = true
	}
	w.array = w.array || w.json > 0 && strings.HasPrefix(strings.TrimLeft(trimmed, `\nr`), `",`)
	for _, entity := range [...]string{"&quot;", "&#34;", "&#x22;", "&#39;", "&#x27;", "&#10;", "&#xA;"} {
		w.html = w.html || strings.Contains(near, entity)
	}
	return w
}

type unwrapper struct {
	text   string
	w      wrapping
	out    strings.Builder
	origin []int
	end    int // where the wrapped text ends
}

func (u *unwrapper) put(s string, at int) {
	u.out.WriteString(s)
	for range len(s) {
		u.origin = append(u.origin, at)
	}
}

func (u *unwrapper) run() {
	for at := 0; at < len(u.text); {
		size := u.step(at)
		if size == 0 {
			u.end = at
			return
		}
		at += size
	}
	u.end = len(u.text)
}

// step unwraps one character and returns its length, or 0 where the wrapped
// text ends.
func (u *unwrapper) step(at int) int {
	rest := u.text[at:]
	switch c := rest[0]; {
	case c == '&' && u.w.html:
		return u.entity(rest, at)
	case c == '\\' && u.w.json > 0:
		return u.escape(rest, at)
	case c == '"' && u.w.json > 0, c == '\'' && u.w.array && u.w.json == 0:
		return u.quote(rest, at)
	case c == '<' && u.w.tags:
		end := strings.IndexByte(rest[:min(len(rest), 20)], '>')
		if end >= len("<br") && strings.EqualFold(rest[1:3], "br") {
			u.put("\n", at)
			return end + 1
		}
	}
	u.put(rest[:1], at)
	return 1
}

func (u *unwrapper) entity(rest string, at int) int {
	if u.w.json > 0 && (strings.HasPrefix(rest, "&quot;") || strings.HasPrefix(rest, "&#34;") || strings.HasPrefix(rest, "&#x22;")) {
		return u.quote(rest, at)
	}
	return u.plainEntity(rest, at)
}

// plainEntity puts what a character reference stands for, a quote included.
func (u *unwrapper) plainEntity(rest string, at int) int {
	end := strings.IndexByte(rest[:min(len(rest), 12)], ';')
	if end < 0 {
		u.put("&", at)
		return 1
	}
	u.put(html.UnescapeString(rest[:end+1]), at)
	return end + 1
}

// quote meets the end of a JSON string: the end of a line in an array, of the
// text elsewhere.
func (u *unwrapper) quote(rest string, at int) int {
	if !u.w.array {
		return 0
	}
	size := strings.IndexByte(rest, rest[0]) + 1
	if rest[0] == '&' {
		size = strings.IndexByte(rest, ';') + 1
	}
	mark := rest[:size]
	gap := 0
	for size+gap < len(rest) && gap < 40 && strings.IndexByte(", \t\r\n", rest[size+gap]) >= 0 {
		gap++
	}
	next := rest[size+gap:]
	if gap == 0 || !strings.HasPrefix(next, mark) {
		return 0
	}
	u.put("\n", at)
	return size + gap + len(mark)
}

// escape reads a JSON escape sequence (RFC 8259, section 7), which has as many
// backslashes more as it stands in further strings.
func (u *unwrapper) escape(rest string, at int) int {
	slashes := 0
	for slashes < len(rest) && slashes < 8 && rest[slashes] == '\\' {
		slashes++
	}
	lead := min(slashes, u.w.json)
	if u.w.json == 2 && slashes >= 3 {
		lead = 3
	}
	if u.w.json == 2 && slashes == 1 {
		u.put(`\`, at)
		return 1
	}
	if lead >= len(rest) {
		return 0
	}
	if u.w.json == 1 && slashes >= 2 {
		u.put(`\`, at)
		return 2
	}
	switch c := rest[lead]; c {
	case '&':
		if u.w.html {
			return lead + u.plainEntity(rest[lead:], at)
		}
		u.put("&", at)
	case 'n':
		u.put("\n", at)
	case 't':
		u.put("\t", at)
	case 'r':
	case '"', '/', '\'':
		u.put(string(c), at)
	case 'u':
		return u.codePoint(rest, lead, at)
	default:
		u.put(rest[lead:lead+1], at)
	}
	return lead + 1
}

func (u *unwrapper) codePoint(rest string, lead, at int) int {
	var r rune
	for i := lead + 1; i < lead+5; i++ {
		if i >= len(rest) || !isHex(rest[i]) {
			u.put("u", at)
			return lead + 1
		}
		r = r<<4 | rune(unhex(rest[i]))
	}
	if !utf8.ValidRune(r) {
		r = utf8.RuneError
	}
	u.put(string(r), at)
	return lead + 5
}
