package scanner

import (
	"context"
	"fmt"

	"blurt/probes"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// judgeRule asks until the detectors find the rule again.
func (p *repetition) judgeRule(ctx context.Context) (Outcome, string) {
	last, lost := "", ""
	for range maxReplays {
		exchange := p.make(ctx, p.sent)
		if why := p.unreachable(exchange); why != "" {
			lost = why
			continue
		}
		seen := p.watch(p.sent.job, exchange)
		for _, d := range seen.drafts {
			if p.isSame(d) {
				return StillThere, how(exchange) + ": " + d.hit.Message
			}
		}
		last = how(exchange)
	}
	if last == "" {
		return Unknown, lost
	}
	return Gone, last + " and shows no " + p.finding.Rule
}

// isSame reports that a draft is of the finding. What an error page is about may
// change without it being mended, and any page of the rule counts.
func (p *repetition) isSame(d draft) bool {
	if d.hit.Rule != p.finding.Rule {
		return false
	}
	host := p.endpoint.Origin.Host
	for _, place := range []string{p.endpoint.Path(), wholeOrigin} {
		if groupID(d, host, place) == p.finding.Fingerprint {
			return true
		}
	}
	return d.gist != ""
}

// judgeVerdicts compares who is let in with the scan.
func (p *repetition) judgeVerdicts(ctx context.Context) (Outcome, string) {
	r := p.finding.Replay
	exchange := p.make(ctx, p.sent)
	if why := p.unreachable(exchange); why != "" && !(r.Sent.Verdict == finding.Open && p.control != nil) {
		return Unknown, why
	}
	if p.control != nil && !fares(p.control.exchange, r.Control) {
		v, _, _ := verdict(p.control.exchange)
		return Gone, fmt.Sprintf("the request that it was held against is answered otherwise: %s, was %s", v, r.Control.Verdict)
	}
	if fares(exchange, r.Sent) {
		return StillThere, how(exchange) + ", as in the scan"
	}
	return Gone, fmt.Sprintf("%s, was %s", how(exchange), r.Sent.Verdict)
}

// fares reports that a request is let in or refused as it was.
func fares(x *wire.Exchange, was *finding.Sent) bool {
	v, status, _ := verdict(x)
	return v == was.Verdict && status/100 == was.Status/100
}

// judgeDifference asks both requests in turns until it is clear whether their
// answers still differ.
func (p *repetition) judgeDifference(ctx context.Context) (Outcome, string) {
	p.control.grain = wordy
	q := &inquiry{examination: p.examination, control: p.control}
	other := q.hear("the other", probes.Claimed{}, p.against.job, p.control.exchange)
	shown := q.hear("the request", probes.Claimed{}, p.sent.job, p.make(ctx, p.sent))
	if other == nil || shown == nil {
		return Unknown, "one of the two requests got no answer that tells anything"
	}
	if !q.differ(shown, other) {
		return Gone, fmt.Sprintf("both requests are answered alike (%s)", statuses(shown, other))
	}
	g, ok := q.holds(ctx, shown, other)
	if !ok {
		return Gone, "the answers differ, but not by what is claimed"
	}
	return StillThere, fmt.Sprintf("the answers (%s) still differ in %s", statuses(shown, other), shown.reading.difference(other.reading, g, q.sent))
}

// how says in words how a request was answered.
func how(x *wire.Exchange) string {
	v, status, evidence := verdict(x)
	switch {
	case v == finding.HandshakeRefused:
		return "the handshake is refused (" + evidence + ")"
	case x.Got == nil:
		return "there is no answer"
	}
	return fmt.Sprintf("it is answered with status %d", status)
}
