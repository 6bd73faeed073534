package redact

import (
	"html"
	"strings"
	"unicode/utf8"
)

// escaping is one way to write characters by others.
type escaping struct {
	sign byte
	// one returns what an escape at the start of s stands for, and its length; 0
	// where there is none.
	one func(s string) (out string, size int)
}

// escapings are HTML's character references, the backslash sequences of JSON
// and Python, and percent-encoding (RFC 3986).
var escapings = [...]escaping{{'&', decodeReference}, {'\\', decodeBackslash}, {'%', decodePercent}}

// decode takes one layer of the escaping off.
func (e escaping) decode(r reading) (reading, bool) {
	s := r.text
	if strings.IndexByte(s, e.sign) < 0 {
		return r, false
	}
	decoded := reading{depth: r.depth + 1, origin: make([]int, 0, len(s)+1)}
	var b strings.Builder
	b.Grow(len(s))
	changed := false
	for at := 0; at < len(s); {
		out, size := s[at:at+1], 1
		if s[at] == e.sign {
			if meaning, length := e.one(s[at:]); length > 0 {
				out, size, changed = meaning, length, true
			}
		}
		b.WriteString(out)
		for range len(out) {
			decoded.origin = append(decoded.origin, r.from(at))
		}
		at += size
	}
	decoded.text = b.String()
	decoded.origin = append(decoded.origin, r.from(len(s)))
	return decoded, changed
}

// from returns where a byte of the reading stood in the text itself.
func (r reading) from(at int) int {
	if r.origin == nil {
		return at
	}
	return r.origin[at]
}

func decodePercent(s string) (out string, size int) {
	if len(s) < 3 || !isHexDigit(s[1]) || !isHexDigit(s[2]) {
		return "", 0
	}
	return byteString(hexValue(s[1:3])), 3
}

func decodeReference(s string) (out string, size int) {
	end := strings.IndexByte(s[:min(len(s), 10)], ';')
	if end < 2 {
		return "", 0
	}
	text := html.UnescapeString(s[:end+1])
	if text == s[:end+1] {
		return "", 0
	}
	return text, end + 1
}

func decodeBackslash(s string) (out string, size int) {
	if len(s) < 2 {
		return "", 0
	}
	switch s[1] {
	case 'n':
		return "\n", 2
	case 'r':
		return "\r", 2
	case 't':
		return "\t", 2
	case '"', '\'', '\\', '/', '`':
		return s[1:2], 2
	case 'x':
		if len(s) >= 4 && isHexDigit(s[2]) && isHexDigit(s[3]) {
			return byteString(hexValue(s[2:4])), 4
		}
	case 'u':
		if len(s) >= 6 && isHexDigit(s[2]) && isHexDigit(s[3]) && isHexDigit(s[4]) && isHexDigit(s[5]) {
			return string(rune(hexValue(s[2:6]))), 6
		}
	}
	return "", 0
}

// byteString keeps a byte that is no character of its own as it is: known
// values are compared byte by byte.
func byteString(n int) string {
	if n < utf8.RuneSelf {
		return string(rune(n))
	}
	return string([]byte{byte(n)})
}

func isHexDigit(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func hexValue(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20
		if c <= '9' {
			n = n<<4 | int(c-'0')
		} else {
			n = n<<4 | int(c-'a'+10)
		}
	}
	return n
}
