package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"

	"blurt/scanner"
	"blurt/scanner/policy"
)

// readEnforcement reads what steers the questions about mutual TLS itself.
func readEnforcement(s settings, c *scanner.Config) (err error) {
	for _, given := range s.list("expect") {
		e, err := policy.Parse(given.value)
		if err != nil {
			return wrongUse(given.source, err.Error(), "")
		}
		c.Expectations = append(c.Expectations, e)
	}
	c.Issuer, err = readIssuer(s)
	return err
}

// readIssuer reads an authority from --issuer-cert and --issuer-key.
func readIssuer(s settings) (*tls.Certificate, error) {
	certificate, hasCertificate := s.text("issuer-cert")
	key, hasKey := s.text("issuer-key")
	switch {
	case !hasCertificate && !hasKey:
		return nil, nil
	case !hasCertificate:
		return nil, wrongUse(key.source, "a key without a certificate", "add --issuer-cert FILE")
	case !hasKey:
		return nil, wrongUse(certificate.source, "an authority without its key", "add --issuer-key FILE")
	}
	chain, err := readSmallFile(certificate, maxPEM)
	if err != nil {
		return nil, err
	}
	if !holdsBlock(chain, func(b *pem.Block) bool { return b.Type == "CERTIFICATE" }) {
		return nil, wrongUse(certificate.source, shorten(certificate.value)+" holds no PEM certificate", "give the certificate of a certificate authority")
	}
	secret, err := readSmallFile(key, maxPEM)
	if err != nil {
		return nil, err
	}
	if err := checkKey(secret, key, true); err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(chain, secret)
	if err != nil {
		return nil, pairError(certificate, key, err)
	}
	if pair.Leaf == nil {
		if pair.Leaf, err = x509.ParseCertificate(pair.Certificate[0]); err != nil {
			return nil, pairError(certificate, key, err)
		}
	}
	if !pair.Leaf.IsCA {
		return nil, wrongUse(certificate.source, shorten(certificate.value)+" is no certificate of an authority", "give the one that signs client certificates, not a client's own")
	}
	return &pair, nil
}
