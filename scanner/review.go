package scanner

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"blurt/probes"
	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/policy"
	"blurt/scanner/sensitivity"
	"blurt/scanner/wire"
)

// The rules about an endpoint that its siblings show to be the exception.
const (
	notEnforced  = "mtls-not-enforced"
	publicListed = "mtls-public-endpoint"
)

const (
	maxReviewed = 50 // open endpoints of one origin that are reported one by one
	maxThrough  = 10 // refused endpoints that are asked for through an open one
	// leastThrough is what such an endpoint must have left: a look at it, and two paths.
	leastThrough = 3
)

// review compares the endpoints of an origin when all that are known have been
// examined: which are open while their siblings demand a certificate, and which
// of these can be reached through an open one.
func (e *engine) review(ctx context.Context, s *originState, origin wire.Origin) {
	if slices.ContainsFunc(s.rows, func(r row) bool { return r.judges }) {
		e.account.held(-s.groups.drop(untrustedAccepted))
	}
	if !origin.TLS() || !slices.ContainsFunc(s.rows, func(r row) bool { return r.demands }) {
		return
	}
	e.throughOpen(ctx, s, origin)
	var public []string
	told := 0
	for i := range s.rows {
		r := &s.rows[i]
		if !r.served || r.declared || s.laidOpen.has(r.target) || r.reviewed || ctx.Err() != nil || e.account.isSpent() {
			continue
		}
		path, _, _ := strings.Cut(r.target, "?")
		if _, declared := policy.Find(e.config.Expectations, "GET", path); declared {
			continue // what the owner says of it was held against it already
		}
		switch {
		case r.level == sensitivity.Public:
			r.reviewed = true
			public = append(public, r.target)
		case told < maxReviewed && s.isException(r):
			r.reviewed = true // else it may be one once further siblings are known
			told++
			e.tellOpen(ctx, s, origin, r)
		}
	}
	if len(public) > 0 && ctx.Err() == nil {
		e.tellPublic(ctx, s, origin, public)
	}
}

// isException reports that an open endpoint is the exception: what it gives away
// is worth protecting and any sibling is protected; or a certificate is the rule.
// A name alone that sounds worth protecting tips the scales where as many
// endpoints demand one as are served without.
func (s *originState) isException(open *row) bool {
	demand, serve := s.balance()
	return open.shown || demand > serve || demand == serve && open.level == sensitivity.High
}

// balance counts the endpoints that demand a certificate, and those that are
// served without, those aside that are public by their name.
func (s *originState) balance() (demand, serve int) {
	for _, r := range s.rows {
		switch {
		case r.demands:
			demand++
		case r.served && r.level != sensitivity.Public:
			serve++
		}
	}
	return demand, serve
}

// demanding names an endpoint that demands a certificate, and how many there are.
func (s *originState) demanding() (example string, count int) {
	for _, r := range s.rows {
		if r.demands {
			if count++; count == 1 {
				example, _, _ = strings.Cut(r.target, "?")
			}
		}
	}
	return example, count
}

// visit begins another look at an endpoint that was examined, as a client without
// a certificate.
func (e *engine) visit(ctx context.Context, s *originState, to wire.Endpoint) *examination {
	x := &examination{engine: e, origin: s, endpoint: to, request: e.control(to), laddered: make(map[uint64]bool)}
	if at := slices.IndexFunc(s.rows, func(r row) bool { return r.target == to.Target }); at >= 0 {
		x.spentBefore = s.rows[at].spent
	}
	exchange := x.doFor(ctx, forConfirmation, e.identities[0], to, x.request)
	c := &control{identity: e.identities[0], exchange: exchange}
	if exchange.Got != nil {
		c.signature = x.signature(exchange.Got, exact)
	}
	x.controls = []*control{c}
	x.uphold(c, true) // it was asked just now
	return x
}

// conclude reports what a visit has settled.
func (x *examination) conclude(ctx context.Context, hit detect.Hit) {
	d := x.draft(x.controlJob(x.controls[0].identity), detect.Input{Exchange: x.controls[0].exchange}, hit)
	d.settled = true
	x.drafts = append(x.drafts, d)
	x.emitFindings(ctx)
}

