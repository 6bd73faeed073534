package detect_test

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"strings"
	"testing"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

func dn(t *testing.T, name pkix.Name) []byte {
	t.Helper()
	der, err := asn1.Marshal(name.ToRDNSequence())
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestCANames(t *testing.T) {
	private := dn(t, pkix.Name{CommonName: "Shop Issuing CA 2", Organization: []string{"Shop, Inc."}, Country: []string{"DE"}})
	public := dn(t, pkix.Name{CommonName: "ISRG Root X1", Organization: []string{"Internet Security Research Group"}, Country: []string{"US"}})
	in := answerTo("/", nil)
	in.Handshake = &wire.Handshake{Requested: true, AcceptableCAs: [][]byte{private, public, {0x30}, nil}}
	hit := onlyHit(t, run(in))
	if hit.Rule != "ca-disclosure" || !hit.PerOrigin || len(hit.Items) != 1 || !strings.Contains(hit.Message, "1 public") {
		t.Errorf("got %+v", hit)
	}
	wantItem(t, hit, "certificate authority", "handshake", finding.CADisclosure, false, `CN=Shop Issuing CA 2,O=Shop\, Inc.,C=DE`)
	in.Handshake = &wire.Handshake{Requested: true, AcceptableCAs: [][]byte{public}}
	if out := run(in); len(out.Hits) > 0 {
		t.Errorf("public authorities: got %+v", out.Hits)
	}
}
