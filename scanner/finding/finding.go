package finding

// Finding is one page, answer or handshake that leaks, with all that it gives
// away. The JSON names are the report's contract: add, never rename.
type Finding struct {
	// Fingerprint is stable over runs: it holds no canary, port or value.
	Fingerprint string     `json:"fingerprint"`
	Rule        string     `json:"rule"`
	Category    Category   `json:"category"`
	Title       string     `json:"title"`
	Message     string     `json:"message"` // what was seen here, in a sentence
	Severity    Severity   `json:"severity"`
	Confidence  Confidence `json:"confidence"`
	URL         string     `json:"url"`
	Method      string     `json:"method"`
	Probe       string     `json:"probe"`             // as "malformed-certificate/not-pem"
	Changes     string     `json:"changes,omitempty"` // what the probe changes against its control
	Identity    string     `json:"identity"`
	// Stack names the products recognised at this origin, lower case, front
	// first ("nginx", "django"). It selects the remediation.
	Stack     []string `json:"stack,omitempty"`
	OWASP     []string `json:"owasp"`
	CWE       []string `json:"cwe"`
	PCIDSS    []string `json:"pci_dss"`
	CVSS      string   `json:"cvss,omitempty"`
	Evidence  Evidence `json:"evidence"`
	Reproduce string   `json:"reproduce"`
	// Replay is what "blurt replay" needs; nil where nothing was sent.
	Replay      *Replay      `json:"replay,omitempty"`
	Remediation string       `json:"remediation"` // Markdown
	References  []string     `json:"references"`
	Occurrences []Occurrence `json:"occurrences,omitempty"` // where else the same was seen
	// OccurrencesOmitted is how many further ones are not listed.
	OccurrencesOmitted int `json:"occurrences_omitted,omitempty"`
	// Suppressed says why the finding does not count, nil where it does; Override
	// that its severity is the team's own. Both come from the team's policy.
	Suppressed *Suppression `json:"suppressed,omitempty"`
	Override   *Override    `json:"severity_override,omitempty"`
}

// Evidence is what convinces a reader. Secrets in it are masked.
type Evidence struct {
	Excerpt  string   `json:"excerpt"`
	Location string   `json:"location"` // "body", "body, bytes 120-340", "field Server", "handshake"
	Leaked   []Leaked `json:"leaked"`
	Request  *Message `json:"request,omitempty"`
	Response *Message `json:"response,omitempty"`
	Control  *Message `json:"control,omitempty"` // what the benign request got, where the difference is the finding
}

// Leaked is one thing that a finding gives away.
type Leaked struct {
	Category Category `json:"category"`
	Name     string   `json:"name"`
	Value    string   `json:"value"` // masked where it may be secret
	Location string   `json:"location"`
}

// Message is an HTTP message made fit to print: masked, its body cut short.
// Requests have Method and Target, responses have Status.
type Message struct {
	Method  string  `json:"method,omitempty"`
	Target  string  `json:"target,omitempty"`
	Version string  `json:"version,omitempty"`
	Status  int     `json:"status,omitempty"`
	Reason  string  `json:"reason,omitempty"`
	Fields  []Field `json:"fields"`
	Body    string  `json:"body,omitempty"`
	Cut     bool    `json:"cut,omitempty"`
}

// Field is one header field of a Message.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Occurrence is a further probe or place that shows a finding.
type Occurrence struct {
	URL     string `json:"url"`
	Method  string `json:"method"`
	Probe   string `json:"probe"`
	Message string `json:"message,omitempty"` // where it differs from the finding's
}
