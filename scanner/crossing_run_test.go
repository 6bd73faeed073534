package scanner_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"blurt/probes"
	"blurt/scanner"
	"blurt/scanner/finding"
)

// certificate makes one that is its own authority and good for both ends.
func certificate(t *testing.T, names ...string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "blurt test"}, DNSNames: names, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// serve starts the server. demands says which handshakes are asked for a
// certificate.
func serve(t *testing.T, address string, cert tls.Certificate, demands func(*tls.ClientHelloInfo) bool, handler http.HandlerFunc) uint16 {
	t.Helper()
	return serveAs(t, address, cert, tls.RequireAnyClientCert, demands, handler)
}

func serveAs(t *testing.T, address string, cert tls.Certificate, auth tls.ClientAuthType, demands func(*tls.ClientHelloInfo) bool, handler http.HandlerFunc) uint16 {
	t.Helper()
	return serveBoth(t, address, cert, tls.NoClientCert, auth, demands, handler)
}

func serveBoth(t *testing.T, address string, cert tls.Certificate, usual, auth tls.ClientAuthType, demands func(*tls.ClientHelloInfo) bool, handler http.HandlerFunc) uint16 {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Skipf("cannot listen on %s: %v", address, err)
	}
	server := httptest.NewUnstartedServer(handler)
	server.Listener.Close()
	server.Listener = listener
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.EnableHTTP2 = true
	if demands == nil {
		server.Start()
	} else {
		open := &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"h2", "http/1.1"}}
		closed := open.Clone()
		open.ClientAuth, closed.ClientAuth = usual, auth
		server.TLS = open.Clone()
		server.TLS.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			if demands(hello) {
				return closed, nil
			}
			return open, nil
		}
		server.StartTLS()
	}
	t.Cleanup(server.Close)
	return netip.MustParseAddrPort(listener.Addr().String()).Port()
}

// api is the protected application, shop another site.
func api(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/v1/orders" {
		http.Error(w, `{"error":"no such resource"}`, 404)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	io.WriteString(w, `{"orders":[{"id":"first"}]}`)
}

func shop(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html")
	io.WriteString(w, "<title>Shop</title>Welcome")
}

func byHost(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.Host, "api.") {
		api(w, r)
		return
	}
	shop(w, r)
}

func always(*tls.ClientHelloInfo) bool { return true }

func named(hello *tls.ClientHelloInfo) bool { return hello.ServerName != "www.test" }

func old(hello *tls.ClientHelloInfo) bool {
	return slices.Contains(hello.SupportedVersions, tls.VersionTLS13)
}

func h2(hello *tls.ClientHelloInfo) bool { return slices.Contains(hello.SupportedProtos, "h2") }

func TestOtherWaysIn(t *testing.T) {
	tests := []struct {
		name    string
		demands func(*tls.ClientHelloInfo) bool
		handler http.HandlerFunc
		target  string
		want    string // rule and confidence
		way     string // that is open
	}{
		{"consistent", always, byHost, "/v1/orders", "", ""},
		{"server name", named, byHost, "/v1/orders", "mtls-sni-bypass confirmed", "SNI www.test"},
		{"server name, one site for all", named, api, "/v1/orders", "mtls-sni-bypass firm", "SNI www.test"},
		{"server name that leads to another site", named, shop, "/", "", "SNI www.test"},
		{"misdirected", named, func(w http.ResponseWriter, r *http.Request) {
			if r.TLS.ServerName != "api.test" {
				http.Error(w, "misdirected", 421)
				return
			}
			api(w, r)
		}, "/v1/orders", "", ""},
		{"version", old, byHost, "/v1/orders", "mtls-version-bypass confirmed", "TLS 1.2"},
		{"version, a path that does not exist", old, byHost, "/v1/old", "mtls-version-bypass confirmed", "TLS 1.2"},
		{"protocol", h2, byHost, "/v1/orders", "mtls-version-bypass confirmed", "HTTP/1.1"},
	}
	cert, roots := certificate(t, "api.test", "www.test")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			port := serve(t, "127.0.0.1:0", cert, test.demands, test.handler)
			c := config()
			c.Roots = roots
			c.Pins = []scanner.Pin{{Host: "api.test", Port: port, Addr: netip.MustParseAddr("127.0.0.1")}}
			s := scan(t, t.Context(), c, fmt.Sprintf("https://api.test:%d%s", port, test.target))
			check(t, s, test.want, test.way)
		})
	}
}

