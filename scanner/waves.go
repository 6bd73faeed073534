package scanner

import (
	"context"
	"fmt"
	"slices"

	"blurt/probes"
	"blurt/scanner/wire"
)

// The waves in which probes are sent, each on what the one before has told.

func isPlain(p *probes.Probe) bool {
	return !p.AgainstAbsent && !isClaim(p) && !isBroken(p) && !isCertificate(p) && !isEnforcement(p)
}
func isInventory(p *probes.Probe) bool { return p.AgainstAbsent }
func isClaim(p *probes.Probe) bool     { return p.Claim == wire.HeaderClaim }
func isBroken(p *probes.Probe) bool    { return p.Claim == wire.BrokenClaim }

// isCertificate probes are compared with a client that presents none, whoever
// else gets through.
func isCertificate(p *probes.Probe) bool { return p.Claim == wire.CertificateClaim }

// openers is how many requests of a wave are sent before it is judged whether
// such requests reach the application at all.
const openers = 4

// probe sends all that the plan has for the endpoint. It returns why the
// endpoint counts as not examined, when too much got no answer.
func (x *examination) probe(ctx context.Context) string {
	reached := slices.DeleteFunc(slices.Clone(x.controls), func(c *control) bool { return c.exchange.Got == nil })
	total := 0
	send := func(jobs []job) []answer {
		total += len(jobs)
		return x.ask(ctx, jobs)
	}
	send(slices.Collect(x.jobs(x.controls[0], isCertificate)))
	for i, c := range reached {
		if i == 0 {
			// What claims no identity in header fields is asked once, as the first
			// that gets through.
			send(slices.Collect(x.jobs(c, isPlain)))
			total += x.enforce(ctx, c)
			if x.absent != nil {
				inventory := slices.Collect(x.jobs(x.absent, isInventory))
				first := inventory[:min(len(inventory), openers)]
				if !x.cleared(x.absent, send(first)) {
					send(inventory[len(first):])
				}
			}
		}
		claims := slices.Collect(x.jobs(c, isClaim))
		first := claims[:min(len(claims), openers)]
		if x.cleared(c, send(first)) {
			continue
		}
		send(claims[len(first):])
		send(slices.Collect(x.jobs(c, isBroken)))
		x.inquire(ctx, c)
	}
	if len(reached) == 0 {
		total += x.probeScoped(ctx)
	} else {
		x.origin.probed = true
	}
	if lost := len(x.unanswered); lost*3 > total && lost > 2 {
		return fmt.Sprintf("%d of %d probes got no answer (%s)", lost, total, x.unanswered[lost-1].Error)
	}
	if len(reached) > 0 {
		return x.outage(ctx, reached[0], total)
	}
	return ""
}

// cleared reports that requests do not reach the application: a proxy's own
// page refuses the client, and what they change makes no difference to it.
func (x *examination) cleared(c *control, answers []answer) bool {
	return c.refused && len(answers) > 0 &&
		!slices.ContainsFunc(answers, func(a answer) bool { return a.signature != c.signature })
}
