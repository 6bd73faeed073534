package scanner

import (
	"crypto/tls"
	"slices"
	"strings"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/saved"
	"blurt/scanner/wire"
)

// maxRecipe bounds what a report keeps of one request, in bytes.
const maxRecipe = 128 << 10

// recipe returns what it takes to make the requests behind a draft again.
func (x *examination) recipe(d draft) *finding.Replay {
	j := d.job
	r := &finding.Replay{Judge: finding.ByRule, Claim: saved.ClaimName(j.claim()), Canaries: x.tokens(j, d.echoed)}
	switch {
	case len(j.private) > 0:
		return onlyByScan("the request names the subject of your own certificate, which no report keeps: scan again with --cert")
	case d.hit.Rule == "subject-enumeration-timing":
		return onlyByScan("it takes many measurements: scan again with --timing")
	case d.hit.Category == finding.CertReflection && j.isControl():
		planted := onlyByScan("other requests of the scan had planted what shows here: scan again")
		planted.Canaries = d.echoed
		return planted
	case d.pair != nil:
		r.Judge = finding.ByDifference
		r.Control = sentBy(x.endpoint.Origin, *d.pair, nil)
	case d.settled:
		r.Judge = finding.ByVerdicts
	case j.control != nil && j.control.exchange != nil && j.control.exchange.Asked.Method != "":
		control := job{identity: j.control.identity}
		control.attempt.Request = j.control.exchange.Asked
		r.Control = sentBy(x.endpoint.Origin, control, j.control.exchange)
	}
	r.Sent = sentBy(x.endpoint.Origin, j, nil)
	if e := d.evidence.Response; e != nil {
		r.Sent.Status = e.Status
	}
	r.Sent.Verdict = d.verdict
	return bounded(r)
}

// recipe returns what it takes to go a way again.
func (c *crossing) recipe(w *way, got *wire.Exchange) *finding.Replay {
	if w.kind == bySession {
		return onlyByScan("a TLS session has to be taken and resumed: run the command of reproduce, or scan again")
	}
	sent := sentBy(w.to.Origin, requestJob(w.as, w.request), got)
	sent.Way = printedWay(w.by)
	return bounded(&finding.Replay{
		Judge: finding.ByVerdicts, Sent: sent, Control: sentBy(c.x.endpoint.Origin, requestJob(c.front.identity, c.x.request), c.front.exchange),
	})
}

func requestJob(as wire.Identity, r wire.Request) job {
	j := job{identity: as}
	j.attempt.Request = r
	return j
}

func onlyByScan(why string) *finding.Replay { return &finding.Replay{Impossible: why} }

func bounded(r *finding.Replay) *finding.Replay {
	if size(r.Sent)+size(r.Control) > maxRecipe {
		return onlyByScan("the request is too large to be kept in a report: scan again")
	}
	return r
}

func size(s *finding.Sent) int {
	if s == nil {
		return 0
	}
	n := len(s.Target) + len(s.Body)
	for _, f := range s.Fields {
		n += len(f.Name) + len(f.Value)
	}
	return n
}

// sentBy tells a job's request, and how it went where that is known.
func sentBy(to wire.Origin, j job, got *wire.Exchange) *finding.Sent {
	r := j.attempt.Request
	s := &finding.Sent{
		Origin: to.String(), Identity: j.as().Name, Method: r.Method, Target: finding.Raw(r.Target), Version: r.Version,
		Fields: make([]finding.SentField, len(r.Fields)), Body: slices.Clone(r.Body),
	}
	for i, f := range r.Fields {
		s.Fields[i] = finding.SentField{Name: finding.Raw(f.Name), Value: finding.Raw(f.Value)}
	}
	if got != nil {
		s.Verdict, s.Status, _ = verdict(got)
	}
	return s
}

// echoed lists the tokens that came back, each once.
func echoed(echoes []detect.Echo) []finding.Canary {
	var out []finding.Canary
	for _, e := range echoes {
		c := finding.Canary{Token: e.Token, Probe: e.Probe, Field: e.Field}
		if len(out) < maxCanaries && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// tokens are the scan's canaries in a job's request and certificate, and those
// that came back: a certificate in a header field hides them from being found.
func (x *examination) tokens(j job, echoed []finding.Canary) []finding.Canary {
	r := j.attempt.Request
	texts := []string{r.Target, string(r.Body)}
	for _, f := range r.Fields {
		texts = append(texts, f.Name, f.Value)
	}
	if leaf := leafOf(j.as().Cert); leaf != nil && !j.as().Private {
		texts = append(append(texts, leaf.Subject.String()), leaf.DNSNames...)
	}
	out := slices.Clone(echoed)
	for _, text := range texts {
		for _, f := range x.engine.mint.Find([]byte(text)) {
			c := finding.Canary{Token: f.Token, Probe: f.Probe, Field: f.Field}
			if len(out) < maxCanaries && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

// printedWay returns a way as reports have it, nil for the usual one.
func printedWay(by wire.Way) *finding.Way {
	w := finding.Way{
		ServerName: by.ServerName, NoServerName: by.NoServerName, HTTP: by.HTTP, SplitHello: by.SplitHello,
		MinTLS: versionNumber(by.MinTLS), MaxTLS: versionNumber(by.MaxTLS),
	}
	if by.Addr.IsValid() {
		w.Address = by.Addr.String()
	}
	if w == (finding.Way{}) {
		return nil
	}
	return &w
}

// versionNumber returns "1.2" and the like, empty for none.
func versionNumber(version uint16) string {
	if version == 0 {
		return ""
	}
	return strings.TrimPrefix(tls.VersionName(version), "TLS ")
}
