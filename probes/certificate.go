package probes

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"math/big"
	"time"
)

// Tags of ASN.1 that encoding/asn1 has no constant for, or not as one byte.
const (
	tagInteger         = 0x02
	tagBitString       = 0x03
	tagOctetString     = 0x04
	tagObject          = 0x06
	tagUTF8String      = 0x0c
	tagPrintableString = 0x13
	tagT61String       = 0x14
	tagIA5String       = 0x16
	tagUTCTime         = 0x17
	tagGeneralizedTime = 0x18
	tagBMPString       = 0x1e
	tagSequence        = 0x30
	tagSet             = 0x31
	tagVersion         = 0xa0 // [0], constructed
	tagExtensions      = 0xa3 // [3], constructed
)

// der is one element of DER: the tag, the length and the parts.
func der(tag byte, parts ...[]byte) []byte {
	var content []byte
	for _, p := range parts {
		content = append(content, p...)
	}
	out := []byte{tag}
	switch n := len(content); {
	case n < 0x80:
		out = append(out, byte(n))
	case n < 0x100:
		out = append(out, 0x81, byte(n))
	default:
		out = append(out, 0x82, byte(n>>8), byte(n))
	}
	return append(out, content...)
}

// object is an OBJECT IDENTIFIER.
func object(arcs ...int) []byte {
	out, err := asn1.Marshal(asn1.ObjectIdentifier(arcs))
	if err != nil {
		panic("probes: marshal an object identifier: " + err.Error())
	}
	return out
}

// attribute is one type and value of a name (X.520).
func attribute(arc int, tag byte, value string) []byte {
	return der(tagSequence, object(2, 5, 4, arc), der(tag, []byte(value)))
}

// Arcs of attribute types below 2.5.4.
const (
	commonNameArc   = 3
	serialNumberArc = 5
	organisationArc = 10
)

// rdnSequence is a name of relative names, each with its attributes.
func rdnSequence(relative ...[][]byte) []byte {
	var sets [][]byte
	for _, attributes := range relative {
		sets = append(sets, der(tagSet, attributes...))
	}
	return der(tagSequence, sets...)
}

func commonName(text string) []byte {
	return rdnSequence([][]byte{attribute(commonNameArc, tagUTF8String, text)})
}

// tbs is a TBSCertificate (RFC 5280, section 4.1) in its encoded parts, so that
// each of them can be what no library would make.
type tbs struct {
	version    []byte // with its tag; nil is version 1
	serial     []byte // an INTEGER
	issuer     []byte
	subject    []byte
	notBefore  []byte
	notAfter   []byte
	key        []byte   // a SubjectPublicKeyInfo
	extensions [][]byte // none leaves the member out
}

// ordinary returns the parts of a small certificate that is like any other: it
// vouches for itself, and has no name but the common name.
func ordinary(name string, key crypto.Signer) (tbs, error) {
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return tbs{}, fmt.Errorf("encode a key: %w", err)
	}
	sum := sha256.Sum256([]byte("serial " + name))
	sum[0] = sum[0]&0x3f | 0x40 // positive, and of full length
	return tbs{
		version: der(tagVersion, der(tagInteger, []byte{2})),
		serial:  der(tagInteger, sum[:8]),
		issuer:  commonName(name), subject: commonName(name),
		notBefore: der(tagUTCTime, []byte(specimenStart().Format(utcTime))),
		notAfter:  der(tagUTCTime, []byte(specimenEnd().Format(utcTime))),
		key:       public,
	}, nil
}

const utcTime = "060102150405Z"

// sign returns the certificate. Nobody checks the signature, but it is one.
func (t tbs) sign(key crypto.Signer) ([]byte, error) {
	algorithm := der(tagSequence, object(1, 2, 840, 10045, 4, 3, 2)) // ecdsa-with-SHA256
	parts := [][]byte{t.version, t.serial, algorithm, t.issuer, der(tagSequence, t.notBefore, t.notAfter), t.subject, t.key}
	if len(t.extensions) > 0 {
		parts = append(parts, der(tagExtensions, der(tagSequence, t.extensions...)))
	}
	signed := der(tagSequence, parts...)
	digest := sha256.Sum256(signed)
	signature, err := key.Sign(nil, digest[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("sign a certificate: %w", err)
	}
	return der(tagSequence, signed, algorithm, der(tagBitString, []byte{0}, signature)), nil
}

// extension is an Extension (RFC 5280, section 4.2).
func extension(id []byte, critical bool, value []byte) []byte {
	if critical {
		return der(tagSequence, id, []byte{asn1.TagBoolean, 1, 0xff}, der(tagOctetString, value))
	}
	return der(tagSequence, id, der(tagOctetString, value))
}

// alternativeNames is a subjectAltName of the given GeneralNames.
func alternativeNames(names ...[]byte) []byte {
	return extension(object(2, 5, 29, 17), false, der(tagSequence, names...))
}

// compact returns a small certificate of the name, in all its forms: many of it
// fit a header section. It shares the key of the given one.
func compact(name string, of *Specimen) (*Specimen, error) {
	key, ok := of.Certificate.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("the specimen's key cannot sign")
	}
	parts, err := ordinary(name, key)
	if err != nil {
		return nil, err
	}
	encoded, err := parts.sign(key)
	if err != nil {
		return nil, err
	}
	return specimenOf(encoded, key)
}

// seededNumber is a number of so many bytes from a text.
func seededNumber(text string, bytes int) *big.Int {
	var raw []byte
	for i := 0; len(raw) < bytes; i++ {
		sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", i, text))
		raw = append(raw, sum[:]...)
	}
	return new(big.Int).SetBytes(raw[:bytes])
}

// The validity of every specimen: fixed, so that a seed gives the same bytes.
func specimenStart() time.Time { return time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC) }

func specimenEnd() time.Time { return time.Date(2049, 12, 31, 23, 59, 59, 0, time.UTC) }
