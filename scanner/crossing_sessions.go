package scanner

import (
	"cmp"
	"context"
	"crypto/tls"
	"iter"

	"blurt/probes"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// sessions yields handshakes that resume a session of another virtual host. A
// server that shares its tickets among virtual hosts, and looks at the client's
// certificate in full handshakes only, lets a stranger in (the class of
// CVE-2025-23419, CVE-2025-23048 and CVE-2025-68121).
func (c *crossing) sessions(ctx context.Context) iter.Seq[*way] {
	return func(yield func(*way) bool) {
		if c.x.engine.config.Profile == probes.Quick {
			return
		}
		for _, name := range c.donors() {
			for _, version := range []uint16{tls.VersionTLS13, tls.VersionTLS12} {
				if w := c.resumed(ctx, name, version); w != nil && !yield(w) {
					return
				}
			}
		}
		for _, to := range c.callersOwn() {
			if w := c.inherited(ctx, to); w != nil && !yield(w) {
				return
			}
		}
	}
}

// donors are the names whose sessions are tried: those that a stranger could
// shake hands with, where the server asks for less than at the front door.
func (c *crossing) donors() []string {
	most := 1
	if c.x.engine.config.Profile == probes.Thorough {
		most = 3
	}
	var names []string
	for _, asked := range []bool{false, true} {
		for _, d := range c.doors {
			if d.requested == asked && (!asked || d.differs) && len(names) < most {
				names = append(names, d.name)
			}
		}
	}
	return names
}

// resumed takes a session under another name, as nobody, and returns the way that
// resumes it under the front door's; nil where there is no session to be had.
func (c *crossing) resumed(ctx context.Context, name string, version uint16) *way {
	session := new(wire.Session)
	donor := c.usual(bySession, "")
	donor.by = wire.Way{ServerName: name, NoServerName: name == "", MinTLS: version, MaxTLS: version, Session: session}
	c.ask(ctx, donor, c.x.request)
	if !session.Held() {
		return nil
	}
	of := cmp.Or(name, "no name")
	w := c.usual(bySession, tls.VersionName(version)+" session of "+of)
	w.donor = name
	w.by, w.same = wire.Way{MinTLS: version, MaxTLS: version, Session: session}, true
	return w
}

// callersOwn are other targets at the same port, where the caller's certificate
// is refused here: there it may be good for a session.
func (c *crossing) callersOwn() []wire.Origin {
	if c.want != nil {
		return nil
	}
	var out []wire.Origin
	for _, to := range c.x.engine.handed.all() {
		if to.TLS() && to.Port == c.x.endpoint.Origin.Port && to.Host != c.x.endpoint.Origin.Host && len(out) < 2 {
			out = append(out, to)
		}
	}
	return out
}

// inherited takes a session as the caller at another target and returns the way
// that resumes it here, without a certificate.
func (c *crossing) inherited(ctx context.Context, at wire.Origin) *way {
	caller := c.caller()
	if caller == nil {
		return nil
	}
	session := new(wire.Session)
	root := wire.Endpoint{Origin: at, Target: "/"}
	c.left--
	got := c.x.doBy(ctx, wire.Way{Session: session}, *caller, root, c.x.engine.control(root))
	if !session.Held() || got.Handshake == nil || !got.Handshake.Sent {
		return nil
	}
	w := c.usual(bySession, "your session of "+at.Host)
	w.donor, w.own = at.Host, true
	w.by, w.same = wire.Way{Session: session}, true
	return w
}

// caller is the identity of the caller, where it has a certificate that is
// refused here.
func (c *crossing) caller() *wire.Identity {
	for _, other := range c.x.controls[1:] {
		v, _, _ := verdict(other.exchange)
		if refused := v == finding.HandshakeRefused || v == finding.ProxyRefused || v == finding.AppRefused; refused && other.identity.Cert != nil {
			return &other.identity
		}
	}
	return nil
}
