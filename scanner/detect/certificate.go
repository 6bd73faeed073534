package detect

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"slices"
	"strings"

	"blurt/scanner/wire"
)

// owner says whose a certificate or a name is.
type owner uint8

const (
	public     owner = iota // an authority's, this server's own, or one that is there to be published
	ours                    // what this scan has sent
	callers                 // the identity that the caller handed in
	thirdParty              // another client's
)

// certificatesIn parses the certificates among the blocks. One that does not parse
// is an example or was cut.
func certificatesIn(blocks []armoured) (certificates []*x509.Certificate, spans []Span) {
	for _, b := range blocks {
		if b.label != "" && b.label != "CERTIFICATE" && b.label != "X509 CERTIFICATE" && b.label != "TRUSTED CERTIFICATE" {
			continue
		}
		if c, err := x509.ParseCertificate(b.der); err == nil {
			certificates = append(certificates, c)
			spans = append(spans, b.span)
		}
	}
	return certificates, spans
}

// ownerOf says whose a certificate is that stands in the answer; named says that
// the text around it calls it a client's.
func (in Input) ownerOf(c *x509.Certificate, named bool) owner {
	switch {
	case in.isOurs(c):
		return ours
	case in.isCallers(c.Raw):
		return callers
	case c.IsCA, in.isServers(c), !named && !isClients(c):
		return public
	}
	return thirdParty
}

// isOurs knows what the scan itself has sent: the certificate of the handshake,
// one in a header field, and one that holds a canary.
func (in Input) isOurs(c *x509.Certificate) bool {
	if leaf := leafOf(in.As); !in.As.Private && leaf != nil && bytes.Equal(leaf, c.Raw) {
		return true
	}
	if holdsToken(string(c.RawSubject)) || holdsToken(string(c.RawIssuer)) {
		return true
	}
	for _, f := range in.Asked.Fields {
		for _, b := range append(armouredIn([]byte(f.Value)), derIn([]byte(f.Value))...) {
			if bytes.Equal(b.der, c.Raw) {
				return true
			}
		}
	}
	return false
}

// holdsToken reports whether a text holds what has the shape of a canary: "blurt"
// and twenty characters of base32.
func holdsToken(text string) bool {
	const length = 20
	lower := strings.ToLower(text)
	for at := 0; ; {
		i := strings.Index(lower[at:], "blurt")
		if i < 0 {
			return false
		}
		at += i + len("blurt")
		n := 0
		for at+n < len(lower) && n < length && (isLetter(lower[at+n]) || '2' <= lower[at+n] && lower[at+n] <= '7') {
			n++
		}
		if n == length {
			return true
		}
	}
}

// leafOf returns the certificate that an identity presents, in DER.
func leafOf(as wire.Identity) []byte {
	if as.Cert == nil || len(as.Cert.Certificate) == 0 {
		return nil
	}
	return as.Cert.Certificate[0]
}

func (in Input) isCallers(der []byte) bool {
	leaf := leafOf(in.As)
	return in.As.Private && leaf != nil && bytes.Equal(leaf, der)
}

// isServers knows the certificates that the handshake shows to everybody.
func (in Input) isServers(c *x509.Certificate) bool {
	return in.Handshake != nil && slices.ContainsFunc(in.Handshake.Chain, func(shown *x509.Certificate) bool {
		return bytes.Equal(shown.Raw, c.Raw) || bytes.Equal(shown.RawSubject, c.RawSubject)
	})
}

// microsoftLogon is the purpose of smart cards of Windows.
var microsoftLogon = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 20, 2, 2}

// isClients reports whether a certificate says of itself that a client has it: it
// is for clients, and not for a server with a name in the network.
func isClients(c *x509.Certificate) bool {
	serves := len(c.DNSNames) > 0 || len(c.IPAddresses) > 0 || slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
	client := slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageClientAuth) || slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageEmailProtection) ||
		slices.ContainsFunc(c.UnknownExtKeyUsage, microsoftLogon.Equal)
	return client && !serves || len(c.EmailAddresses) > 0 && len(c.DNSNames) == 0
}

// kindOf says in words what a certificate is for.
func kindOf(c *x509.Certificate) string {
	switch {
	case c.IsCA:
		return "certificate of an authority"
	case isClients(c):
		return "client certificate"
	}
	return "certificate"
}

// fingerprintsOf returns the digests by which a certificate is called, in
// hexadecimal and in lower case.
func fingerprintsOf(der []byte) []string {
	one, two := sha1.Sum(der), sha256.Sum256(der)
	return []string{hex.EncodeToString(one[:]), hex.EncodeToString(two[:])}
}

// personalFields returns the values of a certificate that tell who has it.
func personalFields(c *x509.Certificate) []dnPart {
	var fields []dnPart
	for _, n := range c.Subject.Names {
		value, _ := n.Value.(string)
		if kind := personalKind(n.Type.String()); kind != "" && value != "" {
			fields = append(fields, dnPart{kind, value})
		}
	}
	for _, address := range c.EmailAddresses {
		fields = append(fields, dnPart{"e-mail address", address})
	}
	for _, uri := range c.URIs {
		fields = append(fields, dnPart{"URI", uri.String()})
	}
	return append(fields, dnPart{"serial number", hex.EncodeToString(c.SerialNumber.Bytes())})
}

// personalKind names the attributes of a subject that are about one person or
// device.
func personalKind(oid string) string {
	switch oid {
	case "2.5.4.3":
		return "common name"
	case "2.5.4.4", "2.5.4.42":
		return "name"
	case "2.5.4.5":
		return "subject serial number"
	case "0.9.2342.19200300.100.1.1":
		return "user identifier"
	case "1.2.840.113549.1.9.1":
		return "e-mail address"
	}
	return ""
}
