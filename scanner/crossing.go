package scanner

import (
	"context"
	"strings"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// A crossing asks for an endpoint that demands a client certificate by every
// other way into its origin: another name in the handshake, another version of a
// protocol, a resumed session, another port, another address. What is refused at
// the front door should be refused there, too.
type crossing struct {
	x     *examination
	front *control        // as nobody: refused
	plain finding.Surface // the map's cell of that
	// want is how the caller's own certificate fares; nil unless it is let in.
	want  *control
	found map[string]*finding.Finding // by rule
	short bool                        // the budget was too small for a way
}

// cross looks for other ways into a guarded endpoint, as many as its budget still
// allows. What is left goes to the next endpoint of the origin that is refused in
// the same manner.
func (x *examination) cross(ctx context.Context) {
	front, guarded := x.guarded()
	if !guarded || x.origin.ways.isDone(front.Verdict) {
		return
	}
	c := &crossing{x: x, front: x.controls[0], plain: front, found: make(map[string]*finding.Finding)}
	for _, other := range x.controls[1:] {
		if v, _, _ := verdict(other.exchange); other.identity.Cert != nil && v == finding.Open {
			c.want = other
		}
	}
	done := true
	for w := range c.ways(ctx) {
		if !c.isDue(w) {
			continue
		}
		if done = ctx.Err() == nil && !x.engine.account.isSpent() && x.mapLeft() > x.throughReserve(front.Verdict); !done {
			break
		}
		x.origin.ways.note(front.Verdict, w.name, c.isVague(w))
		c.try(ctx, w)
	}
	// Of a path that many sites have, some ways are still to be gone for another.
	x.origin.ways.done[front.Verdict] = done && !c.short && !x.isGeneric()
	for _, k := range wayKinds {
		if f := c.found[k.rule]; f != nil {
			x.crossed = append(x.crossed, f)
		}
	}
}

// isDue reports a way that is still to be gone. Where one of its kind has led in,
// further ones tell nothing new.
func (c *crossing) isDue(w *way) bool {
	if !c.x.isThorough() && (c.found[wayKinds[w.kind].rule] != nil || c.x.origin.reported.has(c.fingerprint(w.kind))) {
		return false
	}
	return c.x.origin.ways.isDue(c.plain.Verdict, w.name, c.isVague(w))
}

// skip puts a way on the map that is not gone, once.
func (c *crossing) skip(w *way, why string) {
	c.x.origin.ways.note(c.plain.Verdict, w.name, c.isVague(w))
	c.x.cells = append(c.x.cells, finding.Surface{
		URL: w.to.String(), Method: w.request.Method, Identity: w.as.Name, Way: w.name,
		Verdict: finding.Error, Detail: "not asked: " + why,
	})
}

// isVague reports that an answer by the way may be some other site's, and that the
// path does not tell.
func (c *crossing) isVague(w *way) bool { return !w.same && c.x.isGeneric() }

// fingerprint is that of the finding that a way of the kind makes.
func (c *crossing) fingerprint(kind wayKind) string {
	return fingerprint(wayKinds[kind].rule, c.x.endpoint.Origin.Host, wholeOrigin, "")
}

// guarded returns how nobody is refused, and whether it is for want of a client
// certificate: the server asked for one, its page speaks of one, or the caller's
// own opens the door.
func (x *examination) guarded() (finding.Surface, bool) {
	if !x.endpoint.Origin.TLS() || len(x.controls) == 0 {
		return finding.Surface{}, false
	}
	front := x.controls[0]
	cell := x.cell(front.identity.Name, front.exchange)
	switch cell.Verdict {
	case finding.HandshakeRefused, finding.ProxyRefused, finding.AppRefused:
	default:
		return cell, false
	}
	if h := front.exchange.Handshake; h != nil && h.Requested || detect.WantsCertificate(front.exchange.Got) {
		return cell, true
	}
	for _, other := range x.controls[1:] {
		if v, _, _ := verdict(other.exchange); other.identity.Cert != nil && v == finding.Open {
			return cell, true
		}
	}
	return cell, false
}

// try asks by one way, notes the answer on the map, and follows it up where it is
// not a refusal.
func (c *crossing) try(ctx context.Context, w *way) {
	got := c.ask(ctx, forWay, w, w.request)
	session := w.by.Session
	if w.kind == byName {
		w.by.Session = nil // what follows makes a handshake of its own
	}
	if ctx.Err() != nil || got.Err != nil && got.Err.Stage == wire.StageBudget {
		return
	}
	if w.quiet(got) {
		return
	}
	cell := c.cell(w, got)
	if h := got.Handshake; w.kind == byName && !w.same && h != nil && h.Version != 0 && !got.Refused() {
		c.x.origin.ways.doors = append(c.x.origin.ways.doors, door{w.by.ServerName, h.Version, h.Requested, cell.Verdict != c.plain.Verdict, session})
	}
	c.x.cells = append(c.x.cells, cell)
	if cell.Verdict != finding.Open || got.Got == nil {
		return
	}
	if f := c.found[wayKinds[w.kind].rule]; f != nil {
		if got.Got.Status == f.Evidence.Response.Status {
			f.Occurrences = append(f.Occurrences, finding.Occurrence{
				URL: w.to.String(), Method: w.request.Method, Probe: w.probe(), Message: c.message(w, got),
			})
		}
		return
	}
	if !c.x.mayProve() {
		return
	}
	confidence, same := c.isSame(ctx, w, got)
	if !same || !c.holds(ctx, w, got) {
		return
	}
	if f := c.finding(w, got, confidence); f != nil {
		c.found[f.Rule] = f
	}
}

// ask sends a request by a way.
func (c *crossing) ask(ctx context.Context, why purpose, w *way, r wire.Request) *wire.Exchange {
	return c.x.doBy(ctx, why, w.by, w.as, w.to, r)
}

// cell is the place of a way on the map.
func (c *crossing) cell(w *way, got *wire.Exchange) finding.Surface {
	cell := c.x.cell(w.as.Name, got)
	cell.URL, cell.Way = w.to.String(), w.name
	var details []string
	if cell.Detail != "" {
		details = append(details, cell.Detail)
	}
	if got.Got != nil && cell.Verdict == finding.Open {
		if why := turnedAway(w, got.Got); why != "" {
			cell.Verdict, details = finding.ProxyRefused, append(details, why)
		}
	}
	if h := got.Handshake; h != nil {
		details = append(details, handshakeDetails(h, c.front.exchange.Handshake)...)
	}
	cell.Detail = strings.Join(details, "; ")
	cell.Reproduce = c.reproduce(w, got)
	return cell
}

// turnedAway says how an answer sends the client to the front door, or nothing:
// it is for another host than the handshake (RFC 9110, section 15.5.20), it wants
// TLS (RFC 9110, section 15.5.22), or it redirects there.
func turnedAway(w *way, got *wire.Response) string {
	switch {
	case got.Status == 421:
		return "misdirected request"
	case got.Status == 426:
		return "upgrade required"
	case got.Status >= 300 && got.Status < 400 && !w.to.Origin.TLS() && strings.HasPrefix(strings.ToLower(got.Field("Location")), "https://"):
		return "redirects to https"
	}
	return ""
}

// holds asks once more: nobody is still refused at the front door, and still let
// in by the other way.
func (c *crossing) holds(ctx context.Context, w *way, got *wire.Exchange) bool {
	if !c.frontHolds(ctx) {
		return false
	}
	again := c.ask(ctx, forConfirmation, w, w.request)
	v, status, _ := verdict(again)
	return v == finding.Open && status == got.Got.Status
}

// frontHolds asks at the front door once more, once for all that is proven of the
// endpoint.
func (c *crossing) frontHolds(ctx context.Context) bool {
	if holds, known := c.x.upheld[c.front]; known {
		return holds
	}
	usual := c.x.doFor(ctx, forConfirmation, c.front.identity, c.x.endpoint, c.x.request)
	v, _, _ := verdict(usual)
	c.x.uphold(c.front, v == c.plain.Verdict)
	return v == c.plain.Verdict
}
