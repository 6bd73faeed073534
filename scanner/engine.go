package scanner

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net/netip"
	"sync/atomic"

	"blurt/probes"
	"blurt/scanner/detect"
	"blurt/scanner/internal/canary"
	"blurt/scanner/internal/transport"
	"blurt/scanner/wire"
)

// engine is what the parts of one scan share. All of it is safe for concurrent
// use or never changes.
type engine struct {
	config   Config
	scanID   string
	wire     transport.Doer
	mint     *canary.Mint
	set      *detect.Set
	probes   []probes.Probe
	specimen *probes.Specimen
	bare     *probes.Specimen
	// identities are those that every endpoint is asked as; the anonymous one is
	// the first.
	identities []wire.Identity
	account    *account
	// addresses resolves a host; nil where a proxy does that.
	addresses func(ctx context.Context, host string) ([]netip.Addr, error)
	handed    handedOrigins
	claimant  probes.Claimant
	caller    *x509.Certificate // the leaf of the caller's certificate; nil without one
	exchanged atomic.Int64      // cells of the map that keep their exchange
}

func newEngine(c Config) (*engine, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	key := sha256.Sum256([]byte("blurt scan " + c.Seed))
	e := &engine{
		config:     c,
		scanID:     hex.EncodeToString(key[:6]),
		mint:       canary.New(key[:]),
		set:        detect.NewSet(append(detect.All(), c.Detectors...)),
		probes:     probes.All(c.Dialects),
		identities: identities(c),
		claimant:   probes.NewClaimant(c.Dialects),
		caller:     leafOf(c.Caller),
	}
	mint := func(field string) string { return e.mint.Token("specimen", field) }
	var err error
	if e.specimen, err = probes.NewSpecimen(c.Seed, mint); err != nil {
		return nil, err
	}
	if e.bare, err = probes.NewBareSpecimen(c.Seed, mint); err != nil {
		return nil, err
	}
	return e, nil
}

// identities returns the anonymous identity and, where there is one, the
// caller's. The caller's header fields go with both: they open the way to the
// target (a gateway's key, say) and prove no client certificate.
func identities(c Config) []wire.Identity {
	out := []wire.Identity{{Name: "none", Fields: c.Headers, Private: len(c.Headers) > 0}}
	if c.Caller != nil {
		out = append(out, wire.Identity{Name: "caller", Cert: c.Caller, Fields: c.Headers, Private: true})
	}
	return out
}

// leafOf returns the certificate that a key pair presents; nil where there is
// none that can be read.
func leafOf(c *tls.Certificate) *x509.Certificate {
	if c == nil || len(c.Certificate) == 0 {
		return nil
	}
	if c.Leaf != nil {
		return c.Leaf
	}
	leaf, err := x509.ParseCertificate(c.Certificate[0])
	if err != nil {
		return nil
	}
	return leaf
}

func (e *engine) newClient() (*transport.Client, error) {
	c := e.config
	pins := make([]transport.Pin, len(c.Pins))
	for i, p := range c.Pins {
		pins[i] = transport.Pin(p)
	}
	client, err := transport.New(transport.Config{
		HTTP: c.HTTP, Timeout: c.Timeout, Roots: c.Roots, Insecure: c.Insecure,
		Pins: pins, Resolvers: c.Resolvers, Proxy: c.Proxy,
		Allow: scope(c.Scope).allows, Rate: c.Rate, MaxRequests: c.MaxRequests,
	})
	if err != nil {
		return nil, fmt.Errorf("set up the transport: %w", err)
	}
	return client, nil
}

// do sends one request. A spent budget ends the scan.
func (e *engine) do(ctx context.Context, as wire.Identity, to wire.Endpoint, r wire.Request) *wire.Exchange {
	ask := func(by wire.Way) *wire.Exchange { return e.doBy(ctx, by, as, to, r) }
	return renegotiated(ask(wire.Way{}), ask)
}

// doBy sends one request by another way than the usual one.
func (e *engine) doBy(ctx context.Context, by wire.Way, as wire.Identity, to wire.Endpoint, r wire.Request) *wire.Exchange {
	x := e.wire.DoBy(ctx, by, as, to.Origin, r)
	if x.Err != nil && x.Err.Stage == wire.StageBudget {
		if ctx.Err() == nil {
			e.account.exhausted(e.config.MaxRequests)
		}
		return x
	}
	e.account.sent()
	return x
}

// control returns the benign request to an endpoint.
func (e *engine) control(to wire.Endpoint) wire.Request {
	return probes.Control(to, e.config.Version, e.scanID)
}

// scope is the caller's list of what may be scanned.
type scope []ScopeRule

// allows reports whether a host at an address may be asked. The address is not
// valid where a proxy resolves the name. No rule allows everything: the engine
// asks only origins that it was handed.
func (s scope) allows(host string, addr netip.Addr) bool {
	if len(s) == 0 {
		return true
	}
	for _, rule := range s {
		if rule.Allows(host, addr.Unmap()) {
			return true
		}
	}
	return false
}

// Allows reports whether the rule admits a host at an address; the address is
// not valid where it is unknown.
func (r ScopeRule) Allows(host string, addr netip.Addr) bool {
	if r.Prefix.IsValid() {
		return addr.IsValid() && r.Prefix.Contains(addr)
	}
	if below, ok := cutWildcard(r.Host); ok {
		return len(host) > len(below) && host[len(host)-len(below):] == below
	}
	return host == r.Host
}

// cutWildcard turns "*.example.org" into ".example.org".
func cutWildcard(host string) (string, bool) {
	if len(host) > 2 && host[0] == '*' && host[1] == '.' {
		return host[1:], true
	}
	return "", false
}
