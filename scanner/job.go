package scanner

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"golang.org/x/sync/errgroup"

	"blurt/probes"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// job is one request to make, and what it is compared with.
type job struct {
	probe    *probes.Probe // nil for the control itself
	attempt  probes.Attempt
	identity wire.Identity
	control  *control // nil for the control itself
	derived  bool     // suggested by an answer
}

// isControl reports that the job is the benign request itself.
func (j job) isControl() bool { return j.probe == nil }

// name is how reports call the job.
func (j job) name() string {
	if j.isControl() {
		return "control"
	}
	return j.probe.ID + "/" + j.attempt.Variant
}

// changes says what the job changes against its control.
func (j job) changes() string {
	if j.isControl() {
		return ""
	}
	return j.probe.Changes
}

func (j job) claim() wire.Claim {
	if j.isControl() {
		return wire.NoClaim
	}
	return j.probe.Claim
}

// as is the identity of the job on the wire: the attempt's own certificate
// takes the place of the identity's.
func (j job) as() wire.Identity {
	id := j.identity
	if j.attempt.Certificate != nil {
		id.Name, id.Cert = j.probe.ID, j.attempt.Certificate
	}
	return id
}

func (x *examination) controlJob(id wire.Identity) job {
	return job{identity: id, attempt: probes.Attempt{Request: x.request}}
}

// context returns what a probe may know, as seen by the control's identity.
func (x *examination) context(p *probes.Probe, c *control) probes.Context {
	pc := probes.Context{
		Endpoint: x.endpoint, Control: x.request,
		Mint:     func(field string) string { return x.engine.mint.Token(p.ID, field) },
		Specimen: x.engine.specimen, Bare: x.engine.bare,
		Unsafe: x.engine.config.Unsafe, Profile: x.engine.config.Profile,
		Limits: x.origin.limits,
		Known:  probes.Known{Names: x.origin.names, Products: x.origin.stack()},
	}
	if c.exchange != nil {
		pc.Answer = c.exchange.Got
	}
	return pc
}

// jobs yields what the probes that pass the filter send as the control's
// identity.
func (x *examination) jobs(c *control, pick func(*probes.Probe) bool) iter.Seq[job] {
	return func(yield func(job) bool) {
		for i := range x.engine.probes {
			p := &x.engine.probes[i]
			if !pick(p) || p.PerOrigin && x.origin.probed || p.MinProfile > x.engine.config.Profile {
				continue
			}
			for attempt := range p.Build(x.context(p, c)) {
				if !yield(job{probe: p, attempt: attempt, identity: c.identity, control: c}) {
					return
				}
			}
		}
	}
}

// probe sends all that the plan has for the endpoint. It returns why the
// endpoint counts as not examined, when too much got no answer.
func (x *examination) probe(ctx context.Context) string {
	reached := slices.DeleteFunc(slices.Clone(x.controls), func(c *control) bool { return c.exchange.Got == nil })
	total := 0
	for i, c := range reached {
		// What claims no identity in header fields is asked once, as the first
		// that gets through.
		first := slices.Collect(x.jobs(c, func(p *probes.Probe) bool {
			return p.Claim != wire.BrokenClaim && (i == 0 || isHeaderProbe(p))
		}))
		answers := x.ask(ctx, first)
		total += len(first)
		if x.cleared(c, first, answers) {
			continue
		}
		second := slices.Collect(x.jobs(c, func(p *probes.Probe) bool { return p.Claim == wire.BrokenClaim }))
		x.ask(ctx, second)
		total += len(second)
	}
	if len(reached) == 0 {
		total += x.probeHandshake(ctx)
	} else {
		x.origin.probed = true
	}
	if lost := len(x.unanswered); lost*3 > total && lost > 2 {
		return fmt.Sprintf("%d of %d probes got no answer (%s)", lost, total, x.unanswered[lost-1].Error)
	}
	return ""
}

// probeHandshake is for endpoints that let nobody in: only another certificate
// can change that.
func (x *examination) probeHandshake(ctx context.Context) int {
	jobs := slices.Collect(x.jobs(x.controls[0], func(p *probes.Probe) bool { return p.Claim == wire.CertificateClaim }))
	x.ask(ctx, jobs)
	return len(jobs)
}

// cleared reports that header fields cannot reach the application: a proxy's
// own page refuses the client, and a whole claim changes nothing about it.
func (x *examination) cleared(c *control, jobs []job, answers []answer) bool {
	if !c.refused {
		return false
	}
	claims := 0
	for i, j := range jobs {
		if j.probe.Claim != wire.HeaderClaim {
			continue
		}
		if claims++; answers[i].signature != c.signature {
			return false
		}
	}
	return claims > 0
}

