package detect

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// maxDigestPage is the length of the longest body in which digests are looked for,
// in bytes: what names one certificate is short.
const maxDigestPage = 64 << 10

// minSerial is the length of the shortest serial number that can hardly stand in an
// answer by chance, in bytes.
const minSerial = 6

// digestReflection finds what identifies a certificate that the request presented
// without being a part of it that holds a canary: its fingerprint in the usual
// notations, and its serial number.
func digestReflection(in Input) (Hit, bool) {
	if in.Claim != wire.HeaderClaim && in.Claim != wire.CertificateClaim || len(in.Got.Body) > maxDigestPage || formOf(in.Got) == opaqueForm || in.isOwned() {
		return Hit{}, false
	}
	var lower []byte
	for _, c := range in.presented() {
		if lower == nil {
			lower = lowerASCII(in.Got.Body)
		}
		for _, n := range notationsOf(c) {
			text := in.Got.Body
			if n.anyCase {
				text = lower
			}
			at := standsAlone(text, n.text)
			if at < 0 || in.inControl(in.Got.Body[at:at+len(n.text)]) {
				continue
			}
			span := Span{at, at + len(n.text)}
			return Hit{
				Rule: "certificate-reflection", Category: finding.CertReflection, Confidence: finding.Confirmed, Excerpt: span,
				Message: fmt.Sprintf("The %s of the client's certificate comes back in an answer with status %d.", n.name, in.Got.Status),
				Items: []Item{{
					Category: finding.CertReflection, Name: "certificate " + n.name,
					Value: string(in.Got.Body[span.Start:span.End]), Location: place(span),
				}},
			}, true
		}
	}
	return Hit{}, false
}

// presented returns the certificates that blurt made for the request: the one of
// the handshake, and those in header fields.
func (in Input) presented() []*x509.Certificate {
	var list []*x509.Certificate
	add := func(der []byte) {
		if c, err := x509.ParseCertificate(der); err == nil {
			list = append(list, c)
		}
	}
	if leaf := leafOf(in.As); leaf != nil && !in.As.Private {
		add(leaf)
	}
	for _, f := range in.Asked.Fields {
		if !holdsCertificate(f) {
			continue
		}
		for _, b := range append(armouredIn([]byte(f.Value)), derIn([]byte(f.Value))...) {
			add(b.der)
		}
	}
	return list
}

// notation is one way to write what identifies a certificate.
type notation struct {
	name    string
	text    string
	anyCase bool // text is in lower case
}

func notationsOf(c *x509.Certificate) []notation {
	one, two := sha1.Sum(c.Raw), sha256.Sum256(c.Raw)
	var list []notation
	for _, d := range [...]struct {
		name string
		sum  []byte
	}{{"SHA-256 fingerprint", two[:]}, {"SHA-1 fingerprint", one[:]}, {"serial number", c.SerialNumber.Bytes()}} {
		if len(d.sum) < minSerial {
			continue
		}
		digits := hex.EncodeToString(d.sum)
		list = append(list, notation{d.name, digits, true}, notation{d.name, colons(digits), true})
		if len(d.sum) >= sha1.Size {
			list = append(list,
				notation{d.name, strings.TrimRight(base64.StdEncoding.EncodeToString(d.sum), "="), false},
				notation{d.name, base64.RawURLEncoding.EncodeToString(d.sum), false})
		}
	}
	if c.SerialNumber.BitLen() >= 8*minSerial {
		list = append(list, notation{"serial number", c.SerialNumber.String(), true})
	}
	return list
}

// colons writes hexadecimal digits in pairs, as OpenSSL does.
func colons(digits string) string {
	var out strings.Builder
	for i := 0; i < len(digits); i += 2 {
		if i > 0 {
			out.WriteByte(':')
		}
		out.WriteString(digits[i : i+2])
	}
	return out.String()
}

// standsAlone returns where a text stands that is no part of a longer word, or -1.
func standsAlone(body []byte, text string) int {
	for from := 0; ; {
		at := bytes.Index(body[from:], []byte(text))
		if at < 0 {
			return -1
		}
		at += from
		end := at + len(text)
		if (at == 0 || !isWordByte(body[at-1])) && (end == len(body) || !isWordByte(body[end])) {
			return at
		}
		from = at + 1
	}
}
