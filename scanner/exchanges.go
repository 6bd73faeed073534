package scanner

import (
	"bytes"
	"slices"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/internal/redact"
	"blurt/scanner/saved"
	"blurt/scanner/wire"
)

// maxCanaries bounds those that are kept of one exchange.
const maxCanaries = 200

// kept is what a draft holds on to where exchanges are saved.
type kept struct {
	exchange *wire.Exchange
	control  *wire.Response
	secrets  []string // what the answer gives away
	canaries []saved.Canary
}

// keepOf returns what must be held of a hit's exchange; nil where exchanges are
// not saved.
func (x *examination) keepOf(j job, in detect.Input, hit detect.Hit) *kept {
	if x.engine.config.KeepExchange == nil {
		return nil
	}
	k := &kept{exchange: in.Exchange, control: in.Control, secrets: append(x.secrets(hit), j.private...)}
	for _, e := range in.Echoes {
		c := saved.Canary{Token: e.Token, Probe: e.Probe, Field: e.Field}
		if len(k.canaries) < maxCanaries && !slices.Contains(k.canaries, c) {
			k.canaries = append(k.canaries, c)
		}
	}
	return k
}

// keepExchange hands the exchange that shows a finding over to be saved. A fault
// is told once for each finding; the finding itself is not lost.
func (x *examination) keepExchange(d draft, f *finding.Finding, place string) {
	keep := x.engine.config.KeepExchange
	if keep == nil || d.kept == nil {
		return
	}
	if err := keep(x.record(d, f, place)); err != nil {
		x.engine.account.note(finding.ScanError{Target: f.URL, Message: "the exchange was not saved: " + err.Error()})
	}
}

func (x *examination) record(d draft, f *finding.Finding, place string) saved.Record {
	c, exchange := x.engine.config, d.kept.exchange
	w := messageWriter{mask: redact.New(d.kept.secrets...)}
	if c.ShowSecrets {
		// The caller's own credentials are nothing that the target gave away.
		var own []string
		for _, field := range c.Headers {
			own = append(own, field.Value)
		}
		w = messageWriter{mask: redact.OnlyKnown(own...), show: true, whole: len(own) == 0}
	}
	r := saved.Record{
		Version: 1, Fingerprint: f.Fingerprint, Rule: f.Rule, Message: f.Message, Canaries: d.kept.canaries,
		FindingURL: f.URL, URL: x.endpoint.Origin.String() + w.text(exchange.Asked.Target), Endpoint: x.endpoint.Origin.String() + w.text(x.endpoint.Target),
		Place: place, About: d.gist, Probe: d.job.name(), Identity: d.job.as().Name, Claim: saved.ClaimName(d.job.claim()),
		Redacted: !c.ShowSecrets, Request: w.request(exchange.Asked),
		Response: w.response(exchange.Got), Control: w.response(d.kept.control),
	}
	if h := exchange.Handshake; h != nil {
		r.Handshake = &saved.Handshake{Version: h.VersionName(), Requested: h.Requested, Sent: h.Sent, AcceptableCAs: h.AcceptableCAs}
		if h.Refusal != nil {
			r.Handshake.Refusal = h.Refusal.Name
		}
	}
	return r
}

// messageWriter makes messages fit to be saved: redacted, unless the caller
// wants to see the secrets.
type messageWriter struct {
	mask  *redact.Masker
	show  bool // secrets may stand
	whole bool // nothing at all is hidden
}

func (w messageWriter) text(s string) string {
	if w.whole {
		return s
	}
	return w.mask.Text(s)
}

func (w messageWriter) fields(in []wire.Field) []finding.Field {
	out := make([]finding.Field, 0, len(in))
	for _, f := range in {
		value := w.text(f.Value)
		if !w.show && redact.SecretName(f.Name) {
			value = redact.Value(f.Value)
		}
		out = append(out, finding.Field{Name: w.text(f.Name), Value: value})
	}
	return out
}

// body leaves bytes that are no text alone only where nothing is hidden.
func (w messageWriter) body(m *saved.Message, body []byte) {
	if w.whole {
		m.SetBody(bytes.Clone(body))
		return
	}
	m.SetBody([]byte(w.text(string(body))))
}

func (w messageWriter) request(r wire.Request) saved.Message {
	m := saved.Message{Method: r.Method, Target: w.text(r.Target), Version: r.Version, Fields: w.fields(r.Fields)}
	w.body(&m, r.Body)
	return m
}

func (w messageWriter) response(r *wire.Response) *saved.Message {
	if r == nil {
		return nil
	}
	m := &saved.Message{Version: r.Proto, Status: r.Status, Reason: w.text(r.Reason), Fields: w.fields(r.Fields), Cut: r.Cut}
	w.body(m, r.Body)
	return m
}
