package scanner

import (
	"context"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"slices"
	"strings"

	"blurt/probes"
	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// An endpoint that lets a client's own identity fields change its answer can be
// asked what its refusals tell apart: which check of a certificate failed, and
// which subjects exist. The claims differ in one thing at a time, each difference
// must hold when asked again, and it must not be explained by the size or the
// kind of the values.

// reaction is a group of header fields that changed an answer.
type reaction struct {
	job       job // with these fields alone
	names     []string
	signature uint64
	status    int
	internals bool // the answer shows the inside: it is reported as that
}

const (
	maxCulprits   = 8  // fields that change an answer together
	maxReactions  = 24 // kept for one endpoint
	maxKnownNames = 2  // names of the target that are claimed
	maxBroken     = 1  // malformed values that are asked again
)

// react keeps what changed an answer, for the questions that come later; not what
// sifting could not take apart.
func (x *examination) react(j job, names []string, a answer) {
	if len(x.reactions) < maxReactions && len(names) <= maxCulprits {
		x.reactions = append(x.reactions, reaction{
			job: j.with(only(j.attempt, names)), names: names, signature: a.signature, status: a.status, internals: a.seen.showsInternals(),
		})
	}
}

// understood reports that the answer is about the claimed identity, not about how
// it is written.
func (r reaction) understood() bool {
	return r.job.claim() == wire.HeaderClaim && r.status != 400 && r.status != 422 && r.status < 500
}

// testimony is the answer to one claim.
type testimony struct {
	what     string // "a made-up subject"
	who      probes.Claimed
	job      job
	exchange *wire.Exchange
	reading  reading
	// parser says that the answer holds a parser's own message: those differ with
	// every value, and are reported by themselves.
	parser bool
}

// refuses reports an answer that is no acceptance.
func (t *testimony) refuses() bool { return t.reading.status >= 300 }

// inquiry is the questioning of one endpoint.
type inquiry struct {
	*examination
	control  *control
	probe    *probes.Probe
	context  probes.Context
	fields   []wire.Field // that change answers, as they were sent
	names    []string     // of those
	issuer   string       // of all claims: an authority of the target, where one is known
	sent     spoken
	baseline *testimony // nobody claims anything
	madeUp   *testimony
	cases    []*testimony // which check failed; the baseline and the made-up subject first
	known    []*testimony // subjects that the target knows
}

// inquire looks for oracles behind the fields that changed answers for an
// anonymous client.
func (x *examination) inquire(ctx context.Context, c *control) {
	reactions := slices.DeleteFunc(slices.Clone(x.reactions), func(r reaction) bool {
		return r.internals || r.job.identity.Cert != nil || r.job.control != c
	})
	asked := x.engine.caller != nil || x.engine.config.Timing // whatever reacts
	if len(reactions) == 0 && !asked || c.refused || c.unsteady || c.identity.Cert != nil || x.tells(finding.IdentitySpoofing) || ctx.Err() != nil {
		return
	}
	q := &inquiry{examination: x, control: c, probe: x.engine.claimant.Probe()}
	q.context = x.context(q.probe, c)
	q.learn(reactions)
	if len(q.names) == 0 && !asked || !q.open(ctx) {
		return
	}
	if len(q.names) > 0 {
		q.askCases(ctx, reactions)
	}
	if len(q.names) > 0 || x.engine.config.Timing {
		q.askKnown(ctx)
	}
	if t := q.askCaller(ctx); t != nil && q.madeUp.refuses() {
		q.known = append(q.known, t)
	}
	if x.tells(finding.IdentitySpoofing) {
		return // a claim was believed after all
	}
	enumerates := q.judgeKnown(ctx)
	if x.engine.config.Timing && !enumerates {
		q.time(ctx)
	}
	if len(q.cases) > 0 && !q.judgeCases(ctx) && !enumerates {
		q.judgeReading(ctx)
	}
}

// tells reports that a draft of a category is there.
func (x *examination) tells(categories ...finding.Category) bool {
	return slices.ContainsFunc(x.drafts, func(d draft) bool { return slices.Contains(categories, d.hit.Category) })
}

// learn takes over which fields matter, and in which form: that of a claim that
// was understood, else the usual one.
func (q *inquiry) learn(reactions []reaction) {
	for _, understood := range []bool{true, false} {
		for _, r := range reactions {
			if r.understood() != understood {
				continue
			}
			for _, f := range r.job.attempt.Request.Fields {
				_, have := wire.Get(q.fields, f.Name)
				if have || !slices.Contains(r.names, f.Name) || !q.engine.claimant.OnlyProxySets(f.Name) {
					continue
				}
				if !understood && !(r.job.claim() == wire.HeaderClaim && q.engine.claimant.IsVerdict(f.Name)) {
					f.Value = ""
				}
				q.fields, q.names = append(q.fields, f), append(q.names, f.Name)
			}
		}
	}
	if len(q.origin.authorities) > 0 {
		var name pkix.RDNSequence
		if _, err := asn1.Unmarshal(q.origin.authorities[0], &name); err == nil && probes.IsName(name.String()) {
			q.issuer = name.String()
		}
	}
}

// open takes the baseline and asks with a made-up subject.
func (q *inquiry) open(ctx context.Context) bool {
	q.baseline = q.hear("no claim at all", probes.Claimed{}, q.controlJob(q.control.identity), q.control.exchange)
	if q.baseline == nil {
		return false
	}
	subject := "CN=" + q.context.Mint("certificate subject CN") + ",O=blurt"
	if q.issuer == "" {
		q.issuer = subject
	}
	q.madeUp = q.claim(ctx, "a made-up subject", probes.Claimed{Subject: subject, Issuer: q.issuer})
	return q.madeUp != nil
}

// differ reports that two answers tell different things, as closely as the
// control lets them be compared.
func (q *inquiry) differ(a, b *testimony) bool {
	return !a.reading.alike(b.reading, q.control.grain, q.sent)
}

// claim asks as a claimed identity. It returns nil where the answer says nothing
// about it.
func (q *inquiry) claim(ctx context.Context, what string, who probes.Claimed) *testimony {
	attempt, ok := q.engine.claimant.Claim(q.context, variant(what), who, q.fields)
	if !ok {
		return nil
	}
	return q.put(ctx, what, who, job{probe: q.probe, attempt: attempt, identity: q.control.identity, control: q.control, derived: true})
}

// variant is how a claim stands in the probe's name.
func variant(what string) string {
	_, rest, _ := strings.Cut(what, " ")
	return strings.ReplaceAll(rest, " ", "-")
}

// put makes a request and takes the answer down; the detectors read it, too.
func (q *inquiry) put(ctx context.Context, what string, who probes.Claimed, j job) *testimony {
	if ctx.Err() != nil || q.engine.account.isSpent() {
		return nil
	}
	exchange := q.do(ctx, j.as(), q.endpoint, j.attempt.Request)
	seen := q.observe(j, exchange)
	q.take(seen)
	t := q.hear(what, who, j, exchange)
	if t != nil {
		t.parser = slices.ContainsFunc(seen.drafts, func(d draft) bool { return d.hit.Category == finding.ErrorDetail })
	}
	return t
}

// hear takes an answer down, unless it is none, a proxy's own page, or about the
// number or the size of requests.
func (q *inquiry) hear(what string, who probes.Claimed, j job, exchange *wire.Exchange) *testimony {
	got := exchange.Got
	if got == nil || late(got) {
		return nil
	}
	switch got.Status {
	case 413, 414, 429, 431, 494, 503:
		return nil
	}
	if product := detect.StockPage(got); product != "" {
		return nil
	}
	q.sent = q.sent.speak(j.attempt.Request, j.attempt.Added)
	return &testimony{what: what, who: who, job: j, exchange: exchange, reading: read(got)}
}

// again asks the same once more.
func (q *inquiry) again(ctx context.Context, t *testimony) *testimony {
	return q.put(ctx, t.what, t.who, t.job)
}

// askCases makes claims that fail at different checks.
func (q *inquiry) askCases(ctx context.Context, reactions []reaction) {
	q.cases = []*testimony{q.baseline, q.madeUp}
	keep := func(t *testimony) {
		if t != nil && t.refuses() {
			q.cases = append(q.cases, t)
		}
	}
	for _, r := range q.others(reactions) {
		what := "a malformed value"
		switch {
		case !slices.ContainsFunc(r.names, func(name string) bool { return !q.engine.claimant.IsVerdict(name) }):
			what = "a verdict alone"
		case r.job.claim() != wire.BrokenClaim:
			what = "a value of another form"
		}
		keep(q.put(ctx, what, probes.Claimed{}, r.job))
	}
	if !q.differ(q.baseline, q.madeUp) {
		return // well-formed claims make no difference
	}
	who := q.madeUp.who
	denied, expired, foreign := who, who, who
	denied.Failed, expired.Expired = true, true
	keep(q.claim(ctx, "a failed verification", denied))
	keep(q.claim(ctx, "an expired certificate", expired))
	if issuer, ok := probes.Twin(q.issuer, q.engine.config.Seed); ok && q.issuer != who.Subject {
		foreign.Issuer = issuer
		keep(q.claim(ctx, "a foreign issuer", foreign))
	}
}

// others returns reactions that are unlike the answer to a well-formed claim, one
// for each answer, those to malformed values first.
func (q *inquiry) others(reactions []reaction) []reaction {
	seen := map[uint64]bool{q.control.signature: true, q.signature(q.madeUp.exchange.Got, q.control.grain): true}
	var out []reaction
	for _, wanted := range []wire.Claim{wire.BrokenClaim, wire.HeaderClaim} {
		for _, r := range reactions {
			if r.job.claim() == wanted && !seen[r.signature] && len(out) < maxBroken {
				seen[r.signature] = true
				out = append(out, r)
			}
		}
	}
	return out
}

// askKnown claims the names that the target itself shows.
func (q *inquiry) askKnown(ctx context.Context) {
	if !q.madeUp.refuses() {
		return
	}
	for i, name := range q.knownNames() {
		if i == maxKnownNames {
			break
		}
		if t := q.claim(ctx, "a subject that the target itself shows", probes.Claimed{Subject: name, Issuer: q.issuer}); t != nil {
			q.known = append(q.known, t)
		}
	}
	if subject, ok := probes.WithOrganisation(q.madeUp.who.Subject, q.issuer); ok {
		if t := q.claim(ctx, "a made-up subject of an organisation that the target itself shows", probes.Claimed{Subject: subject, Issuer: q.issuer}); t != nil {
			q.known = append(q.known, t)
		}
	}
}

// knownNames are names that the target shows to strangers and that have a
// made-up counterpart: its own subject first, then those of its authorities, then
// its host names.
func (q *inquiry) knownNames() []string {
	var candidates, hosts []string
	for _, name := range q.origin.names {
		switch {
		case strings.Contains(name, "="):
			candidates = append(candidates, name)
		case strings.Contains(name, "."):
			hosts = append(hosts, "CN="+name)
		}
	}
	var out []string
	for _, name := range append(candidates, hosts...) {
		if _, ok := probes.Twin(name, ""); ok && probes.IsName(name) && !strings.Contains(name, "*") && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// askCaller claims the caller's own subject without the certificate: the one
// subject of which it is certain that the target knows it. It goes to verified
// servers only.
func (q *inquiry) askCaller(ctx context.Context) *testimony {
	caller := q.engine.caller
	if caller == nil || !probes.IsName(caller.Subject.String()) {
		return nil
	}
	who := probes.Claimed{Subject: caller.Subject.String(), Issuer: caller.Issuer.String()}
	attempt, ok := q.engine.claimant.Claim(q.context, "subject-of-the-caller", who, q.fields)
	if !ok {
		return nil
	}
	identity := q.control.identity
	identity.Private = true
	j := job{probe: q.probe, attempt: attempt, identity: identity, control: q.control, derived: true,
		private: []string{who.Subject, caller.Subject.CommonName}}
	return q.put(ctx, "the subject of the caller's own certificate", who, j)
}

// say adds a finding that was asked for twice already.
func (q *inquiry) say(hit detect.Hit, shown, other *testimony, cases []*testimony) {
	for _, t := range cases {
		hit.Items = append(hit.Items, detect.Item{
			Category: hit.Category, Name: t.what, Value: brief(t.exchange.Got), Location: fmt.Sprintf("status %d", t.reading.status),
		})
	}
	if hit.Rule != "subject-enumeration" {
		for i := range hit.Items {
			hit.Items[i].Category = finding.ErrorDetail
		}
	}
	in := detect.Input{Exchange: shown.exchange, Control: other.exchange.Got, Claim: shown.job.claim()}
	d := q.draft(shown.job, in, hit)
	d.repeated, d.settled, d.pair = true, true, &other.job
	q.drafts = append(q.drafts, d)
}

// brief is the start of an answer, in one line. It is cut where it is masked.
func brief(got *wire.Response) string {
	text := strings.Join(strings.Fields(string(got.Body[:min(len(got.Body), 4<<10)])), " ")
	if text == "" {
		text = got.Field("Location")
	}
	return text
}
