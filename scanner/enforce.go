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
	jobs := x.enforcementJobs(c)
	x.ask(ctx, jobs)
	return len(jobs)
}

// enforcementJobs leaves out what cannot lead anywhere: where the origin refuses
// whatever it does not know, another spelling meets the same refusal, and only the
// way through an open path is left.
func (x *examination) enforcementJobs(c *control) []job {
	jobs := slices.Collect(x.jobs(c, isEnforcement))
	if !x.origin.absence.refuses() {
		return jobs
	}
	return slices.DeleteFunc(jobs, func(j job) bool { return !strings.HasPrefix(j.attempt.Variant, "through-") })
}

func isEnforcement(p *probes.Probe) bool { return p.Refused }

// isSpelling picks what asks otherwise for a path that is guarded only once the
// server knows it.
func isSpelling(p *probes.Probe) bool {
	switch p.ID {
	case "not-found", "path-spelling", "trailing-slash", "method":
		return true
	}
	return false
}

// probeScoped is for an endpoint that asks for a certificate by renegotiation:
// nobody gets an answer from it, but the connection was open to everybody.
func (x *examination) probeScoped(ctx context.Context) int {
	c := x.controls[0]
	if !afterRequest(c.exchange) {
		return 0
	}
	jobs := slices.Collect(x.jobs(c, isSpelling))
	x.ask(ctx, jobs)
	return len(jobs) + x.enforce(ctx, c)
}
