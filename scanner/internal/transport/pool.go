package transport

import (
	"sync"
	"time"
)

// maxIdleAll bounds the idle connections of all keys together.
const maxIdleAll = 512

// pool keeps HTTP/1.1 connections alive between exchanges and knows every open
// connection, so that none outlives the client.
type pool struct {
	perKey int
	idle   time.Duration

	mu    sync.Mutex
	shut  bool
	open  map[*conn]struct{}
	free  map[connKey][]*conn // most recently used last
	count int                 // in free
	old   *conn               // least recently used, head of the list
	young *conn
}

func newPool(perKey int, idle time.Duration) *pool {
	return &pool{perKey: perKey, idle: idle, open: make(map[*conn]struct{}), free: make(map[connKey][]*conn)}
}

// add makes a new connection known. It reports false where the pool is shut; the
// connection is closed then.
func (p *pool) add(c *conn) bool {
	p.mu.Lock()
	shut := p.shut
	if !shut {
		p.open[c] = struct{}{}
	}
	p.mu.Unlock()
	if shut {
		c.close()
	}
	return !shut
}

func (p *pool) isShut() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.shut
}

// get takes an idle connection that still looks alive, or returns nil.
func (p *pool) get(key connKey) *conn {
	for {
		c := p.take(key)
		if c == nil || c.alive(time.Now(), p.idle) {
			return c
		}
		p.drop(c)
	}
}

func (p *pool) take(key connKey) *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	free := p.free[key]
	if len(free) == 0 {
		return nil
	}
	c := free[len(free)-1]
	p.unlist(c)
	return c
}

// put gives a connection back after an exchange that ended cleanly.
func (p *pool) put(c *conn) {
	c.reused, c.idleSince = true, time.Now()
	p.mu.Lock()
	if p.shut || len(p.free[c.key]) >= p.perKey {
		p.mu.Unlock()
		p.drop(c)
		return
	}
	p.free[c.key] = append(p.free[c.key], c)
	p.list(c)
	stale := p.unlistStale(c.idleSince)
	p.mu.Unlock()
	for _, c := range stale {
		p.drop(c)
	}
}

// unlistStale takes out what is idle for too long or one too many.
func (p *pool) unlistStale(now time.Time) []*conn {
	var stale []*conn
	for p.old != nil && (p.count > maxIdleAll || now.Sub(p.old.idleSince) >= p.idle) {
		c := p.old
		p.unlist(c)
		stale = append(stale, c)
	}
	return stale
}

// drop closes a connection for good.
func (p *pool) drop(c *conn) {
	p.mu.Lock()
	delete(p.open, c)
	p.mu.Unlock()
	c.close()
}

// forget closes the idle connections whose key matches.
func (p *pool) forget(match func(connKey) bool) {
	p.mu.Lock()
	var stale []*conn
	for key, free := range p.free {
		if match(key) {
			stale = append(stale, free...)
		}
	}
	for _, c := range stale {
		p.unlist(c)
	}
	p.mu.Unlock()
	for _, c := range stale {
		p.drop(c)
	}
}

// close closes every connection, those in use too.
func (p *pool) close() {
	p.mu.Lock()
	p.shut = true
	open := p.open
	p.open, p.free, p.old, p.young, p.count = make(map[*conn]struct{}), nil, nil, nil, 0
	p.mu.Unlock()
	for c := range open {
		c.close()
	}
}

func (p *pool) list(c *conn) {
	c.prev, c.next = p.young, nil
	if p.young != nil {
		p.young.next = c
	} else {
		p.old = c
	}
	p.young = c
	p.count++
}

// unlist takes a connection out of the list and from among those of its key. The
// one that is wanted is nearly always at an end of them.
func (p *pool) unlist(c *conn) {
	if c.prev != nil {
		c.prev.next = c.next
	} else {
		p.old = c.next
	}
	if c.next != nil {
		c.next.prev = c.prev
	} else {
		p.young = c.prev
	}
	c.prev, c.next = nil, nil
	p.count--
	free := p.free[c.key]
	for i := len(free) - 1; i >= 0; i-- {
		if free[i] == c {
			free = append(free[:i], free[i+1:]...)
			break
		}
	}
	if len(free) == 0 {
		delete(p.free, c.key)
		return
	}
	p.free[c.key] = free
}
