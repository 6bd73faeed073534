package probes

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
)

// callerWrongKey is the caller's own certificate in the hands of somebody who has
// only that, as anybody may who saw it on the wire: a certificate is no secret.
func callerWrongKey(c Context) (*tls.Certificate, error) {
	leaf := c.Caller.Leaf
	if leaf == nil {
		var err error
		if leaf, err = x509.ParseCertificate(c.Caller.Certificate[0]); err != nil {
			return nil, fmt.Errorf("read the caller's certificate: %w", err)
		}
	}
	switch leaf.PublicKey.(type) {
	case *ecdsa.PublicKey, ed25519.PublicKey, *rsa.PublicKey:
		return &tls.Certificate{Certificate: c.Caller.Certificate, PrivateKey: stranger{leaf.PublicKey}, Leaf: leaf}, nil
	}
	return nil, fmt.Errorf("a key of the type %T signs no handshake", leaf.PublicKey)
}

// stranger signs as somebody does who does not hold the private half of a key. It
// says that it is the key of the certificate, so that client and server agree on
// a signature scheme for that.
type stranger struct{ public crypto.PublicKey }

// Public implements crypto.Signer.
func (s stranger) Public() crypto.PublicKey { return s.public }

// Sign implements crypto.Signer with a new key of the same kind. What another RSA
// key makes is a number below the modulus that has nothing to do with the digest,
// so one is drawn: to make such a key would take seconds.
func (s stranger) Sign(_ io.Reader, digest []byte, options crypto.SignerOpts) ([]byte, error) {
	switch public := s.public.(type) {
	case *ecdsa.PublicKey:
		key, err := ecdsa.GenerateKey(public.Curve, rand.Reader)
		if err != nil {
			return nil, fmt.Errorf("make another key: %w", err)
		}
		return key.Sign(rand.Reader, digest, options)
	case ed25519.PublicKey:
		_, key, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return nil, fmt.Errorf("make another key: %w", err)
		}
		return key.Sign(rand.Reader, digest, options)
	case *rsa.PublicKey:
		number, err := rand.Int(rand.Reader, public.N)
		if err != nil {
			return nil, fmt.Errorf("draw a signature: %w", err)
		}
		return number.FillBytes(make([]byte, public.Size())), nil
	}
	return nil, fmt.Errorf("a key of the type %T signs no handshake", s.public)
}
