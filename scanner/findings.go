package scanner

import (
	"context"

	"blurt/probes"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// wholeOrigin is the place of what belongs to no single endpoint.
const wholeOrigin = "*"

// findings turns what was observed into findings: it merges what is the same,
// asks again, narrows down, and leaves out what the origin has been charged with
// already.
func (x *examination) findings(ctx context.Context) []*finding.Finding {
	var out []*finding.Finding
	for _, d := range merge(x.drafts, x.place) {
		place := x.place(d)
		id := fingerprint(d.hit.Rule, x.endpoint.Origin.Host, place, d.hit.Key)
		if place == wholeOrigin {
			if x.origin.reported[id] {
				continue
			}
			x.origin.reported[id] = true
		}
		d = x.verify(ctx, d)
		d = x.narrow(ctx, d)
		out = append(out, x.finding(d, id, place))
	}
	return out
}

// place is where a draft belongs: the endpoint's path, or the whole origin when
// the leak or the probe is about that.
func (x *examination) place(d draft) string {
	if d.hit.PerOrigin || d.job.probe != nil && d.job.probe.PerOrigin {
		return wholeOrigin
	}
	return x.endpoint.Path()
}

func (x *examination) finding(d draft, id, place string) *finding.Finding {
	request := d.job.attempt.Request
	url := x.endpoint
	if place == wholeOrigin {
		url = url.WithTarget("/")
	}
	f := &finding.Finding{
		Fingerprint: id,
		Rule:        d.hit.Rule, Category: d.hit.Category,
		Message: d.hit.Message, Confidence: d.hit.Confidence,
		URL: url.String(), Method: request.Method,
		Probe: d.job.name(), Changes: d.job.changes(), Identity: d.job.as().Name,
		Stack:    x.origin.stack(),
		Evidence: d.evidence, Occurrences: x.occurrences(d),
		Reproduce: reproduce(x.endpoint, d.job.as(), request),
	}
	return f
}

// occurrences lists the other probes that showed the leak. Where the control
// shows it, any request does: then only those that showed something else count.
func (x *examination) occurrences(d draft) []finding.Occurrence {
	var out []finding.Occurrence
	for _, o := range d.others {
		if o.Message == d.hit.Message {
			if d.job.isControl() {
				continue
			}
			o.Message = ""
		}
		o.URL = x.endpoint.Origin.String() + o.URL
		out = append(out, o)
	}
	return out
}

// verify asks again. A leak that comes back and is tied to the request is
// confirmed; one that does not come back is no more than tentative.
func (x *examination) verify(ctx context.Context, d draft) draft {
	if ctx.Err() != nil {
		d.hit.Confidence = min(d.hit.Confidence, finding.Firm)
		return d
	}
	if d.hit.Category == finding.IdentitySpoofing && !x.controlHolds(ctx, d.job) {
		d.hit.Confidence = finding.Tentative
		return d
	}
	for range 2 {
		if again, ok := x.repeat(ctx, d.job, d.hit.Rule); ok {
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
	for _, d := range x.observe(j, exchange).drafts {
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
		return again.Refused() && was.Refused()
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

// narrow finds the fewest of the added fields that still show the leak, so that
// the finding names the header field that matters.
func (x *examination) narrow(ctx context.Context, d draft) draft {
	if len(d.job.attempt.Added) < 2 || d.hit.Confidence == finding.Tentative {
		return d
	}
	shows := func(names []string) (draft, bool) {
		if ctx.Err() != nil {
			return draft{}, false
		}
		return x.repeat(ctx, d.job.with(only(d.job.attempt, names)), d.hit.Rule)
	}
	best := d
	keep := func(names []string) bool {
		found, ok := shows(names)
		if ok {
			best.job, best.hit.Message, best.hit.Excerpt = found.job, found.hit.Message, found.hit.Excerpt
			leaked := union(found.evidence.Leaked, d.evidence.Leaked)
			best.evidence = found.evidence
			best.evidence.Leaked = leaked
		}
		return ok
	}
	if known := x.origin.narrowed[d.hit.Rule]; len(known) > 0 && contains(d.job.attempt.Added, known) && keep(known) {
		return best
	}
	x.origin.narrowed[d.hit.Rule] = fewest(d.job.attempt.Added, keep)
	return best
}

// only returns the attempt with no other added fields than these.
func only(a probes.Attempt, names []string) probes.Attempt {
	drop := make(map[string]bool, len(a.Added))
	for _, name := range a.Added {
		drop[name] = true
	}
	for _, name := range names {
		delete(drop, name)
	}
	kept := make([]wire.Field, 0, len(a.Request.Fields))
	for _, f := range a.Request.Fields {
		if !drop[f.Name] {
			kept = append(kept, f)
		}
	}
	a.Request.Fields, a.Added = kept, names
	return a
}