// emitFindings tells what a visit has shown, and what it cost.
func (x *examination) emitFindings(ctx context.Context) {
	var events []finding.Event
	for _, f := range x.findings(ctx) {
		events = append(events, finding.Event{Finding: f})
	}
	x.engine.account.emit(append(events, finding.Event{Effort: x.effort.account(x.endpoint)})...)
}

func (e *engine) tellOpen(ctx context.Context, s *originState, origin wire.Origin, r *row) {
	x := e.visit(ctx, s, wire.Endpoint{Origin: origin, Target: r.target})
	got := x.controls[0].exchange
	if !isServed(got) {
		x.emitFindings(ctx)
		return
	}
	example, count := s.demanding()
	hit := detect.Hit{
		Rule: notEnforced, Category: finding.MTLSInconsistency, Confidence: finding.Confirmed,
		Excerpt: detect.Span{End: min(len(got.Got.Body), 400)},
		Message: fmt.Sprintf("Without a certificate the endpoint answers with status %d, while %s of the same origin refuse%s for want of one (%s).",
			got.Got.Status, siblings(count), map[bool]string{true: "s"}[count == 1], example),
	}
	if r.level == sensitivity.High {
		hit.Message += " It looks worth protecting: " + strings.Join(r.why, "; ") + "."
		hit.Items = []detect.Item{{Category: finding.MTLSInconsistency, Name: "looks worth protecting", Value: strings.Join(r.why, "; "), Location: "inference"}}
	}
	x.conclude(ctx, hit)
}

// glance sends jobs and takes what was seen; nothing more is asked for it.
func (x *examination) glance(ctx context.Context, jobs []job) []answer {
	answers := x.send(ctx, jobs)
	for _, a := range answers {
		x.take(a.seen)
	}
	return answers
}

func siblings(count int) string {
	if count == 1 {
		return "one endpoint"
	}
	return fmt.Sprintf("%d endpoints", count)
}

// tellPublic lists the endpoints that are open on purpose in most systems. That
// they are meant to be is the owner's to say.
func (e *engine) tellPublic(ctx context.Context, s *originState, origin wire.Origin, targets []string) {
	x := e.visit(ctx, s, wire.Endpoint{Origin: origin, Target: targets[0]})
	if !isServed(x.controls[0].exchange) {
		x.emitFindings(ctx)
		return
	}
	listed := targets[:min(len(targets), 20)]
	meant := "by the name"
	if slices.ContainsFunc(listed, func(target string) bool {
		said := e.said(s, wire.Endpoint{Origin: origin, Target: target})
		return said != nil && said.Public
	}) {
		meant = "by the name or the API description"
	}
	x.conclude(ctx, detect.Hit{
		Rule: publicListed, Category: finding.MTLSInconsistency, Confidence: finding.Firm, PerOrigin: true,
		Message: fmt.Sprintf("Open without a certificate, while siblings demand one, and %s meant to be: %s. Expect it as public, and it is not told any more.",
			meant, strings.Join(listed, ", ")),
	})
}

// throughOpen asks for refused endpoints through a sibling that turned out to be
// open only after they were examined.
func (e *engine) throughOpen(ctx context.Context, s *originState, origin wire.Origin) {
	if len(s.open) == 0 || e.config.Profile < probes.Standard {
		return
	}
	asked := 0
	for i := range s.rows {
		r := &s.rows[i]
		if !r.demands || r.through || r.verdict == finding.HandshakeRefused || asked >= maxThrough || mapBudget(e.config.Profile)-r.spent < leastThrough || ctx.Err() != nil || e.account.isSpent() {
			continue
		}
		asked++
		r.through = true
		x := e.visit(ctx, s, wire.Endpoint{Origin: origin, Target: r.target})
		c := x.controls[0]
		if v, _, _ := verdict(c.exchange); c.exchange.Got == nil || !isRefusal(v) {
			x.emitFindings(ctx)
			continue
		}
		x.spell(ctx, slices.DeleteFunc(x.enforcementJobs(c), func(j job) bool { return !j.isThroughOpen() }), x.glance)
		x.emitFindings(ctx)
	}
}
