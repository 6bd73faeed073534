// Package transport is the only way out: it puts a request on a connection
// exactly as it was written and brings back the exchange, within hard limits.
//
// HTTP/1.1 is written and read by a codec of its own, because what a probe is
// made of (odd methods, duplicate fields, control bytes, exact targets) and what
// odd servers answer are both refused or rewritten by net/http. HTTP/2 framing
// is borrowed. Every byte from a server ends in a value or in a clean error of
// one line; nothing is followed, retried under another identity, or remembered
// across clients.
package transport

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"blurt/scanner/wire"
)

// Doer makes one exchange. It is safe for concurrent use and returns an exchange
// in which exactly one of Got and Err is set.
type Doer interface {
	Do(ctx context.Context, as wire.Identity, to wire.Origin, r wire.Request) *wire.Exchange
	// DoBy makes it on a connection of its own that goes that way.
	DoBy(ctx context.Context, by wire.Way, as wire.Identity, to wire.Origin, r wire.Request) *wire.Exchange
}

// Pin is an address to use for a host and port instead of asking a name server.
type Pin struct {
	Host string // lower case
	Port uint16
	Addr netip.Addr
}

// Config is all that steers a client. The zero value of each field asks for its
// default.
type Config struct {
	// HTTP is "auto" (HTTP/2 where the server negotiates it), "1.1" or "2".
	HTTP string
	// Timeout is for one exchange, from dialing to the last byte; 15 s by default.
	Timeout time.Duration
	// ReadTimeout ends an answer that has begun and then stalls; 5 s by default.
	ReadTimeout time.Duration
	// IdleTimeout is how long a connection is kept without use; 20 s by default.
	IdleTimeout time.Duration

	Roots    *x509.CertPool // nil: the system's
	Insecure bool           // send a private identity to a server that does not verify

	Pins      []Pin
	Resolvers []string // name servers as address or address:port; none: the system's
	Proxy     *url.URL // http, https, socks5 or socks5h; nil: none

	// Allow is asked after resolution and before anything is sent, for each
	// address that would be used. The address is zero where a proxy resolves the
	// name. Nil allows all.
	Allow func(host string, addr netip.Addr) bool

	Rate        float64 // requests a second to one host; 0 is no limit
	MaxRequests int     // for the client's whole life; 0 is no limit
	MaxIdle     int     // kept-alive connections of one key; 64 by default

	MaxBody   int // decoded bytes of a body; 1 MiB by default
	MaxHead   int // bytes of a status line with all its fields; 64 KiB by default
	MaxLine   int // bytes of one field line; 32 KiB by default
	MaxFields int // field lines of one head; 512 by default
}

// withDefaults fills in what was left at zero and reports what cannot be.
func (c Config) withDefaults() (Config, error) {
	if c.HTTP == "" {
		c.HTTP = "auto"
	}
	if c.HTTP != "auto" && c.HTTP != "1.1" && c.HTTP != "2" {
		return c, fmt.Errorf("HTTP version %q: use auto, 1.1 or 2", c.HTTP)
	}
	durations := []struct {
		field *time.Duration
		value time.Duration
	}{{&c.Timeout, 15 * time.Second}, {&c.ReadTimeout, 5 * time.Second}, {&c.IdleTimeout, 20 * time.Second}}
	for _, d := range durations {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	counts := []struct {
		field *int
		value int
	}{{&c.MaxIdle, 64}, {&c.MaxBody, 1 << 20}, {&c.MaxHead, 64 << 10}, {&c.MaxLine, 32 << 10}, {&c.MaxFields, 512}}
	for _, n := range counts {
		if *n.field <= 0 {
			*n.field = n.value
		}
	}
	if c.Rate < 0 || c.MaxRequests < 0 {
		return c, errors.New("rate and request budget cannot be negative")
	}
	return c, nil
}

func (c Config) limits() limits {
	return limits{body: c.MaxBody, head: c.MaxHead, line: c.MaxLine, fields: c.MaxFields}
}

// Client is the assembled way out: guard, then limit, then mux. Make one for a
// scan with New and Close it at the end.
type Client struct {
	config Config
	names  *names
	guard  *guard
	limit  *limiter
	mux    *mux
	ids    identities
	calls  sync.Pool // of *call, which nothing keeps beyond Do
	sent   atomic.Int64
}

// New checks the configuration and returns a client. It opens no connection and
// starts no goroutine.
func New(config Config) (*Client, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	names, err := newNames(config)
	if err != nil {
		return nil, err
	}
	client := &Client{config: config, names: names}
	dialer, err := newDialer(config, names)
	if err != nil {
		return nil, err
	}
	client.mux = newMux(config, dialer, &client.sent)
	client.limit = newLimiter(config.Rate, config.MaxRequests, client.mux)
	client.guard = &guard{names: names, proxied: config.Proxy != nil, allow: config.Allow, timeout: config.Timeout, next: client.limit}
	return client, nil
}

// call is one exchange on its way through the steps.
type call struct {
	as    wire.Identity
	id    string // the identity's digest
	by    wire.Way
	to    wire.Origin
	req   wire.Request // with the identity's own fields
	addrs []netip.Addr // allowed ones in the order to try; empty where a proxy resolves
	x     *wire.Exchange
	begun time.Time
}

// within returns the call's own limit where that is the shorter one.
func (c *call) within(limit time.Duration) time.Duration {
	if c.by.Limit > 0 {
		return min(limit, c.by.Limit)
	}
	return limit
}

// step is one layer of the client. It fills in the call's exchange, except for
// its error, which it returns.
type step interface {
	do(ctx context.Context, c *call) *wire.Failure
}

// Do sends the request as the identity and reads its answer. It never returns
// nil; Exchange.Asked is the request as given, Exchange.Sent has the identity's
// fields too.
func (c *Client) Do(ctx context.Context, as wire.Identity, to wire.Origin, r wire.Request) *wire.Exchange {
	return c.DoBy(ctx, wire.Way{}, as, to, r)
}

// DoBy is Do by another way than the usual one: on a new connection that is
// closed afterwards. The zero Way is Do.
func (c *Client) DoBy(ctx context.Context, by wire.Way, as wire.Identity, to wire.Origin, r wire.Request) *wire.Exchange {
	x := &wire.Exchange{To: wire.Endpoint{Origin: to, Target: r.Target}, As: as, Asked: r}
	if len(as.Fields) > 0 {
		r = r.With(as.Fields...)
	}
	one, _ := c.calls.Get().(*call)
	if one == nil {
		one = new(call)
	}
	*one = call{as: as, id: c.ids.of(as), by: by, to: to, req: r, x: x, begun: time.Now()}
	if f := c.guard.do(ctx, one); f != nil {
		x.Got, x.Err = nil, f
	}
	x.Took = time.Since(one.begun)
	*one = call{}
	c.calls.Put(one)
	return x
}

// Addresses returns every address of the host, the one that the scan uses first.
func (c *Client) Addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	return c.names.lookup(ctx, host)
}

// Forget closes the idle connections of an origin and drops what was learned of
// it. Requests under way are not disturbed.
func (c *Client) Forget(to wire.Origin) { c.mux.forget(to) }

// Requests returns how many requests were put on a wire so far.
func (c *Client) Requests() int64 { return c.sent.Load() }

// Close closes every connection, ends exchanges that are under way and leaves no
// goroutine behind. The client cannot be used afterwards.
func (c *Client) Close() error {
	c.names.close()
	return c.mux.close()
}
