package scanner

import (
	"context"
	"slices"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// verify asks again. A leak that comes back and is tied to the request is
// confirmed; one that does not come back is no more than tentative.
func (x *examination) verify(ctx context.Context, d draft) draft {
	if d.proven {
		return d
	}
	if ctx.Err() != nil || x.engine.account.isSpent() {
		d.hit.Confidence = min(d.hit.Confidence, finding.Firm)
		return d
	}
	if d.hit.Category == finding.IdentitySpoofing && !x.controlHolds(ctx, d.job, d.hit.Rule) {
		d.hit.Confidence = finding.Tentative
		return d
	}
	for range 2 {
		if again, ok := x.repeat(ctx, d.job, d.hit.Rule); ok {
			return x.lift(d, again)
		}
	}
	d.hit.Confidence = finding.Tentative
	return d
}

// lift takes in what came back when a draft was asked for again.
func (x *examination) lift(d, again draft) draft {
	d.repeated = true
	d.evidence.Leaked = union(d.evidence.Leaked, again.evidence.Leaked)
	if d.hit.Confidence == finding.Firm && x.tied(d) {
		d.hit.Confidence = finding.Confirmed
	}
	return d
}

// repeat makes a job again and returns what shows the same rule.
func (x *examination) repeat(ctx context.Context, j job, rule string) (draft, bool) {
	_, d, ok := x.remake(ctx, j, rule)
	return d, ok
}

// remake is repeat, with the exchange.
func (x *examination) remake(ctx context.Context, j job, rule string) (*wire.Exchange, draft, bool) {
	exchange := x.doFor(ctx, proof(rule), j.as(), x.endpoint, j.attempt.Request)
	for _, d := range x.watch(j, exchange).drafts {
		if d.hit.Rule == rule {
			return exchange, d, true
		}
	}
	return exchange, draft{}, false
}

// controlHolds asks the control again: an identity was only accepted if without
// it the client is still refused. For all that the map has to prove of an endpoint,
// the control is asked again once.
func (x *examination) controlHolds(ctx context.Context, j job, rule string) bool {
	why := proof(rule)
	if holds, known := x.upheld[j.control]; known && why == forConfirmation {
		return holds
	}
	again := x.doFor(ctx, why, j.identity, x.endpoint, x.request)
	was := j.control.exchange
	holds := false
	if again.Got == nil || was.Got == nil {
		holds = shutOut(again) && shutOut(was)
	} else {
		holds = again.Got.Status == was.Got.Status
	}
	x.uphold(j.control, holds)
	return holds
}

// dropByVersion leaves out what a request that only HTTP/1.1 can say seems to have
// opened, where HTTP/1.1 by itself opens it: the control was asked by HTTP/2.
// That is a way into the origin, and told as one.
func (x *examination) dropByVersion(ctx context.Context) {
	x.drafts = slices.DeleteFunc(x.drafts, func(d draft) bool {
		return (isBypass(d.hit.Rule) || d.hit.Category == finding.IdentitySpoofing) && x.opensByVersion(ctx, d)
	})
}

// opensByVersion asks the control by the version of the draft's answer, once.
func (x *examination) opensByVersion(ctx context.Context, d draft) bool {
	c := d.job.control
	if c == nil || c.exchange.Got == nil || d.evidence.Response == nil || c.exchange.Got.Proto != "HTTP/2.0" || d.evidence.Response.Version == "HTTP/2.0" {
		return false
	}
	opens, known := x.byHTTP1[c]
	if !known {
		opens = isServed(x.doBy(ctx, forConfirmation, wire.Way{HTTP: "1.1"}, c.identity, x.endpoint, x.request))
		if x.byHTTP1 == nil {
			x.byHTTP1 = make(map[*control]bool)
		}
		x.byHTTP1[c] = opens
	}
	return opens
}

// uphold notes that a control was asked again, and whether it was answered as
// before.
func (x *examination) uphold(c *control, holds bool) {
	if x.upheld == nil {
		x.upheld = make(map[*control]bool)
	}
	x.upheld[c] = holds
}

// tied reports that the leak belongs to the probe: its control does not show it.
func (x *examination) tied(d draft) bool {
	if d.job.control == nil {
		return false
	}
	for _, other := range x.drafts {
		if other.hit.Rule == d.hit.Rule && other.job.probe == nil && other.job.identity.Name == d.job.identity.Name {
			return false
		}
	}
	return true
}
