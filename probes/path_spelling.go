package probes

import (
	"fmt"
	"iter"
	"strings"
)

// pathSpelling writes the path in other ways that mean the same to some servers
// and something else to others (RFC 3986, section 6): proxy and application
// often disagree, and the one that does not know the path shows its error page.
func pathSpelling() Probe {
	return Probe{
		ID:      "path-spelling",
		Changes: "spells the path in another way",
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				for _, s := range pathSpellings() {
					if a, ok := s.build(c, "path-spelling"); ok && !yield(a) {
						return
					}
				}
				if c.Profile < Standard {
					return
				}
				r := withTarget(c.Control, c.Endpoint.Origin.String()+c.Control.Target)
				yield(Attempt{Variant: "absolute-form", Request: r, Once: onceBelowThorough(c, "path-spelling/absolute-form")})
			}
		},
	}
}

// onceBelowThorough is the name under which an attempt is sent to an origin
// once; thorough sends it to each endpoint.
func onceBelowThorough(c Context, name string) string {
	if c.Profile >= Thorough {
		return ""
	}
	return name
}

func pathSpellings() []spelling {
	before := func(between string) func(Context, []string) string {
		return func(_ Context, segments []string) string { return beforeLast(segments, between) }
	}
	// A separator that is no slash needs a segment in front of it.
	within := func(separator string) func(Context, []string) string {
		return func(_ Context, segments []string) string {
			if len(segments) == 1 {
				return ""
			}
			return beforeLast(segments, separator)
		}
	}
	after := func(suffix string) func(Context, []string) string {
		return func(_ Context, segments []string) string { return lastAs(segments, segments[len(segments)-1]+suffix) }
	}
	return []spelling{
		{variant: "encoded-slash", write: encodedSlash},
		{variant: "matrix-parameter", write: func(c Context, segments []string) string {
			return lastAs(segments, segments[len(segments)-1]+";"+c.Mint("path"))
		}},
		{variant: "doubled-slash", from: Standard, write: before("//")},
		{variant: "dot-segments", from: Standard, write: before("/./blurt/../")},
		{variant: "encoded-dots", from: Standard, write: before("/%2e/blurt/%2e%2e/")},
		{variant: "case", from: Standard, write: otherCase},
		{variant: "suffix-json", from: Standard, write: after(".json")},
		{variant: "trailing-space", from: Standard, write: after("%20")},
		{variant: "trailing-dot", from: Thorough, write: after("/.")},
		{variant: "encoded-letter", from: Thorough, write: encodedLetter},
		{variant: "upper-case", from: Thorough, write: func(_ Context, segments []string) string {
			return "/" + strings.ToUpper(strings.Join(segments, "/"))
		}},
		{variant: "doubly-encoded-slash", from: Thorough, write: within("%252f")},
		{variant: "backslash", from: Thorough, write: within(`\`)},
		{variant: "encoded-backslash", from: Thorough, write: within("%5c")},
		{variant: "empty-parameter", from: Thorough, write: before("/;/")},
		{variant: "parent-parameter", from: Thorough, write: before("/blurt/..;/")},
		{variant: "overlong-slash", from: Thorough, write: within("%c0%af")},
		{variant: "suffix-html", from: Thorough, write: after(".html")},
		{variant: "suffix-any", from: Thorough, write: after(".blurt")},
		{variant: "trailing-tab", from: Thorough, write: after("%09")},
		{variant: "trailing-line-feed", from: Thorough, write: after("%0a")},
		{variant: "trailing-encoded-question-mark", from: Thorough, write: after("%3f")},
		{variant: "trailing-hash", from: Thorough, write: after("#")},
		{variant: "below", from: Thorough, write: func(c Context, segments []string) string {
			return lastAs(segments, segments[len(segments)-1]+"/"+c.Mint("path"))
		}},
	}
}

// encodedSlash encodes the last slash within the path; a path of one segment
// gets one at its end.
func encodedSlash(_ Context, segments []string) string {
	if len(segments) == 1 {
		return "/" + segments[0] + "%2f"
	}
	return beforeLast(segments, "%2f")
}

// otherCase changes the case of the first letter of the last segment that has
// one.
func otherCase(_ Context, segments []string) string {
	last := segments[len(segments)-1]
	at := firstLetter(last)
	if at < 0 {
		return ""
	}
	return lastAs(segments, last[:at]+string(last[at]^0x20)+last[at+1:])
}

// encodedLetter percent-encodes a letter that needs no encoding.
func encodedLetter(_ Context, segments []string) string {
	last := segments[len(segments)-1]
	at := firstLetter(last)
	if at < 0 {
		return ""
	}
	return lastAs(segments, fmt.Sprintf("%s%%%02x%s", last[:at], last[at], last[at+1:]))
}

// firstLetter skips what is percent-encoded.
func firstLetter(segment string) int {
	for i := 0; i < len(segment); i++ {
		switch c := segment[i]; {
		case c == '%':
			i += 2
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
			return i
		}
	}
	return -1
}
