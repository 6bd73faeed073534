package transport

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"blurt/scanner/wire"
)

const (
	// slack stretches the pace a little, so that the window seldom has to hold a
	// request back.
	slack = 1.02
	// window is how long after its answer a request still counts against the rate:
	// a second, and a little for clocks that differ.
	window = time.Second + 30*time.Millisecond
	// maxPaced is how many hosts are paced before idle ones are dropped.
	maxPaced = 256
)

// limiter paces the requests to each host and counts them against the budget.
type limiter struct {
	rate   float64
	budget int64
	spent  atomic.Int64
	next   step

	mu    sync.Mutex
	hosts map[string]*pace
}

// pace spaces the requests to one host. Spacing alone does not keep the rate:
// requests that were held up on their way may arrive together. So no second at
// the target holds more than the rate: of that many requests, each gives its
// place to another one only once its own arrival is surely a second ago.
type pace struct {
	*rate.Limiter
	places chan struct{}
}

func newLimiter(perSecond float64, budget int, next step) *limiter {
	return &limiter{rate: perSecond, budget: int64(budget), next: next, hosts: make(map[string]*pace)}
}

func (l *limiter) do(ctx context.Context, c *call) *wire.Failure {
	if err := ctx.Err(); err != nil {
		return failure(wire.StageBudget, err, 0)
	}
	if spent := l.spent.Add(1); l.budget > 0 && spent > l.budget {
		l.spent.Add(-1)
		return &wire.Failure{Stage: wire.StageBudget, Err: fmt.Errorf("the budget of %d requests is spent", l.budget)}
	}
	if l.rate > 0 {
		leave, err := l.wait(ctx, c.to.Host)
		if err != nil {
			l.spent.Add(-1)
			return failure(wire.StageBudget, err, 0)
		}
		defer leave()
	}
	c.begun = time.Now()
	return l.next.do(ctx, c)
}

// wait blocks until the host's turn. A context that would end sooner ends the
// wait at once. The function that it returns is to be called when the exchange
// is over.
func (l *limiter) wait(ctx context.Context, host string) (leave func(), err error) {
	p := l.pace(host)
	if err := p.Wait(ctx); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, context.DeadlineExceeded
	}
	select {
	case p.places <- struct{}{}:
		return func() { time.AfterFunc(window, func() { <-p.places }) }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *limiter) pace(host string) *pace {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p, found := l.hosts[host]; found {
		return p
	}
	if len(l.hosts) >= maxPaced {
		l.dropIdle()
	}
	p := &pace{rate.NewLimiter(rate.Limit(l.rate/slack), 1), make(chan struct{}, max(1, int(l.rate)))}
	l.hosts[host] = p
	return p
}

// dropIdle forgets hosts whose bucket is full again: a new one is its equal.
func (l *limiter) dropIdle() {
	for host, p := range l.hosts {
		if p.Tokens() >= 1 && len(p.places) == 0 {
			delete(l.hosts, host)
		}
	}
}
