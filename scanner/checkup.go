package scanner

import (
	"context"
	"fmt"
	"iter"
	"net/netip"
	"slices"
	"strings"
	"time"

	"blurt/scanner/wire"
)

// Level says how a check went.
type Level uint8

// The levels.
const (
	// Fine: nothing stands in the way of a scan.
	Fine Level = iota
	// Doubtful: a scan can run, and may see less than was meant.
	Doubtful
	// Failed: a scan makes no sense before it is mended.
	Failed
)

// String returns "ok", "warn" or "fail".
func (l Level) String() string { return [...]string{"ok", "warn", "fail"}[min(l, Failed)] }

// Check is one thing that was looked at before a scan.
type Check struct {
	// Subject is what was looked at, in a word or two: "name", "server certificate".
	Subject string
	Level   Level
	// Text says what was seen, and where something is wrong how to mend it. It may
	// hold text of the server.
	Text string
	// Took is how long the exchange took that showed it; 0 where there was none.
	Took time.Duration
}

// Checkup asks an endpoint the few questions that show whether a scan of it can
// work, no more than three plain requests, and yields the answers in order. Where
// one has failed, what depends on it is left out. The error is that of a Config
// that cannot be.
func Checkup(ctx context.Context, c Config, to wire.Endpoint) (iter.Seq[Check], error) {
	e, err := newEngine(c)
	if err != nil {
		return nil, err
	}
	return func(yield func(Check) bool) {
		client, err := e.newClient()
		if err != nil {
			yield(Check{Subject: "set-up", Level: Failed, Text: err.Error()})
			return
		}
		defer func() { _ = client.Close() }()
		e.wire, e.account = client, newAccount(nil, func() {}, nil)
		if c.Proxy == nil {
			e.addresses = client.Addresses
		}
		(&checkup{engine: e, to: to, now: time.Now(), yield: yield}).run(ctx)
	}, nil
}

// checkup is the checking of one endpoint.
type checkup struct {
	engine *engine
	to     wire.Endpoint
	now    time.Time
	yield  func(Check) bool
	ended  bool // the caller wants no more
}

// tell yields a check, and reports whether to go on.
func (k *checkup) tell(subject string, level Level, format string, a ...any) bool {
	return k.say(Check{Subject: subject, Level: level, Text: fmt.Sprintf(format, a...)})
}

func (k *checkup) say(c Check) bool {
	if !k.ended && !k.yield(c) {
		k.ended = true
	}
	return !k.ended && c.Level != Failed
}

func (k *checkup) run(ctx context.Context) {
	if !k.name(ctx) {
		return
	}
	// Nothing of the caller's goes out before it is known to whom.
	x := k.engine.do(ctx, wire.Identity{Name: "none"}, k.to, k.engine.control(k.to))
	if !k.connection(x) || !k.handshake(x) || !k.answer(x) {
		return
	}
	if !k.fields(x) {
		return
	}
	k.caller(ctx, x)
}

// name looks at the host's addresses and at the scope.
func (k *checkup) name(ctx context.Context) bool {
	host, c := k.to.Origin.Host, k.engine.config
	for _, pin := range c.Pins {
		if pin.Host == host && pin.Port == k.to.Origin.Port {
			return k.scoped([]netip.Addr{pin.Addr}, "is pinned to")
		}
	}
	if k.engine.addresses == nil {
		return k.scoped(nil, "is resolved by the proxy "+c.Proxy.Host)
	}
	addrs, err := k.engine.addresses(ctx, host)
	if err != nil {
		return k.tell("name", Failed, "%s does not resolve: %v: check the name, or give --resolve or --resolvers", host, err)
	}
	return k.scoped(addrs, "is")
}

func (k *checkup) scoped(addrs []netip.Addr, is string) bool {
	host, allowed := k.to.Origin.Host, scope(k.engine.config.Scope)
	var said []string
	in := len(addrs) == 0 && allowed.allows(host, netip.Addr{})
	for _, addr := range addrs[:min(len(addrs), 8)] {
		said = append(said, addr.String()+placement(addr))
		in = in || allowed.allows(host, addr)
	}
	text := strings.TrimSpace(host + " " + is + " " + strings.Join(said, ", "))
	if _, err := netip.ParseAddr(host); err == nil && len(said) == 1 {
		text = said[0]
	}
	if len(addrs) > len(said) {
		text += fmt.Sprintf(" and %d more", len(addrs)-len(said))
	}
	if !k.tell("name", Fine, "%s", text) {
		return false
	}
	if !in {
		return k.tell("scope", Failed, "%s is outside the scope: nothing would be sent to it: mend --scope or the URL", host)
	}
	if len(allowed) == 0 {
		return k.tell("scope", Fine, "nothing but %s and the hosts of the other URLs", host)
	}
	return k.tell("scope", Fine, "%s is inside", host)
}

