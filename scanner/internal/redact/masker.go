package redact

import (
	"encoding/base64"
	"slices"
	"strings"
	"unicode/utf8"
)

// Masker hides secrets in texts. It is safe for concurrent use.
type Masker struct {
	known []string
	// onlyKnown says that what looks like a secret is shown.
	onlyKnown bool
}

// OnlyKnown returns a masker that hides the known values and nothing else.
func OnlyKnown(known ...string) *Masker {
	m := New(known...)
	m.onlyKnown = true
	return m
}

// New returns a masker that hides, besides what it recognises, the known values
// wherever they stand: as they are, percent-encoded, escaped for HTML, JSON or
// a Python literal.
func New(known ...string) *Masker {
	m := &Masker{}
	for _, value := range known {
		value = strings.ToValidUTF8(strings.TrimSpace(value), "\ufffd")
		for _, part := range append(partsOf(value), value) {
			m.add(part)
			// Forms write a blank as a plus sign.
			m.add(strings.ReplaceAll(part, " ", "+"))
		}
	}
	// The longest first: a value may be a part of another.
	slices.SortFunc(m.known, func(a, b string) int { return len(b) - len(a) })
	return m
}

// minPart is the length from which a part of a known value is hidden too, in
// bytes.
const minPart = 6

// partsOf returns what is secret in a field's value by itself: the credentials
// behind a scheme (RFC 9110, section 11.4), user and password of the Basic scheme
// (RFC 7617), the values of cookies.
func partsOf(value string) []string {
	var parts []string
	keep := func(part string) {
		if part = strings.TrimSpace(part); len(part) >= minPart {
			parts = append(parts, part)
		}
	}
	if scheme, credentials, found := strings.Cut(value, " "); found && !strings.ContainsAny(scheme, "=;,:\"'") {
		keep(credentials)
		if strings.EqualFold(scheme, "Basic") {
			if pair, err := base64.StdEncoding.DecodeString(strings.TrimSpace(credentials)); err == nil && utf8.Valid(pair) {
				_, password, _ := strings.Cut(string(pair), ":")
				keep(string(pair))
				keep(password)
			}
		}
	}
	if strings.Contains(value, "=") {
		for cookie := range strings.SplitSeq(value, ";") {
			if _, content, found := strings.Cut(cookie, "="); found {
				keep(strings.Trim(content, `"`))
			}
		}
	}
	return parts
}

func (m *Masker) add(value string) {
	if value != "" && !slices.Contains(m.known, value) {
		m.known = append(m.known, value)
	}
}

// Text returns s with its secrets masked. The result is valid UTF-8.
func (m *Masker) Text(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	hidden := m.spans(s)
	if len(hidden) == 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	at := 0
	for _, h := range hidden {
		b.WriteString(s[at:h.start])
		b.WriteString(mask)
		at = h.end
	}
	b.WriteString(s[at:])
	return b.String()
}

// Holds reports whether a text holds something that has the shape of a secret.
func Holds(s string) bool {
	return len((&Masker{}).spans(strings.ToValidUTF8(s, "\ufffd"))) > 0
}

// span is a range of bytes, end excluded.
type span struct{ start, end int }

// reading is the text with some layers of escaping taken off. Origin has one
// entry for each byte and one for the end: where it stood in the text itself.
type reading struct {
	text   string
	origin []int
	depth  int
}

// Escapings lie one over the other: a JSON string in an HTML page makes two.
// Which, is not known; so each is tried on each result, up to these limits.
const (
	maxDepth    = 3
	maxReadings = 16
)

// spans finds what to hide in s, in order and without overlap.
func (m *Masker) spans(s string) []span {
	var all []span
	readings := []reading{{text: s}}
	for n := 0; n < len(readings); n++ {
		r := readings[n]
		found := m.findKnown(r.text)
		if !m.onlyKnown {
			found = append(found, recognise(r.text)...)
		}
		for _, f := range found {
			if r.origin != nil {
				f = span{r.origin[f.start], r.origin[f.end]}
			}
			all = append(all, f)
		}
		for _, e := range escapings {
			if r.depth >= maxDepth || len(readings) >= maxReadings {
				break
			}
			if decoded, changed := e.decode(r); changed {
				readings = append(readings, decoded)
			}
		}
	}
	return merge(all)
}

func (m *Masker) findKnown(text string) []span {
	var found []span
	for _, value := range m.known {
		for at := 0; ; {
			i := strings.Index(text[at:], value)
			if i < 0 {
				break
			}
			start := at + i
			at = start + len(value)
			if len(value) >= 4 || standsAlone(text, start, at) {
				found = append(found, span{start, at})
			}
		}
	}
	return found
}

// standsAlone keeps very short values from masking parts of words.
func standsAlone(text string, start, end int) bool {
	return (start == 0 || !isAlphanumeric(text[start-1])) && (end == len(text) || !isAlphanumeric(text[end]))
}

func merge(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return a.start - b.start })
	merged := spans[:0]
	for _, s := range spans {
		if s.end <= s.start {
			continue
		}
		if n := len(merged); n > 0 && s.start <= merged[n-1].end {
			merged[n-1].end = max(merged[n-1].end, s.end)
			continue
		}
		merged = append(merged, s)
	}
	return merged
}
