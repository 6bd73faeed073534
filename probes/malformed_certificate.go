package probes

import (
	"encoding/base64"
	"iter"
	"strings"

	"blurt/scanner/wire"
)

// malformation is one way to spoil a value, aimed at one way of parsing it.
type malformation struct {
	variant string
	value   func(Context) string
	// few limits the value to the most common fields: it is long, and servers
	// bound the size of a header section.
	few bool
}

// malformedCertificates starts with what breaks most parsers.
func malformedCertificates() []malformation {
	pem := func(label string, der []byte) string { return percentEncode(frame(label, der)) }
	der := func(c Context) []byte { return c.Specimen.Certificate.Certificate[0] }
	return []malformation{
		{variant: "not-pem", value: func(c Context) string { return c.Mint("certificate field") }},
		{variant: "empty", value: func(Context) string { return "" }},
		{variant: "bad-percent-encoding", value: func(c Context) string { return "%ZZ" + c.Mint("certificate field") + "%" }},
		{variant: "bad-base64", value: func(c Context) string {
			return percentEncode("-----BEGIN CERTIFICATE-----\n!!!!" + c.Mint("certificate field") + "\n-----END CERTIFICATE-----\n")
		}},
		{variant: "truncated-pem", value: func(c Context) string {
			return percentEncode(c.Specimen.PEM[:len(c.Specimen.PEM)/2])
		}},
		{variant: "truncated-der", value: func(c Context) string { return pem("CERTIFICATE", der(c)[:len(der(c))/2]) }},
		{variant: "not-a-certificate", value: func(c Context) string {
			return pem("CERTIFICATE", notACertificate(c.Mint("certificate field")))
		}},
		{variant: "wrong-label", value: func(c Context) string { return pem("PRIVATE KEY", der(c)) }},
		{variant: "trailing-data", value: func(c Context) string { return pem("CERTIFICATE", append(der(c)[:len(der(c)):len(der(c))], 0)) }},
		{variant: "no-common-name", value: func(c Context) string { return percentEncode(c.Bare.PEM) }},
		{variant: "bare-base64", value: func(c Context) string { return base64.StdEncoding.EncodeToString(der(c)) }},
		{variant: "spaces-for-line-breaks", value: func(c Context) string {
			return strings.ReplaceAll(strings.TrimSpace(c.Specimen.PEM), "\n", " ")
		}},
		{variant: "structured-field", value: func(c Context) string {
			return ":" + base64.StdEncoding.EncodeToString(der(c)) + ":" // RFC 9440
		}},
		{variant: "encoded-line-breaks", value: func(c Context) string {
			return percentEncode(strings.ReplaceAll(c.Specimen.PEM, "\n", "\r\n\r\n")) + "%0D%0AX-Injected:%20" + c.Mint("certificate field")
		}},
		{variant: "not-utf-8", value: func(c Context) string { return "\xff\xe9" + c.Mint("certificate field") }},
		{variant: "encoded-not-utf-8", value: func(c Context) string { return "%FF%E9" + c.Mint("certificate field") }},
		// Just below the limits of nginx (8 KiB a line) and gunicorn (8,190 bytes a
		// field), and beyond them.
		{variant: "long", few: true, value: func(c Context) string { return c.Mint("certificate field") + strings.Repeat("A", 7800) }},
		{variant: "over-long", few: true, value: func(c Context) string { return c.Mint("certificate field") + strings.Repeat("A", 8400) }},
	}
}

const fewFields = 2

// malformedCertificate puts what is no certificate where a certificate is
// expected, beside the claim that it was verified.
func malformedCertificate() Probe {
	return Probe{
		ID:      "malformed-certificate",
		Changes: "adds certificate header fields that do not hold a well-formed certificate",
		Claim:   wire.BrokenClaim,
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				verified := genuine(c.Specimen, VerifyRole)
				for _, m := range malformedCertificates() {
					if !yield(claiming(c, m.variant, append(spoiled(c, m, CertificateRole), verified...))) {
						return
					}
				}
				// An application may look at the names first, or at the verdict.
				broken := spoiled(c, malformedCertificates()[0], CertificateRole)
				_ = yield(claiming(c, "not-pem-unverified", broken)) &&
					yield(claiming(c, "not-pem-with-names", append(broken,
						genuine(c.Specimen, SubjectRole, CommonNameRole, IssuerRole, SerialRole, FingerprintRole, VerifyRole)...)))
			}
		},
	}
}

// spoiled gives each field of the role the malformed value.
func spoiled(c Context, m malformation, role Role) []wire.Field {
	fields := fieldsOf(role)
	if m.few {
		fields = fields[:min(fewFields, len(fields))]
	}
	value := m.value(c)
	out := make([]wire.Field, len(fields), len(fields)+16)
	for i, f := range fields {
		out[i] = wire.Field{Name: f.Name, Value: value}
	}
	return out
}
