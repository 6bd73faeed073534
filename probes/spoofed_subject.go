package probes

import (
	"iter"

	"blurt/scanner/wire"
)

// spoofedSubject claims an identity in header fields, as a proxy would after it
// verified a certificate.
func spoofedSubject() Probe {
	return Probe{
		ID:      "spoofed-subject",
		Changes: "adds header fields that claim a verified client certificate and its subject",
		Claim:   wire.HeaderClaim,
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				consistent := genuine(c.Specimen, everyRole()...)
				_ = yield(claiming(c, "consistent", consistent)) &&
					yield(claiming(c, "names-only", namesOnly(c))) &&
					yield(claiming(c, "underscores", withUnderscores(consistent)))
			}
		},
	}
}

// namesOnly gives each field a name of its own, so that an echo tells the field
// it came from.
func namesOnly(c Context) []wire.Field {
	fields := genuine(c.Specimen, VerifyRole)
	for _, f := range fieldsOf(SubjectRole, CommonNameRole, IssuerRole) {
		value := c.Mint(f.Name)
		switch f.Encoding {
		case "dn-rfc4514":
			value = "CN=" + value + ",O=blurt"
		case "dn-slash":
			value = "/O=blurt/CN=" + value
		}
		fields = append(fields, wire.Field{Name: f.Name, Value: value})
	}
	return fields
}
