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

// Plan yields what a scan of this endpoint alone would send, as a [Planner] does.
func Plan(c Config, endpoint wire.Endpoint) (iter.Seq[Job], error) {
	p, err := NewPlanner(c)
	if err != nil {
		return nil, err
	}
	return p.Plan(endpoint), nil
}

// Planner says what a scan would send, without sending anything. It is not safe
// for concurrent use.
type Planner struct {
	engine  *engine
	origins map[wire.Origin]*originState
}

// NewPlanner returns a planner for one scan. The error is that of a Config that
// cannot be.
func NewPlanner(c Config) (*Planner, error) {
	e, err := newEngine(c)
	if err != nil {
		return nil, err
	}
	return &Planner{engine: e, origins: make(map[wire.Origin]*originState)}, nil
}

// Plan yields the requests to the endpoint, in order. What an origin is asked once
// stands in the plan of its first endpoint. What depends on answers is left out:
// requests that an answer leads to, and those that ask again to be sure.
func (p *Planner) Plan(endpoint wire.Endpoint) iter.Seq[Job] {
	e := p.engine
	origin, known := p.origins[endpoint.Origin]
	if !known {
		origin = newOriginState()
		p.origins[endpoint.Origin] = origin
	}
	x := &examination{engine: e, origin: origin, endpoint: endpoint, request: e.control(endpoint)}
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
		origin.probed = true
	}
}

func (x *examination) planned(j job) Job {
	return Job{Endpoint: x.endpoint, Identity: j.as(), Probe: j.name(), Changes: j.changes(), Request: j.attempt.Request}
}
