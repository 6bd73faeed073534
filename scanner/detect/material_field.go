package detect

import (
	"slices"
	"strings"

	"blurt/scanner/wire"
)

// materialField reads keys, certificates and secrets in the header fields of an
// answer.
func materialField() Detector {
	return Detector{
		Name:  "material_field",
		Rules: []string{"certificate-exposure", "certificate-reflection", "private-key-exposure", "secret-exposure"},
		Run:   runMaterialField,
	}
}

// minFieldValue is the length of the shortest value that is looked at, in bytes.
const minFieldValue = 12

// quietFields hand out what they hold on purpose, or are about something else.
var quietFields = [...]string{
	"Date", "Server", "Content-Type", "Content-Length", "Last-Modified", "Connection", "Cache-Control", "Vary", "Accept-Ranges", "Expires",
	"X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy", "Transfer-Encoding", "Allow", "X-Request-Id",
	"Set-Cookie", "Location", "Content-Security-Policy", "Content-Security-Policy-Report-Only", "ETag", "Authorization", "WWW-Authenticate", "Link",
	"Report-To", "NEL", "Public-Key-Pins", "Expect-CT", "Strict-Transport-Security", "X-CSRF-Token", "X-XSRF-Token", "Content-Disposition", "Alt-Svc",
}

func runMaterialField(in Input) Output {
	var out Output
	for _, f := range in.Got.Fields {
		if len(f.Value) < minFieldValue || slices.ContainsFunc(quietFields[:], func(name string) bool { return strings.EqualFold(name, f.Name) }) {
			continue
		}
		out.Hits = append(out.Hits, in.materialIn(f)...)
	}
	return out
}

// materialIn reads one field as if it were a member of data.
func (in Input) materialIn(f wire.Field) []Hit {
	prefix := len(f.Name) + len(": ")
	exchange := *in.Exchange
	exchange.Got = &wire.Response{Status: in.Got.Status, Body: []byte(f.Name + ": " + f.Value), Fields: []wire.Field{{Name: "Content-Type", Value: "application/json"}}}
	shadow := in
	shadow.Exchange, shadow.claims, shadow.Control, shadow.Echoes = &exchange, nil, nil, nil
	var hits []Hit
	for _, run := range [...]func(Input) Output{runCertificateExposure, runPrivateKeyExposure, runSecretToken, runFieldSecret} {
		for _, hit := range run(shadow).Hits {
			hit.Field = f.Name
			hit.Excerpt = Span{max(0, hit.Excerpt.Start-prefix), max(0, hit.Excerpt.End-prefix)}
			if first, _ := wire.Get(in.Got.Fields, f.Name); first != f.Value {
				hit.Excerpt = Span{} // the report shows the first field of that name
			}
			for n := range hit.Items {
				hit.Items[n].Location = "field " + f.Name
			}
			hits = append(hits, hit)
		}
	}
	return hits
}

// runFieldSecret looks for connection strings only: a field's name says little.
func runFieldSecret(in Input) Output {
	hit, ok := in.secretHit(connectionStringsIn(in.liveParts()))
	if !ok {
		return Output{}
	}
	return Output{Hits: []Hit{hit}}
}
