package redact

import "strings"

// Range returns the bytes of s from start to end, masked in view of what
// surrounds them: of a secret that reaches into the range, nothing is shown.
func (m *Masker) Range(s string, start, end int) string {
	before := strings.ToValidUTF8(s[:start], "\ufffd")
	within := strings.ToValidUTF8(s[start:end], "\ufffd")
	after := strings.ToValidUTF8(s[end:], "\ufffd")
	whole := before + within + after
	start, end = len(before), len(before)+len(within)
	var b strings.Builder
	at := start
	for _, h := range m.spans(whole) {
		if h.end <= at || h.start >= end {
			continue
		}
		b.WriteString(whole[at:max(at, h.start)])
		b.WriteString(mask)
		at = min(h.end, end)
	}
	b.WriteString(whole[at:end])
	return b.String()
}
