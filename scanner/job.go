package scanner

import (
	"cmp"
	"iter"
	"slices"
	"strconv"

	"blurt/probes"
	"blurt/scanner/wire"
)

// job is one request to make, and what it is compared with.
type job struct {
	probe    *probes.Probe // nil for the control itself
	attempt  probes.Attempt
	identity wire.Identity
	control  *control // nil for the control itself
	derived  bool     // suggested by an answer
	private  []string // values of the request that are the caller's own
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
	if j.isControl() || j.attempt.Issued {
		return wire.NoClaim
	}
	return j.probe.Claim
}

// as is the identity of the job on the wire: the attempt's own certificate
// takes the place of the identity's.
func (j job) as() wire.Identity {
	id := j.identity
	if j.attempt.Certificate != nil {
		id.Name, id.Cert = cmp.Or(j.attempt.As, j.probe.ID), j.attempt.Certificate
		id.Private = id.Private || j.attempt.Private
	}
	return id
}

// shareable is the request as a report may show it: of the caller's own values
// there are placeholders.
func (j job) shareable() wire.Request {
	if len(j.private) == 0 {
		return j.attempt.Request
	}
	r := j.attempt.Request
	r.Fields = slices.Clone(r.Fields)
	for i, f := range r.Fields {
		if slices.Contains(j.attempt.Added, f.Name) && len(f.Value) > len("FAILED:") {
			r.Fields[i].Value = "YOUR-VALUE"
		}
	}
	return r
}

// with returns the job with another attempt, which an answer suggested.
func (j job) with(a probes.Attempt) job {
	j.attempt, j.derived = a, true
	return j
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
		Known:  probes.Known{Names: x.origin.names, Authorities: x.origin.authorities, Products: x.origin.stack()},
	}
	pc.Known.Open = x.origin.open
	pc.Issuer, pc.Caller = x.engine.config.Issuer, x.engine.config.Caller
	if c.exchange != nil {
		pc.Answer = c.exchange.Got
		v, status, _ := verdict(c.exchange)
		pc.Verdict = string(v) + " " + strconv.Itoa(status)
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
			for attempt := range x.attempts(p, c) {
				if attempt.Once != "" && !x.origin.done.add(attempt.Once) {
					continue
				}
				if !yield(job{probe: p, attempt: attempt, identity: c.identity, control: c}) {
					return
				}
			}
		}
	}
}
