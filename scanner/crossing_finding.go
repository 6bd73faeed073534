package scanner

import (
	"fmt"

	"blurt/probes"
	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/internal/redact"
	"blurt/scanner/wire"
)

// finding makes a finding of a way that leads in. It returns nil where the origin
// was charged with the same before.
func (c *crossing) finding(w *way, got *wire.Exchange, confidence finding.Confidence) *finding.Finding {
	kind := wayKinds[w.kind]
	id := c.fingerprint(w.kind)
	if !c.x.origin.reported.add(id) {
		return nil
	}
	mask := redact.New(c.x.secrets(detect.Hit{})...)
	evidence := finding.Evidence{
		Location: "response",
		Excerpt:  excerpt(mask, got.Got.Body, detect.Span{End: min(len(got.Got.Body), maxExcerpt/2)}),
		Leaked:   []finding.Leaked{},
		Request:  requestMessage(mask, got.Asked),
		Response: responseMessage(mask, got.Got),
	}
	evidence.Response.Body = evidence.Excerpt
	if refused := c.front.exchange.Got; refused != nil {
		evidence.Control = responseMessage(mask, refused)
		evidence.Control.Body = excerpt(mask, refused.Body, detect.Span{End: min(len(refused.Body), maxExcerpt/2)})
	}
	f := &finding.Finding{
		Fingerprint: id, Rule: kind.rule, Category: finding.MTLSInconsistency,
		Message: redact.Printable(mask.Text(c.message(w, got))), Confidence: confidence,
		URL: w.to.String(), Method: w.request.Method,
		Probe: w.probe(), Changes: kind.changes, Identity: w.as.Name,
		Stack: c.x.origin.stack(), Evidence: evidence,
		Reproduce: c.reproduce(w, got), Replay: c.recipe(w, got),
	}
	j := job{
		probe: &probes.Probe{ID: otherWay, Changes: kind.changes}, identity: w.as,
		attempt: probes.Attempt{Variant: kind.probe, Request: w.request},
	}
	secrets := c.x.secrets(detect.Hit{})
	c.x.keepExchange(draft{job: j, kept: &kept{exchange: got, control: c.front.exchange.Got, secrets: secrets}}, f, wholeOrigin)
	return f
}

// message says how the front door refuses, and what the other way gets.
func (c *crossing) message(w *way, got *wire.Exchange) string {
	how := map[wayKind]string{
		byName:    "with %s in the handshake and the Host " + hostOf(w.request),
		byVersion: "by %s",
		bySession: "on a connection that resumes %s",
		byPort:    "by %s,",
		byAddress: "at the %s",
	}[w.kind]
	text := fmt.Sprintf("Without a client certificate, the server %s; %s it answers %d.",
		c.refusal(), fmt.Sprintf(how, w.phrase()), got.Got.Status)
	if c.want != nil && c.equalsCallers(got) {
		text += " The answer is the one that the caller's own certificate gets."
	}
	return text
}

// refusal says how nobody is refused at the front door.
func (c *crossing) refusal() string {
	text := "ends the handshake"
	if c.plain.Verdict != finding.HandshakeRefused {
		text = fmt.Sprintf("answers %d", c.plain.Status)
	}
	if c.plain.Detail != "" {
		text += " (" + c.plain.Detail + ")"
	}
	return text
}

func hostOf(r wire.Request) string {
	host, _ := wire.Get(r.Fields, "Host")
	return host
}
