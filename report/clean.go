package report

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean makes outside text fit for one line of a terminal or a CI log. Only
// printable characters pass: control bytes, escape sequences, bidirectional and
// invisible formatting, line breaks and invalid UTF-8 are written out as escapes.
// A doubled # is broken up, because CI systems take orders that start with it
// ("##vso[", "##[", "##teamcity[") anywhere in a line.
func clean(s string) string {
	if isClean(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	hash := false
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size <= 1:
			escapeByte(&b, s[i])
		case r == '#' && hash:
			escapeByte(&b, '#')
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		hash = r == '#'
		i += size
	}
	return b.String()
}

func isClean(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == '#' {
			return false
		}
	}
	return true
}

func escapeByte(b *strings.Builder, c byte) {
	const digits = "0123456789abcdef"
	b.WriteString(`\x`)
	b.WriteByte(digits[c>>4])
	b.WriteByte(digits[c&15])
}

// cleanLines is clean for text whose line feeds are kept; a carriage return
// before one goes with it, and a tab becomes spaces.
func cleanLines(s string) []string {
	s = strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = clean(strings.ReplaceAll(line, "\t", "    "))
	}
	return lines
}

// shorten cuts text to at most so many characters, marking the cut.
func shorten(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	if limit < 1 {
		return ""
	}
	n := 0
	for i := range s {
		if n == limit-1 {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

// shortenMiddle cuts text in its middle, so that start and end stay readable.
func shortenMiddle(s string, limit int) string {
	runes := []rune(s)
	if len(runes) <= limit || limit < 5 {
		return shorten(s, limit)
	}
	head := (limit - 1) / 2
	return string(runes[:head]) + "…" + string(runes[len(runes)-(limit-1-head):])
}

// head returns the start of text, at most so many bytes and ended at a character;
// a cut shows.
func head(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit] + "…"
}