// check compares what was found of other ways, and which ways are open.
func check(t *testing.T, s *events, want, way string) {
	t.Helper()
	var found []string
	for _, f := range s.findings {
		if f.Category == finding.MTLSInconsistency {
			found = append(found, f.Rule+" "+f.Confidence.String())
			if f.Reproduce == "" || f.Evidence.Response == nil || !strings.HasPrefix(f.Message, "Without a client certificate, the server ") {
				t.Errorf("finding %+v", f)
			}
		}
	}
	if diff := cmp.Diff(want, strings.Join(found, ", ")); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	var open []string
	asked := 0
	for _, cell := range s.targets[0].Surface {
		if cell.Way != "" {
			asked++
		}
		if cell.Way != "" && cell.Verdict == finding.Open {
			open = append(open, cell.Way)
		}
	}
	if diff := cmp.Diff(way, strings.Join(slices.Compact(open), ", ")); diff != "" || asked < 4 {
		t.Errorf("open ways (-want +got), %d asked:\n%s", asked, diff)
	}
}

func TestOtherPortsAndAddresses(t *testing.T) {
	cert, roots := certificate(t, "api.localhost")
	redirect := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://api.localhost/"+r.URL.Path, http.StatusMovedPermanently)
	}
	tests := []struct {
		name   string
		plain  http.HandlerFunc // at a plain port of the host, handed in too
		v6     http.HandlerFunc // at the IPv6 address
		forgot bool             // which asks for no certificate
		target string
		want   string
		way    string
	}{
		{"plain", api, nil, false, "/v1/orders", "mtls-port-bypass firm", "plain HTTP, port %d"},
		{"plain redirects", redirect, nil, false, "/v1/orders", "", ""},
		{"plain is another site", shop, nil, false, "/", "", "plain HTTP, port %d"},
		{"address", nil, api, true, "/v1/orders", "mtls-address-bypass confirmed", "address ::1"},
		{"address that remembers", nil, api, false, "/v1/orders", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			port := serve(t, "127.0.0.1:0", cert, always, api)
			urls := []string{fmt.Sprintf("https://api.localhost:%d%s", port, test.target)}
			if test.plain != nil {
				other := serve(t, "127.0.0.1:0", cert, nil, test.plain)
				urls = append([]string{fmt.Sprintf("http://api.localhost:%d/nothing-here", other)}, urls...)
				if strings.Contains(test.way, "%d") {
					test.way = fmt.Sprintf(test.way, other)
				}
			}
			if test.v6 != nil {
				serve(t, fmt.Sprintf("[::1]:%d", port), cert, func(*tls.ClientHelloInfo) bool { return !test.forgot }, test.v6)
			}
			c := config()
			c.Roots = roots
			s := scan(t, t.Context(), c, urls...)
			s.targets = slices.DeleteFunc(s.targets, func(to finding.Target) bool { return !strings.HasPrefix(to.URL, "https:") })
			check(t, s, test.want, test.way)
		})
	}
}

