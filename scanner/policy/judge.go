package policy

// Client says what a client showed.
type Client uint8

// The clients.
const (
	// Nobody presents no certificate.
	Nobody Client = iota
	// Stranger presents a certificate that no authority of the server vouches for.
	Stranger
	// Known presents the caller's own certificate.
	Known
)

// Answer is how an endpoint treated a client.
type Answer struct {
	Client Client
	// Open says that the client was served; else it was refused.
	Open bool
}

// Verdict is what an answer says of an expectation.
type Verdict uint8

// The verdicts.
const (
	// Met: the answer is as expected, or says nothing of it.
	Met Verdict = iota
	// TooOpen: a client was served that should have been refused.
	TooOpen
	// TooStrict: a client was refused that should have been served.
	TooStrict
)

// Judge says whether an answer meets the demand.
func (r Requires) Judge(a Answer) Verdict {
	switch {
	case a.Open && !r.admits(a.Client):
		return TooOpen
	case !a.Open && r == Public && a.Client == Nobody,
		!a.Open && (r == ValidCert || r == AnyCert) && a.Client == Known:
		return TooStrict
	}
	return Met
}

func (r Requires) admits(c Client) bool {
	switch r {
	case Public:
		return true
	case AnyCert:
		return c != Nobody
	case ValidCert:
		return c == Known
	}
	return false
}
