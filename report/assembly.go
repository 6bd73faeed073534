package report

import (
	"errors"
	"fmt"
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
	case e.Target != nil:
		a.current.requests += e.Target.Requests
		if err := a.target(e.Target.URL); err != nil {
			return err
		}
		for _, cell := range e.Target.Surface {
			if err := a.cell(cell); err != nil {
				return err
			}
		}
		if e.Target.Err != "" {
			return a.fail(finding.ScanError{Target: e.Target.URL, Message: e.Target.Err})
		}
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
	if a.again("cell", c.URL, c.Method, c.Identity) {
		return nil
	}
	return a.surface.add(c)
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
	return errors.Join(a.findings.Close(), a.targets.Close(), a.surface.Close(), a.errors.Close())
}

// tell emits the account. It is called once, after the last endScan.
func (a *assembly) tell(sink finding.Sink) error {
	if a.start != nil {
		a.start.ScanID, a.start.Seed = strings.Join(a.ids, "+"), strings.Join(a.seeds, "+")
		a.start.Tool.Version = strings.Join(a.versions, "+")
		if err := sink.Emit(finding.Event{Start: a.start}); err != nil {
			return err
		}
	}
	for {
		f, err := a.findings.next()
		if err != nil {
			return err
		}
		if f == nil {
			break
		}
		if later := a.later[leakKey(f)]; later != nil {
			f = joinFindings(f, later)
		}
		if err := sink.Emit(finding.Event{Finding: f}); err != nil {
			return err
		}
	}
	if err := a.tellTargets(sink); err != nil {
		return err
	}
	return a.tellEnd(sink)
}

// tellTargets gives each target its cells and its error. The lists are in the same
// order, as the report that they come from was written; what fits no target goes
// to its neighbour, so that each list keeps its order.
func (a *assembly) tellTargets(sink finding.Sink) error {
	requests := 0
	if a.ended == 0 {
		requests = a.requests // else the end has them
	}
	url, err := a.targets.next()
	if err != nil {
		return err
	}
	for url != nil {
		target := &finding.Target{URL: *url, Requests: requests}
		requests = 0
		if url, err = a.targets.next(); err != nil {
			return err
		}
		if err := a.fill(target, url == nil); err != nil {
			return err
		}
		if err := sink.Emit(finding.Event{Target: target}); err != nil {
			return err
		}
	}
	return a.tellStrayCells(sink)
}

// fill takes the target's own cells and its error off the queues; the last target
// takes all that is left.
func (a *assembly) fill(target *finding.Target, last bool) error {
	for {
		cell, err := a.surface.peek()
		if err != nil {
			return err
		}
		if cell == nil || cell.URL != target.URL && !last && a.urls.has("", cell.URL) {
			break
		}
		target.Surface = append(target.Surface, *cell)
		if _, err := a.surface.next(); err != nil {
			return err
		}
	}
	failure, err := a.errors.peek()
	if err != nil || failure == nil || failure.Target != target.URL {
		return err
	}
	target.Err = failure.Message
	_, err = a.errors.next()
	return err
}

// tellStrayCells tells the surface of a report that names no target.
func (a *assembly) tellStrayCells(sink finding.Sink) error {
	for {
		cell, err := a.surface.next()
		if err != nil || cell == nil {
			return err
		}
		target := &finding.Target{URL: cell.URL, Surface: []finding.Surface{*cell}}
		if err := sink.Emit(finding.Event{Target: target}); err != nil {
			return err
		}
	}
}

func (a *assembly) tellEnd(sink finding.Sink) error {
	done := &finding.Done{Finished: a.finished, Complete: a.complete && a.ended > 0, Requests: a.requests}
	for {
		failure, err := a.errors.next()
		if err != nil {
			return err
		}
		if failure == nil {
			break
		}
		done.Errors = append(done.Errors, *failure)
	}
	if short := a.scans - a.ended; a.ended > 0 && short > 0 {
		done.Errors = append(done.Errors, finding.ScanError{Message: fmt.Sprintf("%d of %d scans were cut short", short, a.scans)})
	}
	if a.ended == 0 && len(done.Errors) == 0 {
		return nil
	}
	return sink.Emit(finding.Event{Done: done})
}
