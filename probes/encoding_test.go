package probes_test

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"blurt/probes"
)

// TestEveryEncodingIsReadByItsConsumers reads what is sent for the specimen with
// a parser of the encoding, and compares it with the certificate.
func TestEveryEncodingIsReadByItsConsumers(t *testing.T) {
	s := newContext(t, "/").Specimen
	leaf := s.Certificate.Leaf
	digest1, digest256 := sha1.Sum(leaf.Raw), sha256.Sum256(leaf.Raw)
	wants := []struct {
		encodings []probes.Encoding
		role      probes.Role
		want      string
	}{
		{[]probes.Encoding{"pem-percent", "pem-percent-plus", "pem-percent-lower", "pem-tabs", "pem-spaces", "pem-joined",
			"pem-base64", "pem-base64-percent", "der-base64", "sf-binary", "sf-list"}, probes.CertificateRole, hex.EncodeToString(leaf.Raw)},
		{[]probes.Encoding{"xfcc"}, probes.XFCCRole, s.CommonName},
		{[]probes.Encoding{"traefik-info", "akamai"}, probes.InfoRole, s.CommonName},
		{[]probes.Encoding{"json", "jwt"}, probes.JSONRole, s.CommonName},
		{[]probes.Encoding{"dn-rfc4514", "dn-spaced", "dn-slash", "dn-slash-quoted", "dn-der-base64"}, probes.SubjectRole, s.CommonName},
		{[]probes.Encoding{"dn-rfc4514", "dn-der-base64"}, probes.IssuerRole, leaf.Issuer.CommonName},
		{[]probes.Encoding{"text", "text-quoted"}, probes.CommonNameRole, s.CommonName},
		{[]probes.Encoding{"email"}, probes.UserRole, s.CommonName},
		{[]probes.Encoding{"groups"}, probes.UserRole, s.CommonName + ",system:authenticated"},
		{[]probes.Encoding{"text", "dns", "base64-list"}, probes.SANRole, leaf.DNSNames[0]},
		{[]probes.Encoding{"uri"}, probes.SPIFFERole, strings.ToLower(leaf.DNSNames[0])},
		{[]probes.Encoding{"hex-upper", "hex-lower", "hex-colon", "hex-quoted", "decimal"}, probes.SerialRole, leaf.SerialNumber.String()},
		{[]probes.Encoding{"sha1-lower", "sha1-upper", "sha1-colon", "sha1-quoted"}, probes.FingerprintRole, hex.EncodeToString(digest1[:])},
		{[]probes.Encoding{"sha256-lower", "sha256-upper", "sha256-colon", "sha256-base64"}, probes.FingerprintRole, hex.EncodeToString(digest256[:])},
		{[]probes.Encoding{"time-openssl", "time-asn1", "time-rfc3339", "time-iso", "time-unix"}, probes.NotBeforeRole, fmt.Sprint(leaf.NotBefore.Unix())},
		{[]probes.Encoding{"time-openssl", "time-asn1", "time-rfc3339", "time-iso", "time-unix"}, probes.NotAfterRole, fmt.Sprint(leaf.NotAfter.Unix())},
		{[]probes.Encoding{"validity"}, probes.ValidityRole, fmt.Sprint(leaf.NotAfter.Unix())},
		{[]probes.Encoding{"days"}, probes.NotAfterRole, "365"},
		{[]probes.Encoding{"nginx-verify", "apache-verify"}, probes.VerifyRole, "SUCCESS"},
		{[]probes.Encoding{"haproxy-verify"}, probes.VerifyRole, "0"},
		{[]probes.Encoding{"f5-verify"}, probes.VerifyRole, "OK"},
		{[]probes.Encoding{"valid-verify"}, probes.VerifyRole, "valid"},
		{[]probes.Encoding{"bool"}, probes.PresentRole, "true"},
		{[]probes.Encoding{"bool-negative"}, probes.VerifyRole, "false"},
		{[]probes.Encoding{"bool-digit"}, probes.PresentRole, "1"},
		{[]probes.Encoding{"no-error"}, probes.ErrorRole, ""},
		{[]probes.Encoding{"integer"}, probes.OtherRole, "1"},
		{[]probes.Encoding{"x509-version"}, probes.OtherRole, fmt.Sprint(leaf.Version)},
		{[]probes.Encoding{"key-size"}, probes.OtherRole, "128"},
		{[]probes.Encoding{"tls-version"}, probes.OtherRole, "TLSv1.3"},
		{[]probes.Encoding{"tls-cipher"}, probes.OtherRole, "TLS_AES_128_GCM_SHA256"},
		{[]probes.Encoding{"algorithm"}, probes.OtherRole, "ecdsa-with-SHA256"},
	}
	read := references()
	tested := []probes.Encoding{"key-id-hex", "session-id"} // their values are nobody's
	for _, test := range wants {
		for _, e := range test.encodings {
			tested = append(tested, e)
			t.Run(string(e)+" "+string(test.role), func(t *testing.T) {
				value := probes.DialectField{Name: "X", Role: test.role, Encoding: e}.Value(s)
				got, err := read[e](value)
				if err != nil || got != test.want {
					t.Errorf("%.100q is read as %.80q (%v), want %.80q", value, got, err, test.want)
				}
			})
		}
	}
	for _, e := range probes.Encodings() {
		if !slices.Contains(tested, e) || read[e] == nil {
			t.Errorf("encoding %s is not tested", e)
		}
	}
}
