package scanner

import (
	"slices"
	"strings"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/internal/redact"
	"blurt/scanner/wire"
)

// Bounds of what a cell of the map keeps of its exchange.
const (
	maxExchanged  = 10_000 // cells of one scan that keep one
	maxCellBody   = 240    // bytes of the answer's body
	maxCellField  = 120    // bytes of a field's value
	maxCellFields = 8
)

// exchanged makes an exchange fit to stand behind a cell: enough to see what was
// asked and who answered. What the caller's own credentials open is nobody else's
// to read, so the body of that is left out. secrets are values that detectors
// know the answer to hold. It returns nil once the scan has kept enough.
func (x *examination) exchanged(exchange *wire.Exchange, secrets []string) *finding.Exchange {
	if exchange.Asked.Method == "" || x.engine.exchanged.Add(1) > maxExchanged {
		return nil
	}
	mask := redact.New(append(x.secrets(detect.Hit{}), secrets...)...)
	e := &finding.Exchange{Request: cellRequest(mask, exchange)}
	got := exchange.Got
	if got == nil {
		_, _, detail := verdict(exchange)
		e.Failure = shown(mask, detail)
		return e
	}
	e.Response = &finding.Message{Version: got.Proto, Status: got.Status, Reason: clip(shown(mask, got.Reason), maxCellField), Fields: []finding.Field{}}
	e.Response.Fields = cellFields(fields(mask, telling(got.Fields)))
	e.BodyLeftOut = leftOut(exchange)
	if e.BodyLeftOut == "" {
		// What is masked reaches beyond what is shown: half a secret is not recognised.
		body := got.Body[:min(len(got.Body), 16<<10)]
		e.Response.Body = clip(excerpt(mask, body, detect.Span{End: min(len(body), maxCellBody)}), maxCellBody)
		e.Response.Cut = got.Cut || len(got.Body) > maxCellBody
	}
	return e
}

// evident is the exchange that a finding shows, cut to what a cell keeps of it.
func (x *examination) evident(of finding.Evidence) *finding.Exchange {
	if x.engine.exchanged.Add(1) > maxExchanged {
		return nil
	}
	request, response := *of.Request, *of.Response
	request.Fields = cellFields(request.Fields)
	request.Body = clip(request.Body, maxCellBody)
	response.Fields = slices.DeleteFunc(slices.Clone(response.Fields), func(f finding.Field) bool { return !isTelling(f.Name) })
	response.Cut = response.Cut || len(response.Body) > maxCellBody
	response.Body = clip(response.Body, maxCellBody)
	return &finding.Exchange{Request: &request, Response: &response}
}

// leftOut says why a body is not for the report; empty where it is.
func leftOut(exchange *wire.Exchange) string {
	got := exchange.Got
	media, _, _ := strings.Cut(strings.ToLower(got.Field("Content-Type")), ";")
	media = strings.TrimSpace(media)
	switch {
	case len(got.Body) == 0:
		return ""
	case exchange.As.Private && isServed(exchange):
		return "your own credentials open it"
	case media == "", strings.HasPrefix(media, "text/"), strings.HasSuffix(media, "json"), strings.HasSuffix(media, "xml"),
		strings.HasSuffix(media, "javascript"), strings.HasSuffix(media, "yaml"), media == "application/x-www-form-urlencoded":
		return ""
	}
	return "it is no text"
}

func cellRequest(mask *redact.Masker, exchange *wire.Exchange) *finding.Message {
	r := exchange.Asked
	r.Body = r.Body[:min(len(r.Body), maxCellBody)]
	m := requestMessage(mask, r)
	m.Fields = cellFields(m.Fields)
	return m
}

// cellFields leaves out the fields that each request has.
func cellFields(all []finding.Field) []finding.Field {
	out := []finding.Field{}
	for _, f := range all {
		switch strings.ToLower(f.Name) {
		case "user-agent", "accept", "accept-encoding", "connection":
			continue
		}
		if len(out) < maxCellFields {
			out = append(out, finding.Field{Name: f.Name, Value: clip(f.Value, maxCellField)})
		}
	}
	return out
}

// isTelling knows the fields of an answer that say who gave it and what it wants.
func isTelling(name string) bool {
	switch strings.ToLower(name) {
	case "server", "via", "content-type", "location", "www-authenticate", "allow", "x-powered-by":
		return true
	}
	return false
}

// telling picks them, before anything is masked.
func telling(in []wire.Field) []wire.Field {
	var out []wire.Field
	for _, f := range in {
		if isTelling(f.Name) && len(out) < maxCellFields {
			out = append(out, f)
		}
	}
	return out
}

// secretsOf are the values that the detectors found in an answer and that must
// not be shown.
func secretsOf(seen observation) []string {
	var out []string
	for _, d := range seen.drafts {
		out = append(out, d.secrets...)
	}
	return out
}
