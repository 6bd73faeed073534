package probes

import (
	"iter"

	"blurt/scanner/wire"
)

// missingCertificate says that a certificate was verified and leaves it out: an
// application that believes the one field often fails on the other.
func missingCertificate() Probe {
	return Probe{
		ID:      "missing-certificate",
		Changes: "adds header fields that say a client certificate was verified, without the certificate",
		Claim:   wire.HeaderClaim,
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				yield(claiming(c, "verified", genuine(c.Specimen, VerifyRole)))
			}
		},
	}
}
