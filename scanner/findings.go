package scanner

import (
	"context"

	"blurt/scanner/finding"
	"blurt/scanner/internal/redact"
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
		if d.gist != "" {
			id += x.endpoint.Target // further places are listed
		}
		if !x.origin.reported.add(id) {
			continue
		}
		if d.hit.Category == finding.IdentitySpoofing && d.status >= 500 && !x.hingesOnVerdict(ctx, d) {
			continue
		}
		id = groupID(d, x.endpoint.Origin.Host, place)
		switch {
		case d.settled:
		case x.origin.groups.settled(id):
			d.hit.Confidence = min(d.hit.Confidence, finding.Firm) // the first of the group was asked again
		default:
			d = x.verify(ctx, d)
			d = x.narrow(ctx, d)
		}
		if d.hit.Category == finding.DebugEndpoint {
			x.origin.expose(d.job.attempt.Request.Target)
		}
		f := x.finding(d, id, place)
		x.keepExchange(d, f, place)
		if d.gist == "" && !x.isDoubtful(d) {
			out = append(out, f)
			continue
		}
		x.hold(d, f, place)
	}
	return out
}

// place is where a draft belongs: the endpoint's path, or the whole origin when
// the leak or the probe is about that.
func (x *examination) place(d draft) string {
	switch {
	case isBypass(d.hit.Rule), d.hit.Rule == untrustedAccepted, d.hit.Rule == checkIncomplete:
		return x.endpoint.Path() // however seldom it is asked, it is about this one
	case d.hit.PerOrigin, d.job.probe != nil && d.job.probe.PerOrigin, d.job.attempt.Once != "":
		return wholeOrigin
	}
	return x.endpoint.Path()
}

func (x *examination) finding(d draft, id, place string) *finding.Finding {
	request := d.job.shareable()
	url := x.endpoint
	switch {
	case place == wholeOrigin && d.job.probe != nil && d.job.probe.AgainstAbsent && !d.hit.PerOrigin:
		url = url.WithTarget(request.Target) // an endpoint of its own, always at the same place
	case place == wholeOrigin:
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
		Reproduce: x.reproduceDraft(d, request, id), Replay: x.recipe(d),
	}
	if d.evidence.Response != nil {
		f.Evidence.Request = requestMessage(redact.New(d.secrets...), request)
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
