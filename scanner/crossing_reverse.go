package scanner

import (
	"context"
	"crypto/tls"
	"fmt"

	"blurt/probes"
	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// maxReversed is how many open endpoints of one origin are asked for by older
// versions.
const maxReversed = 2

// reverse asks for an open endpoint by TLS 1.2 and HTTP/1.1, where the origin asks
// for client certificates at all, or may do so by path. What is refused there was
// meant to be guarded, and the newer versions are the way around (the class of
// CVE-2016-4979 and CVE-2019-0215).
func (x *examination) reverse(ctx context.Context) {
	if !x.reversible() {
		return
	}
	x.origin.reversed++
	front := x.controls[0]
	c := &crossing{x: x, front: front, plain: x.cell(front.identity.Name, front.exchange)}
	w := c.usual(byVersion, "TLS 1.2, HTTP/1.1")
	w.by = wire.Way{MaxTLS: tls.VersionTLS12, HTTP: "1.1"}
	refused := c.ask(ctx, forWay, w, w.request)
	if ctx.Err() != nil || w.quiet(refused) || !wantsCertificate(refused) {
		return
	}
	x.cells = append(x.cells, c.cell(w, refused))
	open := x.doFor(ctx, forConfirmation, front.identity, x.endpoint, x.request)
	if !isServed(open) || !wantsCertificate(c.ask(ctx, forConfirmation, w, w.request)) {
		return
	}
	usual := c.usual(byVersion, "the usual versions")
	f := c.finding(usual, open, finding.Confirmed)
	if f == nil {
		return
	}
	c.plain = c.cell(w, refused)
	f.Message = fmt.Sprintf("By TLS 1.2 and HTTP/1.1, the server %s a client without a certificate; by %s it answers %d.",
		c.refusal(), versions(open), open.Got.Status)
	f.Evidence.Control = nil
	x.crossed = append(x.crossed, f)
}

// reversible reports an open endpoint, reached by newer versions, of an origin
// that has to do with client certificates.
func (x *examination) reversible() bool {
	if len(x.controls) == 0 || x.engine.config.Profile == probes.Quick || x.origin.reversed >= maxReversed {
		return false
	}
	front := x.controls[0].exchange
	h := front.Handshake
	if h == nil || !isServed(front) || h.Version <= tls.VersionTLS12 && h.ALPN != "h2" {
		return false
	}
	_, byPath := x.origin.products["apache"] // it asks for certificates by path
	return h.Requested || byPath
}

// wantsCertificate reports a client that is turned away for want of a certificate.
func wantsCertificate(x *wire.Exchange) bool {
	if detect.WantsCertificate(x.Got) {
		return true
	}
	return x.Got == nil && x.Refused() && x.Handshake.Requested
}

// versions says which versions an exchange was made by.
func versions(x *wire.Exchange) string {
	text := "TLS"
	if x.Handshake != nil && x.Handshake.Version != 0 {
		text = x.Handshake.VersionName()
	}
	return text + " and " + x.Got.Proto
}
