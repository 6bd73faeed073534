package finding

import (
	"fmt"
	"strings"
)

// Severity is how much a finding matters, by the rule catalogue's policy.
type Severity uint8

// The severities, least first, so that they compare with < and >.
const (
	Info Severity = iota
	Low
	Medium
	High
	Critical
)

var severityNames = [...]string{"info", "low", "medium", "high", "critical"}

// Severities returns every severity, worst first.
func Severities() []Severity { return []Severity{Critical, High, Medium, Low, Info} }

// String returns the severity's name in lower case.
func (s Severity) String() string {
	if int(s) < len(severityNames) {
		return severityNames[s]
	}
	return fmt.Sprintf("severity(%d)", uint8(s))
}

// MarshalText implements encoding.TextMarshaler.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Severity) UnmarshalText(text []byte) error {
	for i, name := range severityNames {
		if strings.EqualFold(name, string(text)) {
			*s = Severity(i)
			return nil
		}
	}
	return fmt.Errorf("severity %q is not one of critical, high, medium, low, info", text)
}

// Confidence is how sure a finding is.
type Confidence uint8

// The confidences, weakest first.
const (
	// Tentative: the signs fit, but something else could look like this.
	Tentative Confidence = iota
	// Firm: the structure of the answer can hardly be anything else.
	Firm
	// Confirmed: the structure fits, it came back when asked again, and it is
	// tied to this request (a canary, an echo, or a difference from the control).
	Confirmed
)

var confidenceNames = [...]string{"tentative", "firm", "confirmed"}

// String returns the confidence's name in lower case.
func (c Confidence) String() string {
	if int(c) < len(confidenceNames) {
		return confidenceNames[c]
	}
	return fmt.Sprintf("confidence(%d)", uint8(c))
}

// MarshalText implements encoding.TextMarshaler.
func (c Confidence) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *Confidence) UnmarshalText(text []byte) error {
	for i, name := range confidenceNames {
		if strings.EqualFold(name, string(text)) {
			*c = Confidence(i)
			return nil
		}
	}
	return fmt.Errorf("confidence %q is not one of confirmed, firm, tentative", text)
}
