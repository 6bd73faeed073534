package probes

import (
	"crypto"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"iter"

	"blurt/scanner/wire"
)

// lookalike presents a certificate whose issuer bears the name of an authority
// that the server says it accepts. Only the signature tells it from a genuine
// one: who looks at the issuer's name alone is taken in.
func lookalike() Probe {
	return Probe{
		ID:         "lookalike-certificate",
		Changes:    "presents a client certificate whose issuer copies the name of an authority that the server accepts",
		Claim:      wire.CertificateClaim,
		MinProfile: Standard,
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				if !c.Endpoint.Origin.TLS() || len(c.Known.Authorities) == 0 {
					return
				}
				certificate, err := newLookalike(c.Specimen, c.Known.Authorities[0])
				if err != nil {
					return // the name is not one that a certificate can bear
				}
				yield(Attempt{Variant: "accepted-issuer", Request: c.Control, Certificate: certificate})
			}
		},
	}
}

// newLookalike reissues the specimen in the name of an authority, given in DER.
func newLookalike(s *Specimen, authority []byte) (*tls.Certificate, error) {
	key, ok := s.Certificate.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("the specimen's key does not sign")
	}
	template := *s.Certificate.Leaf
	// Another key than the authority's own is named, so that a verifier finds no
	// issuer rather than a bad signature: nginx forgives the one under
	// optional_no_ca and not the other.
	other := sha256.Sum256(s.Certificate.Leaf.RawSubjectPublicKeyInfo)
	issuer := &x509.Certificate{RawSubject: authority, PublicKey: key.Public(), SubjectKeyId: other[:20]}
	der, err := x509.CreateCertificate(nil, &template, issuer, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make a lookalike certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("read the lookalike certificate back: %w", err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, nil
}
