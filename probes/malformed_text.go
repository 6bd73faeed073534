package probes

import "strings"

// malformedTexts is aimed at what looks a name up: user names have an alphabet
// and a length.
func malformedTexts() []malformation {
	return []malformation{
		{"special-characters", around(`'"<`, `>\;`)},
		{"bad-escape", around(badEscapeStart, badEscapeEnd)},
		{"empty", constant("")},
		{"several", around("", ", second")},
		{"null-literal", constant(apacheNull)},
		{"distinguished-name", around("/O=blurt/CN=", "")},
		{"not-utf-8", around(notUTF8, "")},
		{"domain", around(`BLURT\`, "")},
		{"encoded-not-utf-8", around(encodedNotUTF8, "")},
		{"line-breaks", around("", encodedBreak)},
		{"encoded-null", around("", "%00")},
		{"long", func(o original) string { return o.token + strings.Repeat("a", 130) }},
	}
}

// malformedAlternativeNames is aimed at the parsers of URIs and host names.
func malformedAlternativeNames() []malformation {
	return []malformation{
		{"not-a-name", around("", "")},
		{"bad-escape", around("spiffe://"+badEscapeStart, "/"+badEscapeEnd)},
		{"open-bracket", around("https://[", ":99999/")},
		{"empty", constant("")},
		{"empty-labels", around("..", "..-")},
		{"null-literal", constant(apacheNull)},
		{"encoded-null", around("", "%00.invalid")},
		{"bad-punycode", around("xn--", "-\u00e9.invalid")},
		{"not-utf-8", around(notUTF8, ".invalid")},
		{"bad-base64", around("!!!!", ",,=")},
	}
}
