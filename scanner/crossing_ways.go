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

// ways yields the ways in the order in which they are tried, the likely ones
// first: a budget ends the list early.
func (c *crossing) ways(ctx context.Context) iter.Seq[*way] {
	return func(yield func(*way) bool) {
		if c.x.byHTTP1[c.front] && !yield(c.inVersion("HTTP/1.1", wire.Way{HTTP: "1.1"}, "")) {
			return // a probe that only HTTP/1.1 can say was let in
		}
		for _, some := range []func(context.Context) iter.Seq[*way]{
			c.knownNames, c.olderTLS, c.ports, c.addresses, c.sessions, c.strangeNames, c.sessions, c.otherHTTP, c.siblings, c.oddities,
		} {
			for w := range some(ctx) {
				if !yield(w) {
					return
				}
			}
		}
	}
}

// knownNames yields, as the name in the handshake, the first of the names that the
// server is known to have, with the Host of the front door. Where there is none, it
// is one that no server has.
func (c *crossing) knownNames(context.Context) iter.Seq[*way] {
	return func(yield func(*way) bool) {
		names := c.otherNames()
		_ = len(names) > 0 && yield(c.underName(names[0]))
	}
}

// strangeNames yields the others.
func (c *crossing) strangeNames(context.Context) iter.Seq[*way] {
	return func(yield func(*way) bool) {
		for _, name := range c.otherNames()[1:] {
			if !yield(c.underName(name)) {
				return
			}
		}
	}
}

// underName returns the way with another name in the handshake, or none. It keeps
// the session that comes of it, for the ways that resume one.
func (c *crossing) underName(name string) *way {
	w := c.usual(byName, "SNI "+name)
	w.by, w.homes = wire.Way{ServerName: name}, []string{name}
	if name == "" {
		w.name, w.by, w.homes = "no SNI", wire.Way{NoServerName: true}, []string{unknownHost}
	}
	if c.x.isGeneric() && name != "" && name != unknownHost {
		w.homes = append(w.homes, unknownHost)
	}
	if c.x.engine.config.Profile > probes.Quick {
		w.by.Session = new(wire.Session)
	}
	return w
}

// oddities yields what seldom makes a difference.
func (c *crossing) oddities(context.Context) iter.Seq[*way] {
	return func(yield func(*way) bool) {
		host := c.x.endpoint.Origin.Host
		if !c.x.isThorough() || isAddress(host) {
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

// otherNames are the names to put into the handshake: those of other targets and of
// the server's certificate, none, and one that no server knows.
func (c *crossing) otherNames() []string {
	host := c.x.endpoint.Origin.Host
	most := [...]int{3, 5, 10}[c.x.engine.config.Profile]
	var names []string
	add := func(name string) {
		if name != host && len(names) < most-2 && !isAddress(name) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, to := range c.x.engine.handed.all() {
		if to.TLS() && to.Port == c.x.endpoint.Origin.Port {
			add(to.Host)
		}
	}
	for _, name := range closestFirst(host, c.certificateNames()) {
		if base, ok := cutWildcard(name); ok {
			name = "www" + base
		}
		add(name)
	}
	if !isAddress(host) {
		names = append(names, "")
	}
	return append(names, unknownHost)
}

// closestFirst puts the names first that share the most labels with the host, from
// the end, and of these the longer ones: its neighbours.
func closestFirst(host string, names []string) []string {
	labels := strings.Split(host, ".")
	shared := func(name string) int {
		n := 0
		for i, other := 1, strings.Split(name, "."); i <= min(len(labels), len(other)) && labels[len(labels)-i] == other[len(other)-i]; i++ {
			n++
		}
		return n
	}
	return slices.SortedStableFunc(slices.Values(names), func(a, b string) int {
		return cmp.Or(shared(b)-shared(a), strings.Count(b, ".")-strings.Count(a, "."))
	})
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

// inVersion returns the way with other versions of TLS or HTTP.
func (c *crossing) inVersion(name string, by wire.Way, version string) *way {
	w := c.usual(byVersion, name)
	w.by, w.same, w.request.Version = by, true, version
	return w
}

// olderTLS yields the version before the one that was spoken.
func (c *crossing) olderTLS(context.Context) iter.Seq[*way] {
	return func(yield func(*way) bool) {
		if h := c.front.exchange.Handshake; h == nil || h.Version != tls.VersionTLS12 {
			_ = yield(c.inVersion("TLS 1.2", wire.Way{MaxTLS: tls.VersionTLS12}, ""))
		}
	}
}

// otherHTTP yields other versions of HTTP. A server that ends the handshake never
// reads which one a request has, but may have heard what was offered.
func (c *crossing) otherHTTP(context.Context) iter.Seq[*way] {
	return func(yield func(*way) bool) {
		h := c.front.exchange.Handshake
		other := wire.Way{HTTP: "1.1"}
		spoke2 := h != nil && h.ALPN == "h2"
		if !spoke2 {
			other.HTTP = "2"
		}
		// A server that was offered both and took HTTP/1.1 has nothing else.
		if (spoke2 || c.x.engine.config.HTTP == "1.1") && !yield(c.inVersion("HTTP/"+other.HTTP, other, "")) || c.x.engine.config.Profile == probes.Quick {
			return
		}
		if c.front.exchange.Got == nil && !c.x.isThorough() {
			return
		}
		if !yield(c.inVersion("HTTP/1.0", wire.Way{HTTP: "1.1"}, "HTTP/1.0")) || !c.x.isThorough() {
			return
		}
		_ = yield(c.inVersion("TLS 1.1", wire.Way{MaxTLS: tls.VersionTLS11}, ""))
	}
}
