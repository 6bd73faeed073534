package transport

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"blurt/scanner/wire"
)

// guard resolves the host and asks whether its addresses may be talked to, so
// that neither a target's name nor a DNS answer leads out of the scope.
type guard struct {
	names   *names
	proxied bool
	allow   func(host string, addr netip.Addr) bool
	timeout time.Duration
	next    step
}

func (g *guard) do(ctx context.Context, c *call) *wire.Failure {
	addrs, f := g.resolve(ctx, c)
	if f != nil {
		return f
	}
	if g.allow != nil {
		if addrs, f = g.filter(c.to.Host, addrs); f != nil {
			return f
		}
	}
	c.addrs = addrs
	return g.next.do(ctx, c)
}

func (g *guard) resolve(ctx context.Context, c *call) ([]netip.Addr, *wire.Failure) {
	to := c.to
	if c.by.Addr.IsValid() {
		return []netip.Addr{c.by.Addr.Unmap()}, nil
	}
	if addr, found := g.names.pinned(to); found {
		return []netip.Addr{addr}, nil
	}
	if g.proxied {
		return nil, nil
	}
	if addrs := g.names.known(to.Host); addrs != nil {
		return addrs, nil
	}
	ctx, cancel := context.WithTimeout(ctx, g.timeout)
	defer cancel()
	addrs, err := g.names.lookup(ctx, to.Host)
	if err != nil {
		return nil, failure(wire.StageResolve, err, g.timeout)
	}
	return addrs, nil
}

func (g *guard) filter(host string, addrs []netip.Addr) ([]netip.Addr, *wire.Failure) {
	if len(addrs) == 0 {
		if g.allow(host, netip.Addr{}) {
			return nil, nil
		}
		return nil, &wire.Failure{Stage: wire.StageScope, Err: fmt.Errorf("%s is outside the scope", clean(host))}
	}
	var allowed []netip.Addr
	for _, addr := range addrs {
		if g.allow(host, addr) {
			allowed = append(allowed, addr)
		}
	}
	if len(allowed) == 0 {
		return nil, &wire.Failure{Stage: wire.StageScope, Err: fmt.Errorf("%s (%s) is outside the scope", clean(host), addrs[0])}
	}
	return allowed, nil
}
