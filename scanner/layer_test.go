package scanner

import (
	"crypto/tls"
	"testing"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// TestVerdictOnClosedConnection tells a server that closes the connection on a
// certificate from one that closes it on a request.
func TestVerdictOnClosedConnection(t *testing.T) {
	for name, one := range map[string]struct {
		handshake wire.Handshake
		stage     wire.Stage
		timeout   bool
		want      finding.Verdict
	}{
		"before the request, no certificate":  {wire.Handshake{Requested: true}, wire.StageTLS, false, finding.HandshakeRefused},
		"before the request, not asked for":   {wire.Handshake{}, wire.StageTLS, false, finding.Error},
		"on a certificate":                    {wire.Handshake{Version: tls.VersionTLS13, Requested: true, Sent: true}, wire.StageRead, false, finding.HandshakeRefused},
		"on a certificate, in no time":        {wire.Handshake{Version: tls.VersionTLS13, Requested: true, Sent: true}, wire.StageRead, true, finding.Error},
		"on the request, no certificate":      {wire.Handshake{Version: tls.VersionTLS13, Requested: true}, wire.StageRead, false, finding.Error},
		"on the request, certificate settled": {wire.Handshake{Version: tls.VersionTLS12, Requested: true, Sent: true}, wire.StageRead, false, finding.Error},
	} {
		t.Run(name, func(t *testing.T) {
			x := &wire.Exchange{Handshake: &one.handshake, Err: &wire.Failure{Stage: one.stage, Timeout: one.timeout, Err: wire.ErrClosed}}
			if got, _, detail := verdict(x); got != one.want || detail == "" {
				t.Errorf("verdict %s (%s), want %s", got, detail, one.want)
			}
		})
	}
}
