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
	// slack stretches the pace a little, so that timers that fire late do not
	// squeeze one request too many into a second.
	slack = 1.02
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
	hosts map[string]*rate.Limiter
}

func newLimiter(perSecond float64, budget int, next step) *limiter {
	return &limiter{rate: perSecond, budget: int64(budget), next: next, hosts: make(map[string]*rate.Limiter)}
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
		if err := l.wait(ctx, c.to.Host); err != nil {
			l.spent.Add(-1)
			return failure(wire.StageBudget, err, 0)
		}
	}
	c.begun = time.Now()
	return l.next.do(ctx, c)
}

// wait blocks until the host's turn. A context that would end sooner ends the
// wait at once.
func (l *limiter) wait(ctx context.Context, host string) error {
	err := l.pace(host).Wait(ctx)
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	return context.DeadlineExceeded
}

func (l *limiter) pace(host string) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if pace, found := l.hosts[host]; found {
		return pace
	}
	if len(l.hosts) >= maxPaced {
		l.dropIdle()
	}
	// With a burst of one, any second holds at most as many requests as the rate.
	pace := rate.NewLimiter(rate.Limit(l.rate/slack), 1)
	l.hosts[host] = pace
	return pace
}

// dropIdle forgets hosts whose bucket is full again: a new one is its equal.
func (l *limiter) dropIdle() {
	for host, pace := range l.hosts {
		if pace.Tokens() >= 1 {
			delete(l.hosts, host)
		}
	}
}
