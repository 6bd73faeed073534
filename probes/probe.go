// Package probes says what to send. A probe is a pure function from what is
// known of an endpoint to the requests that might make it blurt; it sends none
// of them.
//
// Add a family by adding one file and its line in All.
package probes

import (
	"crypto/tls"
	"iter"

	"blurt/scanner/wire"
)

// Probe is one family of requests.
type Probe struct {
	// ID is stable and stands in reports: "malformed-certificate".
	ID string
	// Changes says in one phrase what its requests change against their control,
	// the plain GET of the same endpoint.
	Changes string
	// PerOrigin probes ask about the whole origin and are sent once for it.
	PerOrigin bool
	// Identities names the TLS identities as which it is sent; empty means the
	// anonymous one and, where the caller gave one, the caller's.
	Claim Claim
	// Build yields the attempts. It must yield the same for the same Context.
	Build func(Context) iter.Seq[Attempt]
}

// Claim says what an attempt pretends about the client.
type Claim uint8

// The claims.
const (
	NoClaim          Claim = iota
	HeaderClaim            // header fields name an identity that was not proven
	CertificateClaim       // the handshake presents a certificate that nobody vouches for
	BrokenClaim            // header fields hold something that does not parse
)

// Context is what a probe may know.
type Context struct {
	Endpoint wire.Endpoint
	// Control is the request that the attempts vary, as is.
	Control wire.Request
	// Answer is what the control got; nil before it was asked or where it failed.
	Answer *wire.Response
	// Mint returns a new canary for a field of this probe.
	Mint func(field string) string
	// Specimen is the certificate whose every field is a canary.
	Specimen *Specimen
	// Unsafe allows methods that may change state on real endpoints.
	Unsafe bool
}

// Attempt is one request to make.
type Attempt struct {
	// Variant tells attempts of a probe apart: "not-pem".
	Variant string
	Request wire.Request
	// Added names the fields that the attempt adds to its control, where a subset
	// of them may be enough: the engine narrows a hit down to the fewest.
	Added []string
	// Certificate is presented in the handshake instead of the identity's own.
	Certificate *tls.Certificate
}

// Specimen is a throwaway self-signed certificate of this scan.
type Specimen struct {
	Certificate tls.Certificate
	PEM         string // with line feeds, as openssl writes it
	SubjectDN   string // RFC 4514
	IssuerDN    string // RFC 4514
	Serial      string // upper-case hexadecimal
	Fingerprint string // SHA-1, lower-case hexadecimal
}
