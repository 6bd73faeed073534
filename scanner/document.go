package scanner

import (
	"context"
	"fmt"

	"blurt/scanner/detect"
	"blurt/scanner/discover"
	"blurt/scanner/finding"
	"blurt/scanner/policy"
	"blurt/scanner/sensitivity"
	"blurt/scanner/wire"
)

const (
	maxDescriptions = 4 // API descriptions of an origin that are remembered
	maxDescribed    = 8 // answers of an origin that are read as one: it costs time
)

// readDescription returns what an answer tells that is an API description, or nil.
// It may be called concurrently.
func (s *originState) readDescription(at wire.Endpoint, got *wire.Response) *discover.API {
	if !discover.MayDescribe(at, got) || s.described.Add(1) > maxDescribed {
		return nil
	}
	return discover.Described(at, got)
}

// describe keeps an API description that the origin hands out.
func (s *originState) describe(api *discover.API) {
	if api != nil && len(s.descriptions) < maxDescriptions {
		s.descriptions = append(s.descriptions, api)
	}
}

// said returns what an API description says of an endpoint: one that the caller
// handed in, else one that the server hands out. It is nil where none does.
func (e *engine) said(s *originState, of wire.Endpoint) *sensitivity.Document {
	for _, list := range [][]*discover.API{e.config.Descriptions, s.descriptions} {
		for _, api := range list {
			if said := api.Of(of); said != nil {
				return said
			}
		}
	}
	return nil
}

func (x *examination) document() *sensitivity.Document { return x.engine.said(x.origin, x.endpoint) }

// holdToDocument reports an endpoint whose API description demands mutual TLS and
// that serves a client without a certificate. The caller's own expectations come
// first. What differs is asked again before it is told.
func (x *examination) holdToDocument(ctx context.Context) {
	said := x.document()
	if said == nil || !said.MutualTLS || said.Method != x.request.Method || len(x.controls) == 0 || ctx.Err() != nil {
		return
	}
	if _, own := policy.Find(x.engine.config.Expectations, x.request.Method, x.endpoint.Path()); own {
		return
	}
	front := x.controls[0]
	if !isServed(front.exchange) || x.origin.absence.equals(x, front.exchange.Got) {
		return
	}
	exchange := x.doFor(ctx, forConfirmation, front.identity, x.endpoint, x.request)
	if !isServed(exchange) {
		return
	}
	x.declared = true
	j := x.controlJob(front.identity)
	d := x.draft(j, detect.Input{Exchange: exchange}, documentHit(said, exchange.Got.Status, len(exchange.Got.Body)))
	d.settled, d.gist = true, "document"
	x.drafts = append(x.drafts, d)
}

// documentHit weighs less where the server itself hands the description out: then
// nobody has said that it is still meant.
func documentHit(said *sensitivity.Document, status, length int) detect.Hit {
	hit := detect.Hit{
		Rule: expectationRule, Category: finding.MTLSInconsistency, Confidence: finding.Confirmed, Key: "document",
		Excerpt: detect.Span{End: min(length, 400)},
	}
	if !said.Given {
		hit.Confidence, hit.Key = finding.Firm, "own document"
		hit.Message = fmt.Sprintf("The API description that the server hands out demands %s; yet without a certificate the endpoint is open, with status %d.", said.Demands, status)
		return hit
	}
	hit.Message = fmt.Sprintf("The API description demands %s; yet without a certificate the endpoint is open, with status %d.", said.Demands, status)
	hit.Items = []detect.Item{{Category: finding.MTLSInconsistency, Name: "demanded", Value: said.Demands, Location: "API description"}}
	return hit
}
