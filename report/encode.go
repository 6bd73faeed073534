package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// encode returns a value as indented JSON in which every character that is not
// printable is escaped, so that neither a terminal nor an editor that shows the
// file is driven by it. A doubled # is broken up as in clean. JSON has such
// characters only in strings, where an escape means the same.
func encode(v any, prefix string) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetIndent(prefix, "  ")
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return escapeJSON(bytes.TrimSuffix(b.Bytes(), []byte{'\n'})), nil
}

func escapeJSON(source []byte) []byte {
	out := make([]byte, 0, len(source))
	hash := false
	for i := 0; i < len(source); {
		c := source[i]
		if c < utf8.RuneSelf {
			switch {
			case c == '#' && hash, c == 0x7f:
				out = fmt.Appendf(out, `\u%04x`, c)
			default:
				out = append(out, c)
			}
			hash = c == '#'
			i++
			continue
		}
		hash = false
		r, size := utf8.DecodeRune(source[i:])
		if unicode.IsPrint(r) && r != utf8.RuneError {
			out = append(out, source[i:i+size]...)
		} else {
			out = appendEscape(out, r)
		}
		i += size
	}
	return out
}

// appendEscape writes a character as one UTF-16 escape or as a pair of them.
func appendEscape(out []byte, r rune) []byte {
	if r < 0x10000 {
		return fmt.Appendf(out, `\u%04x`, r)
	}
	r -= 0x10000
	return fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
}

// valid replaces what is not UTF-8, as JSON must.
func valid(s string) string { return strings.ToValidUTF8(s, "\ufffd") }
