package scanner

import (
	"context"

	"golang.org/x/sync/errgroup"

	"blurt/probes"
	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/policy"
	"blurt/scanner/wire"
)

// answer is what remains of an exchange once it was read.
type answer struct {
	seen      observation
	status    int
	signature uint64           // of the response; 0 where there was none
	follow    []job            // what the probe suggests next
	forms     []job            // the same in other representations
	cell      *finding.Surface // how another certificate fared
	stranger  *client          // who that was
	absent    *control         // how the origin answers for what does not exist
	lost      *finding.Unanswered
	throttled bool // turned away for the number of requests
	down      bool // not the application's
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
	exchange := x.askPatiently(ctx, j)
	a := answer{seen: x.watch(j, exchange)}
	if j.attempt.Certificate != nil && !j.derived {
		cell := x.cell(j.as().Name, exchange, secretsOf(a.seen)...)
		if j.as().Name != selfSignedName && !curlCan(j, j.attempt.Request) {
			cell.Reproduce = x.reproduceByScan(j)
		}
		a.cell = &cell
		if how, ok := answerOf(exchange, policy.Stranger); ok && j.attempt.As != probes.UnknownSubject {
			a.stranger = &client{j.as(), how}
		}
	}
	why := unanswered(exchange)
	if a.throttled = throttled(exchange, j.control); a.throttled {
		why = "status 429, too many requests: scan slower with --rate"
	}
	if why != "" {
		a.lost = &finding.Unanswered{Probe: j.name(), Error: why}
	}
	if exchange.Got == nil {
		return a
	}
	a.down = isDown(exchange.Got)
	a.status, a.signature = exchange.Got.Status, x.signature(exchange.Got, j.control.grain)
	if j.attempt.Absent {
		_, refused := detect.RefusedBy(exchange.Got)
		a.absent = &control{identity: j.identity, exchange: exchange, grain: j.control.grain, signature: a.signature, refused: refused}
	}
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
	case x.Got != nil || shutOut(x) || x.Err.Stage == wire.StageBudget:
		return ""
	default:
		return x.Err.Error()
	}
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
	if a.stranger != nil {
		x.strangers = append(x.strangers, *a.stranger)
	}
	if a.absent != nil {
		x.absent = a.absent
		x.origin.miss(a.absent)
	}
	if a.down {
		x.downs++
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
const maxForms = 3
