package detect

import (
	"bytes"
	"html"
)

// nextPlain reads one character of a text that may stand in a URL, a JSON
// string, a page or several of them: what the escape at a place stands for, and
// its length. Where there is no escape it is the byte itself.
func nextPlain(text []byte, at int) (c byte, size int) {
	rest := text[at:]
	switch rest[0] {
	case '%':
		return plainPercent(rest)
	case '\\':
		return plainBackslash(rest)
	case '&':
		return plainReference(rest)
	case '<':
		if len(rest) >= 4 && (rest[1]|0x20) == 'b' && (rest[2]|0x20) == 'r' {
			if end := bytes.IndexByte(rest[:min(len(rest), 10)], '>'); end > 0 {
				return '\n', end + 1
			}
		}
	}
	return rest[0], 1
}

// plainPercent reads percent-encoding (RFC 3986, section 2.1), also where the
// sign itself is encoded.
func plainPercent(rest []byte) (c byte, size int) {
	if len(rest) < 3 || !isHex(rest[1]) || !isHex(rest[2]) {
		return '%', 1
	}
	c = byte(unhex(rest[1])<<4 | unhex(rest[2]))
	if c == '%' && len(rest) >= 5 && isHex(rest[3]) && isHex(rest[4]) {
		return byte(unhex(rest[3])<<4 | unhex(rest[4])), 5
	}
	return c, 3
}

// plainBackslash reads an escape of JSON, Python or C, behind as many backslashes
// as there are strings around it.
func plainBackslash(rest []byte) (c byte, size int) {
	n := 1
	for n < len(rest) && n < 8 && rest[n] == '\\' {
		n++
	}
	if n == len(rest) {
		return '\\', n
	}
	switch rest[n] {
	case 'n', 'r':
		return '\n', n + 1
	case 't':
		return '\t', n + 1
	case '\n', '\r':
		return '\n', n + 1
	case 'u':
		if len(rest) >= n+5 && rest[n+1] == '0' && rest[n+2] == '0' && isHex(rest[n+3]) && isHex(rest[n+4]) {
			return byte(unhex(rest[n+3])<<4 | unhex(rest[n+4])), n + 5
		}
	case 'x':
		if len(rest) >= n+3 && isHex(rest[n+1]) && isHex(rest[n+2]) {
			return byte(unhex(rest[n+1])<<4 | unhex(rest[n+2])), n + 3
		}
	case '&':
		c, size = nextPlain(rest, n)
		return c, n + size
	}
	if rest[n] < 0x80 {
		return rest[n], n + 1
	}
	return '\\', n
}

// plainReference reads a character reference of HTML, also where its ampersand
// is one.
func plainReference(rest []byte) (c byte, size int) {
	skip := 0
	if bytes.HasPrefix(rest, []byte("&amp;")) && len(rest) > 5 && (rest[5] == '#' || isLetter(rest[5])) {
		skip = len("&amp;") - 1
	}
	end := bytes.IndexByte(rest[skip:min(len(rest), skip+12)], ';')
	if end < 2 {
		return '&', 1
	}
	reference := append([]byte("&"), rest[skip+1:skip+end+1]...)
	plain := html.UnescapeString(string(reference))
	if len(plain) != 1 {
		return '&', 1
	}
	return plain[0], skip + end + 1
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
