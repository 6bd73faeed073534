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
	left  int                         // requests
	doors []door
}

// door is how a handshake under another name went.
type door struct {
	name      string
	requested bool // a client certificate was asked for
	differs   bool // the answer is not the front door's
}

const (
	// maxCrossed is how many endpoints of one origin are asked for by other ways.
	maxCrossed = 2
	// verifyCost is how many requests one suspicion may cost.
	verifyCost = 5
)

// crossingBudget bounds, by profile, the requests for one endpoint.
func (x *examination) crossingBudget() int {
	return [...]int{10, 25, 60}[x.engine.config.Profile]
}

// cross looks for other ways into a guarded endpoint, for the first ones of the
// origin.
func (x *examination) cross(ctx context.Context) {
	front, guarded := x.guarded()
	if !guarded || !x.origin.crosses(front.Verdict, x.isGeneric()) {
		return
	}
	c := &crossing{x: x, front: x.controls[0], plain: front, found: make(map[string]*finding.Finding), left: x.crossingBudget()}
	for _, other := range x.controls[1:] {
		if v, _, _ := verdict(other.exchange); other.identity.Cert != nil && v == finding.Open {
			c.want = other
		}
	}
	for w := range c.ways(ctx) {
		if ctx.Err() != nil || x.engine.account.isSpent() || c.left <= 0 {
			break
		}
		c.try(ctx, w)
	}
	for _, k := range wayKinds {
		if f := c.found[k.rule]; f != nil {
			x.crossed = append(x.crossed, f)
			delete(c.found, k.rule)
		}
	}
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

// crosses reports whether an endpoint is one of the few that are asked for by
// other ways: the first, and one that another layer guards or that, unlike the
// first, no other site is likely to have.
func (s *originState) crosses(by finding.Verdict, generic bool) bool {
	if s.crossed >= maxCrossed || s.crossed > 0 && s.crossedBy == by && (generic || !s.crossedGeneric) {
		return false
	}
	s.crossed++
	s.crossedBy, s.crossedGeneric = by, generic
	return true
}

// try asks by one way, notes the answer on the map, and follows it up where it is
// not a refusal.
func (c *crossing) try(ctx context.Context, w *way) {
	got := c.ask(ctx, w, w.request)
	if ctx.Err() != nil || got.Err != nil && got.Err.Stage == wire.StageBudget {
		return
	}
	if w.quiet(got) {
		return
	}
	cell := c.cell(w, got)
	if h := got.Handshake; w.kind == byName && !w.same && h != nil && h.Version != 0 && !got.Refused() {
		c.doors = append(c.doors, door{w.by.ServerName, h.Requested, cell.Verdict != c.plain.Verdict})
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
	if c.left < verifyCost {
		c.left = verifyCost // what is suspected is followed up
	}
	confidence, same := c.isSame(ctx, w, got)
	if !same || !c.holds(ctx, w, got) {
		return
	}
	if f := c.finding(w, got, confidence); f != nil {
		c.found[f.Rule] = f
	}
}

// ask sends a request by a way and counts it.
func (c *crossing) ask(ctx context.Context, w *way, r wire.Request) *wire.Exchange {
	c.left--
	return c.x.doBy(ctx, w.by, w.as, w.to, r)
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
	c.left--
	usual := c.x.do(ctx, c.front.identity, c.x.endpoint, c.x.request)
	if v, _, _ := verdict(usual); v != c.plain.Verdict {
		return false
	}
	again := c.ask(ctx, w, w.request)
	v, status, _ := verdict(again)
	return v == finding.Open && status == got.Got.Status
}
