package detect

import (
	"net/url"
	"strings"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// messageFields are parts of the names of fields in which applications tell a
// client what went wrong: RFC 6750's challenge, the place that a redirect leads
// to, fields of their own.
var messageFields = [...]string{"authenticate", "location", "warning", "error", "reason", "message", "detail", "exception", "fault", "debug", "cookie"}

// minFieldMessage is the length of the shortest value that is read, in bytes.
const minFieldMessage = 12

// fieldMessages reads the fields of an answer, trailers included, as if each were
// an error's body, and returns what a certificate parser says in them, and the
// files that they name.
func (in Input) fieldMessages() []Hit {
	var hits []Hit
	for _, f := range in.Got.Fields {
		if len(f.Value) < minFieldMessage || !mayTell(f.Name) || in.controlHasField(f) {
			continue
		}
		shadow := in.inField(f)
		for _, hit := range append(runParserError(shadow).Hits, shadow.fileInField()...) {
			if hit.Items[0].Name == ExpectedField {
				continue // a path or a cookie may be called so
			}
			hit.Field, hit.Excerpt, hit.Key = f.Name, Span{}, "header field"
			for n := range hit.Items {
				hit.Items[n].Location = "field " + f.Name
			}
			hits = append(hits, hit)
		}
	}
	return hits
}

// fileInField returns the file that a field names with a line of it, or with what
// the operating system said of it. Other paths in fields are those of resources.
func (in Input) fileInField() []Hit {
	body := in.Got.Body
	for _, p := range findPaths(in) {
		if lineOf(body, p.span) == "" && !besideFileError(body, p.span.Start, p.span.End) {
			continue
		}
		return []Hit{{
			Rule: "path-leak", Category: finding.PathLeak, Confidence: finding.Firm,
			Message: "A header field names a file of the server.",
			Items:   []Item{{Category: finding.PathLeak, Name: p.kind, Value: p.text}},
		}}
	}
	return nil
}

// mayTell leaves out the fields of HTTP itself that hold no text for people.
func mayTell(name string) bool {
	lower := strings.ToLower(name)
	if strings.HasPrefix(lower, "x-") {
		return true
	}
	for _, part := range messageFields {
		if strings.Contains(lower, part) {
			return true
		}
	}
	return false
}

// inField is the exchange as if the value of a field, with its percent-encoding
// undone, were all that was answered.
func (in Input) inField(f wire.Field) Input {
	plain := func(value string) []byte {
		if strings.EqualFold(f.Name, "Location") {
			_, value, _ = strings.Cut(value, "?") // the path is no message
		}
		if decoded, err := url.QueryUnescape(value); err == nil {
			value = decoded
		}
		return []byte(value)
	}
	text := []wire.Field{{Name: "Content-Type", Value: "text/plain"}}
	exchange := *in.Exchange
	exchange.Got = &wire.Response{Status: max(in.Got.Status, 400), Fields: text, Body: plain(f.Value)}
	shadow := in
	shadow.Exchange, shadow.claims, shadow.Echoes = &exchange, nil, nil
	if in.Control != nil {
		shadow.Control = &wire.Response{Status: in.Control.Status, Fields: text, Body: plain(in.Control.Field(f.Name))}
	}
	return shadow
}
