package scanner

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"blurt/scanner/finding"
)

// maxErrors bounds the errors that a report lists one by one.
const maxErrors = 100

// account keeps the books of a scan: it hands events to the sink one at a time,
// counts, and stops the scan when the sink fails.
type account struct {
	mu       sync.Mutex
	sink     finding.Sink
	stop     context.CancelFunc
	err      error
	errors   []finding.ScanError
	failed   int
	spent    bool
	progress Progress
	report   func(Progress)
}

func newAccount(sink finding.Sink, stop context.CancelFunc, report func(Progress)) *account {
	if report == nil {
		report = func(Progress) {}
	}
	return &account{sink: sink, stop: stop, report: report}
}

// emit hands the events over as one batch.
func (a *account) emit(events ...finding.Event) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, event := range events {
		if a.err != nil {
			return
		}
		if event.Finding != nil {
			a.progress.Findings++
		}
		if event.Target != nil {
			a.progress.EndpointsDone++
			if event.Target.Err != "" {
				a.fail(finding.ScanError{Target: event.Target.URL, Message: event.Target.Err})
			}
		}
		if a.err = a.sink.Emit(event); a.err != nil {
			a.stop()
		}
	}
	a.report(a.progress)
}

// fail notes what could not be done; the caller holds the lock.
func (a *account) fail(e finding.ScanError) {
	a.failed++
	if len(a.errors) < maxErrors {
		a.errors = append(a.errors, e)
	}
}

func (a *account) note(e finding.ScanError) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.fail(e)
}

// exhausted notes that the budget of requests is spent: no further endpoint is
// begun, and what is in flight is waited for.
func (a *account) exhausted(budget int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.spent {
		a.spent = true
		a.fail(finding.ScanError{Message: fmt.Sprintf(
			"the budget of %d requests was spent before the scan was done: raise --max-requests", budget)})
	}
}

// isSpent reports that the budget of requests is spent.
func (a *account) isSpent() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.spent
}

func (a *account) sent() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.progress.Requests++
	a.progress.Planned = max(a.progress.Planned, a.progress.Requests)
	a.report(a.progress)
}

func (a *account) planned(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.progress.Planned += n
}

func (a *account) endpoint() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.progress.Endpoints++
}

// done returns what closes the account.
func (a *account) done() *finding.Done {
	a.mu.Lock()
	defer a.mu.Unlock()
	errors := slices.Clone(a.errors)
	if more := a.failed - len(errors); more > 0 {
		errors = append(errors, finding.ScanError{Message: fmt.Sprintf("and %d more errors", more)})
	}
	return &finding.Done{
		Finished: time.Now().UTC(),
		Complete: a.failed == 0,
		Requests: a.progress.Requests,
		Errors:   errors,
	}
}

// broken returns the error of the sink.
func (a *account) broken() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.err
}
