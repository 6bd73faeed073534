package scanner_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"iter"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"blurt/scanner"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// The resolver library's ticker notices a stopped pool at its next tick.
		goleak.IgnoreTopFunction("github.com/owasp-amass/resolve.(*Resolvers).timeouts"),
		// A logger that the resolver library draws in starts this with the program.
		goleak.IgnoreTopFunction("github.com/golang/glog.(*fileSink).flushDaemon"))
}

// events keeps what a report needs to be judged by.
type events struct {
	findings []finding.Finding
	targets  []finding.Target
	done     *finding.Done
}

func (s *events) Emit(e finding.Event) error {
	switch {
	case e.Finding != nil:
		s.findings = append(s.findings, *e.Finding)
	case e.Target != nil:
		s.targets = append(s.targets, *e.Target)
	case e.Done != nil:
		s.done = e.Done
	}
	return nil
}

func (s *events) Close() error { return nil }

func targets(t *testing.T, urls ...string) iter.Seq2[wire.Endpoint, error] {
	t.Helper()
	return func(yield func(wire.Endpoint, error) bool) {
		for _, url := range urls {
			if !yield(wire.ParseEndpoint(url)) {
				return
			}
		}
	}
}

func config() scanner.Config {
	c := scanner.Defaults()
	c.Version, c.Seed, c.Rate = "0.0.0", "seed", 0
	return c
}

func scan(t *testing.T, ctx context.Context, c scanner.Config, urls ...string) *events {
	t.Helper()
	s := &events{}
	if err := scanner.Run(ctx, c, targets(t, urls...), s); err != nil {
		t.Fatal(err)
	}
	return s
}

// listen serves each connection with handle until the test ends.
func listen(t *testing.T, handle func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		var conns []net.Conn
		for {
			c, err := l.Accept()
			if err != nil {
				break
			}
			conns = append(conns, c)
			handle(c)
		}
		for _, c := range conns {
			_ = c.Close()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return l.Addr().String()
}

func TestTargetsThatDoNotAnswer(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused := closed.Addr().String()
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, url, want string }{
		{"dead", "https://" + refused + "/", "refused"},
		{"silent", "https://" + listen(t, func(net.Conn) {}) + "/", "within"},
		{"hangs up", "https://" + listen(t, func(c net.Conn) { _ = c.Close() }) + "/", "the server"},
		{"plain HTTP on the TLS port", "https://" + listen(t, func(c net.Conn) {
			_, _ = c.Write([]byte("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"))
		}) + "/", "HTTP"},
		{"no such name", "https://no-such-host.invalid/", "resolve"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := config()
			if test.want == "within" {
				c.Timeout = 300 * time.Millisecond
			}
			s := scan(t, t.Context(), c, test.url)
			if s.done == nil || s.done.Complete || len(s.done.Errors) != 1 {
				t.Fatalf("done %+v", s.done)
			}
			message := s.done.Errors[0].Message
			if !strings.Contains(message, test.want) || strings.ContainsAny(message, "\n\x1b") {
				t.Errorf("error %q, want one line with %q", message, test.want)
			}
		})
	}
}

func TestRunOverTLS(t *testing.T) {
	var agents, seen atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.Add(1)
		if strings.HasPrefix(r.UserAgent(), "blurt/0.0.0 scan/") {
			agents.Add(1)
		}
		if r.Header.Get("X-Client-Cert-Subject") != "" {
			fmt.Fprintf(w, "welcome %s", r.Header.Get("X-Client-Cert-Subject"))
			return
		}
		http.Error(w, "no client certificate", http.StatusForbidden)
	}))
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	server.StartTLS()
	defer server.Close()

	s := scan(t, t.Context(), config(), server.URL+"/api")
	found := map[string]finding.Confidence{}
	for _, f := range s.findings {
		found[f.Rule] = f.Confidence
		// A group that is narrowed down is asked in many parts.
		seen := map[finding.Occurrence]bool{{URL: f.URL, Method: f.Method, Probe: f.Probe}: true}
		for _, o := range f.Occurrences {
			if seen[o] {
				t.Errorf("%s: %+v is listed twice", f.Rule, o)
			}
			seen[o] = true
		}
	}
	if found["identity-header-trusted"] != finding.Confirmed || found["certificate-reflection"] == finding.Tentative {
		t.Errorf("findings %v", found)
	}
	// The server itself refuses some of what is sent, before its handler sees it.
	if !s.done.Complete || agents.Load() != seen.Load() || agents.Load() < 50 {
		t.Errorf("%d of %d requests named the scan; errors %v", agents.Load(), seen.Load(), s.done.Errors)
	}
}

func TestScopeHolds(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("a request left the scope")
	}))
	defer server.Close()
	c := config()
	c.Scope = []scanner.ScopeRule{{Host: "*.example.org"}}
	s := scan(t, t.Context(), c, server.URL)
	if s.done.Complete || len(s.done.Errors) != 1 || !strings.Contains(s.done.Errors[0].Message, "scope") {
		t.Errorf("done %+v", s.done)
	}
}

func TestDeadlineIsNamed(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
	}))
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	s := scan(t, ctx, config(), server.URL)
	if s.done.Complete || !strings.Contains(s.done.Errors[len(s.done.Errors)-1].Message, "deadline") {
		t.Errorf("done %+v", s.done)
	}
}

func TestInvalidConfig(t *testing.T) {
	for name, change := range map[string]func(*scanner.Config){
		"http":         func(c *scanner.Config) { c.HTTP = "3" },
		"rate":         func(c *scanner.Config) { c.Rate = -1 },
		"concurrency":  func(c *scanner.Config) { c.Concurrency = 0 },
		"max-requests": func(c *scanner.Config) { c.MaxRequests = -1 },
		"timeout":      func(c *scanner.Config) { c.Timeout = 0 },
	} {
		c := config()
		change(&c)
		if err := scanner.Run(t.Context(), c, targets(t), &events{}); err == nil || !strings.Contains(strings.ToLower(err.Error()), name) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
