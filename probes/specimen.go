package probes

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha1" //nolint:gosec // proxies hand over SHA-1 fingerprints
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"strings"
)

// Specimen is a throwaway self-signed certificate of a scan, in the forms in
// which proxies hand one over.
type Specimen struct {
	Certificate tls.Certificate
	PEM         string // with line feeds, as openssl writes it
	CommonName  string // of the subject; empty where it has none
	SubjectDN   string // RFC 4514
	IssuerDN    string // RFC 4514
	Serial      string // upper-case hexadecimal
	Fingerprint string // SHA-1, lower-case hexadecimal
}

// NewSpecimen makes a self-signed client certificate whose subject and
// subjectAltName are tokens from mint. The same seed and tokens give the same
// certificate.
func NewSpecimen(seed string, mint func(field string) string) (*Specimen, error) {
	token := func(field string) string { return mint("certificate " + field) }
	return newSpecimen(seed, pkix.Name{
		CommonName:         token("subject CN"),
		OrganizationalUnit: []string{token("subject OU")},
		Organization:       []string{token("subject O")},
	}, token("subjectAltName")+".invalid")
}

// NewBareSpecimen makes a self-signed certificate without a common name and
// without subjectAltName: legal, and more than many parsers expect.
func NewBareSpecimen(seed string, mint func(field string) string) (*Specimen, error) {
	return newSpecimen(seed+" bare", pkix.Name{Organization: []string{mint("certificate subject O")}}, "")
}

func newSpecimen(seed string, subject pkix.Name, dnsName string) (*Specimen, error) {
	key, err := seededKey(seed)
	if err != nil {
		return nil, err
	}
	serial := sha256.Sum256([]byte("serial " + seed + subject.String()))
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial[:12]),
		Subject:      subject,
		// Fixed dates keep the certificate the same for a seed.
		NotBefore:   specimenStart(),
		NotAfter:    specimenEnd(),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	if dnsName != "" {
		template.DNSNames = []string{dnsName}
	}
	der, err := x509.CreateCertificate(nil, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make a specimen certificate: %w", err)
	}
	return specimenOf(der, key)
}

// specimenOf returns the forms of a certificate that x509 reads.
func specimenOf(der []byte, key crypto.Signer) (*Specimen, error) {
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("read the specimen certificate back: %w", err)
	}
	sum := sha1.Sum(der) //nolint:gosec // see above
	return &Specimen{
		Certificate: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf},
		PEM:         string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		CommonName:  leaf.Subject.CommonName,
		SubjectDN:   leaf.Subject.String(),
		IssuerDN:    leaf.Issuer.String(),
		Serial:      strings.ToUpper(hex.EncodeToString(leaf.SerialNumber.Bytes())),
		Fingerprint: hex.EncodeToString(sum[:]),
	}, nil
}

// seededSigner signs without randomness (RFC 6979), so that a scan can be
// repeated byte for byte.
type seededSigner struct{ *ecdsa.PrivateKey }

// Sign implements crypto.Signer.
func (s seededSigner) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return s.PrivateKey.Sign(nil, digest, opts)
}

// seededKey derives a P-256 key. Nothing is protected by it: the certificate is
// worthless by design.
func seededKey(seed string) (seededSigner, error) {
	for i := 0; ; i++ {
		raw := sha256.Sum256(fmt.Appendf(nil, "blurt specimen key %d %s", i, seed))
		// A digest outside the group's order is as rare as a SHA-256 collision
		// is not; the next one is as good.
		if key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), raw[:]); err == nil {
			return seededSigner{key}, nil
		} else if i == 8 {
			return seededSigner{}, fmt.Errorf("derive a key: %w", err)
		}
	}
}

// frame wraps content in a PEM frame of the given label.
func frame(label string, content []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: content}))
}

// notACertificate is well-formed DER that is no certificate.
func notACertificate(text string) []byte {
	der, err := asn1.Marshal([]string{text})
	if err != nil {
		panic("probes: marshal a string: " + err.Error())
	}
	return der
}
