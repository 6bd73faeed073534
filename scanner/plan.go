package scanner

import (
	"iter"

	"blurt/probes"
	"blurt/scanner/wire"
)

// Job is one request of a plan.
type Job struct {
	Endpoint wire.Endpoint
	Identity wire.Identity
	Probe    string // "malformed-certificate/not-pem"
	Changes  string // against the control; empty for the control itself
	Request  wire.Request
}

// Plan yields what a scan would send to the endpoint, in order, without sending
// anything. What depends on answers is left out: requests that an answer leads
// to, and those that ask again to be sure. The error is that of a Config that
// cannot be.
func Plan(c Config, endpoint wire.Endpoint) (iter.Seq[Job], error) {
	e, err := newEngine(c)
	if err != nil {
		return nil, err
	}
	x := &examination{engine: e, origin: newOriginState(), endpoint: endpoint, request: e.control(endpoint)}
	return func(yield func(Job) bool) {
		for _, id := range e.identities {
			// Twice: the second answer shows how much of the first changes by itself.
			for range 2 {
				if !yield(x.planned(x.controlJob(id))) {
					return
				}
			}
		}
		for i, id := range e.identities {
			c := &control{identity: id, exchange: &wire.Exchange{}}
			for _, wave := range []func(*probes.Probe) bool{isCertificate, isPlain, isInventory, isClaim, isBroken} {
				pick := func(p *probes.Probe) bool { return wave(p) && (i == 0 || isClaim(p) || isBroken(p)) }
				for j := range x.jobs(c, pick) {
					if !yield(x.planned(j)) {
						return
					}
				}
			}
		}
	}, nil
}

func (x *examination) planned(j job) Job {
	return Job{Endpoint: x.endpoint, Identity: j.as(), Probe: j.name(), Changes: j.changes(), Request: j.attempt.Request}
}
