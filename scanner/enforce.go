package scanner

import (
	"context"
	"slices"
	"strings"

	"blurt/probes"
	"blurt/scanner/finding"
)

// enforce asks for an endpoint that refuses the client in ways that its check may
// not recognise.
func (x *examination) enforce(ctx context.Context, c *control) int {
	v, _, _ := verdict(c.exchange)
	if !isRefusal(v) || v == finding.HandshakeRefused && !afterRequest(c.exchange) {
		return 0
	}
	return x.spell(ctx, x.enforcementJobs(c), x.ask)
}

// spellStep is how many spellings are asked before it is judged whether one of
// them got through.
const spellStep = 2

// spell asks for a refused path in other words, the likely ones first, until one
// is proven to get past the check, or no more may be asked. It returns how many
// were.
func (x *examination) spell(ctx context.Context, jobs []job, ask func(context.Context, []job) []answer) int {
	sent := 0
	for ctx.Err() == nil && !x.engine.account.isSpent() {
		x.sieve(ctx)
		n := min(len(jobs), x.spellingsLeft())
		if !x.isThorough() {
			if x.hasProof(pathBypass) {
				break
			}
			n = min(n, spellStep)
		}
		if n <= 0 {
			break
		}
		ask(ctx, jobs[:n])
		jobs, sent = jobs[n:], sent+n
	}
	return sent
}

// spellingsLeft leaves something for the ways into the origin, unless all of them
// were gone.
func (x *examination) spellingsLeft() int {
	front, guarded := x.guarded()
	if !guarded || x.origin.ways.isDone(front.Verdict) {
		return x.mapLeft()
	}
	return x.mapLeft() - wayReserve
}

// enforcementJobs leaves out what cannot lead anywhere: where the origin refuses
// whatever it does not know, another spelling meets the same refusal, and only the
// way through an open path is left.
func (x *examination) enforcementJobs(c *control) []job {
	jobs := slices.Collect(x.jobs(c, isEnforcement))
	if !x.origin.absence.refuses() {
		return jobs
	}
	return slices.DeleteFunc(jobs, func(j job) bool { return !j.isThroughOpen() })
}

// isThroughOpen reports a path that leads through another one, which is open.
func (j job) isThroughOpen() bool { return strings.HasPrefix(j.attempt.Variant, "through-") }

func isEnforcement(p *probes.Probe) bool { return p.Refused }

// isSpelling picks what asks otherwise for a path that is guarded only once the
// server knows it.
func isSpelling(p *probes.Probe) bool {
	switch p.ID {
	case "path-spelling", "trailing-slash", "method":
		return true
	}
	return false
}

func isNotFound(p *probes.Probe) bool { return p.ID == "not-found" }

// probeScoped is for an endpoint that asks for a certificate by renegotiation:
// nobody gets an answer from it, but the connection was open to everybody.
func (x *examination) probeScoped(ctx context.Context) int {
	c := x.controls[0]
	if !afterRequest(c.exchange) {
		return 0
	}
	missing := slices.DeleteFunc(slices.Collect(x.jobs(c, isNotFound)), func(j job) bool { return !j.attempt.Absent })
	missing = missing[:min(len(missing), 1)]
	x.ask(ctx, missing)
	return len(missing) + x.spell(ctx, slices.Concat(x.enforcementJobs(c), slices.Collect(x.jobs(c, isSpelling))), x.ask)
}
