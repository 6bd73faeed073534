package scanner

import (
	"bytes"
	"fmt"
	"strings"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// The rules about an endpoint whose check depends on how one asks for it.
const (
	pathBypass   = "mtls-path-bypass"
	methodBypass = "mtls-method-bypass"
	hostBypass   = "mtls-host-bypass"
)

func isBypass(rule string) bool {
	return rule == pathBypass || rule == methodBypass || rule == hostBypass
}

// bypassRule says which rule a job could break by being served; empty where its
// change is about something else.
func bypassRule(j job) string {
	if j.isControl() || j.claim() != wire.NoClaim || j.attempt.Certificate != nil || j.control == nil {
		return ""
	}
	switch j.probe.ID {
	case "path-spelling":
		return pathBypass
	case "trailing-slash":
		if j.attempt.Variant == "toggled" {
			return pathBypass
		}
	case "enforcement":
		return pathBypass
	case "method":
		if j.attempt.Request.Method != "TRACE" { // it echoes, and has a rule of its own
			return methodBypass
		}
	case "unsafe-method":
		return methodBypass
	case "unknown-host", "host-syntax":
		return hostBypass
	}
	return ""
}

// watch observes an exchange, and whether it was served where its control was
// refused.
func (x *examination) watch(j job, exchange *wire.Exchange) observation {
	seen := x.observe(j, exchange)
	if hit, ok := x.bypass(j, exchange); ok {
		d := x.draft(j, x.bypassInput(j, exchange), hit)
		d.answer = x.gistOfAnswer(exchange)
		seen.drafts = append(seen.drafts, d)
	}
	if hit, ok := x.accepted(j, exchange); ok {
		seen.drafts = append(seen.drafts, x.draft(j, x.bypassInput(j, exchange), hit))
	}
	return seen
}

// gistOfAnswer tells answers apart that differ in more than the words of the path,
// however that is spelled.
func (x *examination) gistOfAnswer(exchange *wire.Exchange) uint64 {
	bare := *exchange.Got
	bare.Body = bytes.ToLower(bare.Body)
	for _, target := range []string{exchange.Asked.Target, x.endpoint.Target} {
		for word := range strings.FieldsFuncSeq(strings.ToLower(target), func(r rune) bool { return strings.ContainsRune("/;?.%", r) }) {
			if len(word) > 2 {
				bare.Body = bytes.ReplaceAll(bare.Body, []byte(word), nil)
			}
		}
	}
	return x.signature(&bare, wordy)
}

func (x *examination) bypassInput(j job, exchange *wire.Exchange) detect.Input {
	return detect.Input{Exchange: exchange, Control: j.control.exchange.Got, Claim: j.claim(), Echoes: x.echoes(exchange)}
}

// bypass returns the hit where a refused endpoint answers a request that only
// asks otherwise.
func (x *examination) bypass(j job, exchange *wire.Exchange) (detect.Hit, bool) {
	rule := bypassRule(j)
	if rule == "" || !isServed(exchange) || !holdsContent(j, exchange.Got) {
		return detect.Hit{}, false
	}
	was, _, _ := verdict(j.control.exchange)
	if !isRefusal(was) || x.origin.absence.equals(x, exchange.Got) {
		return detect.Hit{}, false
	}
	hit := detect.Hit{
		Rule: rule, Category: finding.MTLSInconsistency, Confidence: finding.Firm,
		Excerpt: detect.Span{End: min(len(exchange.Got.Body), 400)},
		Message: fmt.Sprintf("%s %s is %s; %s is answered with status %d.",
			x.request.Method, x.endpoint.Path(), refusedHow(j.control.exchange), asked(rule, j), exchange.Got.Status),
		Items: []detect.Item{{Category: finding.MTLSInconsistency, Name: "what gets through", Value: asked(rule, j), Location: "request"}},
	}
	callers := x.isCallers(exchange.Got)
	switch {
	case rule == hostBypass && x.isGeneric() && !callers:
		return detect.Hit{}, false // the same path of some other site
	case strings.HasPrefix(j.attempt.Variant, "suffix-"):
		hit.Confidence = finding.Tentative // it may be another resource, open on purpose
	}
	if callers {
		hit.Confidence = finding.Firm
		hit.Message += " The answer is the one that the caller's own certificate gets."
	}
	return hit, true
}

// asked says in words how a request differs from its control.
func asked(rule string, j job) string {
	r := j.attempt.Request
	host, _ := wire.Get(r.Fields, "Host")
	switch {
	case rule == methodBypass:
		return "the same path by " + r.Method
	case rule == hostBypass:
		return "the same path with the field Host: " + host
	case len(j.attempt.Added) > 0:
		return r.Target + " with the field " + strings.Join(j.attempt.Added, " or ") + " naming the path"
	}
	return r.Target
}

func refusedHow(x *wire.Exchange) string {
	v, status, evidence := verdict(x)
	text := "refused by the application"
	switch v {
	case finding.HandshakeRefused:
		return "refused in the handshake (" + evidence + ")"
	case finding.ProxyRefused:
		text = "refused by the proxy"
	}
	return fmt.Sprintf("%s with status %d (%s)", text, status, evidence)
}

// holdsContent reports an answer that gives something out: an OPTIONS answer that
// only lists methods, or describes the resource, is open on purpose, and an empty
// answer gives nothing.
func holdsContent(j job, got *wire.Response) bool {
	switch j.attempt.Request.Method {
	case "HEAD":
		// Where the refusal stands in the body, its head is that of an answer.
		was := j.control.exchange.Got
		return got.Status == 200 && (was == nil || was.Status >= 300)
	case "OPTIONS":
		return len(bytes.TrimSpace(got.Body)) > 0 && got.Field("Allow") == "" && got.Field("Access-Control-Allow-Methods") == "" &&
			!listsMethods(got.Body)
	}
	return got.Status != 204 && len(bytes.TrimSpace(got.Body)) > 0
}

// listsMethods knows the bodies that routers make for OPTIONS: "GET, HEAD".
func listsMethods(body []byte) bool {
	if len(body) > 200 {
		return false
	}
	for word := range strings.FieldsFuncSeq(string(body), func(r rune) bool { return r == ',' || r == ' ' || r == '\r' || r == '\n' }) {
		switch word {
		case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE":
		default:
			return false
		}
	}
	return true
}

// isCallers reports an answer that equals what the caller's own identity gets.
func (x *examination) isCallers(got *wire.Response) bool {
	for _, c := range x.controls {
		if c.identity.Cert != nil && c.exchange.Got != nil && isServed(c.exchange) && len(got.Body) > 0 &&
			x.signature(got, c.grain) == c.signature {
			return true
		}
	}
	return false
}
