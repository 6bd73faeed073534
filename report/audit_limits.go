package report

import (
	"fmt"
	"strings"

	"blurt/scanner/finding"
)

// auditLimits is what bounds a scan's word: what it could not examine.
type auditLimits struct {
	complete   bool
	targets    int
	requests   int
	failed     int // targets that could not be examined
	unanswered int // probes without an answer
	unsettled  int // groups of header fields that were not told apart
	caller     bool
	identities []string
}

func (l *auditLimits) note(e finding.Event) {
	switch {
	case e.Done != nil:
		// It counts better than the targets, whose requests stand for a scan that was cut short.
		l.complete, l.requests = e.Done.Complete, e.Done.Requests
	case e.Target != nil:
		l.target(e.Target)
	}
}

func (l *auditLimits) target(t *finding.Target) {
	l.targets++
	l.requests += t.Requests
	if t.Err != "" {
		l.failed++
	}
	l.unanswered += len(t.Unanswered)
	for _, c := range t.Coverage {
		l.unsettled += min(c.Unsettled, 1)
	}
	for _, cell := range t.Surface {
		const most = 8
		if len(l.identities) < most {
			l.identities = addDistinct(l.identities, cell.Identity)
		}
		l.caller = l.caller || cell.Identity == "caller"
	}
}

// tested says what was done, in a sentence.
func (l *auditLimits) tested() string {
	if l.requests == 0 {
		return fmt.Sprintf("Saved answers of %s were read; nothing was sent.", plural(l.targets, "endpoint"))
	}
	text := fmt.Sprintf("%s went to %s", plural(l.requests, "request"), plural(l.targets, "endpoint"))
	if len(l.identities) > 0 {
		text += ", with these identities: " + shorten(clean(strings.Join(l.identities, ", ")), 200)
	}
	return text + "."
}

// list says what could not be tested, a sentence each.
func (l *auditLimits) list() []string {
	var list []string
	if !l.complete {
		list = append(list, "The scan is incomplete: what was not examined may leak too.")
	}
	for _, reason := range []struct {
		count int
		noun  string
		what  string
	}{
		{l.failed, "endpoint", "could not be examined."},
		{l.unanswered, "probe", "got no answer when asked twice: of what they would have shown nothing is known."},
		{l.unsettled, "group", "of header fields changed the answer, and not each of the fields was told apart within the budget."},
	} {
		if reason.count > 0 {
			list = append(list, plural(reason.count, reason.noun)+" "+reason.what)
		}
	}
	if l.requests == 0 {
		list = append(list, "Only what the saved answers show could be judged.")
	} else if !l.caller {
		list = append(list, "No certificate of a caller was given: what authenticated callers are shown, and what only shows against their answers, was not tested.")
	}
	return append(list, "blurt asks from outside, as a client without rights. What needs an account's rights, source code, "+
		"configuration or a look at the organisation cannot be tested so: an item without findings is not contradicted, which is less than fulfilled.")
}
