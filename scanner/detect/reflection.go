package detect

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// reflection reads what came back of the identity that was sent: fields of a
// certificate, header fields that name one, and the request as a whole.
func reflection() Detector {
	return Detector{
		Name:  "reflection",
		Rules: []string{"certificate-reflection", "second-order-leak", "trace-echo"},
		Run:   runReflection,
	}
}

func runReflection(in Input) Output {
	if strings.EqualFold(in.Asked.Method, "TRACE") {
		if hit, ok := traceEcho(in); ok {
			return Output{Hits: []Hit{hit}}
		}
	}
	if len(in.Echoes) == 0 {
		if hit, ok := digestReflection(in); ok {
			return Output{Hits: []Hit{hit}}
		}
		return Output{}
	}
	owned := in.isOwned()
	var echoes []Echo
	raw := false
	for _, e := range in.Echoes {
		if countsAsIdentity(e.Field) && (!owned || e.Where != "body") && !standsInControl(in, e) {
			echoes = append(echoes, e)
			raw = raw || escapingOf(in, e) == "unescaped"
		}
	}
	if len(echoes) == 0 {
		return Output{}
	}
	first := echoes[0]
	list := itemList{in: in}
	list.addEchoes(echoes, finding.CertReflection)
	hit := Hit{
		Rule:       "certificate-reflection",
		Category:   finding.CertReflection,
		Message:    reflectionMessage(in, list.items, raw),
		Confidence: finding.Confirmed,
		Items:      list.items,
		Excerpt:    Span{first.Start, first.End},
	}
	if first.Where != "body" {
		hit.Field = first.Where
	}
	if in.Claim == wire.NoClaim && !asks(in, first.Token) {
		hit.Rule = "second-order-leak"
		hit.Message = fmt.Sprintf("What a client sent earlier in %s (probe %s) stands in the answer to a request that has nothing of it.",
			short(first.Field), short(first.Probe))
	}
	return Output{Hits: []Hit{hit}}
}

// standsInControl reports that the answer to the control holds a token too: then
// an earlier request has put it there, and the control's own answer tells.
func standsInControl(in Input, e Echo) bool {
	return in.Control != nil && e.Where == "body" && bytes.Contains(in.Control.Body, []byte(e.Token))
}

// asks reports that a token stands in the request itself.
func asks(in Input, token string) bool {
	holds := func(text string) bool { return strings.Contains(text, token) }
	return holds(in.Asked.Target) || bytes.Contains(in.Asked.Body, []byte(token)) ||
		slices.ContainsFunc(in.Asked.Fields, func(f wire.Field) bool { return holds(f.Value) })
}

func reflectionMessage(in Input, items []Item, raw bool) string {
	subject := short(items[0].Name) + " comes"
	if len(items) > 1 {
		subject = fmt.Sprintf("%d fields of the client's identity come", len(items))
	}
	message := fmt.Sprintf("%s back in an answer with status %d", subject, in.Got.Status)
	if raw && formOf(in.Got) == htmlForm {
		message += ", unescaped in HTML"
	}
	return message + "."
}

// addEchoes lists the identity's fields that came back, one item for each
// field: its value where it stands first, and all the places.
func (l *itemList) addEchoes(echoes []Echo, category finding.Category) {
	byField := make(map[string]int)
	var items []Item
	for _, e := range echoes {
		if !countsAsIdentity(e.Field) {
			continue
		}
		value, place := echoed(l.in, e)
		n, known := byField[e.Field]
		switch {
		case !known:
			byField[e.Field] = len(items)
			items = append(items, Item{Category: category, Name: e.Field, Value: value, Location: place})
		case !strings.Contains(items[n].Location, place):
			items[n].Location += "; " + place
		}
	}
	for _, item := range items {
		l.add(item)
	}
}

// inBody returns the echoes that stand in the body.
func inBody(echoes []Echo) []Echo {
	var body []Echo
	for _, e := range echoes {
		if e.Where == "body" {
			body = append(body, e)
		}
	}
	return body
}

