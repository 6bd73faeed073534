package scanner

import (
	"slices"

	"blurt/scanner/detect"
	"blurt/scanner/discover"
	"blurt/scanner/finding"
	"blurt/scanner/internal/redact"
	"blurt/scanner/wire"
)

// observation is what the detectors saw in one exchange.
type observation struct {
	drafts   []draft
	products []detect.Product
	leads    []wire.Endpoint
	failed   []string // detectors that broke down
	// mentioned are header fields about the client that the answer speaks of.
	mentioned []string
	// described is what the answer tells that is an API description; nil otherwise.
	described *discover.API
}

// draft is a finding in the making: a hit, the job that caused it, and its
// evidence, already fit to print.
type draft struct {
	job      job
	hit      detect.Hit
	evidence finding.Evidence
	secrets  []string // that must not be shown
	status   int
	repeated bool   // it came back when asked again
	proven   bool   // a bypass was told from a catch-all, and asked again
	answer   uint64 // of a bypass: what was served, but for the words of the path
	settled  bool   // it was asked again, and narrowed down, before it became a draft
	others   []finding.Occurrence
	gist     string // what an error page is about; empty for what belongs to its place
	kept     *kept  // the exchange, where it is to be saved
	verdict  finding.Verdict
	echoed   []finding.Canary // tokens of the request that the answer holds
	pair     *job             // the other request, where the difference between two is the finding
}

// observe runs the detectors over an exchange. It may be called concurrently.
func (x *examination) observe(j job, exchange *wire.Exchange) observation {
	in := detect.Input{Exchange: exchange, Claim: j.claim(), Echoes: x.echoes(exchange)}
	if j.control != nil {
		in.Control = j.control.exchange.Got
	}
	out := x.engine.set.Run(in)
	seen := observation{products: out.Products, failed: out.Failed, mentioned: mentioned(exchange)}
	at := x.endpoint.WithTarget(j.attempt.Request.Target)
	for _, reference := range out.Leads {
		if to, ok := discover.Resolve(at, reference); ok {
			seen.leads = append(seen.leads, to)
		}
	}
	if j.probe != nil && j.probe.AgainstAbsent && len(out.Hits) > 0 {
		seen.leads = append(seen.leads, discover.Leads(at, exchange.Got)...)
	}
	if slices.ContainsFunc(out.Hits, func(h detect.Hit) bool { return h.Category == finding.APIInventory }) {
		seen.described = x.origin.readDescription(at, exchange.Got)
	}
	for _, hit := range out.Hits {
		seen.drafts = append(seen.drafts, x.draft(j, in, hit))
	}
	return seen
}

// draft makes a hit fit to print.
func (x *examination) draft(j job, in detect.Input, hit detect.Hit) draft {
	secrets := append(x.secrets(hit), j.private...)
	mask := redact.New(secrets...)
	if len(j.private) > 0 && in.Exchange != nil {
		shown := *in.Exchange
		shown.Asked = j.shareable()
		in.Exchange = &shown
	}
	d := draft{job: j, secrets: secrets, evidence: x.evidence(mask, in, hit), hit: hit, gist: gistOf(hit), kept: x.keepOf(j, in, hit)}
	d.hit.Message = redact.Printable(mask.Text(hit.Message))
	d.hit.Items = nil // their values are not masked; the evidence has what may be shown
	if in.Got != nil {
		d.status = in.Got.Status
	}
	d.verdict, _, _ = verdict(in.Exchange)
	d.echoed = echoed(in.Echoes)
	return d
}

// take keeps an observation; observations are taken in the order of the plan.
func (x *examination) take(seen observation) {
	x.drafts = append(x.drafts, seen.drafts...)
	x.origin.learn(seen.products)
	for _, d := range seen.drafts {
		x.origin.overhear(d.evidence.Leaked)
	}
	x.origin.teach(seen.mentioned)
	x.origin.describe(seen.described)
	for _, to := range seen.leads {
		x.lead(to)
	}
	for _, name := range seen.failed {
		x.engine.account.note(finding.ScanError{
			Target:  x.endpoint.String(),
			Message: "detector " + name + " failed on an answer; please report it with the target's response",
		})
	}
}

// showsInternals reports that an answer has shown its inside already.
func (o observation) showsInternals() bool {
	return slices.ContainsFunc(o.drafts, func(d draft) bool {
		switch d.hit.Category {
		case finding.DebugPage, finding.Traceback:
			return true
		}
		return false
	})
}

// echoes finds this scan's canaries in an answer's body and fields.
func (x *examination) echoes(exchange *wire.Exchange) []detect.Echo {
	if exchange.Got == nil {
		return nil
	}
	echoes := savedEchoes(x.canaries, exchange.Got)
	echoes = x.find(echoes, exchange.Got.Body, "body")
	for _, f := range exchange.Got.Fields {
		echoes = x.find(echoes, []byte(f.Value), f.Name)
	}
	return echoes
}

func (x *examination) find(echoes []detect.Echo, text []byte, where string) []detect.Echo {
	for _, f := range x.engine.mint.Find(text) {
		echoes = append(echoes, detect.Echo{
			Token: f.Token, Probe: f.Probe, Field: f.Field, Where: where, Start: f.Start, End: f.End,
		})
	}
	return x.findEncoded(echoes, text, where)
}
