package scanner

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"crypto/sha256"

	"blurt/probes"
	"blurt/scanner/detect"
	"blurt/scanner/finding"
)

// Where all refusals read alike, the time that they take may still tell known
// subjects from made-up ones. Measuring costs many requests, so the user asks for
// it.

const (
	maxTimed   = 3  // endpoints of an origin that are timed
	turns      = 25 // times that each claim is made in a round
	rounds     = 2
	spare      = 2     // rounds that are made again because something else took its time
	rare       = 0.001 // how improbable a difference must be, in each round
	uneven     = 0.01  // how improbable two made-up subjects may be
	leastDelay = time.Millisecond
)

// timings are the times of a round.
type timings struct{ known, first, second []time.Duration }

// isUneven reports that the made-up subjects differ, so that the round says nothing.
// One round in a hundred is, by chance.
func (t timings) isUneven() bool { return rankSum(t.first, t.second) < uneven }

// verdict returns by how much the known subject takes longer, negative where it
// is faster. It reports false unless the difference is real.
func (t timings) verdict() (time.Duration, bool) {
	if rankSum(t.known, slices.Concat(t.first, t.second)) >= rare {
		return 0, false
	}
	usual := median(slices.Concat(t.first, t.second))
	delay := median(t.known) - usual
	return delay, delay.Abs() >= max(leastDelay, usual/10)
}

// mayTime reports whether the endpoint is one of the few of its origin that are
// timed.
func (x *examination) mayTime() bool {
	for n := range maxTimed {
		if x.origin.done.add(fmt.Sprint("timed ", n)) {
			return true
		}
	}
	return false
}

// time compares how long a subject that exists and made-up ones take.
func (q *inquiry) time(ctx context.Context) {
	known := q.timed()
	if known == nil || !q.mayTime() {
		return
	}
	group := []*testimony{known}
	for n := range 2 {
		twin := q.twinOf(ctx, known, n)
		if twin == nil || q.differ(twin, known) {
			return // answers that differ say it without a clock
		}
		group = append(group, twin)
	}
	seed := sha256.Sum256([]byte("turns " + q.engine.config.Seed))
	random := rand.New(rand.NewPCG(binary.BigEndian.Uint64(seed[:]), 0)) //nolint:gosec // an order is no secret
	var delays []time.Duration
	for again := spare; len(delays) < rounds; {
		t, ok := q.round(ctx, random, group)
		if !ok {
			return
		}
		if t.isUneven() {
			if again == 0 {
				return
			}
			again--
			continue
		}
		delay, real := t.verdict()
		if !real || len(delays) > 0 && (delay > 0) != (delays[0] > 0) {
			return
		}
		delays = append(delays, delay)
	}
	word := "longer"
	if delays[0] < 0 {
		word = "less"
	}
	q.say(detect.Hit{
		Rule: "subject-enumeration-timing", Category: finding.EnumerationOracle, Confidence: finding.Firm,
		Message: fmt.Sprintf("Without a certificate, a refusal takes %s by a median of %s where header fields claim %s than where they claim made-up ones of the same shape (%d requests each in two rounds, p < 0.001 in both).",
			word, delays[0].Abs().Round(10*time.Microsecond), known.what, rounds*turns),
		Excerpt: bodyStart(known),
	}, known, group[1], group[:2])
}

// timed is the claim of the subject that most certainly exists: the caller's own,
// else the first that the target shows.
func (q *inquiry) timed() *testimony {
	var best *testimony
	for _, t := range q.known {
		if !t.refuses() || q.differ(t, q.madeUp) {
			continue
		}
		if best == nil || len(t.job.private) > 0 {
			best = t
		}
	}
	return best
}

// round makes the claims in turns, each turn in a random order.
func (q *inquiry) round(ctx context.Context, random *rand.Rand, group []*testimony) (timings, bool) {
	var t timings
	into := []*[]time.Duration{&t.known, &t.first, &t.second}
	for range turns {
		for _, i := range random.Perm(len(group)) {
			if ctx.Err() != nil || q.engine.account.isSpent() {
				return t, false
			}
			j := group[i].job
			exchange := q.do(ctx, j.as(), q.endpoint, j.attempt.Request)
			if exchange.Got == nil || exchange.Got.Status != group[i].reading.status {
				return t, false
			}
			*into[i] = append(*into[i], exchange.Took)
		}
	}
	return t, true
}

// twinOf claims a made-up subject of the same shape, as the same client and over
// the same connections.
func (q *inquiry) twinOf(ctx context.Context, t *testimony, n int) *testimony {
	subject, ok := probes.Twin(t.who.Subject, fmt.Sprint(q.engine.config.Seed, n))
	if !ok {
		return nil
	}
	who := t.who
	who.Subject = subject
	attempt, ok := q.engine.claimant.Claim(q.context, "made-up-subject-of-the-same-shape", who, q.fields)
	if !ok {
		return nil
	}
	j := t.job
	j.attempt = attempt
	return q.put(ctx, "a made-up subject of the same shape", who, j)
}
