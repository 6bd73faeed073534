package redact

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mask stands where something was hidden in a text.
const mask = "••••"

// Value returns how one sensitive value is shown: its length in characters and
// nothing of itself.
func Value(v string) string {
	n := utf8.RuneCountInString(v)
	if n == 1 {
		return mask + " (1 character)"
	}
	return fmt.Sprintf("%s (%d characters)", mask, n)
}

// Printable makes every byte visible that could drive a terminal, reorder a
// line or break an encoding: control characters, format characters such as the
// bidirectional overrides, and bytes that are not UTF-8. Line feeds and tabs
// stay; a carriage return before a line feed goes.
func Printable(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size <= 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\r' && strings.HasPrefix(s[i+1:], "\n"):
		case r == '\n' || r == '\t' || isVisible(r):
			b.WriteString(s[i : i+size])
		case r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
		i += size
	}
	return b.String()
}

func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 0x7f || c < ' ' && c != '\n' && c != '\t' {
			return false
		}
	}
	return true
}

// isVisible excludes what unicode.IsGraphic does and the separators that some
// viewers take for the end of a line.
func isVisible(r rune) bool {
	return unicode.IsPrint(r) || unicode.Is(unicode.Zs, r)
}
