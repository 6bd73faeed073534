package probes

import (
	"iter"

	"blurt/scanner/wire"
)

// selfSigned presents a certificate that nobody vouches for, whatever issuers
// the server says it accepts.
func selfSigned() Probe {
	return Probe{
		ID:      "self-signed-certificate",
		Changes: "presents a self-signed client certificate in the handshake",
		Claim:   wire.CertificateClaim,
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				if c.Endpoint.Origin.TLS() {
					yield(Attempt{Variant: "canary-names", Request: c.Control, Certificate: &c.Specimen.Certificate})
				}
			}
		},
	}
}
