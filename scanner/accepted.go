package scanner

import (
	"fmt"
	"slices"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/sensitivity"
	"blurt/scanner/wire"
)

// The rules about certificates that are accepted and should not be.
const (
	untrustedAccepted = "untrusted-certificate-accepted"
	checkIncomplete   = "certificate-check-incomplete"
)

// accepted returns the hit where a client is served for a certificate that fails
// a check, while it is refused without any. What the detectors see by comparing
// two answers is left to them.
func (x *examination) accepted(j job, exchange *wire.Exchange) (detect.Hit, bool) {
	if j.isControl() || j.probe.Claim != wire.CertificateClaim || j.control == nil || !isServed(exchange) ||
		exchange.Handshake != nil && !exchange.Handshake.Sent {
		return detect.Hit{}, false
	}
	was, _, _ := verdict(j.control.exchange)
	if !isRefusal(was) {
		return detect.Hit{}, false
	}
	hit := detect.Hit{
		Category: finding.IdentitySpoofing, Confidence: finding.Firm, Excerpt: detect.Span{End: min(len(exchange.Got.Body), 400)},
	}
	switch {
	case j.attempt.Check != "":
		hit.Rule, hit.Key = checkIncomplete, j.as().Name
		hit.Message = fmt.Sprintf("Without a certificate the client is %s. With one that should fail it is served with status %d: the server does not check %s.",
			refusedHow(j.control.exchange), exchange.Got.Status, j.attempt.Check)
		return hit, true
	case !j.attempt.Issued && j.control.exchange.Got == nil:
		hit.Rule = untrustedAccepted
		hit.Message = fmt.Sprintf("Without a certificate the client is %s; with one that no authority vouches for it is answered with status %d.",
			refusedHow(j.control.exchange), exchange.Got.Status)
		hit.Items = []detect.Item{{Category: finding.IdentitySpoofing, Name: "status", Value: fmt.Sprintf("%d instead of an alert", exchange.Got.Status), Location: "status line"}}
		return hit, true
	}
	return detect.Hit{}, false
}

// isDoubtful reports an acceptance that siblings may speak against: what is open on
// purpose in most systems is so to whoever holds a certificate, too, where the
// handshake takes any and the application judges it. An answer that refuses who has
// none shows that the endpoint is not open.
func (x *examination) isDoubtful(d draft) bool {
	return d.hit.Rule == untrustedAccepted && d.job.control != nil && d.job.control.exchange.Got == nil &&
		sensitivity.Infer(x.endpoint.Target, nil, x.document()).Level == sensitivity.Public
}

// judges reports that an answer of the origin's own turned a stranger away for its
// certificate.
func (x *examination) judges() bool {
	return slices.ContainsFunc(x.cells, func(c finding.Surface) bool {
		if c.Way != "" || c.Verdict != finding.AppRefused && c.Verdict != finding.ProxyRefused {
			return false
		}
		return c.Identity == selfSignedName || c.Identity == lookalikeName
	})
}

// dropImplied leaves out single checks where none is made: who accepts any
// certificate accepts an expired one, too.
func (x *examination) dropImplied() {
	if !slices.ContainsFunc(x.drafts, func(d draft) bool { return d.hit.Rule == untrustedAccepted }) {
		return
	}
	x.drafts = slices.DeleteFunc(x.drafts, func(d draft) bool { return d.hit.Rule == checkIncomplete })
}
