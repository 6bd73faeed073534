package scanner

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

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
	// drained says that no target comes any more; held counts the findings that
	// wait for further places.
	drained atomic.Bool
	held    atomic.Int64
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
		d.engine.handed.add(target.Origin)
		d.hand(ctx, &owners, target)
	}
	d.drained.Store(true)
	_ = owners.Wait() // owners return no error
	d.tellAll()
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
			d.engine.account.tell(d.known[known].groups)
			delete(d.known, known)
		}
	}
	s := newOriginState()
	s.groups.total = &d.held
	d.known[origin] = s
	return s
}

// own examines the endpoints of one origin, in order, until none is on its way.
// What may show at further endpoints is told when none will come, or when too
// much is held.
func (d *dispatcher) own(ctx context.Context, origin wire.Origin, state *originState, l *lane) {
	for {
		select {
		case target := <-l.queue:
			d.engine.examineAll(ctx, state, target)
			if !d.examined(l) {
				continue
			}
		case <-ctx.Done():
			return // what is held is told when all owners are done
		}
		d.engine.revisit(ctx, state, origin)
		d.engine.review(ctx, state, origin)
		if d.drained.Load() || d.held.Load() > maxHeld {
			d.engine.account.tell(state.groups)
		}
		if d.release(origin, l) {
			d.forget(origin)
			return
		}
	}
}

// examined reports whether no further endpoint is on its way.
func (d *dispatcher) examined(l *lane) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	l.handed--
	return l.handed == 0
}

// release gives the origin up, unless an endpoint was handed in meanwhile. From
// then on another owner may have its state.
func (d *dispatcher) release(origin wire.Origin, l *lane) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if l.handed > 0 {
		return false
	}
	delete(d.active, origin)
	return true
}

// tellAll tells what origins hold that nobody owns any more, in a fixed order.
func (d *dispatcher) tellAll() {
	for _, origin := range slices.SortedFunc(maps.Keys(d.known), func(a, b wire.Origin) int {
		return cmp.Compare(a.String(), b.String())
	}) {
		d.engine.account.tell(d.known[origin].groups)
	}
}
