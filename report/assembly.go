package report

import (
	"errors"
	"strings"
	"time"

	"blurt/scanner/finding"
)

// assembly puts a scan's account together from parts that come in any order, or
// from several scans, and then tells it as events. All that grows with the scan
// waits in spools.
type assembly struct {
	// merging leaves out what an earlier scan has brought already.
	merging bool

	start    *finding.Start
	ids      []string
	seeds    []string
	versions []string
	finished time.Time
	ended    int // scans that came to their end
	scans    int
	complete bool
	requests int
	current  tally // of the scan that is being read

	findings queue[finding.Finding]
	targets  queue[string]
	surface  queue[finding.Surface]
	coverage queue[placedCoverage]
	effort   queue[finding.Effort]
	silent   queue[placedUnanswered]
	products queue[placedRecognised]
	errors   queue[finding.ScanError]

	said  *saidErrors                 // fingerprints, targets, cells and errors that came already
	urls  *saidErrors                 // the targets
	later map[string]*finding.Finding // that came again, by leakKey
}

func newAssembly(merging bool) *assembly {
	return &assembly{
		merging: merging, complete: true, said: newSaidErrors(), urls: newSaidErrors(),
		later: map[string]*finding.Finding{}, current: *newTally(Options{}),
	}
}

// again reports whether something came already, and remembers it.
func (a *assembly) again(kind string, parts ...string) bool {
	if !a.merging {
		return false
	}
	key := strings.Join(parts, "\x00")
	if a.said.has(kind, key) {
		return true
	}
	a.said.add(kind, key)
	return false
}

// Emit implements finding.Sink.
func (a *assembly) Emit(e finding.Event) error {
	switch {
	case e.Start != nil:
		a.begin(*e.Start)
	case e.Finding != nil:
		return a.finding(e.Finding)
	case e.Effort != nil:
		return a.effort.add(*e.Effort)
	case e.Target != nil:
		a.current.requests += e.Target.Requests
		return a.account(e.Target)
	case e.Done != nil:
		a.current.done = e.Done
		for _, failure := range e.Done.Errors {
			if err := a.fail(failure); err != nil {
				return err
			}
		}
	}
	return nil
}

// account takes all that a target says.
func (a *assembly) account(t *finding.Target) error {
	if err := a.target(t.URL); err != nil {
		return err
	}
	for _, cell := range t.Surface {
		if err := a.cell(cell); err != nil {
			return err
		}
	}
	for _, c := range t.Coverage {
		if err := a.cover(placedCoverage{t.URL, c}); err != nil {
			return err
		}
	}
	for _, u := range t.Unanswered {
		if err := a.miss(placedUnanswered{t.URL, u}); err != nil {
			return err
		}
	}
	if len(t.Recognised) > 0 {
		if err := a.recognise(placedRecognised{t.URL, t.Recognised}); err != nil {
			return err
		}
	}
	if t.Err == "" {
		return nil
	}
	return a.fail(finding.ScanError{Target: t.URL, Message: t.Err})
}

func (a *assembly) begin(s finding.Start) {
	a.ids = addDistinct(a.ids, s.ScanID)
	a.seeds = addDistinct(a.seeds, s.Seed)
	a.versions = addDistinct(a.versions, s.Tool.Version)
	switch {
	case a.start == nil:
		a.start = &s
	case !s.Started.IsZero() && (a.start.Started.IsZero() || s.Started.Before(a.start.Started)):
		a.start.Started = s.Started
	}
}

func addDistinct(list []string, text string) []string {
	for _, has := range list {
		if has == text {
			return list
		}
	}
	return append(list, text)
}

func (a *assembly) finding(f *finding.Finding) error {
	key := leakKey(f)
	if !a.again("finding", key) {
		return a.findings.add(*f)
	}
	if first := a.later[key]; first != nil {
		f = joinFindings(first, f)
	}
	a.later[key] = f
	return nil
}

// leakKey tells findings of one scan apart. A fingerprint leaves the port out, so
// two servers on one host may show the same one.
func leakKey(f *finding.Finding) string {
	origin, _ := splitURL(f.URL)
	return f.Fingerprint + "\x00" + origin
}

func (a *assembly) target(url string) error {
	if a.again("target", url) {
		return nil
	}
	a.urls.add("", url)
	return a.targets.add(url)
}

func (a *assembly) cell(c finding.Surface) error {
	if a.again("cell", c.URL, c.Method, c.Identity, c.Way) {
		return nil
	}
	return a.surface.add(c)
}

func (a *assembly) cover(c placedCoverage) error {
	if a.again("coverage", c.URL, c.Probe, c.Identity) {
		return nil
	}
	return a.coverage.add(c)
}

func (a *assembly) miss(u placedUnanswered) error {
	if a.again("unanswered", u.URL, u.Probe) {
		return nil
	}
	return a.silent.add(u)
}

func (a *assembly) recognise(r placedRecognised) error {
	if a.again("recognised", append([]string{r.URL}, r.Products...)...) {
		return nil
	}
	return a.products.add(r)
}

func (a *assembly) fail(e finding.ScanError) error {
	if a.again("error", e.Target, e.Message) {
		return nil
	}
	return a.errors.add(e)
}

// endScan closes the account of one scan.
func (a *assembly) endScan() {
	a.scans++
	a.requests += a.current.asked()
	done := a.current.done
	a.complete = a.complete && done != nil && done.Complete
	if done != nil {
		a.ended++
		if done.Finished.After(a.finished) {
			a.finished = done.Finished
		}
	}
	a.current = *newTally(Options{})
}

// Close implements finding.Sink.
func (a *assembly) Close() error {
	return errors.Join(a.findings.Close(), a.targets.Close(), a.surface.Close(), a.coverage.Close(), a.effort.Close(), a.silent.Close(), a.products.Close(), a.errors.Close())
}
