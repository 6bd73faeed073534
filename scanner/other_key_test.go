package scanner

import (
	"bytes"
	"strings"
	"testing"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// TestWhoTakesTheCallersCertificateFromAnybody is about servers that know a
// certificate when they see it, and may forget to ask for the proof of its key.
func TestWhoTakesTheCallersCertificateFromAnybody(t *testing.T) {
	c := config()
	c.Caller = authority(t) // as good as any
	server := func(checksTheKey bool) *target {
		return &target{answer: func(as wire.Identity, _ wire.Origin, _ wire.Request) *wire.Exchange {
			if as.Cert == nil || !bytes.Equal(as.Cert.Certificate[0], c.Caller.Certificate[0]) || checksTheKey && as.Cert.PrivateKey != c.Caller.PrivateKey {
				return asking(reply(403, "text/plain", "No client certificate"))
			}
			return asking(reply(200, "application/json", accounts))
		}}
	}
	for _, checks := range []bool{true, false} {
		b := scanOf(t, c, server(checks), "https://h/a")
		var cells []finding.Surface
		for _, cell := range b.targets[0].Surface {
			if cell.Identity == "caller-wrong-key" {
				cells = append(cells, cell)
			}
		}
		if len(cells) != 1 {
			t.Fatalf("%d cells", len(cells))
		}
		if want := map[bool]finding.Verdict{true: finding.AppRefused, false: finding.Open}[checks]; cells[0].Verdict != want {
			t.Errorf("checks the key: %v; got %s", checks, cells[0].Verdict)
		}
		if cells[0].Reproduce != "blurt scan --cert YOUR.pem --key YOUR.key https://h/a" {
			t.Errorf("repeated by %s", cells[0].Reproduce)
		}
		if checks {
			if got := b.rules(); len(got) > 0 {
				t.Errorf("findings %v", got)
			}
			continue
		}
		f := b.find(t, "certificate-check-incomplete")
		if f.Identity != "caller-wrong-key" || f.Confidence != finding.Confirmed || !strings.Contains(f.Message, "your own certificate was presented with another key") {
			t.Errorf("%+v", f)
		}
	}
}
