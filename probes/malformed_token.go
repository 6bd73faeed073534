package probes

import (
	"encoding/base64"
	"strings"
)

// malformedTokens is aimed at the parsers of JSON and of signed tokens.
func malformedTokens() []malformation {
	return []malformation{
		{"not-a-token", around("", "")},
		{"one-part", around("e30.", "")},
		{"bad-base64", around("!!!!.", ".!")},
		{"empty", constant("")},
		{"not-json", func(o original) string {
			part := base64.RawURLEncoding.EncodeToString([]byte(`{"sub": ` + o.token))
			return part + "." + part + ".AA"
		}},
		{"cut", around(`{"subject": "`, "")},
		{"null-literal", constant(apacheNull)},
		{"wrong-types", around(`{"subject": ["`, `", 1, null], "verify": {}}`)},
		{"nested", constant(strings.Repeat("[", 60))},
		{"no-object", around(`"`, `"`)},
		{"not-utf-8", around(notUTF8, "")},
	}
}
