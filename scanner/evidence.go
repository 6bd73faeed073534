package scanner

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/internal/redact"
	"blurt/scanner/wire"
)

const (
	maxExcerpt = 1200     // bytes of an excerpt
	maxAround  = 32 << 10 // bytes that are masked around it, so that no secret is cut in half
	maxValue   = 300      // bytes of a leaked value or a field
	maxLeaked  = 250
)

// evidence makes what a hit rests on fit to print. Everything is masked before
// it is cut: half a secret is not recognised as one. The request is left out: it is
// at hand, and its many fields cost time, so it is masked once it is sure that
// there is a finding.
func (x *examination) evidence(mask *redact.Masker, in detect.Input, hit detect.Hit) finding.Evidence {
	e := finding.Evidence{Leaked: leaked(mask, hit.Items), Location: "handshake"}
	if in.Got == nil || in.Got.Status == 0 {
		return e
	}
	e.Response = responseMessage(mask, in.Got)
	switch {
	case hit.Field != "":
		e.Location = "field " + shown(mask, hit.Field)
		e.Excerpt = shown(mask, in.Got.Field(hit.Field))
	case hit.Excerpt.End > hit.Excerpt.Start:
		e.Location = fmt.Sprintf("body, bytes %d to %d", hit.Excerpt.Start, hit.Excerpt.End)
		e.Excerpt = excerpt(mask, in.Got.Body, hit.Excerpt)
		e.Response.Body = e.Excerpt
	case hit.Category == finding.CADisclosure:
	default:
		e.Location = "response"
	}
	if (hit.Category == finding.IdentitySpoofing || hit.Category == finding.EnumerationOracle || isBypass(hit.Rule)) && in.Control != nil {
		e.Control = responseMessage(mask, in.Control)
		e.Control.Body = excerpt(mask, in.Control.Body, detect.Span{End: min(len(in.Control.Body), maxExcerpt)})
		e.Response.Body = excerpt(mask, in.Got.Body, detect.Span{End: min(len(in.Got.Body), maxExcerpt)})
	}
	return e
}

// secrets are the values that must not be shown: the caller's own and those
// that the page gave away.
func (x *examination) secrets(hit detect.Hit) []string {
	var known []string
	for _, f := range x.engine.config.Headers {
		known = append(known, f.Value)
	}
	known = append(known, hit.Secrets...)
	for _, item := range hit.Items {
		if item.Sensitive {
			known = append(known, item.Value)
		}
	}
	return known
}

func leaked(mask *redact.Masker, items []detect.Item) []finding.Leaked {
	out := make([]finding.Leaked, 0, min(len(items), maxLeaked))
	for _, item := range items[:min(len(items), maxLeaked)] {
		value := redact.Value(item.Value)
		if !item.Sensitive {
			value = shown(mask, item.Value)
		}
		out = append(out, finding.Leaked{
			Category: item.Category, Value: value,
			Name: shown(mask, item.Name), Location: shown(mask, item.Location),
		})
	}
	return out
}

func requestMessage(mask *redact.Masker, r wire.Request) *finding.Message {
	version := r.Version
	if version == "" {
		version = "HTTP/1.1"
	}
	return &finding.Message{
		Method: redact.Printable(r.Method), Target: shown(mask, r.Target), Version: version,
		Fields: fields(mask, r.Fields), Body: shown(mask, string(r.Body)),
	}
}

func responseMessage(mask *redact.Masker, r *wire.Response) *finding.Message {
	return &finding.Message{
		Version: r.Proto, Status: r.Status, Reason: shown(mask, r.Reason),
		Fields: fields(mask, r.Fields), Cut: len(r.Body) > maxExcerpt || r.Cut,
	}
}

// fields masks by the name too: a cookie is a secret whatever it looks like.
func fields(mask *redact.Masker, in []wire.Field) []finding.Field {
	out := make([]finding.Field, 0, len(in))
	for _, f := range in {
		value := shown(mask, f.Value)
		if redact.SecretName(f.Name) {
			value = redact.Value(f.Value)
		}
		out = append(out, finding.Field{Name: shown(mask, f.Name), Value: value})
	}
	return out
}

// excerpt returns the span of a body, masked with its surroundings and then cut.
func excerpt(mask *redact.Masker, body []byte, span detect.Span) string {
	start, end := max(0, min(span.Start, len(body))), max(0, min(span.End, len(body)))
	end = max(start, min(end, start+maxExcerpt))
	from, to := max(0, start-maxAround), min(len(body), end+maxAround)
	text := mask.Range(string(body[from:to]), start-from, end-from)
	return clip(strings.TrimSpace(redact.Printable(text)), maxExcerpt)
}

// shown makes a text from outside fit to print: masked, its control bytes
// visible, cut.
func shown(mask *redact.Masker, text string) string {
	return clip(redact.Printable(mask.Text(text)), maxValue)
}

// clip cuts a text at a character's border.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	cut := limit
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
