package finding

// Suppression is a team's decision that a finding does not count.
type Suppression struct {
	Reason string `json:"reason"`
	// Expires is the last day on which it holds, as 2026-12-31; empty for ever.
	Expires string `json:"expires,omitempty"`
}

// Override is a team's decision that a finding has another severity than the
// catalogue gives it.
type Override struct {
	Was    Severity `json:"was"` // the catalogue's
	Reason string   `json:"reason,omitempty"`
}