func placement(addr netip.Addr) string {
	switch {
	case addr.IsLoopback():
		return " (this machine)"
	case addr.IsPrivate(), addr.IsLinkLocalUnicast():
		return " (private)"
	}
	return ""
}

// connection looks at the way to the server, short of TLS.
func (k *checkup) connection(x *wire.Exchange) bool {
	place := k.to.Origin.Address()
	if x.Remote.IsValid() {
		place = x.Remote.String()
	}
	if p := k.engine.config.Proxy; p != nil {
		place += " through the proxy " + p.Host
	}
	if x.Err != nil && slices.Contains([]wire.Stage{wire.StageScope, wire.StageBudget, wire.StageResolve, wire.StageConnect}, x.Err.Stage) {
		return k.tell("connection", Failed, "to %s: %v: is the port right, and does a firewall let this machine through?", place, x.Err.Err)
	}
	return k.tell("connection", Fine, "to %s", place)
}

// answer looks at what came back over HTTP.
func (k *checkup) answer(x *wire.Exchange) bool {
	if x.Refused() {
		return true // it was told already, and it is an answer
	}
	if x.Got == nil {
		return k.tell("answer", Failed, "none to GET %s: %v", curt(k.to.Target), x.Err)
	}
	level, text := Fine, fmt.Sprintf("%s %d to GET %s", x.Got.Proto, x.Got.Status, curt(k.to.Target))
	if server := x.Got.Field("Server"); server != "" {
		text += ", by " + curt(server)
	}
	text += fmt.Sprintf(", after %s", x.Took.Round(time.Millisecond))
	v, _, detail := verdict(x)
	switch {
	case isRefusal(v):
		text += ": a stranger is refused"
		if detail != "" {
			text += " (" + curt(detail) + ")"
		}
	case x.Got.Status >= 500:
		level, text = Doubtful, text+": the server is in trouble, and findings may be about that"
	case x.Got.Status == 429:
		level, text = Doubtful, text+": it limits requests: lower --rate"
	case x.Got.Status == 421:
		level, text = Doubtful, text+": the server says that this host is not its own: give the URL by its name, with --resolve where the name points elsewhere"
	case x.Got.Status == 404:
		level, text = Doubtful, text+": give a URL that exists, where the application answers"
	}
	return k.say(Check{Subject: "answer", Level: level, Text: text, Took: x.Took}) && k.clock(x)
}

// clock holds the server's clock against this one: certificates are valid for a
// time.
func (k *checkup) clock(x *wire.Exchange) bool {
	const httpDate = "Mon, 02 Jan 2006 15:04:05 GMT" // RFC 9110, section 5.6.7
	at, err := time.Parse(httpDate, x.Got.Field("Date"))
	if err != nil {
		return true
	}
	const most = 2 * time.Minute
	if skew := k.now.Sub(at).Round(time.Second); skew.Abs() > most+x.Took {
		return k.tell("clock", Doubtful, "this machine and the server are %s apart: certificates may seem expired or not yet valid", skew.Abs())
	}
	return k.tell("clock", Fine, "agrees with the server's")
}

// fields says what happens to the caller's own header fields.
func (k *checkup) fields(x *wire.Exchange) bool {
	c := k.engine.config
	if len(c.Headers) == 0 || c.Insecure || !k.unverified(x) {
		return true
	}
	return k.tell("header fields", Doubtful, "yours are not sent: %s: give --ca-file, or --insecure where you know the server", whyUnverified(x))
}

func (k *checkup) unverified(x *wire.Exchange) bool {
	return x.Handshake == nil || x.Handshake.Unverified != ""
}

func whyUnverified(x *wire.Exchange) string {
	if x.Handshake == nil {
		return "there is no TLS"
	}
	return curt(x.Handshake.Unverified)
}

// curt keeps what a server wrote short.
func curt(text string) string {
	const most = 120
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
