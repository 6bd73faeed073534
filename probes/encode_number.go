package probes

import (
	"crypto/sha1" //nolint:gosec // proxies hand over SHA-1 fingerprints
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// numberGrammars are serial numbers, digests and what is read beside them.
func numberGrammars() map[Encoding]grammar {
	serial := func(form func(hexadecimal string) string) grammar {
		return grammar{family: serialFamily, roles: []Role{SerialRole}, genuine: func(s *Specimen, _ Role) string { return form(s.Serial) }}
	}
	digest := func(of func(*Specimen) []byte, form func([]byte) string) grammar {
		return grammar{family: fingerprintFamily, roles: []Role{FingerprintRole, KeyIdentifierRole}, genuine: func(s *Specimen, _ Role) string { return form(of(s)) }}
	}
	constant := func(value string) grammar {
		return grammar{family: numberFamily, roles: []Role{OtherRole}, genuine: func(*Specimen, Role) string { return value }}
	}
	return map[Encoding]grammar{
		"hex-upper":  serial(strings.ToUpper),
		"hex-lower":  serial(strings.ToLower),
		"hex-colon":  serial(func(h string) string { return colons(strings.ToLower(h)) }),
		"hex-quoted": serial(func(h string) string { return `"` + h + `"` }),
		"decimal": {family: serialFamily, roles: []Role{SerialRole}, genuine: func(s *Specimen, _ Role) string {
			return s.Certificate.Leaf.SerialNumber.String()
		}},

		"sha1-lower":    digest(sha1Of, hex.EncodeToString),
		"sha1-upper":    digest(sha1Of, upper),
		"sha1-colon":    digest(sha1Of, func(b []byte) string { return colons(upper(b)) }),
		"sha1-quoted":   digest(sha1Of, func(b []byte) string { return `"` + upper(b) + `"` }),
		"sha256-lower":  digest(sha256Of, hex.EncodeToString),
		"sha256-upper":  digest(sha256Of, upper),
		"sha256-colon":  digest(sha256Of, func(b []byte) string { return colons(upper(b)) }),
		"sha256-base64": digest(sha256Of, base64.StdEncoding.EncodeToString),
		"key-id-hex":    digest(keyIdentifier, hex.EncodeToString),

		"integer":      constant("1"),
		"x509-version": constant("3"),
		"tls-version":  constant("TLSv1.3"),
		"tls-cipher":   constant("TLS_AES_128_GCM_SHA256"),
		"key-size":     constant("128"),
		"algorithm":    constant("ecdsa-with-SHA256"),
		"session-id":   constant(strings.Repeat("0", 64)),
	}
}

func sha1Of(s *Specimen) []byte {
	sum := sha1.Sum(s.der()) //nolint:gosec // see above
	return sum[:]
}

func sha256Of(s *Specimen) []byte {
	sum := sha256.Sum256(s.der())
	return sum[:]
}

func (s *Specimen) sha256Hex() string { return hex.EncodeToString(sha256Of(s)) }

// keyIdentifier is method 1 of RFC 5280, section 4.2.1.2, over the whole
// SubjectPublicKeyInfo: nobody checks it, but it has the right length.
func keyIdentifier(s *Specimen) []byte {
	sum := sha1.Sum(s.Certificate.Leaf.RawSubjectPublicKeyInfo) //nolint:gosec // see above
	return sum[:]
}

func upper(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }

// colons puts a colon between every two digits.
func colons(digits string) string {
	if len(digits)%2 == 1 {
		digits = "0" + digits
	}
	parts := make([]string, 0, len(digits)/2)
	for i := 0; i < len(digits); i += 2 {
		parts = append(parts, digits[i:i+2])
	}
	return strings.Join(parts, ":")
}
