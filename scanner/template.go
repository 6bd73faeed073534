package scanner

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"blurt/probes"
	"blurt/scanner/wire"
)

// template is what a probe makes of a control, kept for the further endpoints of
// the origin: distributing hundreds of header fields over requests costs more
// than sending them.
type template struct {
	learnt   string // what the probe knew of the origin
	attempts []probes.Attempt
}

// attempts yields what a probe sends as seen by the control's identity.
func (x *examination) attempts(p *probes.Probe, c *control) iter.Seq[probes.Attempt] {
	context := x.context(p, c)
	if p.Claim == wire.NoClaim || p.Claim == wire.CertificateClaim {
		return p.Build(context)
	}
	learnt := fmt.Sprint(context.Limits, context.Known.Products, strings.Join(context.Known.Names, "\x00"))
	t, ok := x.origin.templates[p.ID]
	if !ok || t.learnt != learnt {
		t = template{learnt: learnt, attempts: slices.Collect(p.Build(context))}
		if slices.ContainsFunc(t.attempts, func(a probes.Attempt) bool { return !addsOnly(a, x.request) }) {
			return slices.Values(t.attempts)
		}
		x.origin.templates[p.ID] = t
	}
	return func(yield func(probes.Attempt) bool) {
		for _, a := range t.attempts {
			a.Request.Target = x.request.Target
			if !yield(a) {
				return
			}
		}
	}
}

// addsOnly reports that an attempt is the control with further fields: then it
// is the same for each endpoint but for the target.
func addsOnly(a probes.Attempt, control wire.Request) bool {
	r := a.Request
	return r.Method == control.Method && r.Target == control.Target && len(r.Body) == 0 && !a.Absent && a.Certificate == nil &&
		len(r.Fields) >= len(control.Fields) && slices.Equal(r.Fields[:len(control.Fields)], control.Fields)
}
