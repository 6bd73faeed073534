package wire

import (
	"crypto/tls"
	"crypto/x509"
)

// Handshake holds what the TLS handshake of a connection showed (RFC 8446 and
// RFC 5246). It is shared by the exchanges of that connection: read it only.
type Handshake struct {
	ServerName  string // the server name indication that was sent
	Version     uint16 // as in crypto/tls; 0 when the handshake did not get that far
	CipherSuite uint16
	ALPN        string
	Resumed     bool
	// Chain is what the server presented, leaf first.
	Chain []*x509.Certificate
	// Unverified is why the chain does not verify against the trusted roots and
	// the server name; empty when it does.
	Unverified string
	// Requested says that the server asked for a client certificate.
	Requested bool
	// AcceptableCAs are the distinguished names in that request, in DER
	// (certificate_authorities, RFC 8446, section 4.2.4).
	AcceptableCAs [][]byte
	// Sent says that a client certificate was really presented.
	Sent bool
	// Refusal is set when the server ended the connection with an alert.
	Refusal *Refusal
}

// VersionName returns "TLS 1.3" and the like, or an empty string.
func (h *Handshake) VersionName() string {
	if h.Version == 0 {
		return ""
	}
	return tls.VersionName(h.Version)
}

// Refusal is a fatal alert from the server, and when it came.
type Refusal struct {
	Alert uint8  // the alert's number (RFC 8446, section 6)
	Name  string // its name there, as "certificate_required"
	// AfterFinished says that the alert came once the client held the handshake
	// for complete: TLS 1.3 judges a client certificate only then.
	AfterFinished bool
}
