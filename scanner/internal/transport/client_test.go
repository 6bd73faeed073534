package transport_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"go.uber.org/goleak"

	"blurt/scanner/internal/transport"
	"blurt/scanner/wire"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// The resolver library's ticker goroutine notices a stopped pool at its next
		// tick, up to a second later.
		goleak.IgnoreTopFunction("github.com/owasp-amass/resolve.(*Resolvers).timeouts"),
		// A logger that the resolver library draws in starts this with the program.
		goleak.IgnoreTopFunction("github.com/golang/glog.(*fileSink).flushDaemon"))
}

func newClient(t *testing.T, c transport.Config) *transport.Client {
	t.Helper()
	if c.Timeout == 0 {
		c.Timeout = 10 * time.Second
	}
	client, err := transport.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

func originOf(t *testing.T, url string) wire.Origin {
	t.Helper()
	e, err := wire.ParseEndpoint(url)
	if err != nil {
		t.Fatal(err)
	}
	return e.Origin
}

func get(to wire.Origin, target string, fields ...wire.Field) wire.Request {
	return wire.Request{Method: "GET", Target: target, Fields: append([]wire.Field{{Name: "Host", Value: to.Authority()}}, fields...)}
}

func mustGet(t *testing.T, x *wire.Exchange) *wire.Response {
	t.Helper()
	if x.Err != nil || x.Got == nil {
		t.Fatalf("no response: %v (got %v)", x.Err, x.Got)
	}
	return x.Got
}

func rootsOf(s *httptest.Server) *x509.CertPool {
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return roots
}

func TestProtocols(t *testing.T) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Target", r.RequestURI)
		w.Header().Set("X-Host", r.Host)
		w.Header()["X-Twice"] = []string{"1", "2"}
		w.WriteHeader(201)
		w.Write([]byte(r.Proto))
	})
	tests := []struct {
		mode   string
		server []string
		proto  string
		fails  bool
	}{
		{"auto", []string{"h2", "http/1.1"}, "HTTP/2.0", false},
		{"auto", []string{"http/1.1"}, "HTTP/1.1", false},
		{"1.1", []string{"h2", "http/1.1"}, "HTTP/1.1", false},
		{"2", []string{"h2", "http/1.1"}, "HTTP/2.0", false},
		{"2", []string{"http/1.1"}, "", true},
		{"2", nil, "", true},
	}
	for _, test := range tests {
		server := httptest.NewUnstartedServer(handler)
		server.EnableHTTP2 = len(test.server) > 0 && test.server[0] == "h2"
		server.TLS = &tls.Config{NextProtos: test.server}
		server.StartTLS()
		client := newClient(t, transport.Config{HTTP: test.mode, Roots: rootsOf(server)})
		to := originOf(t, server.URL)
		for range 3 {
			x := client.Do(context.Background(), wire.Identity{Name: "none"}, to, get(to, "//a/%2e/b;x?y=%zz"))
			if test.fails {
				if x.Err == nil || x.Err.Stage != wire.StageTLS {
					t.Errorf("%v: want a TLS failure, got %v", test, x.Err)
				} else {
					t.Log(x.Err)
				}
				continue
			}
			got := mustGet(t, x)
			if got.Status != 201 || string(got.Body) != test.proto || got.Proto != test.proto || got.Field("X-Target") != "//a/%2e/b;x?y=%zz" || got.Field("x-host") != to.Authority() {
				t.Errorf("%v: %d %q\n%s", test, got.Status, got.Body, got.Head)
			}
			if x.Handshake.Unverified != "" || len(x.Handshake.Chain) == 0 || x.Handshake.VersionName() != "TLS 1.3" {
				t.Errorf("%v: handshake %+v", test, x.Handshake)
			}
		}
		client.Close()
		server.Close()
	}
}
