package probes

import (
	"encoding/base64"
	"strings"
)

// malformedNames is aimed at code that takes a distinguished name apart by hand.
func malformedNames() []malformation {
	return []malformation{
		{"not-a-name", dn("TOKEN")},
		{"equals-in-value", dn("CN=TOKEN=x=y,O=a=b")},
		{"no-common-name", dn("O=TOKEN,C=ZZ")},
		{"empty", constant("")},
		{"bad-escapes", dn(`CN=#ZZTOKEN,O=\ZZ\`)},
		{"other-form", func(o original) string { return o.otherDN() }},
		{"empty-parts", dn(",,=TOKEN,CN=,")},
		{"not-utf-8", dn("CN=" + notUTF8 + "TOKEN")},
		{"null-literal", constant(apacheNull)},
		{"bad-escape", dn("CN=%ZZTOKEN%")},
		{"escaped-comma", dn(`CN=TOKEN\, x,O=a\,b`)},
		{"encoded-not-utf-8", dn("CN=%FF%E9TOKEN")},
		{"unknown-type", dn("FOO=TOKEN,1.2.3.4=x")},
		{"several-values", dn("CN=TOKEN+SERIALNUMBER=1+CN=second,O=blurt")},
		{"line-breaks", dn("CN=TOKEN" + encodedBreak + "x")},
		{"encoded-null", dn("CN=TOKEN%00.example")},
		{"json", dn(`{"CN": "TOKEN"}`)},
	}
}

// dn writes the canary into a name, in base64 where the encoding has it so.
func dn(format string) func(original) string {
	return func(o original) string {
		value := withToken(format, o.token)
		switch {
		case value == o.token || o.field.Encoding != "dn-der-base64":
			return value
		case strings.HasSuffix(value, `\`): // base64 can be cut, too
			return strings.TrimRight(base64.StdEncoding.EncodeToString(notACertificate(o.token)), "=")[1:]
		}
		return base64.StdEncoding.EncodeToString([]byte(value))
	}
}

// otherDN is a name in a form that the encoding does not have.
func (o original) otherDN() string {
	switch o.field.Encoding {
	case "dn-slash", "dn-slash-quoted":
		return "CN=" + o.token + ",O=blurt"
	}
	return "/C=ZZ/O=blurt/CN=" + o.token
}

func withToken(format, token string) string { return strings.ReplaceAll(format, "TOKEN", token) }
