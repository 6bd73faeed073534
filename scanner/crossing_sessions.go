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
		for _, d := range c.donors() {
			for _, version := range c.sessionVersions(d) {
				if w := c.resumed(ctx, d, version); w != nil && !yield(w) {
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

// donors are the doors whose sessions are tried: those where a stranger could shake
// hands, and where the server asks for less than at the front door.
func (c *crossing) donors() []door {
	most := 1
	if c.x.isThorough() {
		most = 3
	}
	var donors []door
	for _, asked := range []bool{false, true} {
		for _, d := range c.x.origin.ways.doors {
			if d.requested == asked && (!asked || d.differs) && len(donors) < most {
				donors = append(donors, d)
			}
		}
	}
	return donors
}

// sessionVersions are the versions of TLS whose sessions are tried: the one that
// the door took, and only in thorough the other.
func (c *crossing) sessionVersions(d door) []uint16 {
	if !c.x.isThorough() {
		return []uint16{d.version}
	}
	return []uint16{tls.VersionTLS13, tls.VersionTLS12}
}

// resumed returns the way that resumes the session of a door under the front
// door's name; nil where there is no session to be had. If the door has given out
// none of the version, one is asked for, as nobody.
func (c *crossing) resumed(ctx context.Context, d door, version uint16) *way {
	w := c.usual(bySession, tls.VersionName(version)+" session of "+cmp.Or(d.name, "no name"))
	w.donor, w.same = d.name, true
	session := d.session
	if session == nil || d.version != version {
		session = new(wire.Session)
		donor := c.usual(bySession, w.name)
		donor.by = wire.Way{ServerName: d.name, NoServerName: d.name == "", MinTLS: version, MaxTLS: version, Session: session}
		if !c.affords(donor) {
			return nil
		}
		c.ask(ctx, forWay, donor, c.x.request)
	}
	if !session.Held() {
		c.x.origin.ways.note(c.plain.Verdict, w.name, false)
		return nil
	}
	w.by = wire.Way{MinTLS: version, MaxTLS: version, Session: session}
	return w
}

// affords reports a way that is due and that the budget has two requests for: one
// for the session, and one that resumes it.
func (c *crossing) affords(w *way) bool {
	if !c.isDue(w) {
		return false
	}
	c.short = c.short || c.x.mapLeft() < 2
	return c.x.mapLeft() >= 2
}

// callersOwn are other targets at the same port, where the caller's certificate
// is refused here: there it may be good for a session.
func (c *crossing) callersOwn() []wire.Origin {
	if c.want != nil {
		return nil
	}
	most := 1
	if c.x.isThorough() {
		most = 2
	}
	var out []wire.Origin
	for _, to := range c.x.engine.handed.all() {
		if to.TLS() && to.Port == c.x.endpoint.Origin.Port && to.Host != c.x.endpoint.Origin.Host && len(out) < most {
			out = append(out, to)
		}
	}
	return out
}

// inherited takes a session as the caller at another target and returns the way
// that resumes it here, without a certificate.
func (c *crossing) inherited(ctx context.Context, at wire.Origin) *way {
	caller := c.caller()
	w := c.usual(bySession, "your session of "+at.Host)
	if caller == nil || !c.affords(w) {
		return nil
	}
	session := new(wire.Session)
	root := wire.Endpoint{Origin: at, Target: "/"}
	got := c.x.doBy(ctx, forWay, wire.Way{Session: session}, *caller, root, c.x.engine.control(root))
	if !session.Held() || got.Handshake == nil || !got.Handshake.Sent {
		c.x.origin.ways.note(c.plain.Verdict, w.name, false)
		return nil
	}
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
