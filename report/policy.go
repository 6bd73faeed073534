package report

import (
	"net/url"
	"time"

	"blurt/scanner/finding"
	"blurt/scanner/policy"
)

// Policy is what a team decided about findings: which have another severity, and
// which do not count.
type Policy struct {
	// Environment is the one that the run is about; it may be empty.
	Environment string
	// Overrides give severities; the first that selects a finding counts.
	Overrides []Override
	// Suppressions keep findings from counting; the first that selects one counts.
	Suppressions []Suppression
}

// Override is a severity in place of the catalogue's.
type Override struct {
	policy.Selector
	Severity finding.Severity
	Reason   string
	Source   string // where it is written, as "blurt.yaml:12:5"
}

// Suppression keeps findings from failing the run. They stay in the reports.
type Suppression struct {
	policy.Selector
	Reason string
	// Expires is the last day on which it holds, in UTC; the zero time for ever.
	Expires time.Time
	// Source is where it is written, as "blurt.yaml:12:5".
	Source string
}

// Expired reports whether the suppression no longer holds.
func (s Suppression) Expired(now time.Time) bool {
	return !s.Expires.IsZero() && !now.Before(s.Expires.UTC().AddDate(0, 0, 1))
}

// Policed is a sink that applies a policy to each finding, after the catalogue
// has graded it, before it forwards it.
type Policed struct {
	policy Policy
	used   []bool
	next   finding.Sink
}

// Judged returns a sink that applies the policy.
func Judged(p Policy, next finding.Sink) *Policed {
	return &Policed{policy: p, used: make([]bool, len(p.Suppressions)), next: next}
}

// Emit implements finding.Sink. The finding that the caller holds stays as it is.
func (p *Policed) Emit(e finding.Event) error {
	if e.Finding != nil {
		f := *e.Finding
		p.judge(&f)
		e.Finding = &f
	}
	return p.next.Emit(e)
}

// Close implements finding.Sink.
func (p *Policed) Close() error { return p.next.Close() }

func (p *Policed) judge(f *finding.Finding) {
	subject := subjectOf(f, p.policy.Environment)
	for _, o := range p.policy.Overrides {
		if !o.Selects(subject) {
			continue
		}
		if o.Severity != f.Severity {
			f.Override = &finding.Override{Was: f.Severity, Reason: o.Reason}
			f.Severity = o.Severity
		}
		break
	}
	for i, s := range p.policy.Suppressions {
		if !s.Selects(subject) {
			continue
		}
		p.used[i] = true
		f.Suppressed = &finding.Suppression{Reason: s.Reason}
		if !s.Expires.IsZero() {
			f.Suppressed.Expires = s.Expires.Format(time.DateOnly)
		}
		break
	}
}

// Unused returns the suppressions that no finding needed so far. One of another
// environment is not among them: nobody knows.
func (p *Policed) Unused() []Suppression {
	var unused []Suppression
	for i, s := range p.policy.Suppressions {
		if !p.used[i] && (s.Environment == "" || s.Environment == p.policy.Environment) {
			unused = append(unused, s)
		}
	}
	return unused
}

func subjectOf(f *finding.Finding, environment string) policy.Subject {
	s := policy.Subject{Rule: f.Rule, Fingerprint: f.Fingerprint, Environment: environment, Partial: f.OccurrencesOmitted > 0}
	s.Places = append(s.Places, policyPlace(f.URL))
	for _, o := range f.Occurrences {
		s.Places = append(s.Places, policyPlace(o.URL))
	}
	return s
}

// policyPlace takes the path as it was sent: nothing in it is decoded.
func policyPlace(raw string) policy.Place {
	origin, target := splitURL(withoutQuery(raw))
	p := policy.Place{Path: target}
	if u, err := url.Parse(origin); err == nil {
		p.Host = u.Hostname()
	}
	return p
}

// judgements says in words for people what the team decided about a finding.
func judgements(f *finding.Finding) []string {
	const longest = 500 // bytes
	var said []string
	if s := f.Suppressed; s != nil {
		said = append(said, join([]string{"Suppressed" + named(" until ", s.Expires), head(s.Reason, longest)}, ": "))
	}
	if o := f.Override; o != nil {
		said = append(said, join([]string{"The team's own severity, the catalogue says " + o.Was.String(), head(o.Reason, longest)}, ": "))
	}
	return said
}
