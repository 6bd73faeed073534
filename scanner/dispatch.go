package scanner

import (
	"context"
	"iter"
	"sync"

	"golang.org/x/sync/errgroup"

	"blurt/scanner/wire"
)

const (
	maxActive = 32   // origins examined at the same time
	maxQueue  = 16   // endpoints that wait for one origin
	maxKnown  = 4096 // origins whose state is remembered
)

// dispatcher hands each endpoint to the one goroutine that owns its origin. Its
// memory is bounded whatever the number of endpoints: a full queue holds the
// reading of targets back.
type dispatcher struct {
	engine *engine
	forget func(wire.Origin)

	mu     sync.Mutex
	active map[wire.Origin]*lane
	known  map[wire.Origin]*originState
}

// lane is the way to the owner of an origin. The dispatcher's lock guards handed,
// the number of endpoints that are on the way or being examined.
type lane struct {
	queue  chan wire.Endpoint
	handed int
}

func newDispatcher(e *engine, forget func(wire.Origin)) *dispatcher {
	return &dispatcher{
		engine: e, forget: forget,
		active: make(map[wire.Origin]*lane),
		known:  make(map[wire.Origin]*originState),
	}
}

// feed reads the targets until they, or ctx, end, and waits for the owners.
func (d *dispatcher) feed(ctx context.Context, targets iter.Seq2[wire.Endpoint, error]) error {
	var owners errgroup.Group
	owners.SetLimit(maxActive)
	var failed error
	for target, err := range targets {
		if err != nil {
			failed = err
			break
		}
		if ctx.Err() != nil || d.engine.account.isSpent() {
			break
		}
		d.engine.account.endpoint()
		d.hand(ctx, &owners, target)
	}
	_ = owners.Wait() // owners return no error
	return failed
}

// hand queues a target with the owner of its origin, and starts an owner where
// there is none. It is called by one goroutine only.
func (d *dispatcher) hand(ctx context.Context, owners *errgroup.Group, target wire.Endpoint) {
	d.mu.Lock()
	l, owned := d.active[target.Origin]
	if !owned {
		l = &lane{queue: make(chan wire.Endpoint, maxQueue)}
		d.active[target.Origin] = l
	}
	l.handed++
	state := d.state(target.Origin)
	d.mu.Unlock()
	if !owned {
		owners.Go(func() error {
			d.own(ctx, target.Origin, state, l)
			return nil
		})
	}
	select {
	case l.queue <- target:
	case <-ctx.Done():
	}
}

// state returns what is remembered of an origin; the caller holds the lock.
func (d *dispatcher) state(origin wire.Origin) *originState {
	if s, ok := d.known[origin]; ok {
		return s
	}
	for known := range d.known {
		if len(d.known) < maxKnown {
			break
		}
		if _, busy := d.active[known]; !busy {
			delete(d.known, known)
		}
	}
	s := newOriginState()
	d.known[origin] = s
	return s
}

// own examines the endpoints of one origin, in order, until none is on its way.
func (d *dispatcher) own(ctx context.Context, origin wire.Origin, state *originState, l *lane) {
	for d.keep(origin, l) {
		select {
		case target := <-l.queue:
			d.engine.examineAll(ctx, state, target)
			d.mu.Lock()
			l.handed--
			d.mu.Unlock()
		case <-ctx.Done():
			return
		}
	}
	d.engine.revisit(ctx, state, origin)
	d.forget(origin)
}

// keep gives the origin up when no endpoint is queued or about to be.
func (d *dispatcher) keep(origin wire.Origin, l *lane) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if l.handed > 0 {
		return true
	}
	delete(d.active, origin)
	return false
}
