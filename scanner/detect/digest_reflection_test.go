package detect_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/url"
	"strings"
	"testing"
	"time"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// clientDER is a certificate as a probe claims one, in DER.
func clientDER(t *testing.T) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, _ := new(big.Int).SetString("6bd2f4410a97c3d5", 16)
	template := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: "x"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// TestDigestsOfTheClaimedCertificateComeBack has applications that name a
// certificate by what identifies it, in the notations that they use.
func TestDigestsOfTheClaimedCertificateComeBack(t *testing.T) {
	der := clientDER(t)
	one, two := sha1.Sum(der), sha256.Sum256(der)
	var pairs []string
	for _, b := range two {
		pairs = append(pairs, fmt.Sprintf("%02X", b))
	}
	tests := []struct {
		name, value, want string
	}{
		{"SHA-256 as OpenSSL prints it", strings.Join(pairs, ":"), "SHA-256 fingerprint"},
		{"SHA-256 in lower case", hex.EncodeToString(two[:]), "SHA-256 fingerprint"},
		{"SHA-256 as RFC 8705 has it", base64.RawURLEncoding.EncodeToString(two[:]), "SHA-256 fingerprint"},
		{"SHA-256 in base64", base64.StdEncoding.EncodeToString(two[:]), "SHA-256 fingerprint"},
		{"SHA-1 in capitals", strings.ToUpper(hex.EncodeToString(one[:])), "SHA-1 fingerprint"},
		{"serial number as nginx has it", "6BD2F4410A97C3D5", "serial number"},
		{"serial number in decimal", "7769540867355296725", "serial number"},
		{"another certificate's", strings.Repeat("ab", 32), ""},
		{"a part of a longer word", "00" + hex.EncodeToString(two[:]), ""},
	}
	armoured := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for _, header := range []string{url.QueryEscape(string(armoured)), ":" + base64.StdEncoding.EncodeToString(der) + ":"} {
		for _, test := range tests {
			body := `{"error":"unknown device ` + test.value + `"}`
			in := answerTo("/sensors/push", answer(403, "application/json", body), wire.Field{Name: "X-SSL-Client-Cert", Value: header})
			in.Claim, in.Control = wire.HeaderClaim, answer(401, "application/json", `{"error":"unauthorised"}`)
			got := ""
			for _, hit := range run(in).Hits {
				if hit.Rule == "certificate-reflection" && hit.Confidence == finding.Confirmed {
					got = strings.TrimPrefix(hit.Items[0].Name, "certificate ")
				}
			}
			if got != test.want {
				t.Errorf("%s: found %q, want %q", test.name, got, test.want)
			}
			in.Control = answer(401, "application/json", body)
			if hits := run(in).Hits; hasRule(hits, "certificate-reflection") {
				t.Errorf("%s: the control shows it too, and still: %+v", test.name, hits)
			}
		}
	}
}

func hasRule(hits []detect.Hit, rule string) bool {
	for _, hit := range hits {
		if hit.Rule == rule {
			return true
		}
	}
	return false
}
