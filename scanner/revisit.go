package scanner

import (
	"context"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// revisit reads the exposed logs, metrics and dumps of an origin once more, when
// all its endpoints are done: a canary that turns up there was put there by a
// probe, and so is what other clients send.
func (e *engine) revisit(ctx context.Context, s *originState, origin wire.Origin) {
	targets := s.exposed
	s.exposed = nil
	for _, target := range targets {
		if ctx.Err() != nil {
			return
		}
		to := wire.Endpoint{Origin: origin, Target: target}
		x := &examination{engine: e, origin: s, endpoint: to, request: e.control(to)}
		j := x.controlJob(e.identities[0])
		x.take(x.observe(j, x.do(ctx, j.identity, to, x.request)))
		x.drafts = onlyEchoes(x.drafts)
		var events []finding.Event
		for _, f := range x.findings(ctx) {
			events = append(events, finding.Event{Finding: f})
		}
		e.account.emit(append(events, finding.Event{Effort: x.effort.account(to)})...)
	}
}

// onlyEchoes keeps what a second look alone can show.
func onlyEchoes(drafts []draft) []draft {
	var out []draft
	for _, d := range drafts {
		if d.hit.Category == finding.CertReflection {
			out = append(out, d)
		}
	}
	return out
}
