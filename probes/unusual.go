package probes

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"strings"
	"unicode/utf16"
)

// unusual is a certificate that is well-formed DER and not what code expects:
// most are legal, a few break one rule of RFC 5280.
type unusual struct {
	name string
	bend func(t *tbs, token string) error
}

func unusualCertificates() []unusual {
	return []unusual{
		{"no-common-name", func(t *tbs, token string) error {
			t.subject = rdnSequence([][]byte{attribute(organisationArc, tagUTF8String, token)})
			return nil
		}},
		{"empty-subject", func(t *tbs, token string) error {
			t.subject = rdnSequence()
			t.extensions = [][]byte{extension(object(2, 5, 29, 17), true, der(tagSequence, dnsName(token+".invalid")))}
			return nil
		}},
		{"odd-name-strings", oddName},
		{"null-in-alternative-name", func(t *tbs, token string) error {
			t.extensions = [][]byte{alternativeNames(
				dnsName(token+".invalid\x00.example.org"), dnsName("xn--"+token+"-.invalid"), dnsName("b\xc3\xbccher.invalid"),
				der(0x86, []byte("spiffe://"+token+".invalid/\x00")), // uniformResourceIdentifier
			)}
			return nil
		}},
		{"negative-serial", func(t *tbs, _ string) error { t.serial = der(tagInteger, []byte{0xff, 0x01}); return nil }},
		{"unknown-critical-extension", func(t *tbs, token string) error {
			t.extensions = [][]byte{
				extension(object(1, 3, 6, 1, 4, 1, 99999, 1), true, der(tagUTF8String, []byte(token))),
				nameConstraints(token),
			}
			return nil
		}},
		{"version-nine", func(t *tbs, _ string) error { t.version = der(tagVersion, der(tagInteger, []byte{8})); return nil }},
		{"bad-date", func(t *tbs, _ string) error { t.notBefore = der(tagUTCTime, []byte("200230256161Z")); return nil }},
		{"odd-numbers", func(t *tbs, token string) error {
			t.serial = longSerial(token)
			t.notAfter = der(tagGeneralizedTime, []byte("99991231235959Z"))
			return p521(t, token)
		}},
		{"repeated-extension", func(t *tbs, token string) error {
			t.extensions = [][]byte{alternativeNames(dnsName(token + ".invalid")), alternativeNames(dnsName("www." + token + ".invalid"))}
			return nil
		}},
		// What seldom pays, or stands in the above together with others.
		{"ed25519-key", func(t *tbs, token string) error {
			return t.publish(ed25519.NewKeyFromSeed(seededNumber(token, ed25519.SeedSize).FillBytes(make([]byte, ed25519.SeedSize))).Public())
		}},
		{"rsa-512-key", func(t *tbs, token string) error {
			modulus := seededNumber(token, 64)
			return t.publish(&rsa.PublicKey{N: modulus.SetBit(modulus.SetBit(modulus, 0, 1), 511, 1), E: 65537})
		}},
		{"p-521-key", p521},
		{"long-serial", func(t *tbs, token string) error { t.serial = longSerial(token); return nil }},
		{"far-future", func(t *tbs, _ string) error {
			t.notAfter = der(tagGeneralizedTime, []byte("99991231235959Z"))
			return nil
		}},
		{"name-constraints", func(t *tbs, token string) error { t.extensions = [][]byte{nameConstraints(token)}; return nil }},
		{"version-one-with-extensions", func(t *tbs, token string) error {
			t.version = nil
			t.extensions = [][]byte{alternativeNames(dnsName(token + ".invalid"))}
			return nil
		}},
	}
}

// oddName has a relative name of two values, and strings in encodings that few
// programs read: UTF-16 and Teletex.
func oddName(t *tbs, token string) error {
	var wide []byte
	for _, unit := range utf16.Encode([]rune(token)) {
		wide = append(wide, byte(unit>>8), byte(unit))
	}
	t.subject = rdnSequence(
		[][]byte{attribute(serialNumberArc, tagPrintableString, "1"), attribute(organisationArc, tagT61String, "blurt \xe9")},
		[][]byte{attribute(commonNameArc, tagBMPString, string(wide))},
	)
	return nil
}

func dnsName(host string) []byte { return der(0x82, []byte(host)) }

// nameConstraints permits one host name (RFC 5280, section 4.2.1.10).
func nameConstraints(token string) []byte {
	subtree := der(tagSequence, dnsName(token+".invalid"))
	return extension(object(2, 5, 29, 30), true, der(tagSequence, der(0xa0, subtree)))
}

// longSerial has 21 bytes, one more than RFC 5280, section 4.1.2.2, allows.
func longSerial(token string) []byte {
	raw := seededNumber("long serial "+token, 21).FillBytes(make([]byte, 21))
	raw[0] = raw[0]&0x3f | 0x40
	return der(tagInteger, raw)
}

func p521(t *tbs, token string) error {
	raw := seededNumber("p-521 "+token, 66).FillBytes(make([]byte, 66))
	raw[0], raw[1] = 0, raw[1]|1 // below the group's order, and not zero
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P521(), raw)
	if err != nil {
		return fmt.Errorf("derive a key: %w", err)
	}
	return t.publish(key.Public())
}

// publish gives the certificate another public key.
func (t *tbs) publish(key crypto.PublicKey) error {
	encoded, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return fmt.Errorf("encode a key: %w", err)
	}
	t.key = encoded
	return nil
}

// signed returns the certificate of a token, signed with the key.
func (u unusual) signed(token string, key crypto.Signer) ([]byte, error) {
	parts, err := ordinary(token, key)
	if err != nil {
		return nil, err
	}
	if err := u.bend(&parts, token); err != nil {
		return nil, fmt.Errorf("certificate %s: %w", u.name, err)
	}
	return parts.sign(key)
}

// chained is several certificates in one value, in the way of the encoding.
func (f certificateForm) chained(certificates ...[]byte) string {
	var parts []string
	for _, c := range certificates {
		if f.pem != nil {
			parts = append(parts, frame("CERTIFICATE", c))
		} else {
			parts = append(parts, f.certificate(c))
		}
	}
	if f.pem != nil {
		return f.pem(strings.Join(parts, ""))
	}
	return strings.Join(parts, ",")
}
