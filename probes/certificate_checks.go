package probes

import (
	"crypto"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"iter"
	"math/big"
	"time"

	"blurt/scanner/wire"
)

// certificateChecks presents certificates that each fail one check which a
// server must make (RFC 5280, section 6; RFC 8446, section 4.4.3). With the key of
// an authority that the server accepts, all else about them is right. Without it
// they can still be wrong in ways that lax servers forgive.
func certificateChecks() Probe {
	return Probe{
		ID:         "certificate-checks",
		Changes:    "presents a client certificate that fails one check of a certificate",
		Claim:      wire.CertificateClaim,
		MinProfile: Standard,
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				if !c.Endpoint.Origin.TLS() {
					return
				}
				for _, one := range flawed(c) {
					made, err := one.make(c)
					if err != nil {
						continue // the names at hand are not such as a certificate can bear
					}
					a := Attempt{
						Variant: one.name, As: one.name, Request: c.Control, Certificate: made, Check: one.check, Private: one.private,
						Issued: one.issued || one.check != "",
						Once:   "certificate-checks/" + one.name + "/" + c.Verdict,
					}
					if !yield(a) {
						return
					}
				}
			}
		},
	}
}

// UnknownSubject is the identity of a certificate that an accepted authority has
// signed, and with which nothing is wrong but that nobody knows its subject.
const UnknownSubject = "unknown-subject"

// flaw is one certificate with something wrong.
type flaw struct {
	name string
	// check is what a server leaves out that accepts it, where all else is right;
	// empty where no authority has signed it.
	check   string
	issued  bool // nothing is wrong with it but that nobody knows its subject
	private bool // it is made of the caller's own
	make    func(Context) (*tls.Certificate, error)
}

// flawed returns the certificates that can be made with what is at hand.
func flawed(c Context) []flaw {
	var out []flaw
	if c.Issuer != nil {
		out = append(out,
			flaw{name: "expired", check: "the date until which a certificate is valid", make: issued(func(t *x509.Certificate) {
				t.NotBefore, t.NotAfter = specimenStart(), specimenStart().AddDate(1, 0, 0)
			})},
			flaw{name: "not-yet-valid", check: "the date from which a certificate is valid", make: issued(func(t *x509.Certificate) {
				t.NotBefore = time.Date(2048, 1, 1, 0, 0, 0, 0, time.UTC)
			})},
			flaw{name: "wrong-usage", check: "the purpose of a certificate: this one is for servers (extendedKeyUsage)", make: issued(func(t *x509.Certificate) {
				t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
			})},
			flaw{name: "missing-intermediate", check: "the chain up to an authority: a link of it was not sent", make: missingIntermediate},
			flaw{name: "wrong-key", check: "the proof that the client holds the key (CertificateVerify)", make: wrongKey},
			flaw{name: UnknownSubject, issued: true, make: issued(func(*x509.Certificate) {})},
		)
	}
	if c.Caller != nil {
		out = append(out, flaw{name: "issued-by-caller", private: true, make: issuedByCaller,
			check: "that the signer is an authority: a client's own certificate signed this one (basicConstraints)"},
			flaw{name: "caller-wrong-key", private: true, make: callerWrongKey,
				check: "the proof that the client holds the key (CertificateVerify): your own certificate was presented with another key"})
	}
	if c.Issuer != nil || len(c.Known.Authorities) > 0 {
		out = append(out, flaw{name: "forged-signature", make: forged})
	}
	if c.Issuer == nil && len(c.Known.Authorities) > 0 {
		out = append(out, flaw{name: "expired-lookalike", make: expiredLookalike})
	}
	return out
}

// template is a valid client certificate of nobody.
func template(c Context, key crypto.PublicKey) *x509.Certificate {
	name := c.Mint("certificate subject CN")
	public, _ := x509.MarshalPKIXPublicKey(key) // of a kind that was made here
	id := sha256.Sum256(public)
	return &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(id[:12]),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    specimenStart(), NotAfter: specimenEnd(),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		SubjectKeyId: id[:20], BasicConstraintsValid: true,
	}
}

// ownKey is the key of the scan's own certificates.
func (c Context) ownKey() (crypto.Signer, error) {
	key, ok := c.Specimen.Certificate.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("the specimen's key does not sign")
	}
	return key, nil
}

