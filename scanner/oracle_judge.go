package scanner

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"blurt/probes"
	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// maxTurns is how often each of two claims is asked again, in turns that no
// round-robin of servers follows: a server that draws lots between two answers
// passes once in hundreds of times.
const maxTurns = 4

// holds asks each of the claims again, in turns: two where there are more than two
// claims, which no chance tells apart so often. It returns the closest look at
// which each claim's answers agree with one another and no two claims' answers do.
func (q *inquiry) holds(ctx context.Context, ts ...*testimony) (grain, bool) {
	readings := make([][]reading, len(ts))
	for i, t := range ts {
		readings[i] = []reading{t.reading}
	}
	ask := func(i int) bool {
		t := q.again(ctx, ts[i])
		if t == nil {
			return false
		}
		readings[i] = append(readings[i], t.reading)
		return true
	}
	turns := maxTurns
	if len(ts) > 2 {
		turns = 2
	}
	for turn := range turns {
		for i := range ts {
			if turn%2 == 0 {
				i = len(ts) - 1 - i
			}
			if !ask(i) {
				return 0, false
			}
		}
		if _, ok := q.closest(readings); !ok {
			return 0, false
		}
	}
	return q.closest(readings)
}

// closest returns the closest look that separates groups of answers.
func (q *inquiry) closest(readings [][]reading) (grain, bool) {
	for g := q.control.grain; g <= outline; g++ {
		if q.separates(readings, g) {
			return g, true
		}
	}
	return 0, false
}

func (q *inquiry) separates(groups [][]reading, g grain) bool {
	for i, group := range groups {
		for _, r := range group[1:] {
			if !r.alike(group[0], g, q.sent) {
				return false
			}
		}
		for _, other := range groups[:i] {
			if group[0].alike(other[0], g, q.sent) {
				return false
			}
		}
	}
	return true
}

// judgeKnown reports a subject that exists and gets another answer than made-up
// ones of its own shape.
func (q *inquiry) judgeKnown(ctx context.Context) bool {
	for _, t := range slices.Backward(q.known) {
		if !q.differ(t, q.madeUp) {
			continue
		}
		var twins []*testimony
		for n := range 2 {
			if twin := q.twinOf(ctx, t, n); twin != nil {
				twins = append(twins, twin)
			}
		}
		if len(twins) < 2 || q.differ(twins[0], twins[1]) || !q.differ(t, twins[0]) {
			continue
		}
		g, ok := q.holds(ctx, t, twins[0])
		if !ok {
			continue
		}
		shown, other := q.narrowPair(ctx, t, twins[0], g)
		q.say(detect.Hit{
			Rule: "subject-enumeration", Category: finding.EnumerationOracle, Confidence: finding.Confirmed,
			Message: fmt.Sprintf("Without a certificate, header fields that claim %s are answered otherwise than those that claim a made-up one of the same shape. The answers (%s) differ in %s.",
				t.what, statuses(shown, other), shown.reading.difference(other.reading, g, q.sent)),
			Excerpt: bodyStart(shown),
		}, shown, other, []*testimony{shown, other})
		return true
	}
	return false
}

// maxNarrowPairs bounds the pairs of requests that narrowing a difference costs.
const maxNarrowPairs = 8

// narrowPair leaves out the fields without which two claims still get different
// answers.
func (q *inquiry) narrowPair(ctx context.Context, a, b *testimony, g grain) (*testimony, *testimony) {
	tries := 0
	fewest(a.job.attempt.Added, func(names []string) bool {
		if tries++; tries > maxNarrowPairs {
			return false
		}
		part := func(t *testimony) *testimony {
			return q.put(ctx, t.what, t.who, t.job.with(only(t.job.attempt, names)))
		}
		first, second := part(a), part(b)
		if first == nil || second == nil || !first.reading.alike(a.reading, g, q.sent) || !second.reading.alike(b.reading, g, q.sent) {
			return false
		}
		a, b = first, second
		return true
	})
	return a, b
}

// judgeCases reports answers that tell which check a claimed certificate failed.
func (q *inquiry) judgeCases(ctx context.Context) bool {
	kinds := q.kinds()
	if !q.tellsChecks(kinds) {
		return false
	}
	kinds = slices.DeleteFunc(kinds, func(t *testimony) bool {
		return t != q.baseline && q.differ(t, q.baseline) && q.generic(ctx, t)
	})
	if !q.tellsChecks(kinds) {
		return false
	}
	if _, ok := q.holds(ctx, kinds...); !ok {
		return false
	}
	shown, other := kinds[len(kinds)-1], kinds[len(kinds)-2]
	names := q.needed(ctx, kinds[1])
	list := make([]string, len(kinds))
	for i, t := range kinds {
		list[i] = fmt.Sprintf("%s (%d)", t.what, t.reading.status)
	}
	q.say(detect.Hit{
		Rule: "certificate-check-oracle", Category: finding.EnumerationOracle, Confidence: finding.Confirmed,
		Message: fmt.Sprintf("The answers to identities that are claimed in %s tell %d cases apart: %s.", listed(names), len(kinds), strings.Join(list, ", ")),
		Excerpt: bodyStart(shown),
	}, shown, other, kinds)
	return true
}

