package finding

import "time"

// Event is one step of a scan's account. Exactly one member is set. The order
// is Start, then Findings, Efforts and Targets, then Done.
type Event struct {
	Start   *Start
	Finding *Finding
	Effort  *Effort
	Target  *Target
	Done    *Done
}

// Start opens the account.
type Start struct {
	Tool    Tool      `json:"tool"`
	ScanID  string    `json:"id"`
	Seed    string    `json:"seed"`
	Started time.Time `json:"started"`
}

// Tool is the program that made the report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Target closes the account of one endpoint. Err is empty unless the endpoint
// could not be examined; then it is one line for people.
type Target struct {
	URL      string    `json:"url"`
	Requests int       `json:"requests"`
	Surface  []Surface `json:"surface"`
	Err      string    `json:"error,omitempty"`
	// Unanswered are probes that got no answer when asked twice: of what they
	// would have shown nothing is known.
	Unanswered []Unanswered `json:"unanswered,omitempty"`
	Coverage   []Coverage   `json:"coverage,omitempty"`
	// Recognised are the products known of the origin so far and what gave them
	// away, in words for people, as "nginx 1.22.1 (field Server)".
	Recognised []string `json:"recognised,omitempty"`
}

// Coverage says what one group test has cleared: many header fields are added
// to one request, and where the answer equals the control's, none of them
// matters.
type Coverage struct {
	Probe    string   `json:"probe"`
	Identity string   `json:"identity"`
	Fields   int      `json:"fields"`            // how many were tested
	Reacted  []string `json:"reacted,omitempty"` // those that change the answer
	// Uniform is the status that each field by itself brings, where they all do:
	// the server refuses the kind of value.
	Uniform int `json:"uniform_status,omitempty"`
	// Unsettled is how many could not be told apart within the budget.
	Unsettled int `json:"unsettled,omitempty"`
}

// Unanswered is a probe without an answer.
type Unanswered struct {
	Probe string `json:"probe"`
	Error string `json:"error"`
}

// Surface is one cell of the map of endpoints by identities.
type Surface struct {
	URL      string `json:"url"`
	Method   string `json:"method"`
	Identity string `json:"identity"`
	// Way is by which other way the endpoint was asked, as "SNI www.example.org" or
	// "TLS 1.2"; empty for the usual one.
	Way     string  `json:"way,omitempty"`
	Verdict Verdict `json:"verdict"`
	Status  int     `json:"status,omitempty"` // the HTTP status; 0 where there was none
	Detail  string  `json:"detail,omitempty"` // an alert's name, the proxy that refused
	TLS     string  `json:"tls,omitempty"`    // the protocol version, as "TLS 1.3"
	// ServerCertificate is "verified", or why the server's certificate does not
	// verify; empty without TLS.
	ServerCertificate string `json:"server_certificate,omitempty"`
	// Sensitivity is how much the endpoint looks worth protecting: "high", "normal"
	// or "public"; Why are the reasons, in words for people.
	Sensitivity string   `json:"sensitivity,omitempty"`
	Why         []string `json:"why,omitempty"`
	// Reproduce is a command that asks again.
	Reproduce string `json:"reproduce,omitempty"`
	// Exchange is what was asked and what came back; nil where that is not kept.
	Exchange *Exchange `json:"exchange,omitempty"`
}

// Verdict says which layer answered an identity, and how.
type Verdict string

// The verdicts of the surface map.
const (
	HandshakeRefused Verdict = "handshake-refused"
	ProxyRefused     Verdict = "proxy-refused"
	AppRefused       Verdict = "app-refused"
	Open             Verdict = "open"
	Error            Verdict = "error"
)

// Done ends the account. Complete is false when anything that was asked for was
// not done; Errors says what, one line each.
type Done struct {
	Finished time.Time   `json:"finished"`
	Complete bool        `json:"complete"`
	Requests int         `json:"requests"`
	Errors   []ScanError `json:"errors"`
}

// ScanError is something that could not be done. Target may be empty.
type ScanError struct {
	Target  string `json:"target,omitempty"`
	Message string `json:"message"`
}

// Sink takes the events of one scan, one at a time and in order. An error from
// Emit means that the report cannot be trusted; the scan is then stopped.
// Close ends the report; it is called once, also after an error.
type Sink interface {
	Emit(Event) error
	Close() error
}
