package probes

import (
	"iter"

	"blurt/scanner/wire"
)

// missingCertificate says that a certificate was verified and leaves it out: an
// application that believes the one field often fails on the other.
func missingCertificate(known catalogue) Probe {
	return Probe{
		ID:      "missing-certificate",
		Changes: "adds header fields that say a client certificate was verified, without the certificate",
		Claim:   wire.HeaderClaim,
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				k := newClaim(c)
				most := 1 // the rest are other spellings and other values of the same
				if c.Profile == Thorough {
					most = unlimited
				}
				send(yield, k.grouped("verified", k.verdictItems(known), most))
			}
		},
	}
}

// verdictItems are all fields that say there was a certificate, and that it was
// verified.
func (k *claim) verdictItems(known catalogue) []item {
	var out []item
	for _, s := range known {
		for _, ch := range s.choices {
			if f := ch.field; f.Role == VerifyRole || f.Role.isPresence() {
				out = append(out, item{field: k.genuine(f)})
			}
		}
	}
	return out
}
