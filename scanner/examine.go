package scanner

import (
	"cmp"
	"context"
	"strings"
	"sync/atomic"
	"time"

	"blurt/scanner/detect"
	"blurt/scanner/discover"
	"blurt/scanner/finding"
	"blurt/scanner/saved"
	"blurt/scanner/wire"
)

// examination is the work on one endpoint. It is owned by one goroutine; only
// ask runs several requests at a time.
type examination struct {
	engine   *engine
	origin   *originState
	endpoint wire.Endpoint
	request  wire.Request // the control
	controls []*control   // one for each identity, in order
	absent   *control     // for a path that does not exist; nil while unknown
	cells    []finding.Surface
	drafts   []draft // in the order of the plan
	laddered map[uint64]bool
	effort   effort
	// spentBefore is what earlier looks at the endpoint have cost the map.
	spentBefore int
	upheld      map[*control]bool // controls that were asked again, and held
	byHTTP1     map[*control]bool // controls that were asked by HTTP/1.1, and served
	waited      atomic.Int64      // nanoseconds, by all requests together
	downs       int               // answers that were not the application's
	unanswered  []finding.Unanswered
	coverage    []finding.Coverage
	crossed     []*finding.Finding // of other ways in
	siftLeft    int                // requests that sifting may still cost
	canaries    []saved.Canary     // of an exchange that was saved
	reactions   []reaction
	strangers   []client // who asked with a certificate that should not be accepted
	declared    bool     // it was told that the API description demands mutual TLS here
}

// control is how the benign request fares as one identity.
type control struct {
	identity  wire.Identity
	exchange  *wire.Exchange
	grain     grain
	signature uint64
	refused   bool // by a proxy's own page: the application was not reached
	unsteady  bool // its status is not the same each time
}

// examineAll examines an endpoint and then those that its answers point to.
func (e *engine) examineAll(ctx context.Context, s *originState, to wire.Endpoint) {
	e.examine(ctx, s, to)
	for len(s.leads) > 0 {
		next := s.leads[0]
		s.leads = s.leads[1:]
		e.account.endpoint()
		e.examine(ctx, s, next)
	}
}

// examine examines one endpoint, unless that was done before, and accounts for
// it.
func (e *engine) examine(ctx context.Context, s *originState, to wire.Endpoint) {
	target := finding.Target{URL: to.String()}
	if ctx.Err() != nil || e.account.isSpent() {
		// The end of the scan is accounted for once, not for each endpoint.
		return
	}
	if !s.seen.add(to.Target) {
		e.account.emit(finding.Event{Target: &target})
		return
	}
	if s.failures >= maxFailures {
		target.Err = "not asked: the endpoints before it on this origin got no answer (" + s.lastErr + ")"
		e.account.emit(finding.Event{Target: &target})
		return
	}
	x := &examination{
		engine: e, origin: s, endpoint: to,
		request: e.control(to), laddered: make(map[uint64]bool), siftLeft: siftBudget(e.config.Profile),
	}
	target.Err = x.askControls(ctx)
	switch {
	case ended(ctx):
	case target.Err != "":
		s.failures, s.lastErr = s.failures+1, target.Err
	default:
		s.failures = 0
		target.Err = x.probe(ctx)
		x.sieve(ctx)
		x.cross(ctx)
		x.reverse(ctx)
	}
	x.sieve(ctx)
	x.expect(ctx)
	x.holdToDocument(ctx)
	findings := append(x.findings(ctx), x.crossed...)
	x.chart(findings)
	if ended(ctx) || e.account.isSpent() {
		target.Err = "" // the scan's end is accounted for once
	}
	target.Surface, target.Requests = x.cells, x.effort.total()
	target.Unanswered, target.Coverage, target.Recognised = x.unanswered, x.coverage, s.recognised()
	events := make([]finding.Event, 0, len(findings)+2)
	for _, f := range findings {
		events = append(events, finding.Event{Finding: f})
	}
	e.account.emit(append(events, finding.Event{Effort: x.effort.account(to)}, finding.Event{Target: &target})...)
}

