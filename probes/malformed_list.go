package probes

import "net/url"

// malformedLists is aimed at code that takes "key=value;key=value" apart, most
// often by splitting it without regard to quotation marks.
func malformedLists() []malformation {
	return []malformation{
		{"not-a-list", around("", "")},
		{"bad-escape", pairs(`Cert="%ZZTOKEN%";Subject="CN=%ZZTOKEN%"`)},
		{"key-without-value", pairs(`By=spiffe://TOKEN.invalid;Hash`)},
		{"empty", constant("")},
		{"open-quotation", pairs(`Hash=00;Subject="CN=TOKEN`)},
		{"bad-certificate", pairs(`Cert="-----BEGIN%20CERTIFICATE-----%0A!!!!TOKEN%0A-----END%20CERTIFICATE-----%0A";Subject="CN=TOKEN"`)},
		{"repeated-keys", pairs(`Subject="CN=TOKEN";DNS=TOKEN.invalid;DNS=www.TOKEN.invalid;Subject="CN=second"`)},
		{"empty-pairs", pairs(`;;=;TOKEN=;,;`)},
		{"null-literal", constant(apacheNull)},
		{"bad-hash", pairs(`Hash=TOKEN;Subject="CN=TOKEN"`)},
		{"encoded-not-utf-8", pairs(`Subject="CN=%FF%E9TOKEN"`)},
		{"not-utf-8", func(o original) string { return `Subject="CN=` + notUTF8 + o.token + `"` }},
		{"commas-in-name", pairs(`Hash=00;Subject=CN=TOKEN,O=a,b;URI=`)},
		{"two-elements", pairs(`Hash=00;Subject="CN=TOKEN",Hash=11;Subject="CN=second"`)},
		{"json", pairs(`{"Subject": "CN=TOKEN"}`)},
		{"wrong-order", pairs(`DNS=TOKEN.invalid;URI=:;Subject="";Cert=;Hash=;By=`)},
	}
}

// pairs writes the canary into a list, escaped where the encoding escapes whole
// values.
func pairs(format string) func(original) string {
	return func(o original) string {
		value := withToken(format, o.token)
		if o.field.Encoding == "traefik-info" {
			return url.QueryEscape(value)
		}
		return value
	}
}
