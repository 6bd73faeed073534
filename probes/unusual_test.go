package probes_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"net/url"
	"os/exec"
	"strings"
	"testing"

	"blurt/probes"
)

// sentCertificate returns the DER and the PEM of the certificate that a variant
// of malformed-certificate puts into a field of percent-encoded PEM.
func sentCertificate(t *testing.T, list []probes.Attempt, name string) (der []byte, text string) {
	t.Helper()
	for _, a := range list {
		if !strings.HasPrefix(a.Variant, name+"/") {
			continue
		}
		for _, f := range a.Request.Fields {
			if text, err := url.PathUnescape(f.Value); err == nil && strings.HasPrefix(f.Value, "-----BEGIN%20CERTIFICATE") {
				if block, _ := pem.Decode([]byte(text)); block != nil {
					return block.Bytes, text
				}
			}
		}
	}
	t.Fatalf("no certificate in %s", name)
	return nil, ""
}

// TestUnusualCertificates holds what crypto/x509 makes of each, and that OpenSSL,
// where it is installed, reads what is well-formed.
func TestUnusualCertificates(t *testing.T) {
	c := newContext(t, "/api/")
	c.Profile = probes.Thorough
	list := attempts(c)["malformed-certificate"]
	for _, test := range []struct {
		name    string
		wantErr string // of crypto/x509
		openSSL string // in what openssl x509 -text prints; empty where it refuses or adds nothing
		holds   func(*x509.Certificate) bool
	}{
		{name: "trailing-data", wantErr: "trailing data"},
		{name: "half", wantErr: "malformed certificate"},
		{name: "no-common-name", openSSL: "O = token", holds: func(c *x509.Certificate) bool {
			return c.Subject.CommonName == "" && strings.HasPrefix(c.Subject.Organization[0], "token")
		}},
		{name: "empty-subject", openSSL: "X509v3 Subject Alternative Name: critical", holds: func(c *x509.Certificate) bool {
			return len(c.Subject.Names) == 0 && len(c.DNSNames) == 1
		}},
		{name: "odd-name-strings", openSSL: "serialNumber = 1", holds: func(c *x509.Certificate) bool {
			return strings.HasPrefix(c.Subject.CommonName, "token") && c.Subject.SerialNumber == "1"
		}},
		{name: "null-in-alternative-name", wantErr: "SAN dNSName is malformed", openSSL: "X509v3 Subject Alternative Name"},
		{name: "negative-serial", wantErr: "negative serial number", openSSL: "Serial Number: -255"},
		{name: "unknown-critical-extension", openSSL: "1.3.6.1.4.1.99999.1: critical", holds: func(c *x509.Certificate) bool {
			return len(c.UnhandledCriticalExtensions) == 1 && len(c.PermittedDNSDomains) == 1
		}},
		{name: "version-nine", wantErr: "invalid version", openSSL: "Version: Unknown (8)"},
		{name: "bad-date", wantErr: "malformed UTCTime", openSSL: "Bad time value"},
		{name: "odd-numbers", openSSL: "secp521r1", holds: func(c *x509.Certificate) bool {
			key, ok := c.PublicKey.(*ecdsa.PublicKey)
			return ok && key.Params().BitSize == 521 && c.NotAfter.Year() == 9999 && len(c.SerialNumber.Bytes()) == 21
		}},
		{name: "repeated-extension", wantErr: "duplicate extension", openSSL: "X509v3 Subject Alternative Name"},
		{name: "ed25519-key", openSSL: "ED25519", holds: func(c *x509.Certificate) bool {
			_, ok := c.PublicKey.(ed25519.PublicKey)
			return ok
		}},
		{name: "rsa-512-key", openSSL: "(512 bit)", holds: func(c *x509.Certificate) bool {
			key, ok := c.PublicKey.(*rsa.PublicKey)
			return ok && key.N.BitLen() == 512
		}},
		{name: "p-521-key", openSSL: "(521 bit)"},
		{name: "long-serial", holds: func(c *x509.Certificate) bool { return len(c.SerialNumber.Bytes()) == 21 }},
		{name: "far-future", openSSL: "9999 GMT", holds: func(c *x509.Certificate) bool { return c.NotAfter.Year() == 9999 }},
		{name: "name-constraints", openSSL: "X509v3 Name Constraints: critical", holds: func(c *x509.Certificate) bool {
			return c.PermittedDNSDomainsCritical
		}},
		{name: "version-one-with-extensions", openSSL: "Version: 1 ", holds: func(c *x509.Certificate) bool { return c.Version == 1 }},
		{name: "several-certificates", holds: func(c *x509.Certificate) bool { return strings.HasPrefix(c.Subject.CommonName, "token") }},
	} {
		t.Run(test.name, func(t *testing.T) {
			der, text := sentCertificate(t, list, test.name)
			got, err := x509.ParseCertificate(der)
			switch {
			case test.wantErr != "" && (err == nil || !strings.Contains(err.Error(), test.wantErr)):
				t.Errorf("error %v, want one with %q", err, test.wantErr)
			case test.wantErr == "" && err != nil:
				t.Error(err)
			case test.wantErr == "" && test.holds != nil && !test.holds(got):
				t.Errorf("subject %s, serial %x, version %d", got.Subject, got.SerialNumber, got.Version)
			}
			if test.openSSL != "" {
				openSSLPrints(t, text, test.openSSL)
			}
		})
	}
	if _, text := sentCertificate(t, list, "several-certificates"); strings.Count(text, "BEGIN CERTIFICATE") != 2 {
		t.Errorf("several-certificates: %s", text)
	}
}

// openSSLPrints asks OpenSSL 3, whose words the tests know.
func openSSLPrints(t *testing.T, text, want string) {
	t.Helper()
	version, err := exec.CommandContext(t.Context(), "openssl", "version").Output()
	if err != nil || !strings.HasPrefix(string(version), "OpenSSL 3") {
		t.Log("OpenSSL 3 is not installed: its view of the certificate is not tested")
		return
	}
	command := exec.CommandContext(t.Context(), "openssl", "x509", "-noout", "-text", "-nameopt", "oneline")
	command.Stdin = strings.NewReader(text)
	out, err := command.CombinedOutput()
	if err != nil || !strings.Contains(string(out), want) {
		t.Errorf("openssl (%v) does not print %q:\n%.1200s", err, want, out)
	}
}

// TestSmallCertificatesAreSigned holds that the hand-made certificate is one: its
// own key verifies it.
func TestSmallCertificatesAreSigned(t *testing.T) {
	text, err := references()["pem-percent"](value(variant(t, standard(t), "spoofed-subject", "consistent"), "X-SSL-Client-Cert"))
	if err != nil {
		t.Fatal(err)
	}
	der := make([]byte, 0, len(text)/2)
	for i := 0; i < len(text); i += 2 {
		der = append(der, hexDigit(text[i])<<4|hexDigit(text[i+1]))
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature); err != nil {
		t.Error(err)
	}
	var raw asn1.RawValue
	if rest, err := asn1.Unmarshal(der, &raw); err != nil || len(rest) > 0 {
		t.Errorf("DER: %v, %d bytes left", err, len(rest))
	}
}

func hexDigit(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}
