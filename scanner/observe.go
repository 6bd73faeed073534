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
}

// draft is a finding in the making: a hit, the job that caused it, and its
// evidence, already fit to print.
type draft struct {
	job      job
	hit      detect.Hit
	evidence finding.Evidence
	status   int
	repeated bool // it came back when asked again
	others   []finding.Occurrence
}

// observe runs the detectors over an exchange. It may be called concurrently.
func (x *examination) observe(j job, exchange *wire.Exchange) observation {
	in := detect.Input{Exchange: exchange, Claim: j.claim(), Echoes: x.echoes(exchange)}
	if j.control != nil {
		in.Control = j.control.exchange.Got
	}
	out := x.engine.set.Run(in)
	seen := observation{products: out.Products, failed: out.Failed}
	at := x.endpoint.WithTarget(j.attempt.Request.Target)
	for _, reference := range out.Leads {
		if to, ok := discover.Resolve(at, reference); ok {
			seen.leads = append(seen.leads, to)
		}
	}
	if j.probe != nil && j.probe.AgainstAbsent && len(out.Hits) > 0 {
		seen.leads = append(seen.leads, discover.Leads(at, exchange.Got)...)
	}
	for _, hit := range out.Hits {
		mask := redact.New(x.secrets(hit)...)
		d := draft{job: j, evidence: x.evidence(mask, in, hit), hit: hit}
		d.hit.Message = redact.Printable(mask.Text(hit.Message))
		d.hit.Items = nil // their values are not masked; the evidence has what may be shown
		if exchange.Got != nil {
			d.status = exchange.Got.Status
		}
		seen.drafts = append(seen.drafts, d)
	}
	return seen
}

// take keeps an observation; observations are taken in the order of the plan.
func (x *examination) take(seen observation) {
	x.drafts = append(x.drafts, seen.drafts...)
	x.origin.learn(seen.products)
	for _, d := range seen.drafts {
		x.origin.overhear(d.evidence.Leaked)
	}
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
	echoes := x.find(nil, exchange.Got.Body, "body")
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
	return echoes
}
