package report

import (
	"maps"
	"slices"

	"blurt/report/rules"
	"blurt/scanner/finding"
)

// The results of an item of a standard.
const (
	auditFound      = "found"         // a finding speaks against it
	auditSuppressed = "suppressed"    // only findings do that the policy suppresses
	auditNothing    = "nothing-found" // the rules for it found nothing in a complete scan
	auditUndecided  = "undecided"     // they found nothing, and the scan is incomplete
	auditNotTested  = "not-tested"    // there is no rule for it
)

const (
	auditMaxRules        = 100 // rules with findings that are told of an item
	auditMaxFingerprints = 20  // of one of them
)

// auditStandard is what a scan says to the items of a standard.
type auditStandard struct {
	Name  string       `json:"name"`
	Items []*auditItem `json:"items"`
}

// auditItem is one item of a standard.
type auditItem struct {
	ID         string         `json:"id"`
	Title      string         `json:"title"`
	Result     string         `json:"result"`
	Findings   map[string]int `json:"findings"` // by severity, without those that are suppressed
	Suppressed int            `json:"suppressed"`
	Rules      []string       `json:"rules"` // that look for what speaks against it
	Found      []*auditRule   `json:"found"` // those that found something, the worst first
}

// auditRule is a rule that found something.
type auditRule struct {
	Rule     string           `json:"rule"`
	Severity finding.Severity `json:"severity"` // of the worst
	Count    int              `json:"count"`
	// Fingerprints are those of the first findings.
	Fingerprints []string `json:"fingerprints"`
}

// audit gathers what an auditor asks: for each item of the standards what was
// tested and found, and what could not be tested. Its memory does not grow with
// the scan.
type audit struct {
	standards  []auditStandard
	byID       map[string]*auditItem
	unassigned int // findings that belong to no item
	limits     auditLimits
}

func newAudit(c *rules.Catalogue) *audit {
	a := &audit{byID: map[string]*auditItem{}}
	names := c.Standards()
	owasp := a.standard("OWASP API Security Top 10, 2023", names.OWASP2023)
	pci := a.standard("PCI DSS 4.0.1", names.PCIDSS)
	a.standards = []auditStandard{owasp, pci}
	for _, rule := range c.All() {
		for _, id := range slices.Concat(rule.OWASP2023, rule.PCIDSS) {
			if item := a.byID[id]; item != nil {
				item.Rules = append(item.Rules, rule.ID)
			}
		}
	}
	for _, item := range a.byID {
		slices.Sort(item.Rules)
	}
	return a
}

func (a *audit) standard(name string, titles map[string]string) auditStandard {
	s := auditStandard{Name: name}
	for _, id := range slices.SortedFunc(maps.Keys(titles), byNumber) {
		item := &auditItem{ID: id, Title: titles[id], Findings: map[string]int{}, Rules: []string{}, Found: []*auditRule{}}
		for _, severity := range finding.Severities() {
			item.Findings[severity.String()] = 0
		}
		a.byID[id] = item
		s.Items = append(s.Items, item)
	}
	return s
}

// note takes an event into the account.
func (a *audit) note(e finding.Event) {
	a.limits.note(e)
	if e.Finding == nil {
		return
	}
	f := e.Finding
	assigned := false
	for _, id := range slices.Concat(f.OWASP, f.PCIDSS) {
		if item := a.byID[id]; item != nil {
			item.add(f)
			assigned = true
		}
	}
	if !assigned {
		a.unassigned++
	}
}

func (i *auditItem) add(f *finding.Finding) {
	if f.Suppressed != nil {
		i.Suppressed++
		return
	}
	severity := min(f.Severity, finding.Critical)
	i.Findings[severity.String()]++
	at := slices.IndexFunc(i.Found, func(r *auditRule) bool { return r.Rule == f.Rule })
	if at < 0 {
		if len(i.Found) == auditMaxRules {
			return
		}
		at = len(i.Found)
		i.Found = append(i.Found, &auditRule{Rule: f.Rule, Fingerprints: []string{}})
	}
	rule := i.Found[at]
	rule.Count++
	rule.Severity = max(rule.Severity, severity)
	if len(rule.Fingerprints) < auditMaxFingerprints {
		rule.Fingerprints = append(rule.Fingerprints, f.Fingerprint)
	}
}

// count is how many findings speak against the item.
func (i *auditItem) count() int {
	total := 0
	for _, n := range i.Findings {
		total += n
	}
	return total
}

// auditDocument is the audit's member of the JSON report.
type auditDocument struct {
	Tested     string          `json:"tested"`
	Limits     []string        `json:"limits"` // what could not be tested
	Unassigned int             `json:"unassigned"`
	Standards  []auditStandard `json:"standards"`
}

// document is the whole account. It is called once, after the last event.
func (a *audit) document() auditDocument {
	a.settle()
	return auditDocument{a.limits.tested(), a.limits.list(), a.unassigned, a.standards}
}

// settle fills in the results.
func (a *audit) settle() {
	for _, item := range a.byID {
		switch {
		case item.count() > 0:
			item.Result = auditFound
		case item.Suppressed > 0:
			item.Result = auditSuppressed
		case len(item.Rules) == 0:
			item.Result = auditNotTested
		case a.limits.complete:
			item.Result = auditNothing
		default:
			item.Result = auditUndecided
		}
		slices.SortStableFunc(item.Found, func(x, y *auditRule) int { return int(y.Severity) - int(x.Severity) })
	}
}
