// Package detect reads answers. A detector is a pure function from an exchange
// to what the exchange gives away: no network, no clock, no state, no severity.
//
// Add a detector by adding one file and its line in All.
package detect

import (
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// Input is what a detector may look at. Got is never nil.
type Input struct {
	*wire.Exchange
	// Control is the answer to the same request without the probe's change, nil
	// where the exchange is itself the control or there was none.
	Control *wire.Response
	// Claim says what the request pretends to be.
	Claim wire.Claim
	// Echoes are the canaries of this scan that came back in the answer.
	Echoes []Echo

	claims *claims // shared by the detectors of one run; nil outside of one
}

// Echo is a canary that came back.
type Echo struct {
	Token string
	Probe string // the probe that put it there
	Field string // what carried it: "certificate subject CN", "X-SSL-Client-S-DN"
	Where string // "body" or the name of the header field
	Start int    // where the token is, in the body or the field's value
	End   int
}

// Detector is one way of reading an answer.
type Detector struct {
	// Name is the file's name without its ending.
	Name string
	// Rules are the ids of the rules whose hits it may return.
	Rules []string
	// Hints spare the work: unless the body holds at least one of them, byte for
	// byte, Run is not called. No hints means that Run is always called.
	Hints []string
	// Also, where set, lets Run be called without a hint: for what is so short a
	// sign that it would slow the search of every body down.
	Also func(Input) bool
	Run  func(Input) Output
}

// Output is what one detector saw.
type Output struct {
	Hits     []Hit
	Products []Product
	// Leads are references to further endpoints as they stand in the answer,
	// neither resolved nor checked against the scope.
	Leads []string
	// Failed names the detectors that panicked; what they would have seen is lost.
	Failed []string
}

// Hit is one thing that is wrong with an answer.
type Hit struct {
	Rule     string
	Category finding.Category
	// Message says in a sentence what was seen; it quotes nothing secret.
	Message string
	// Confidence is what this one answer supports: Firm where the structure
	// speaks, Tentative where only signs do, Confirmed where a canary or an echo
	// of the request ties it to the request. Repetition is judged elsewhere.
	Confidence finding.Confidence
	Items      []Item
	// Excerpt is the span of the body that convinces; where Field is set, of
	// that header field's value instead.
	Excerpt Span
	Field   string
	// Key tells one finding of this rule from another at the same place, in
	// words that do not change from run to run; usually empty.
	Key string
	// PerOrigin says that this is a property of the whole origin, to be reported
	// once for it.
	PerOrigin bool

	// Secrets are the sensitive values of all hits in the same answer: none of them
	// may be shown beside this one.
	Secrets []string

	isMaterial bool // a key, a certificate or a secret, which the page's owner takes over
}

// Item is one thing that a hit gives away. Value is as it stands in the answer;
// the engine masks it before it goes any further.
type Item struct {
	Category finding.Category
	Name     string
	Value    string
	Location string // where in the answer, for people: "Settings", "frame 3, locals"
	// Sensitive values are never shown, whatever they look like.
	Sensitive bool
}

// Span is a range of bytes, End excluded.
type Span struct{ Start, End int }

// Product is software recognised by an answer.
type Product struct {
	Name    string // lower case: "nginx", "django", "gunicorn"
	Version string // empty when the answer does not say
	Role    Role
	Why     string // what gave it away: "field Server", "technical 500 page"
}

// Role is what a product does on the way of a request.
type Role string

// The roles, front first.
const (
	Proxy     Role = "proxy"
	Server    Role = "server"
	Framework Role = "framework"
	Language  Role = "language"
)
