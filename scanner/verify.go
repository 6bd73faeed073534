package scanner

import (
	"context"

	"blurt/scanner/finding"
)

// verify asks again. A leak that comes back and is tied to the request is
// confirmed; one that does not come back is no more than tentative.
func (x *examination) verify(ctx context.Context, d draft) draft {
	if ctx.Err() != nil || x.engine.account.isSpent() {
		d.hit.Confidence = min(d.hit.Confidence, finding.Firm)
		return d
	}
	if (d.hit.Category == finding.IdentitySpoofing || isBypass(d.hit.Rule)) && !x.controlHolds(ctx, d.job) {
		d.hit.Confidence = finding.Tentative
		return d
	}
	for range 2 {
		if again, ok := x.repeat(ctx, d.job, d.hit.Rule); ok {
			d.repeated = true
			d.evidence.Leaked = union(d.evidence.Leaked, again.evidence.Leaked)
			if d.hit.Confidence == finding.Firm && x.tied(d) {
				d.hit.Confidence = finding.Confirmed
			}
			return d
		}
	}
	d.hit.Confidence = finding.Tentative
	return d
}

// repeat makes a job again and returns what shows the same rule.
func (x *examination) repeat(ctx context.Context, j job, rule string) (draft, bool) {
	exchange := x.do(ctx, j.as(), x.endpoint, j.attempt.Request)
	for _, d := range x.watch(j, exchange).drafts {
		if d.hit.Rule == rule {
			return d, true
		}
	}
	return draft{}, false
}

// controlHolds asks the control again: an identity was only accepted if without
// it the client is still refused.
func (x *examination) controlHolds(ctx context.Context, j job) bool {
	again := x.do(ctx, j.identity, x.endpoint, x.request)
	was := j.control.exchange
	if again.Got == nil || was.Got == nil {
		return shutOut(again) && shutOut(was)
	}
	return again.Got.Status == was.Got.Status
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
