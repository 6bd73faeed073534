package scanner

import (
	"crypto/tls"

	"blurt/scanner/detect"
	"blurt/scanner/wire"
)

// renegotiated asks again under TLS 1.2 and HTTP/1.1 where a server wants the
// client's certificate only once it knows the path. Under TLS 1.3 that is
// post-handshake authentication (RFC 8446, section 4.6.2), which this client does
// not speak, so the refusal would be about the client's software and not its
// certificate; under TLS 1.2 it is a renegotiation. Where that cannot be had, the
// first answer stands.
func renegotiated(x *wire.Exchange, ask func(wire.Way) *wire.Exchange) *wire.Exchange {
	if x.As.Cert == nil || !detect.WantsLaterCertificate(x.Got) {
		return x
	}
	again := ask(wire.Way{MaxTLS: tls.VersionTLS12, HTTP: "1.1"})
	if again.Handshake == nil || again.Handshake.Version == 0 || again.Got == nil && !again.Refused() {
		return x
	}
	return again
}
