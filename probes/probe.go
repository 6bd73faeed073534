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
	// the plain GET of the same endpoint by the same client.
	Changes string
	// PerOrigin probes ask about the whole origin and are sent once for it.
	PerOrigin bool
	// AgainstAbsent compares its answers with that to a path which does not exist
	// (the attempt that is marked Absent), not with the endpoint's.
	AgainstAbsent bool
	// MinProfile is the least profile that sends it.
	MinProfile Profile
	// Claim is what its requests pretend about the client.
	Claim wire.Claim
	// Refused probes ask only for endpoints that refuse the client while the origin
	// does not refuse everything.
	Refused bool
	// Build yields the attempts, the same ones for the same Context.
	Build func(Context) iter.Seq[Attempt]
	// Follow, where set, yields further attempts that the answer to one suggests.
	Follow func(Context, Attempt, *wire.Response) iter.Seq[Attempt]
}

// Context is what a probe may know.
type Context struct {
	Endpoint wire.Endpoint
	// Control is the request that the attempts vary.
	Control wire.Request
	// Answer is what the control got; nil while it is unknown.
	Answer *wire.Response
	// Mint returns a new canary for a field of this probe. Canaries in fields
	// named "path", "host", "query", "method", "cookie", "body" or "preference"
	// are no identity.
	Mint func(field string) string
	// Specimen is a certificate whose every name is a canary; Bare one that lacks
	// what parsers expect.
	Specimen, Bare *Specimen
	// Unsafe allows methods that may change state on real endpoints.
	Unsafe bool
	// Profile says how much to ask, Limits how large a request may be.
	Profile Profile
	Limits  Limits
	// Known is what the target has told so far.
	Known Known
	// Verdict tells endpoints apart that refuse the client in different ways.
	Verdict string
	// Issuer is an authority that the target accepts, with its key, and Caller the
	// caller's own certificate; nil where there is none.
	Issuer, Caller *tls.Certificate
}

// Attempt is one request to make.
type Attempt struct {
	// Variant tells the attempts of a probe apart: "not-pem".
	Variant string
	Request wire.Request
	// Added names the fields that the attempt adds, where fewer of them may be
	// enough: the engine narrows a hit down to those that matter.
	Added []string
	// Group says that the added fields are tested together: an answer that equals
	// the control's clears them all, and one that differs has its culprits found,
	// taken out, and the rest asked again.
	Group bool
	// Once, where set, names the attempt: one of each name is sent to an origin.
	Once string
	// Absent says that the attempt asks for a path that cannot exist.
	Absent bool
	// Certificate is presented in the handshake instead of the identity's own.
	Certificate *tls.Certificate
	// As names the identity that Certificate makes, where it is not the probe's id.
	As string
	// Check is what a server leaves out that accepts Certificate, which an accepted
	// authority has really signed.
	Check string
	// Issued says that the chain of Certificate leads to an accepted authority.
	Issued bool
	// Private says that Certificate is made of the caller's own.
	Private bool
}

// All returns every probe, in the order in which they are sent: first what
// tells most about the target. The header probes speak the dialects.
func All(dialects []Dialect) []Probe {
	known := newCatalogue(dialects)
	return []Probe{
		notFound(),
		unknownHost(),
		postNotFound(),
		selfSigned(),
		lookalike(),
		certificateChecks(),
		accept(),
		trailingSlash(),
		pathSpelling(),
		pathEncoding(),
		enforcement(),
		representation(),
		requestFields(),
		body(),
		method(),
		missingCertificate(known),
		spoofedSubject(dialects, known),
		malformedIdentity(known),
		malformedCertificate(known),
		hostSyntax(),
		override(),
		cookie(),
		content(),
		pathLength(),
		operationalEndpoints(),
		unsafeMethod(),
	}
}