// kinds returns the first case of each kind of answer. Internal errors tell that
// something broke, not which check failed.
func (q *inquiry) kinds() []*testimony {
	var out []*testimony
	for _, t := range q.cases {
		if t != q.baseline && (t.reading.status >= 500 || !t.refuses()) {
			continue
		}
		if !slices.ContainsFunc(out, func(o *testimony) bool { return !q.differ(o, t) || o.parser && t.parser }) {
			out = append(out, t)
		}
	}
	return out
}

// tellsChecks reports that there is more than the presence of a claim to tell:
// three kinds, or two that are both of well-formed claims.
func (q *inquiry) tellsChecks(kinds []*testimony) bool {
	wellFormed := 0
	for _, t := range kinds {
		if t.job.claim() == wire.HeaderClaim && t.who.Subject != "" && !t.who.Failed {
			wellFormed++
		}
	}
	return len(kinds) >= 3 || wellFormed >= 2
}

// generic reports that the values change the answer under any name, or that it
// cannot be told.
func (q *inquiry) generic(ctx context.Context, t *testimony) bool {
	j := t.job.with(probes.Renamed(t.job.attempt))
	other := q.put(ctx, t.what+" in other fields", t.who, j)
	return other == nil || q.differ(other, q.baseline)
}

// judgeReading reports that the fields of a stranger are read at all: their value
// decides the answer, or the answer speaks of what they say.
func (q *inquiry) judgeReading(ctx context.Context) {
	if q.saysMore() {
		return
	}
	var changed, unchanged []*testimony
	for _, t := range q.cases[1:] {
		if q.differ(t, q.baseline) {
			changed = append(changed, t)
		} else {
			unchanged = append(unchanged, t)
		}
	}
	if len(changed) == 0 {
		return
	}
	shown, other, confidence := changed[0], q.baseline, finding.Confirmed
	switch i := slices.IndexFunc(changed, func(t *testimony) bool { return q.differ(t, shown) }); {
	case len(unchanged) > 0:
		other = unchanged[0]
	case i > 0:
		other = changed[i]
	case speaksOfIdentity(shown) && shown.reading.status < 500:
		confidence = finding.Firm
	default:
		return // a filter may refuse the field, whatever it holds
	}
	if q.generic(ctx, shown) {
		return
	}
	g, ok := q.holds(ctx, shown, other)
	if !ok {
		return
	}
	q.say(detect.Hit{
		Rule: "identity-header-read", Category: finding.EnumerationOracle, Confidence: confidence,
		Message: fmt.Sprintf("What a client without a certificate writes into %s is read: %s gets another answer than %s. The answers (%s) differ in %s.",
			listed(q.needed(ctx, shown)), shown.what, other.what, statuses(shown, other), shown.reading.difference(other.reading, g, q.sent)),
		Excerpt: bodyStart(shown),
	}, shown, other, []*testimony{shown, other})
}

// saysMore reports that a claim has shown more than that it is read.
func (q *inquiry) saysMore() bool {
	return slices.ContainsFunc(q.drafts, func(d draft) bool {
		if claim := d.job.claim(); claim != wire.HeaderClaim && claim != wire.BrokenClaim {
			return false
		}
		switch d.hit.Category {
		case finding.CertReflection, finding.DebugPage, finding.Traceback, finding.ErrorDetail, finding.SecretExposure:
			return true
		}
		return false
	})
}

// speaksOfIdentity reports an answer that is about a certificate or its subject.
func speaksOfIdentity(t *testimony) bool {
	if detect.StockPage(t.exchange.Got) != "" {
		return false
	}
	return slices.ContainsFunc(t.reading.words[t.reading.fields:], func(w string) bool {
		switch strings.Trim(w, "_") {
		case "certificate", "certificates", "cert", "subject", "dn", "issuer", "cn", "identity", "x509", "common", "fingerprint", "serial":
			return true
		}
		return false
	})
}

// maxNamed bounds the fields that a message names.
const maxNamed = 3

func listed(names []string) string {
	if len(names) > maxNamed {
		return fmt.Sprintf("%s and %d more header fields", strings.Join(names[:maxNamed], ", "), len(names)-maxNamed)
	}
	return strings.Join(names, ", ")
}

// needed returns those of the fields that changed answers without which a claim
// does not get its answer.
func (q *inquiry) needed(ctx context.Context, t *testimony) []string {
	tries := 0
	gets := func(names []string) bool {
		if tries++; tries > maxNarrowPairs {
			return false
		}
		part := q.put(ctx, t.what, t.who, t.job.with(only(t.job.attempt, names)))
		return part != nil && !q.differ(part, t)
	}
	candidates := slices.DeleteFunc(slices.Clone(q.names), func(name string) bool { return !slices.Contains(t.job.attempt.Added, name) })
	if !q.differ(t, q.baseline) || !gets(candidates) {
		return q.names
	}
	return fewest(candidates, gets)
}

func statuses(a, b *testimony) string {
	if a.reading.status == b.reading.status {
		return fmt.Sprintf("both %d", a.reading.status)
	}
	return fmt.Sprintf("%d and %d", a.reading.status, b.reading.status)
}

func bodyStart(t *testimony) detect.Span {
	return detect.Span{End: min(len(t.exchange.Got.Body), 400)}
}