// answer is what remains of an exchange once it was read.
type answer struct {
	seen      observation
	status    int
	signature uint64           // of the response; 0 where there was none
	follow    []job            // what the probe suggests next
	forms     []job            // the same in other representations
	cell      *finding.Surface // how another certificate fared
	lost      *finding.Unanswered
}

// maxRounds bounds how far answers lead to further requests.
const maxRounds = 3

// ask sends the jobs, several at a time, then what their answers suggest, and
// takes what was observed in the order of the jobs. It returns the answers to
// the jobs themselves.
func (x *examination) ask(ctx context.Context, jobs []job) []answer {
	var first []answer
	for round := 0; round < maxRounds && len(jobs) > 0; round++ {
		answers := x.send(ctx, jobs)
		var next []job
		for _, a := range answers {
			next = append(next, x.settle(a)...)
		}
		if round == 0 {
			first = answers
			x.siftAll(ctx, jobs, answers)
		}
		jobs = next
	}
	return first
}

func (x *examination) send(ctx context.Context, jobs []job) []answer {
	x.engine.account.planned(len(jobs))
	answers := make([]answer, len(jobs))
	var group errgroup.Group
	group.SetLimit(x.engine.config.Concurrency)
	for i, j := range jobs {
		group.Go(func() error {
			if ctx.Err() == nil {
				answers[i] = x.one(ctx, j)
			}
			return nil
		})
	}
	_ = group.Wait() // the functions return no error
	return answers
}

// one makes one request and reads the answer. The body is forgotten: only what
// was seen in it is kept.
func (x *examination) one(ctx context.Context, j job) answer {
	exchange := x.do(ctx, j.as(), x.endpoint, j.attempt.Request)
	if unanswered(exchange) != "" && ctx.Err() == nil {
		exchange = x.do(ctx, j.as(), x.endpoint, j.attempt.Request)
	}
	a := answer{seen: x.observe(j, exchange)}
	if j.attempt.Certificate != nil && !j.derived {
		cell := x.cell(j.probe.ID, exchange)
		a.cell = &cell
	}
	if why := unanswered(exchange); why != "" {
		a.lost = &finding.Unanswered{Probe: j.name(), Error: why}
	}
	if exchange.Got == nil {
		return a
	}
	a.status, a.signature = exchange.Got.Status, x.signature(exchange.Got, j.control.grain)
	if j.probe.Follow != nil {
		for attempt := range j.probe.Follow(x.context(j.probe, j.control), j.attempt, exchange.Got) {
			a.follow = append(a.follow, j.with(attempt))
		}
	}
	if x.unexplained(j, exchange.Got, a) {
		for _, f := range probes.Representations(j.attempt.Request) {
			attempt := j.attempt
			attempt.Variant += "/as-" + f.Name
			attempt.Request = f.Request
			a.forms = append(a.forms, j.with(attempt))
		}
	}
	return a
}

// unanswered says why an exchange tells nothing; empty where it does.
func unanswered(x *wire.Exchange) string {
	switch {
	case x.Got != nil && late(x.Got):
		return "the answer did not end in time"
	case x.Got != nil || x.Refused():
		return ""
	default:
		return x.Err.Error()
	}
}

// with returns the job with another attempt, which an answer suggested.
func (j job) with(a probes.Attempt) job {
	j.attempt, j.derived = a, true
	return j
}

// unexplained reports an error that showed nothing: which page a framework
// serves depends on the Accept field, so the other forms are worth a look.
func (x *examination) unexplained(j job, got *wire.Response, a answer) bool {
	if j.attempt.Request.Method == "HEAD" || got.Status < 400 || a.seen.showsInternals() {
		return false
	}
	return got.Status >= 500 || a.signature != j.control.signature
}

// settle takes what an answer showed and returns the requests that it leads to:
// the other forms only once for each distinct error.
func (x *examination) settle(a answer) []job {
	x.take(a.seen)
	if a.cell != nil {
		x.cells = append(x.cells, *a.cell)
	}
	if a.lost != nil {
		x.unanswered = append(x.unanswered, *a.lost)
	}
	jobs := a.follow
	if len(a.forms) > 0 && !x.laddered[a.signature] && len(x.laddered) < maxForms {
		x.laddered[a.signature] = true
		jobs = append(jobs, a.forms...)
	}
	return jobs
}

// maxForms bounds the distinct errors of one endpoint that are asked for in
// other representations.
const maxForms = 6
