package detect

import (
	"fmt"
	"slices"
	"strings"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// internalHost reads the private addresses and internal names that errors and
// header fields give away: of upstreams, clusters, databases, services.
func internalHost() Detector {
	return Detector{
		Name:  "internal_host",
		Rules: []string{"internal-host"},
		Run:   runInternalHost,
	}
}

// host is one place inside of a network that an answer names.
type host struct {
	kind  string // "private address", "internal host name", "upstream"
	value string // with the port where the answer says it
	span  Span
	// sure says that the text around it can hardly be anything else, as in the
	// error of a connection that failed.
	sure bool
}

func runInternalHost(in Input) Output {
	out := Output{Hits: fieldHosts(in)}
	if hit, ok := bodyHosts(in); ok {
		out.Hits = append(out.Hits, hit)
	}
	return out
}

// bodyHosts makes the hit of an error that names hosts.
func bodyHosts(in Input) (Hit, bool) {
	if !in.errorLike() || in.isProse() || formOf(in.Got) == opaqueForm || strings.EqualFold(in.Asked.Method, "TRACE") {
		return Hit{}, false
	}
	found := hostsIn(in, in.visible())
	if len(found) == 0 || in.isOwned() || in.isOperational() {
		return Hit{}, false
	}
	list := itemList{in: in}
	list.addHosts(found, "body")
	hit := Hit{
		Rule:       "internal-host",
		Category:   finding.InternalHost,
		Message:    hostMessage("An error", found),
		Confidence: finding.Tentative,
		Items:      list.items,
		Excerpt:    found[0].span,
	}
	if n := slices.IndexFunc(found, func(h host) bool { return h.sure }); n >= 0 {
		hit.Excerpt = found[n].span
		hit.Message = hostMessage("An error", found[n:])
		if in.Got.Status >= 400 || in.isNew() {
			hit.Confidence = finding.Firm
		}
	}
	return hit, true
}

func hostMessage(subject string, found []host) string {
	message := fmt.Sprintf("%s names what is inside of the network: %s %s", subject, found[0].kind, short(found[0].value))
	if len(found) > 1 {
		message += fmt.Sprintf(" and %d more", len(found)-1)
	}
	return message + "."
}

func (l *itemList) addHosts(found []host, place string) {
	for _, h := range found {
		location := place
		if place == "body" {
			location = fmt.Sprintf("body, byte %d", h.span.Start)
		}
		l.add(Item{Category: finding.InternalHost, Name: h.kind, Value: h.value, Location: location})
	}
}

// addHostsOf lists the hosts that the message of an exception names.
func (l *itemList) addHostsOf(message, place string) {
	l.addHosts(hostsIn(l.in, []byte(clip(message))), place)
}

// hostsIn returns the hosts that a text of an error names, those of failed
// connections first.
func hostsIn(in Input, text []byte) []host {
	s := hostSearch{in: in, text: text}
	s.connections()
	if len(text) <= maxStockPage || formOf(in.Got) == dataForm {
		s.names()
		s.longAddresses()
	}
	return s.found
}

// isMessage reports whether a text is an internal error's and no more than that:
// what it names without further words is a host. A page has room for examples.
func (s *hostSearch) isMessage() bool {
	return s.in.Got.Status >= 500 && formOf(s.in.Got) != htmlForm && len(s.in.Got.Body) <= shortData
}

// hostSearch gathers the hosts of one text.
type hostSearch struct {
	in    Input
	text  []byte
	field bool // the text is a header field's value
	found []host
}

// add keeps a host once, and leaves out what the request said itself and the
// target's own name and address.
func (s *hostSearch) add(h host) {
	if len(s.found) >= maxItems || s.in.knows(h.value) {
		return
	}
	bare, _ := splitPort(h.value)
	for _, known := range s.found {
		if other, _ := splitPort(known.value); strings.EqualFold(known.value, h.value) || strings.EqualFold(other, bare) && known.sure {
			return
		}
	}
	s.found = append(s.found, h)
}

// knows reports whether a host is no news: the target's own name or address, one
// of the target's domain where that is internal too, or a part of the request.
func (in Input) knows(value string) bool {
	name, port := splitPort(value)
	name = strings.ToLower(strings.Trim(name, "[]"))
	own := strings.ToLower(in.To.Origin.Host)
	if name == own || in.Remote.IsValid() && name == in.Remote.Addr().Unmap().String() {
		return port == "" || port == fmt.Sprint(in.To.Origin.Port) || port == fmt.Sprint(in.Remote.Port()) || !isLoopback(name)
	}
	if _, parent, found := strings.Cut(own, "."); found && strings.Contains(parent, ".") && strings.HasSuffix(name, "."+parent) && !isAddress(own) {
		return true
	}
	return in.said(name)
}

// said reports whether the request holds a name.
func (in Input) said(name string) bool {
	of := func(fields []wire.Field) bool {
		return slices.ContainsFunc(fields, func(f wire.Field) bool { return holdsWord(f.Value, name) })
	}
	target := unquotePath(in.Asked.Target)
	if !strings.ContainsAny(name, ".:") {
		_, target, _ = strings.Cut(target, "?") // services are often called as the paths that they serve
	}
	return holdsWord(target, name) || holdsWord(string(in.Asked.Body), name) || of(in.Asked.Fields) || of(in.As.Fields)
}

// holdsWord reports whether a name stands in a text and not within a longer one.
func holdsWord(text, name string) bool {
	text = strings.ToLower(text)
	for from := 0; name != ""; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			return false
		}
		start := from + i
		end := start + len(name)
		if (start == 0 || !isNameByte(text[start-1])) && (end == len(text) || !isNameByte(text[end])) {
			return true
		}
		from = end
	}
	return false
}
