package scanner

import (
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"slices"
	"strings"
	"time"

	"blurt/scanner/wire"
)

// handshake looks at what TLS showed.
func (k *checkup) handshake(x *wire.Exchange) bool {
	if !k.to.Origin.TLS() {
		return k.tell("TLS", Doubtful, "none: over http there is no mutual TLS to examine: is the URL right?")
	}
	h := x.Handshake
	if x.Err != nil && x.Err.Stage == wire.StageTLS && !x.Refused() {
		return k.tell("TLS", Failed, "the handshake failed: %v: does this port speak TLS?", x.Err.Err)
	}
	if h == nil {
		return k.tell("TLS", Failed, "there was no handshake: %v", x.Err)
	}
	text := h.VersionName()
	if text == "" {
		text = "ended before a version was agreed on"
	}
	if h.ALPN != "" {
		text += ", ALPN " + h.ALPN
	}
	return k.tell("TLS", Fine, "%s", text) && k.serverCertificate(h) && k.request(x)
}

// soon is how far ahead the end of a certificate is told.
const soon = 14 * 24 * time.Hour

func (k *checkup) serverCertificate(h *wire.Handshake) bool {
	const subject = "server certificate"
	if len(h.Chain) == 0 {
		return k.tell(subject, Doubtful, "none was seen")
	}
	ends := h.Chain[0].NotAfter
	until := ends.UTC().Format(time.DateOnly)
	switch {
	case h.Unverified != "":
		return k.tell(subject, Doubtful, "does not verify: %s (blurt scans all the same; your own header fields and certificate need --ca-file or --insecure)", curt(h.Unverified))
	case ends.Sub(k.now) < soon:
		return k.tell(subject, Doubtful, "verifies, and ends on %s", until)
	}
	return k.tell(subject, Fine, "verifies, until %s", until)
}

// request says whether the server wants a client certificate.
func (k *checkup) request(x *wire.Exchange) bool {
	const subject = "client certificate"
	h := x.Handshake
	names := authorities(h.AcceptableCAs)
	switch {
	case x.Refused():
		return k.tell(subject, Fine, "demanded: without one the handshake ends in %s%s", curt(h.Refusal.Name), names)
	case h.Requested:
		return k.tell(subject, Fine, "asked for%s, and not demanded in the handshake", names)
	}
	return k.tell(subject, Doubtful, "not asked for in the handshake: is mutual TLS switched on for this host and port? Some servers ask later, for certain paths")
}

// authorities names those that a server takes certificates of.
func authorities(list [][]byte) string {
	const most = 3
	var names []string
	for _, der := range list[:min(len(list), most)] {
		var rdn pkix.RDNSequence
		if rest, err := asn1.Unmarshal(der, &rdn); err == nil && len(rest) == 0 {
			names = append(names, curt(rdn.String()))
		}
	}
	if len(names) == 0 {
		return ""
	}
	text := ", of " + strings.Join(names, " or of ")
	if more := len(list) - len(names); more > 0 {
		text += fmt.Sprintf(" or of %d more", more)
	}
	return text
}

// caller looks at the caller's own certificate, and whether the server takes it.
func (k *checkup) caller(ctx context.Context, anonymous *wire.Exchange) bool {
	const subject = "your certificate"
	leaf := k.engine.caller
	if leaf == nil {
		return k.tell(subject, Fine, "none given: the scan compares with no valid client (--cert)")
	}
	if !k.fits(leaf, anonymous.Handshake) {
		return false
	}
	x := k.engine.do(ctx, k.engine.identities[len(k.engine.identities)-1], k.to, k.engine.control(k.to))
	switch {
	case x.Err != nil && x.Err.Stage == wire.StageTrust:
		return k.tell(subject, Failed, "not sent: %s: give --ca-file, or --insecure where you know the server", whyUnverified(anonymous))
	case x.Refused():
		return k.tell(subject, Failed, "refused in the handshake: %s", curt(x.Handshake.Refusal.Name))
	case x.Got == nil:
		return k.tell(subject, Failed, "no answer with it: %v", x.Err)
	case x.Handshake != nil && !x.Handshake.Sent:
		return k.tell(subject, Doubtful, "never asked for; the answer has status %d", x.Got.Status)
	}
	v, status, detail := verdict(x)
	if isRefusal(v) {
		return k.tell(subject, Doubtful, "presented, and answered with %d %s: a scan compares with what a valid client gets: may this one see the endpoint?", status, curt(detail))
	}
	return k.tell(subject, Fine, "accepted, answered with %d", status)
}

// fits looks at the certificate by itself.
func (k *checkup) fits(leaf *x509.Certificate, h *wire.Handshake) bool {
	const subject = "your certificate"
	ends := leaf.NotAfter.UTC().Format(time.DateOnly)
	switch {
	case k.now.After(leaf.NotAfter):
		return k.tell(subject, Failed, "expired on %s: give one that is valid", ends)
	case k.now.Before(leaf.NotBefore):
		return k.tell(subject, Failed, "not valid before %s", leaf.NotBefore.UTC().Format(time.DateOnly))
	}
	if !forClients(leaf) && !k.tell(subject, Doubtful, "its extended key usage is not that of clients (clientAuth): most servers refuse it") {
		return false
	}
	if h != nil && len(h.AcceptableCAs) > 0 && !issuedBy(k.engine.config.Caller.Certificate, h.AcceptableCAs) &&
		!k.tell(subject, Doubtful, "its issuer, %s, is none that the server names", curt(leaf.Issuer.String())) {
		return false
	}
	if leaf.NotAfter.Sub(k.now) < soon {
		return k.tell(subject, Doubtful, "ends on %s", ends)
	}
	return k.tell(subject, Fine, "%s, valid until %s", curt(leaf.Subject.String()), ends)
}

// forClients follows RFC 5280, section 4.2.1.12: without the extension all is
// allowed.
func forClients(leaf *x509.Certificate) bool {
	return len(leaf.ExtKeyUsage)+len(leaf.UnknownExtKeyUsage) == 0 ||
		slices.Contains(leaf.ExtKeyUsage, x509.ExtKeyUsageClientAuth) || slices.Contains(leaf.ExtKeyUsage, x509.ExtKeyUsageAny)
}

// issuedBy reports whether an acceptable name issued a certificate of the chain.
func issuedBy(chain [][]byte, acceptable [][]byte) bool {
	for _, der := range chain {
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			continue
		}
		for _, name := range acceptable {
			if string(name) == string(certificate.RawIssuer) {
				return true
			}
		}
	}
	return false
}
