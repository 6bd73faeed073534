package detect

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"strings"
)

// privateKey is a key that was read as one, not only announced.
type privateKey struct {
	kind string // "PKCS #8, RSA, 2048 bits"
	// locked says that a passphrase protects it.
	locked bool
	span   Span
}

// privateKeysIn returns the private keys of a text. A block that does not parse
// is documentation or was cut: it gives nothing away.
func privateKeysIn(text []byte, blocks []armoured) []privateKey {
	var keys []privateKey
	for _, b := range blocks {
		if kind, locked := keyKind(b); kind != "" {
			keys = append(keys, privateKey{kind: kind, locked: locked, span: b.span})
		}
	}
	if bytes.HasPrefix(text, []byte(javaKeyStore)) && len(text) > minKeyStore {
		keys = append(keys, privateKey{kind: "Java key store", locked: true, span: Span{0, len(text)}})
	}
	return keys
}

// javaKeyStore is how a key store of Java begins: its magic and the version 2.
const (
	javaKeyStore = "\xfe\xed\xfe\xed\x00\x00\x00\x02"
	minKeyStore  = 100
)

// keyKind says what key a block holds; it is empty where it holds none.
func keyKind(b armoured) (kind string, locked bool) {
	switch {
	case b.label == "" && isPKCS12(b.der):
		return "PKCS #12", true
	case b.label == "OPENSSH PRIVATE KEY":
		return openSSHKind(b.der)
	case b.encrypted && strings.HasSuffix(b.label, "PRIVATE KEY"):
		if len(b.der) >= 64 && len(b.der)%8 == 0 {
			return strings.TrimSuffix(b.label, " PRIVATE KEY") + ", encrypted", true
		}
	case b.label == "ENCRYPTED PRIVATE KEY":
		if isEncryptedPKCS8(b.der) {
			return "PKCS #8, encrypted", true
		}
	case b.label == "" || strings.HasSuffix(b.label, "PRIVATE KEY"):
		return plainKeyKind(b.der), false
	}
	return "", false
}

// plainKeyKind reads PKCS #8 (RFC 5958), PKCS #1 (RFC 8017), SEC 1 (RFC 5915) and
// the form that OpenSSL gives DSA keys.
func plainKeyKind(der []byte) string {
	if !isWholeDER(der) {
		return ""
	}
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return "PKCS #8" + sizeOf(key)
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return "PKCS #1" + sizeOf(key)
	}
	if key, err := x509.ParseECPrivateKey(der); err == nil {
		return "SEC 1" + sizeOf(key)
	}
	// Curves and sizes that Go does not take are keys all the same.
	var boxed struct {
		Version   int
		Algorithm struct {
			OID        asn1.ObjectIdentifier
			Parameters asn1.RawValue `asn1:"optional"`
		}
		Key        []byte
		Attributes asn1.RawValue `asn1:"optional,tag:0"`
	}
	if rest, err := asn1.Unmarshal(der, &boxed); err == nil && len(rest) == 0 && boxed.Version <= 1 && len(boxed.Key) >= 16 {
		return "PKCS #8"
	}
	var numbers []asn1.RawValue
	if rest, err := asn1.Unmarshal(der, &numbers); err == nil && len(rest) == 0 && allIntegers(numbers) {
		switch len(numbers) {
		case 9:
			return "PKCS #1, RSA"
		case 6:
			return "DSA"
		}
	}
	return ""
}

func allIntegers(values []asn1.RawValue) bool {
	for _, v := range values {
		if v.Tag != asn1.TagInteger || v.Class != asn1.ClassUniversal {
			return false
		}
	}
	return len(values) > 0
}

func sizeOf(key any) string {
	switch k := key.(type) {
	case *rsa.PrivateKey:
		return fmt.Sprintf(", RSA, %d bits", k.N.BitLen())
	case *ecdsa.PrivateKey:
		return ", " + k.Curve.Params().Name
	case ed25519.PrivateKey:
		return ", Ed25519"
	}
	return ""
}

// isEncryptedPKCS8 reads the frame of RFC 5958, section 3.
func isEncryptedPKCS8(der []byte) bool {
	var frame struct {
		Algorithm struct {
			OID        asn1.ObjectIdentifier
			Parameters asn1.RawValue `asn1:"optional"`
		}
		Data []byte
	}
	rest, err := asn1.Unmarshal(der, &frame)
	return err == nil && len(rest) == 0 && len(frame.Data) >= 16
}

// isPKCS12 reads the frame of RFC 7292, section 4.
func isPKCS12(der []byte) bool {
	var frame struct {
		Version int
		Content struct {
			OID     asn1.ObjectIdentifier
			Content asn1.RawValue `asn1:"optional"`
		}
		MAC asn1.RawValue `asn1:"optional"`
	}
	rest, err := asn1.Unmarshal(der, &frame)
	return err == nil && len(rest) == 0 && frame.Version == 3 &&
		frame.Content.OID.Equal(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1})
}

// openSSHKind reads the head of OpenSSH's own format: the name of the cipher,
// "none" where there is no passphrase.
func openSSHKind(der []byte) (kind string, locked bool) {
	const magic = "openssh-key-v1\x00"
	rest, found := bytes.CutPrefix(der, []byte(magic))
	if !found || len(rest) < 4 {
		return "", false
	}
	n := int(rest[0])<<24 | int(rest[1])<<16 | int(rest[2])<<8 | int(rest[3])
	if n <= 0 || n > 64 || len(rest) < 4+n+100 {
		return "", false
	}
	if string(rest[4:4+n]) == "none" {
		return "OpenSSH", false
	}
	return "OpenSSH, encrypted", true
}
