package scanner

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"blurt/probes"
	"blurt/scanner/finding"
	"blurt/scanner/internal/redact"
	"blurt/scanner/saved"
	"blurt/scanner/wire"
)

// Outcome says whether a leak shows again.
type Outcome uint8

// The outcomes of a replay.
const (
	Unknown    Outcome = iota // it could not be told
	Gone                      // the same request shows it no more
	StillThere                // the same request shows it again
)

// String returns the outcome in words.
func (o Outcome) String() string { return [...]string{"could not tell", "gone", "still there"}[o] }

// Replayed is what came of one finding.
type Replayed struct {
	Finding *finding.Finding
	Outcome Outcome
	Detail  string // one line for people, safe to print
}

// Replay sends again what a scan has sent for each finding, byte for byte and as
// the same client, and tells whether the leak still shows. The configuration's
// Seed must be that of the scan; limits, scope and the caller's identity are those
// of this configuration. Findings that a scan alone can show are told as Unknown.
// An error means wrong use; it stops before anything is sent.
func Replay(ctx context.Context, c Config, findings []*finding.Finding, tell func(Replayed)) error {
	e, err := newEngine(c)
	if err != nil {
		return err
	}
	client, err := e.newClient()
	if err != nil {
		return err
	}
	e.wire = client
	e.replayAll(ctx, findings, tell)
	return client.Close()
}

// replayAll replays one finding after the other.
func (e *engine) replayAll(ctx context.Context, findings []*finding.Finding, tell func(Replayed)) {
	run, stop := context.WithCancel(ctx)
	defer stop()
	e.account = newAccount(silence{}, stop, e.config.Progress)
	for _, f := range findings {
		outcome, detail := e.replay(run, f)
		if ctx.Err() != nil {
			outcome, detail = Unknown, "interrupted"
		}
		tell(Replayed{Finding: f, Outcome: outcome, Detail: redact.Printable(detail)})
	}
}

// silence is a sink for an account that nobody reads.
type silence struct{}

// Emit implements finding.Sink.
func (silence) Emit(finding.Event) error { return nil }

// Close implements finding.Sink.
func (silence) Close() error { return nil }

// maxReplays is how often a request is made before its leak counts as gone: one
// of several servers may still show it.
const maxReplays = 3

// replay makes the requests behind one finding again.
func (e *engine) replay(ctx context.Context, f *finding.Finding) (Outcome, string) {
	r := f.Replay
	switch {
	case r == nil:
		return Unknown, "the report does not hold the request: it is of an older blurt, or of saved traffic"
	case r.Impossible != "":
		return Unknown, "cannot be replayed alone: " + r.Impossible
	}
	if strings.HasPrefix(f.Probe, "unsafe-method/") && !e.config.Unsafe {
		return Unknown, "its method may change something: give --unsafe-methods"
	}
	p, err := e.rebuild(ctx, f)
	if err != nil {
		return Unknown, err.Error()
	}
	if err := p.prepare(ctx); err != nil {
		return Unknown, err.Error()
	}
	switch r.Judge {
	case finding.ByRule:
		return p.judgeRule(ctx)
	case finding.ByVerdicts:
		return p.judgeVerdicts(ctx)
	case finding.ByDifference:
		return p.judgeDifference(ctx)
	}
	return Unknown, fmt.Sprintf("the report asks to judge by %.40q, which this blurt does not know", string(r.Judge))
}

// repetition is a finding that is being asked for again.
type repetition struct {
	*examination
	finding *finding.Finding
	sent    *request
	against *request // nil where the leak shows by itself
	control *control // how that was answered; nil before prepare, or without it
}

// prepare makes the control request.
func (p *repetition) prepare(ctx context.Context) error {
	if p.against == nil {
		return nil
	}
	exchange := p.make(ctx, p.against)
	if why := p.unreachable(exchange); why != "" {
		return fmt.Errorf("the control request: %s", why)
	}
	p.control = &control{identity: p.against.job.identity, exchange: exchange}
	p.sent.job.control = p.control
	return nil
}

// make sends a request the way that it went in the scan.
func (p *repetition) make(ctx context.Context, r *request) *wire.Exchange {
	if r.by == (wire.Way{}) {
		return p.engine.do(ctx, r.job.as(), r.to, r.job.attempt.Request)
	}
	return p.doBy(ctx, forLeaks, r.by, r.job.as(), r.to, r.job.attempt.Request)
}

// unreachable says why an exchange tells nothing; a refusal is an answer.
func (p *repetition) unreachable(x *wire.Exchange) string {
	if x.Err != nil && x.Err.Stage == wire.StageBudget {
		return fmt.Sprintf("the budget of %d requests is spent: raise --max-requests", p.engine.config.MaxRequests)
	}
	return unanswered(x)
}

// rebuild makes the requests of a finding from its report.
func (e *engine) rebuild(ctx context.Context, f *finding.Finding) (*repetition, error) {
	r := f.Replay
	if r.Sent == nil || r.Judge == finding.ByDifference && r.Control == nil {
		return nil, errors.New("the report does not hold the request")
	}
	p := &repetition{finding: f}
	var err error
	var front wire.Endpoint
	if r.Control != nil {
		if front, err = endpointOf(r.Control); err != nil {
			return nil, err
		}
	} else if front, err = endpointOf(r.Sent); err != nil {
		return nil, err
	}
	p.examination = e.again(front, r.Canaries)
	if p.sent, err = p.request(ctx, r.Sent); err != nil {
		return nil, err
	}
	if r.Control != nil {
		if p.against, err = p.request(ctx, r.Control); err != nil {
			return nil, err
		}
	}
	p.label(f)
	return p, nil
}

// again begins another look at an endpoint. The tokens that are in the report
// and not of this run are known by name.
func (e *engine) again(to wire.Endpoint, tokens []finding.Canary) *examination {
	x := &examination{engine: e, origin: newOriginState(), endpoint: to, request: e.control(to), laddered: make(map[uint64]bool)}
	for _, c := range tokens {
		if len(e.mint.Find([]byte(c.Token))) == 0 {
			x.canaries = append(x.canaries, saved.Canary(c))
		}
	}
	return x
}

// label gives the request the probe that made it, as the detectors and rules know
// it.
func (p *repetition) label(f *finding.Finding) {
	j := &p.sent.job
	if f.Probe == "control" || f.Replay.Control == nil || j.probe != nil {
		return
	}
	family, variant, _ := strings.Cut(f.Probe, "/")
	record := saved.Record{Claim: f.Replay.Claim}
	j.probe = &probes.Probe{ID: family, Changes: f.Changes, Claim: record.RequestClaim()}
	j.attempt.Variant = variant
}
