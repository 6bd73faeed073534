package scanner

import (
	"context"
	"iter"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"blurt/probes"
	"blurt/scanner/wire"
)

// placeLimit bounds the wait for a port that may be filtered.
const placeLimit = 4 * time.Second

// ports yields the same path at other ports of the host: plain HTTP where servers
// usually have it, other targets of the same host, and what Alt-Svc names (RFC
// 7838).
func (c *crossing) ports(context.Context) iter.Seq[*way] {
	return func(yield func(*way) bool) {
		if c.x.engine.config.SamePort {
			return
		}
		if got := c.front.exchange.Got; got != nil && strings.Contains(got.Field("Alt-Svc"), "h3") {
			if w := c.usual(byPort, "HTTP/3"); c.isDue(w) {
				c.skip(w, "it is offered, and blurt does not speak it")
			}
		}
		usual := make(map[wire.Origin]bool)
		for _, to := range c.otherPorts(usual) {
			w := c.usual(byPort, "port "+strconv.Itoa(int(to.Port)))
			w.to.Origin = to
			w.request = c.x.request.Set("Host", to.Authority())
			w.by.Limit, w.mayFail = placeLimit, usual[to]
			if !to.TLS() {
				w.name = "plain HTTP, " + w.name
				w.as = wire.Identity{Name: c.front.identity.Name} // nothing of the caller's goes in clear
			}
			if !yield(w) {
				return
			}
		}
	}
}

// otherPorts returns other origins of the same host, and notes those that are
// merely usual.
func (c *crossing) otherPorts(usual map[wire.Origin]bool) []wire.Origin {
	here := c.x.endpoint.Origin
	most := [...]int{2, 3, 6}[c.x.engine.config.Profile]
	var out []wire.Origin
	seen := map[wire.Origin]bool{here: true}
	add := func(to wire.Origin) {
		if !seen[to] && len(out) < most {
			seen[to] = true
			out = append(out, to)
		}
	}
	for _, to := range c.x.engine.handed.all() {
		if to.Host == here.Host {
			add(to)
		}
	}
	for _, port := range twinPorts(here.Port) {
		to := wire.Origin{Scheme: "http", Host: here.Host, Port: port}
		if !seen[to] {
			usual[to] = true
		}
		add(to)
	}
	if got := c.front.exchange.Got; got != nil {
		for _, port := range alternatives(got.Field("Alt-Svc")) {
			add(wire.Origin{Scheme: "https", Host: here.Host, Port: port})
		}
	}
	return out
}

// twinPorts are the ports where plain HTTP usually stands beside this one: 80
// beside 443, 8080 beside 8443, and so on.
func twinPorts(port uint16) []uint16 {
	switch {
	case port == 443:
		return []uint16{80, 8080}
	case port%1000 == 443:
		return []uint16{port - 443 + 80}
	}
	return nil
}

// alternatives reads the ports of an Alt-Svc field that stand for the same host
// over TCP (RFC 7838, section 3).
func alternatives(field string) []uint16 {
	var ports []uint16
	for item := range strings.SplitSeq(field, ",") {
		protocol, rest, ok := strings.Cut(strings.TrimSpace(item), "=")
		if !ok || protocol != "h2" && protocol != "http%2F1.1" || len(ports) == 4 {
			continue
		}
		authority, _, _ := strings.Cut(strings.TrimPrefix(rest, `"`), `"`)
		if text, ok := strings.CutPrefix(authority, ":"); ok {
			if port, err := strconv.ParseUint(text, 10, 16); err == nil && port > 0 {
				ports = append(ports, uint16(port))
			}
		}
	}
	return ports
}

// addresses yields the other addresses of the host's name.
func (c *crossing) addresses(ctx context.Context) iter.Seq[*way] {
	return func(yield func(*way) bool) {
		host := c.x.endpoint.Origin.Host
		if isAddress(host) || c.x.engine.addresses == nil {
			return
		}
		all, err := c.x.engine.addresses(ctx, host)
		if err != nil {
			return
		}
		most := [...]int{1, 3, 8}[c.x.engine.config.Profile]
		for _, addr := range all {
			if addr == c.front.exchange.Remote.Addr() || c.isPinned() {
				continue
			}
			if most--; most < 0 {
				return
			}
			w := c.usual(byAddress, "address "+addr.String())
			w.by = wire.Way{Addr: addr, Limit: placeLimit}
			if !yield(w) {
				return
			}
		}
	}
}

// isPinned reports that the caller chose the address.
func (c *crossing) isPinned() bool {
	for _, pin := range c.x.engine.config.Pins {
		if pin.Host == c.x.endpoint.Origin.Host && pin.Port == c.x.endpoint.Origin.Port {
			return true
		}
	}
	return false
}

// siblings yields the other names in the server's certificate that are in scope;
// the map says which are not.
func (c *crossing) siblings(ctx context.Context) iter.Seq[*way] {
	return func(yield func(*way) bool) {
		here := c.x.endpoint.Origin
		if c.x.engine.config.Profile == probes.Quick {
			return
		}
		most := 2
		for _, name := range c.certificateNames() {
			if name == here.Host || strings.HasPrefix(name, "*") || most == 0 {
				continue
			}
			most--
			to := here
			to.Host = name
			w := c.usual(byAddress, "name "+name)
			w.to.Origin, w.by.Limit = to, placeLimit
			w.request = c.x.request.Set("Host", to.Authority())
			if !c.isDue(w) {
				continue
			}
			if why := c.outOfReach(ctx, name); why != "" {
				c.skip(w, why)
				continue
			}
			if !yield(w) {
				return
			}
		}
	}
}

// outOfReach says why another name is not asked, or nothing.
func (c *crossing) outOfReach(ctx context.Context, name string) string {
	e := c.x.engine
	if e.addresses == nil {
		return "a proxy resolves the names"
	}
	if len(e.config.Scope) == 0 {
		// Without a scope, the hosts of the targets are it.
		if !e.handed.has(name) {
			return "outside the scope; --scope " + name + " lets it in"
		}
		return ""
	}
	addrs, err := e.addresses(ctx, name)
	if err != nil || len(addrs) == 0 {
		return "it has no address"
	}
	if !scope(e.config.Scope).allows(name, addrs[0]) {
		return "outside the scope"
	}
	if _, base, ok := strings.Cut(name, "."); ok && strings.Contains(base, ".") {
		made := e.mint.Token("other-way", "name") + "." + base
		if others, err := e.addresses(ctx, made); err == nil && slices.Equal(others, addrs) {
			return "every name below " + base + " has the same address"
		}
	}
	return ""
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// isHostName accepts what can stand in the server name indication and in a Host
// field.
func isHostName(name string) bool {
	e, err := wire.ParseEndpoint("https://" + name + "/")
	return err == nil && e.Origin.Host == strings.ToLower(name) && e.Target == "/" && !isAddress(name)
}
