package detect_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"net"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blurt/scanner/wire"
)

func TestCertificateNames(t *testing.T) {
	leaf := &x509.Certificate{
		Subject:  pkix.Name{CommonName: "api.example.org"},
		DNSNames: []string{"api.example.org", "localhost", "orders.prod.svc.cluster.local", "*.corp.internal", "kube.local."},
		IPAddresses: []net.IP{
			net.IPv4(127, 0, 0, 1), net.IPv4(10, 20, 0, 7), net.IPv4(192, 0, 2, 1), net.ParseIP("fd00::7"),
		},
		URIs:       []*url.URL{{Scheme: "spiffe", Host: "cluster.local", Path: "/ns/prod/sa/orders"}},
		OCSPServer: []string{"http://ocsp.pki.corp.internal/"}, CRLDistributionPoints: []string{"http://crl.example.org/a.crl", "ldap:///CN=x"},
	}
	issuer := &x509.Certificate{Subject: pkix.Name{CommonName: "Example CA"}, IssuingCertificateURL: []string{"http://10.20.0.9/ca.cer"}}
	tests := []struct {
		name, host string
		chain      []*x509.Certificate
		want       []string
	}{
		{"from outside", "api.example.org", []*x509.Certificate{leaf, issuer}, []string{
			"host name orders.prod.svc.cluster.local", "host name *.corp.internal", "host name kube.local.", "address 10.20.0.7", "address fd00::7",
			"URI spiffe://cluster.local/ns/prod/sa/orders", "OCSP responder http://ocsp.pki.corp.internal/", "issuer's location http://10.20.0.9/ca.cer",
		}},
		{"from beside it", "shop.corp.internal", []*x509.Certificate{leaf}, []string{
			"host name orders.prod.svc.cluster.local", "host name kube.local.", "address 10.20.0.7", "address fd00::7",
			"URI spiffe://cluster.local/ns/prod/sa/orders",
		}},
		{"by a private address", "10.20.0.7", []*x509.Certificate{leaf, issuer}, nil},
		{"public names", "api.example.org", []*x509.Certificate{{DNSNames: []string{"api.example.org", "*.example.com"}}}, nil},
		{"no certificate", "api.example.org", nil, nil},
	}
	for _, test := range tests {
		in := answerTo("/", nil)
		in.To.Origin.Host = test.host
		in.Handshake = &wire.Handshake{Chain: test.chain}
		var got []string
		for _, hit := range run(in).Hits {
			if hit.Rule != "certificate-internal-name" || !hit.PerOrigin {
				t.Errorf("%s: %+v", test.name, hit)
			}
			for _, item := range hit.Items {
				got = append(got, item.Name+" "+item.Value)
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}