// With the caller's certificate, the answers are compared, and one that every site
// could give is told apart.
func TestOtherWaysBesideTheCallers(t *testing.T) {
	cert, roots := certificate(t, "api.localhost")
	caller, _ := certificate(t, "caller")
	front := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"service":"orders"}`)
	}
	for _, test := range []struct {
		name  string
		plain http.HandlerFunc
		want  string
	}{
		{"the same", front, "mtls-port-bypass confirmed"},
		{"other data", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/" {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/csv")
			io.WriteString(w, "a,b,c")
		}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			port := serve(t, "127.0.0.1:0", cert, always, front)
			plain := serve(t, "127.0.0.1:0", cert, nil, test.plain)
			c := config()
			c.Roots, c.Caller = roots, &caller
			s := scan(t, t.Context(), c, fmt.Sprintf("http://api.localhost:%d/x", plain), fmt.Sprintf("https://api.localhost:%d/", port))
			s.targets = slices.DeleteFunc(s.targets, func(to finding.Target) bool { return !strings.HasPrefix(to.URL, "https:") })
			check(t, s, test.want, fmt.Sprintf("plain HTTP, port %d", plain))
		})
	}
}

// A server that looks at the certificate in full handshakes alone lets in whoever
// resumes a session of another name.
func TestResumedSessionOfAnotherName(t *testing.T) {
	cert, roots := certificate(t, "api.test", "www.test")
	for _, test := range []struct {
		name    string
		trusted bool // a resumed session counts as one with a certificate
		profile probes.Profile
		want    string
		way     string
	}{
		{"trusted", true, probes.Standard, "mtls-resumption-bypass confirmed", "TLS 1.3 session of www.test"},
		{"trusted, all ways", true, probes.Thorough, "mtls-resumption-bypass confirmed",
			"TLS 1.3 session of www.test, TLS 1.2 session of www.test, TLS 1.3 session of no name, TLS 1.2 session of no name, " +
				"TLS 1.3 session of blurt.invalid, TLS 1.2 session of blurt.invalid"},
		{"looked at", false, probes.Standard, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			port := serveAs(t, "127.0.0.1:0", cert, tls.RequestClientCert, named, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.TLS.ServerName != "api.test":
					http.Error(w, "misdirected", 421)
				case len(r.TLS.PeerCertificates) == 0 && !(test.trusted && r.TLS.DidResume):
					http.Error(w, "no certificate", http.StatusForbidden)
				default:
					api(w, r)
				}
			})
			c := config()
			c.Roots, c.Profile = roots, test.profile
			c.Pins = []scanner.Pin{{Host: "api.test", Port: port, Addr: netip.MustParseAddr("127.0.0.1")}}
			s := scan(t, t.Context(), c, fmt.Sprintf("https://api.test:%d/v1/orders", port))
			s.findings = slices.DeleteFunc(s.findings, func(f finding.Finding) bool { return !strings.HasPrefix(f.Probe, "other-way/") })
			check(t, s, test.want, test.way)
		})
	}
}

// What is refused by older versions alone was meant to be guarded.
func TestNewerVersionsAreTheWayAround(t *testing.T) {
	cert, roots := certificate(t, "api.localhost")
	older := func(hello *tls.ClientHelloInfo) bool {
		return !slices.Contains(hello.SupportedVersions, tls.VersionTLS13)
	}
	for _, test := range []struct {
		name    string
		auth    tls.ClientAuthType // of the newer versions
		demands func(*tls.ClientHelloInfo) bool
		want    string
	}{
		{"asked for, and not needed", tls.RequestClientCert, older, "mtls-version-bypass confirmed"},
		{"open by all", tls.RequestClientCert, func(*tls.ClientHelloInfo) bool { return false }, ""},
		{"never asked for", tls.NoClientCert, older, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			port := serveBoth(t, "127.0.0.1:0", cert, test.auth, tls.RequireAnyClientCert, test.demands, api)
			c := config()
			c.Roots = roots
			s := scan(t, t.Context(), c, fmt.Sprintf("https://api.localhost:%d/v1/orders", port))
			var found []string
			for _, f := range s.findings {
				if strings.HasPrefix(f.Probe, "other-way/") {
					found = append(found, f.Rule+" "+f.Confidence.String())
				}
			}
			if diff := cmp.Diff(test.want, strings.Join(found, ", ")); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}