// echoed returns a canary with what stands around it, and its place in words.
func echoed(in Input, e Echo) (value, place string) {
	text, place := in.Got.Body, "body"
	if e.Where != "body" {
		text, place = []byte(in.Got.Field(e.Where)), "field "+e.Where
	}
	if e.End-e.Start > len(e.Token) {
		return e.Token, place + ", within base64"
	}
	if escaping := escapingOf(in, e); escaping != "" {
		place += ", " + escaping
	}
	start, end := around(text, e.Start, e.End)
	return string(text[start:end]), place
}

// around widens a span to the delimiters of the value that it is a part of.
func around(text []byte, start, end int) (int, int) {
	const reach = 60
	start = max(0, min(start, len(text)))
	end = max(start, min(end, len(text)))
	low := bytes.LastIndexAny(text[max(0, start-reach):start], "\"'<>\r\n\t&;\\")
	if low >= 0 {
		low += max(0, start-reach) + 1
	} else {
		low = start
	}
	high := bytes.IndexAny(text[end:min(len(text), end+reach)], "\"'<>\r\n\t&;\\")
	if high >= 0 {
		high += end
	} else {
		high = end
	}
	return low, high
}

// escapingOf says how a value came back that was sent with signs which HTML
// gives a meaning: "escaped", "unescaped", or nothing where none was sent.
func escapingOf(in Input, e Echo) string {
	if e.Where != "body" || e.End > len(in.Got.Body) {
		return ""
	}
	for _, f := range in.Asked.Fields {
		at := strings.Index(f.Value, e.Token)
		if at < 0 {
			continue
		}
		rest := f.Value[at+len(e.Token):]
		sign := strings.IndexAny(rest, `<>"'&`)
		if sign < 0 || sign > 200 {
			continue
		}
		if bytes.HasPrefix(in.Got.Body[e.End:], []byte(rest[:sign+1])) && !bytes.HasPrefix(in.Got.Body[e.End+sign:], []byte("&amp;")) {
			return "unescaped"
		}
		return "escaped"
	}
	return ""
}

// traceEcho reads an answer to TRACE that repeats the request (RFC 9110,
// section 9.3.8). Fields in it that were not sent come from a proxy.
func traceEcho(in Input) (Hit, bool) {
	body := in.Got.Body
	line, rest, _ := bytes.Cut(head(body, 64<<10), []byte("\n"))
	words := strings.Fields(string(line))
	if in.Got.Status != 200 || len(words) != 3 || words[0] != "TRACE" || !strings.HasPrefix(words[2], "HTTP/") {
		return Hit{}, false
	}
	list := itemList{in: in}
	list.addEchoes(inBody(in.Echoes), finding.CertReflection)
	added := 0
	for raw := range bytes.SplitSeq(rest, []byte("\n")) {
		name, value, found := strings.Cut(strings.TrimRight(string(raw), "\r"), ":")
		if !found || name == "" {
			break
		}
		if sentField(in, name) {
			continue
		}
		added++
		category := finding.InternalHost
		if namesIdentity(name) {
			category = finding.CertReflection
		}
		list.add(Item{Category: category, Name: name, Value: strings.TrimSpace(value), Location: "field added on the way"})
	}
	message := "The server answers TRACE with the request as it arrived."
	if added > 0 {
		message = fmt.Sprintf("The server answers TRACE with the request as it arrived, and shows %d header fields that a proxy has added.", added)
	}
	return Hit{
		Rule:       "trace-echo",
		Category:   finding.CertReflection,
		Message:    message,
		Confidence: finding.Confirmed,
		Items:      list.items,
		Excerpt:    Span{0, min(len(body), 400)},
	}, true
}

// sentField reports whether the request had a field of that name; what was
// really written counts too.
func sentField(in Input, name string) bool {
	for _, fields := range [...][]wire.Field{in.Asked.Fields, in.As.Fields} {
		if _, sent := wire.Get(fields, name); sent {
			return true
		}
	}
	return bytes.Contains(bytes.ToLower(in.Sent), []byte("\n"+strings.ToLower(name)+":"))
}

// namesIdentity reports whether a field's name is one that proxies use for the
// client's certificate.
func namesIdentity(name string) bool {
	name = strings.ToLower(strings.ReplaceAll(name, "_", "-"))
	for _, part := range [...]string{"ssl", "cert", "tls-client", "mtls", "client-dn", "subject-dn", "client-verify", "xfcc", "remote-user"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}
