package report

import (
	"errors"
	"fmt"
	"strings"

	"blurt/scanner/finding"
)

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
	if err := a.tellEfforts(sink); err != nil {
		return err
	}
	if err := a.tellTargets(sink); err != nil {
		return err
	}
	return a.tellEnd(sink)
}

// tellEfforts tells what each endpoint cost; of several scans the costs add up.
func (a *assembly) tellEfforts(sink finding.Sink) error {
	for {
		e, err := a.effort.next()
		if err != nil || e == nil {
			return err
		}
		if err := sink.Emit(finding.Event{Effort: e}); err != nil {
			return err
		}
	}
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

// fill takes what belongs to the target off the queues; the last target takes all
// that is left.
func (a *assembly) fill(target *finding.Target, last bool) error {
	own := func(url string) bool { return url == target.URL || last || !a.urls.has("", url) }
	err := errors.Join(
		drain(&a.surface, func(c *finding.Surface) bool { return own(c.URL) }, func(c *finding.Surface) {
			target.Surface = append(target.Surface, *c)
		}),
		drain(&a.coverage, func(c *placedCoverage) bool { return own(c.URL) }, func(c *placedCoverage) {
			target.Coverage = append(target.Coverage, c.Coverage)
		}),
		drain(&a.silent, func(u *placedUnanswered) bool { return own(u.URL) }, func(u *placedUnanswered) {
			target.Unanswered = append(target.Unanswered, u.Unanswered)
		}),
		drain(&a.products, func(r *placedRecognised) bool { return own(r.URL) }, func(r *placedRecognised) {
			target.Recognised = r.Products
		}),
	)
	if err != nil {
		return err
	}
	failure, err := a.errors.peek()
	if err != nil || failure == nil || failure.Target != target.URL {
		return err
	}
	target.Err = failure.Message
	_, err = a.errors.next()
	return err
}

// drain takes values off a queue as long as they fit.
func drain[T any](q *queue[T], fits func(*T) bool, take func(*T)) error {
	for {
		value, err := q.peek()
		if err != nil || value == nil || !fits(value) {
			return err
		}
		take(value)
		if _, err := q.next(); err != nil {
			return err
		}
	}
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
