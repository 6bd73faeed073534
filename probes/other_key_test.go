package probes_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"blurt/probes"
)

// TestTheCallersCertificateWithAnotherKey holds that a server which does all else
// right is asked by a handshake that is whole but for the proof of the key, for
// each kind of key and both versions.
func TestTheCallersCertificateWithAnotherKey(t *testing.T) {
	server := certified(t, ecKey(t, elliptic.P256()))
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]crypto.Signer{
		"P-256": ecKey(t, elliptic.P256()), "P-384": ecKey(t, elliptic.P384()), "P-521": ecKey(t, elliptic.P521()), "Ed25519": ed, "RSA": rsaKey,
	} {
		caller := certified(t, key)
		c := newContext(t, "/a")
		c.Caller = &caller
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			t.Run(fmt.Sprintf("%s, %s", name, tls.VersionName(version)), func(t *testing.T) {
				if err := shake(t, server, caller, version); err != nil {
					t.Fatalf("with its own key: %v", err)
				}
				if err := shake(t, server, wrongKeyOf(t, c), version); err == nil || !strings.Contains(err.Error(), "invalid signature by the client certificate") {
					t.Errorf("the server says %v", err)
				}
			})
		}
	}
}

func wrongKeyOf(t *testing.T, c probes.Context) tls.Certificate {
	t.Helper()
	for _, a := range attempts(c)["certificate-checks"] {
		if a.As == "caller-wrong-key" {
			if !a.Private || a.Check == "" || a.Once == "" {
				t.Errorf("%+v", a)
			}
			return *a.Certificate
		}
	}
	t.Fatal("it is not asked")
	return tls.Certificate{}
}

func ecKey(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func certified(t *testing.T, key crypto.Signer) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "somebody"}, NotBefore: time.Unix(0, 0), NotAfter: time.Now().AddDate(1, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// shake does a handshake in memory and returns what the server makes of it.
func shake(t *testing.T, server, client tls.Certificate, version uint16) error {
	t.Helper()
	near, far := net.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer near.Close()
		conn := tls.Client(near, &tls.Config{
			InsecureSkipVerify: true, MinVersion: version, MaxVersion: version,
			GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &client, nil },
		})
		if conn.Handshake() == nil {
			_, _ = conn.Read(make([]byte, 1)) // an alert may come only now
		}
	}()
	err := tls.Server(far, &tls.Config{Certificates: []tls.Certificate{server}, ClientAuth: tls.RequireAnyClientCert}).Handshake()
	far.Close()
	<-done
	return err
}
