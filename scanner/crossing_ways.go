package scanner

import (
	"cmp"
	"context"
	"crypto/tls"
	"iter"
	"slices"
	"strings"

	"blurt/probes"
	"blurt/scanner/internal/redact"
	"blurt/scanner/wire"
)

// wayKind tells apart the ways that are mended apart.
type wayKind uint8

const (
	byName wayKind = iota
	byVersion
	bySession
	byPort
	byAddress
)

// wayKinds are the rule of each kind, and what it changes against the control.
var wayKinds = [...]struct{ rule, probe, changes string }{
	byName:    {"mtls-sni-bypass", "server-name", "names another host in the TLS handshake than in the request"},
	byVersion: {"mtls-version-bypass", "version", "offers other versions of TLS or HTTP"},
	bySession: {"mtls-resumption-bypass", "resumption", "resumes a TLS session of another virtual host"},
	byPort:    {"mtls-port-bypass", "port", "asks the same host at another port"},
	byAddress: {"mtls-address-bypass", "address", "asks at another address, or under another name of the server"},
}

// otherWay is how reports call these requests.
const otherWay = "other-way"

// way is one other way into the origin.
type way struct {
	kind    wayKind
	name    string // as the map has it
	by      wire.Way
	to      wire.Endpoint
	as      wire.Identity
	request wire.Request
	// same says that the request means the very site of the front door, so that
	// any answer is that site's. Otherwise some other site may be what answers.
	same bool
	// homes are Host fields for which the answer would be some other site's.
	homes []string
	donor string // the name for which a resumed session was given out
	own   bool   // it was given to the caller's certificate
	// mayFail says that no connection is nothing to tell.
	mayFail bool
}

// probe is how reports call the request.
func (w *way) probe() string {
	return otherWay + "/" + wayKinds[w.kind].probe
}

// phrase is the way's name within a sentence.
func (w *way) phrase() string {
	switch {
	case w.own:
		return "the session that the caller's certificate got at " + w.donor
	case w.kind == bySession:
		return "a " + w.name
	}
	return w.name
}

// quiet reports an answer that does not belong on the map: nothing listens there,
// or the session was not resumed.
func (w *way) quiet(got *wire.Exchange) bool {
	if w.kind == bySession && got.Handshake != nil && got.Handshake.Version != 0 && !got.Handshake.Resumed && got.Got != nil {
		return true
	}
	if got.Got != nil {
		return false
	}
	if w.kind == byVersion && got.Err.Stage == wire.StageTLS {
		return !got.Refused() || slices.Contains(versionAlerts[:], got.Handshake.Refusal.Alert)
	}
	return w.mayFail && !got.Refused()
}

// versionAlerts refuse a version, not a client: protocol_version,
// insufficient_security, inappropriate_fallback (RFC 7507) and
// no_application_protocol (RFC 7301).
var versionAlerts = [...]uint8{70, 71, 86, 120}

// handshakeDetails say what is worth knowing of a handshake, beside that of the
// front door: before TLS 1.3, certificates are not encrypted (RFC 8446, section
// 1.2).
func handshakeDetails(h, front *wire.Handshake) []string {
	var details []string
	switch {
	case h.Resumed:
		details = append(details, "session resumed")
	case front != nil && len(front.Chain) > 0 && len(h.Chain) > 0:
		if front.Requested && !h.Requested {
			details = append(details, "no client certificate asked for")
		}
		if leaf := h.Chain[0]; !leaf.Equal(front.Chain[0]) {
			details = append(details, "certificate of "+redact.Printable(cmp.Or(append(slices.Clone(leaf.DNSNames), leaf.Subject.CommonName)...)))
		}
	}
	if h.Requested && h.Version != 0 && h.Version < tls.VersionTLS13 {
		details = append(details, "client certificates travel in clear")
	}
	return details
}

// usual returns the way that is as the front door in all.
func (c *crossing) usual(kind wayKind, name string) *way {
	return &way{kind: kind, name: name, to: c.x.endpoint, as: c.front.identity, request: c.x.request}
}

