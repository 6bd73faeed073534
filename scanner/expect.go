package scanner

import (
	"context"
	"fmt"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/policy"
	"blurt/scanner/wire"
)

const expectationRule = "mtls-expectation"

// expect holds the map's cells of the endpoint against what its owner expects.
// What differs is asked again before it is told.
func (x *examination) expect(ctx context.Context) {
	e, found := policy.Find(x.engine.config.Expectations, x.request.Method, x.endpoint.Path())
	if !found {
		return
	}
	told := make(map[policy.Verdict]bool)
	for _, who := range x.clients() {
		if told[e.Requires.Judge(who.answer)] || ctx.Err() != nil {
			continue
		}
		v := e.Requires.Judge(who.answer)
		if v == policy.Met {
			continue
		}
		exchange := x.doFor(ctx, forConfirmation, who.identity, x.endpoint, x.request)
		if again, ok := answerOf(exchange, who.answer.Client); !ok || again != who.answer {
			continue
		}
		told[v] = true
		j := x.controlJob(who.identity)
		d := x.draft(j, detect.Input{Exchange: exchange}, expectationHit(e, v, who.identity.Name, exchange))
		d.settled = true
		x.drafts = append(x.drafts, d)
	}
}

// client is somebody who asked for the endpoint, and how it went.
type client struct {
	identity wire.Identity
	answer   policy.Answer
}

// clients returns those whose treatment says something of an expectation.
func (x *examination) clients() []client {
	var out []client
	for _, c := range x.controls {
		kind := policy.Nobody
		if c.identity.Cert != nil {
			kind = policy.Known
		}
		if a, ok := answerOf(c.exchange, kind); ok {
			out = append(out, client{c.identity, a})
		}
	}
	return append(out, x.strangers...)
}

// answerOf reads how a client was treated; it reports false where that cannot be
// told: the path may not exist at all, or be broken.
func answerOf(exchange *wire.Exchange, kind policy.Client) (policy.Answer, bool) {
	v, status, _ := verdict(exchange)
	switch {
	case isRefusal(v):
		return policy.Answer{Client: kind}, true
	case v != finding.Open:
		return policy.Answer{}, false
	}
	switch {
	case status >= 200 && status < 300, status == 405, status == 415, status == 422:
		return policy.Answer{Client: kind, Open: true}, true
	}
	return policy.Answer{}, false
}

func expectationHit(e policy.Expectation, v policy.Verdict, who string, exchange *wire.Exchange) detect.Hit {
	hit := detect.Hit{Rule: expectationRule, Category: finding.MTLSInconsistency, Confidence: finding.Confirmed}
	if exchange.Got != nil {
		hit.Excerpt = detect.Span{End: min(len(exchange.Got.Body), 400)}
	}
	if v == policy.TooOpen {
		hit.Key = "too open"
		hit.Message = fmt.Sprintf("The configuration expects %q; yet as %s the endpoint is open, with status %d.", e, who, exchange.Got.Status)
		hit.Items = []detect.Item{{Category: finding.MTLSInconsistency, Name: "expected", Value: string(e.Requires), Location: "configuration"}}
		return hit
	}
	hit.Key = "too strict"
	hit.Message = fmt.Sprintf("The configuration expects %q; yet as %s the client is %s.", e, who, refusedHow(exchange))
	return hit
}