// askControls sends the benign request as each identity. It returns why the
// endpoint cannot be examined: when nobody got an answer of any kind.
func (x *examination) askControls(ctx context.Context) string {
	var failures []string
	answered := 0
	for _, identity := range x.engine.identities {
		exchange := x.do(ctx, identity, x.endpoint, x.request)
		if exchange.Err != nil && !exchange.Refused() && (retryable(exchange.Err) || shutOut(exchange)) && ctx.Err() == nil {
			exchange = x.do(ctx, identity, x.endpoint, x.request)
		}
		if ended(ctx) {
			return ""
		}
		x.origin.hear(exchange.Handshake)
		c := &control{identity: identity, exchange: exchange}
		seen := x.observe(x.controlJob(identity), exchange)
		x.cells = append(x.cells, x.cell(identity.Name, exchange, secretsOf(seen)...))
		x.controls = append(x.controls, c)
		switch {
		case exchange.Got != nil && !late(exchange.Got):
			x.measure(ctx, c)
			_, c.refused = detect.RefusedBy(exchange.Got)
			answered++
			for _, to := range discover.Leads(x.endpoint, exchange.Got) {
				x.lead(to)
			}
		case shutOut(exchange):
			answered++
		case exchange.Got != nil:
			failures = append(failures, "as "+identity.Name+": the answer did not end in time")
		default:
			failures = append(failures, "as "+identity.Name+": "+exchange.Err.Error())
		}
		x.take(seen)
	}
	if answered > 0 && len(failures) > 0 {
		// The comparison that was asked for did not happen.
		x.engine.account.note(finding.ScanError{Target: x.endpoint.String(), Message: strings.Join(failures, "; ")})
	}
	if answered > 0 || len(failures) == 0 {
		return ""
	}
	return strings.TrimPrefix(failures[0], "as none: ")
}

// measure asks the control again, to learn how much of its answer changes by
// itself.
func (x *examination) measure(ctx context.Context, c *control) {
	if again := x.do(ctx, c.identity, x.endpoint, x.request); again.Got != nil {
		c.grain = x.settleGrain(c.exchange.Got, again.Got)
		c.unsteady = again.Got.Status != c.exchange.Got.Status
	}
	c.signature = x.signature(c.exchange.Got, c.grain)
}

// late reports an answer that a time limit cut off. A stream of events is never
// over; there the start is the answer.
func late(got *wire.Response) bool {
	return got.Late && !strings.HasPrefix(got.Field("Content-Type"), "text/event-stream")
}

// ended reports that the scan is over. A connection's time limit is also the
// scan's and may fire a moment before it.
func ended(ctx context.Context) bool {
	if end, ok := ctx.Deadline(); ok && time.Until(end) < 50*time.Millisecond {
		<-ctx.Done()
	}
	return ctx.Err() != nil
}

// retryable tells a passing fault of the network from one that asking again
// will not mend.
func retryable(f *wire.Failure) bool {
	return f.Stage == wire.StageRead || f.Stage == wire.StageWrite
}

// lead queues an endpoint that an answer refers to, on the same origin only.
func (x *examination) lead(to wire.Endpoint) {
	if to.Origin == x.endpoint.Origin && to.Target != x.endpoint.Target {
		x.origin.lead(to, x.engine.config.MaxEndpoints)
	}
}

// cell says how the endpoint answers an identity; secrets are values of the answer
// that must not be shown.
func (x *examination) cell(identity string, exchange *wire.Exchange, secrets ...string) finding.Surface {
	c := finding.Surface{URL: x.endpoint.String(), Method: x.request.Method, Identity: identity}
	c.Verdict, c.Status, c.Detail = verdict(exchange)
	c.Reproduce = reproduce(x.endpoint, exchange.As, x.request)
	if h := exchange.Handshake; c.Detail == "" && exchange.As.Cert != nil && h != nil && h.Version != 0 && !h.Requested {
		c.Detail = "no certificate was asked for"
	}
	if h := exchange.Handshake; h != nil && len(h.Chain) > 0 {
		c.TLS, c.ServerCertificate = h.VersionName(), cmp.Or(h.Unverified, "verified")
	}
	c.Exchange = x.exchanged(exchange, secrets)
	return c
}

// do sends one request for what its answer may leak.
func (x *examination) do(ctx context.Context, as wire.Identity, to wire.Endpoint, r wire.Request) *wire.Exchange {
	return x.doFor(ctx, forLeaks, as, to, r)
}

// doFor sends one request and counts it under its purpose.
func (x *examination) doFor(ctx context.Context, why purpose, as wire.Identity, to wire.Endpoint, r wire.Request) *wire.Exchange {
	ask := func(by wire.Way) *wire.Exchange { return x.doBy(ctx, why, by, as, to, r) }
	return renegotiated(ask(wire.Way{}), ask)
}

// doBy sends one request by another way than the usual one, and counts it.
func (x *examination) doBy(ctx context.Context, why purpose, by wire.Way, as wire.Identity, to wire.Endpoint, r wire.Request) *wire.Exchange {
	x.effort.add(why)
	return x.engine.doBy(ctx, by, as, to, r)
}