// ways yields the ways in the order in which they are tried, the likely and cheap
// ones first.
func (c *crossing) ways(ctx context.Context) iter.Seq[*way] {
	return func(yield func(*way) bool) {
		for _, some := range []func(context.Context) iter.Seq[*way]{
			c.names, c.versions, c.sessions, c.ports, c.addresses, c.siblings,
		} {
			for w := range some(ctx) {
				if !yield(w) {
					return
				}
			}
		}
	}
}

// names yields other server names in the handshake, with the Host of the front
// door.
func (c *crossing) names(context.Context) iter.Seq[*way] {
	return func(yield func(*way) bool) {
		host := c.x.endpoint.Origin.Host
		for _, name := range c.otherNames() {
			w := c.usual(byName, "SNI "+name)
			w.by = wire.Way{ServerName: name}
			w.homes = []string{name, unknownHost}
			if name == "" {
				w.name, w.by, w.homes = "no SNI", wire.Way{NoServerName: true}, []string{unknownHost}
			}
			if !yield(w) {
				return
			}
		}
		if c.x.engine.config.Profile < probes.Thorough || isAddress(host) {
			return
		}
		spelled := c.usual(byName, "SNI "+strings.ToUpper(host))
		spelled.by, spelled.same = wire.Way{ServerName: strings.ToUpper(host)}, true
		split := c.usual(byName, "ClientHello in two segments")
		split.by, split.same = wire.Way{SplitHello: true}, true
		_ = yield(spelled) && yield(split)
	}
}

// unknownHost is a name that no server has (RFC 6761, section 6.4).
const unknownHost = "blurt.invalid"

// otherNames are the names to put into the handshake: none, one that no server
// knows, those of other targets, and those of the server's certificate.
func (c *crossing) otherNames() []string {
	host := c.x.endpoint.Origin.Host
	most := [...]int{3, 5, 10}[c.x.engine.config.Profile]
	var names []string
	add := func(name string) {
		if name != host && len(names) < most && !isAddress(name) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if !isAddress(host) {
		add("")
	}
	add(unknownHost)
	for _, to := range c.x.engine.handed.all() {
		if to.TLS() && to.Port == c.x.endpoint.Origin.Port {
			add(to.Host)
		}
	}
	for _, name := range c.certificateNames() {
		if base, ok := cutWildcard(name); ok {
			name = "www" + base
		}
		add(name)
	}
	return names
}

// certificateNames are the host names in the server's certificate, in lower case.
func (c *crossing) certificateNames() []string {
	h := c.front.exchange.Handshake
	if h == nil || len(h.Chain) == 0 {
		return nil
	}
	var names []string
	for _, name := range h.Chain[0].DNSNames {
		if base, ok := cutWildcard(name); len(name) < 254 && (ok && isHostName(base[1:]) || isHostName(name)) {
			names = append(names, strings.ToLower(name))
		}
	}
	return names
}

// versions yields other versions of TLS and HTTP.
func (c *crossing) versions(context.Context) iter.Seq[*way] {
	return func(yield func(*way) bool) {
		h := c.front.exchange.Handshake
		add := func(name string, by wire.Way, version string) bool {
			w := c.usual(byVersion, name)
			w.by, w.same, w.request.Version = by, true, version
			return yield(w)
		}
		if h == nil || h.Version != tls.VersionTLS12 {
			if !add("TLS 1.2", wire.Way{MaxTLS: tls.VersionTLS12}, "") {
				return
			}
		}
		other := wire.Way{HTTP: "1.1"}
		spoke2 := h != nil && h.ALPN == "h2"
		if !spoke2 {
			other.HTTP = "2"
		}
		// A server that was offered both and took HTTP/1.1 has nothing else.
		if (spoke2 || c.x.engine.config.HTTP == "1.1") && !add("HTTP/"+other.HTTP, other, "") || c.x.engine.config.Profile == probes.Quick {
			return
		}
		if !add("HTTP/1.0", wire.Way{HTTP: "1.1"}, "HTTP/1.0") || c.x.engine.config.Profile < probes.Thorough {
			return
		}
		add("TLS 1.1", wire.Way{MaxTLS: tls.VersionTLS11}, "")
	}
}
