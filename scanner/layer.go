package scanner

import (
	"crypto/tls"
	"errors"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// verdict says which layer an exchange ended in, with the status and a phrase of
// evidence.
func verdict(x *wire.Exchange) (finding.Verdict, int, string) {
	switch {
	case x.Got == nil && shutOut(x):
		return finding.HandshakeRefused, 0, handshakeEvidence(x.Handshake)
	case x.Got == nil && x.Err != nil:
		return finding.Error, 0, x.Err.Error()
	case x.Got == nil:
		return finding.Error, 0, "no answer"
	}
	evidence := detect.RefusalEvidence(x.Got)
	if _, ok := detect.RefusedBy(x.Got); ok {
		return finding.ProxyRefused, x.Got.Status, evidence
	}
	switch {
	case detect.Refusal(x.Got):
		return finding.AppRefused, x.Got.Status, evidence
	case x.Got.Status >= 500:
		return finding.Error, x.Got.Status, ""
	}
	return finding.Open, x.Got.Status, ""
}

// shutOut reports that the server ended the handshake because of who asks: by an
// alert, or, once it had asked for a certificate, by closing the connection
// before any request, as some cloud balancers do.
func shutOut(x *wire.Exchange) bool {
	if x.Refused() {
		return true
	}
	if x.Err == nil || x.Err.Timeout || x.Handshake == nil || !x.Handshake.Requested {
		return false
	}
	return x.Err.Stage == wire.StageTLS || closedOnCertificate(x)
}

// closedOnCertificate reports a connection that was closed on a certificate, with
// neither alert nor answer. TLS 1.3 judges the certificate when the client has
// written its request already, so that the two look alike. lighttpd does so on a
// signature that does not verify, unless the request comes late.
func closedOnCertificate(x *wire.Exchange) bool {
	return x.Handshake.Sent && x.Handshake.Version >= tls.VersionTLS13 && x.Err.Stage == wire.StageRead && errors.Is(x.Err, wire.ErrClosed)
}

func handshakeEvidence(h *wire.Handshake) string {
	switch {
	case h.Refusal == nil && h.Sent:
		return "the connection was closed on the certificate, without an alert"
	case h.Refusal == nil:
		return "the connection was closed once a certificate was asked for"
	case h.Refusal.AfterFinished && h.Version != 0 && h.Version < tls.VersionTLS13:
		return "alert " + h.Refusal.Name + " after the request: this path asks for a certificate by renegotiation"
	}
	return "alert " + h.Refusal.Name
}

// afterRequest reports a client that was shut out only once the server knew the
// path: other paths may be open on the same connection.
func afterRequest(x *wire.Exchange) bool {
	return x.Refused() && x.Handshake.Refusal.AfterFinished && x.Handshake.Version != 0 && x.Handshake.Version < tls.VersionTLS13
}

// isRefusal reports a verdict that turns the client away.
func isRefusal(v finding.Verdict) bool {
	return v == finding.HandshakeRefused || v == finding.ProxyRefused || v == finding.AppRefused
}

// isServed reports an exchange in which the client got what it asked for.
func isServed(x *wire.Exchange) bool {
	if x.Got == nil || x.Got.Status < 200 || x.Got.Status > 299 || late(x.Got) {
		return false
	}
	v, _, _ := verdict(x)
	return v == finding.Open
}