// issued returns what makes a certificate that the issuer has really signed.
func issued(bend func(*x509.Certificate)) func(Context) (*tls.Certificate, error) {
	return func(c Context) (*tls.Certificate, error) {
		key, err := c.ownKey()
		if err != nil {
			return nil, err
		}
		t := template(c, key.Public())
		bend(t)
		return signedBy(t, c.Issuer, key, nil)
	}
}

// signedBy signs a template; with are the further certificates that are sent.
func signedBy(t *x509.Certificate, issuer *tls.Certificate, key crypto.Signer, with [][]byte) (*tls.Certificate, error) {
	signer, ok := issuer.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("the issuer's key does not sign")
	}
	parent := issuer.Leaf
	if parent == nil {
		var err error
		if parent, err = x509.ParseCertificate(issuer.Certificate[0]); err != nil {
			return nil, fmt.Errorf("read the issuer's certificate: %w", err)
		}
	}
	der, err := x509.CreateCertificate(nil, t, parent, key.Public(), signer)
	if err != nil {
		return nil, fmt.Errorf("make a certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("read the certificate back: %w", err)
	}
	return &tls.Certificate{Certificate: append([][]byte{der}, with...), PrivateKey: key, Leaf: leaf}, nil
}

// missingIntermediate is signed by an authority that nobody knows, because the
// certificate by which the issuer vouches for it is kept back.
func missingIntermediate(c Context) (*tls.Certificate, error) {
	own, err := c.ownKey()
	if err != nil {
		return nil, err
	}
	key, err := seededKey("intermediate " + c.Specimen.Fingerprint)
	if err != nil {
		return nil, err
	}
	middle := template(c, key.Public())
	middle.IsCA, middle.KeyUsage, middle.ExtKeyUsage = true, x509.KeyUsageCertSign, nil
	authority, err := signedBy(middle, c.Issuer, key, nil)
	if err != nil {
		return nil, err
	}
	return signedBy(template(c, own.Public()), authority, own, nil)
}

// wrongKey holds another key than the one in its certificate.
func wrongKey(c Context) (*tls.Certificate, error) {
	made, err := issued(func(*x509.Certificate) {})(c)
	if err != nil {
		return nil, err
	}
	other, err := seededKey("another key " + c.Specimen.Fingerprint)
	made.PrivateKey = other
	return made, err
}

// issuedByCaller is signed with the caller's own certificate, which is none of an
// authority.
func issuedByCaller(c Context) (*tls.Certificate, error) {
	key, err := c.ownKey()
	if err != nil {
		return nil, err
	}
	return signedBy(template(c, key.Public()), c.Caller, key, c.Caller.Certificate)
}

// expiredLookalike names another key than the authority's own, as the lookalike
// does, and its time is over.
func expiredLookalike(c Context) (*tls.Certificate, error) {
	key, err := c.ownKey()
	if err != nil {
		return nil, err
	}
	t := template(c, key.Public())
	t.NotBefore, t.NotAfter = specimenStart(), specimenStart().AddDate(1, 0, 0)
	parent := &x509.Certificate{PublicKey: key.Public(), RawSubject: c.Known.Authorities[0], SubjectKeyId: t.SubjectKeyId}
	return signedBy(t, &tls.Certificate{PrivateKey: key, Leaf: parent}, key, nil)
}

// forged bears the issuer's name and its key's identifier, where that is known,
// over a signature of another key.
func forged(c Context) (*tls.Certificate, error) {
	key, err := c.ownKey()
	if err != nil {
		return nil, err
	}
	parent := &x509.Certificate{PublicKey: key.Public()}
	if c.Issuer != nil && c.Issuer.Leaf != nil {
		parent.RawSubject, parent.SubjectKeyId = c.Issuer.Leaf.RawSubject, c.Issuer.Leaf.SubjectKeyId
	} else if len(c.Known.Authorities) > 0 {
		parent.RawSubject = c.Known.Authorities[0]
	}
	return signedBy(template(c, key.Public()), &tls.Certificate{PrivateKey: key, Leaf: parent}, key, nil)
}
