package transport_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"blurt/scanner/internal/transport"
	"blurt/scanner/wire"
)

func serveHTTP2(t *testing.T, handler http.HandlerFunc) (wire.Origin, *authority) {
	ca := newAuthority(t, "blurt test CA")
	config := tlsServer(t, ca)
	config.NextProtos = []string{"h2"}
	return serveTLS(t, config, handler), ca
}

func TestHTTP2Exchange(t *testing.T) {
	to, ca := serveHTTP2(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Trailer", "X-Late")
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(418)
		fmt.Fprintf(w, "%s %s %s %q %q %q", r.Method, r.Host, r.RequestURI, r.Header["X-Twice"], r.UserAgent(), body)
		w.Header().Set("X-Late", "trailer")
	})
	client := newClient(t, transport.Config{Roots: ca.pool})
	request := wire.Request{Method: "POST", Target: "/a?b=c", Body: []byte("hello"), Fields: []wire.Field{
		{Name: "Host", Value: "blurt.invalid"}, {Name: "X-Twice", Value: "1"}, {Name: "X-Other", Value: "x"}, {Name: "x-twice", Value: "2"}, {Name: "Content-Length", Value: "5"}}}
	x := client.Do(context.Background(), wire.Identity{}, to, request)
	got := mustGet(t, x)
	if want := `POST blurt.invalid /a?b=c ["1" "2"] "" "hello"`; string(got.Body) != want || got.Status != 418 || got.Proto != "HTTP/2.0" {
		t.Errorf("%d %s, want %s", got.Status, got.Body, want)
	}
	if got.Field("X-Late") != "trailer" || !strings.HasPrefix(string(got.Head), "HTTP/2.0 418 I'm a teapot\r\ncontent-length: ") && !strings.Contains(string(got.Head), "\r\ndate: ") {
		t.Errorf("head %q, fields %v", got.Head, got.Fields)
	}
	if !strings.HasPrefix(string(x.Sent), "POST /a?b=c HTTP/1.1\r\nHost: blurt.invalid\r\n") {
		t.Errorf("sent %q", x.Sent)
	}
}

// What HTTP/2 cannot say goes over HTTP/1.1 by itself.
func TestHTTP2FallsBack(t *testing.T) {
	ca := newAuthority(t, "blurt test CA")
	config := tlsServer(t, ca)
	config.NextProtos = []string{"h2", "http/1.1"}
	to := serveTLS(t, config, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) }))
	client := newClient(t, transport.Config{Roots: ca.pool})
	plain := get(to, "/")
	for name, request := range map[string]wire.Request{
		"HTTP/1.1 two hosts":         {Method: "GET", Target: "/", Version: "HTTP/1.0", Fields: plain.Fields},
		"HTTP/1.1 expect":            plain.With(wire.Field{Name: "TE", Value: "trailers"}),
		"HTTP/1.1 asterisk":          {Method: "OPTIONS", Target: "*", Fields: plain.Fields},
		"HTTP/1.1 length on GET":     plain.With(wire.Field{Name: "Content-Length", Value: "0"}),
		"HTTP/2.0 plain":             plain,
		"HTTP/2.0 unknown method":    {Method: "BLURT", Target: "/", Fields: plain.Fields},
		"HTTP/2.0 two equal headers": plain.With(wire.Field{Name: "A", Value: "1"}, wire.Field{Name: "A", Value: "1"}),
	} {
		x := client.Do(context.Background(), wire.Identity{}, to, request)
		got := mustGet(t, x)
		if want, _, _ := strings.Cut(name, " "); got.Proto != want && !(got.Status == 505 || got.Proto == "HTTP/1.0" && want == "HTTP/1.1") {
			t.Errorf("%s: went over %s", name, got.Proto)
		}
	}
}

// Many exchanges at once share one connection.
func TestHTTP2Shares(t *testing.T) {
	var conns atomic.Int64
	ca := newAuthority(t, "blurt test CA")
	config := tlsServer(t, ca)
	config.NextProtos = []string{"h2"}
	config.VerifyConnection = func(tls.ConnectionState) error { conns.Add(1); return nil }
	to := serveTLS(t, config, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.RequestURI) }))
	client := newClient(t, transport.Config{Roots: ca.pool})
	var wait sync.WaitGroup
	for i := range 40 {
		wait.Go(func() {
			target := fmt.Sprint("/", i)
			x := client.Do(context.Background(), wire.Identity{}, to, get(to, target))
			if x.Err != nil || string(x.Got.Body) != target {
				t.Errorf("%s: %v", target, x.Err)
			}
		})
	}
	wait.Wait()
	if n := conns.Load(); n != 1 {
		t.Errorf("%d connections", n)
	}
	client.Forget(to)
	mustGet(t, client.Do(context.Background(), wire.Identity{}, to, get(to, "/")))
	if n := conns.Load(); n != 2 {
		t.Errorf("%d connections after Forget", n)
	}
}

func TestHTTP2Caps(t *testing.T) {
	release := make(chan struct{})
	ended := make(chan struct{})
	to, ca := serveHTTP2(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, strings.Repeat("x", 1000))
		w.(http.Flusher).Flush()
		if r.URL.Path == "/stall" {
			<-release
			return
		}
		for {
			if _, err := io.WriteString(w, strings.Repeat("x", 1000)); err != nil {
				close(ended)
				return
			}
		}
	})
	defer close(release)
	client := newClient(t, transport.Config{Roots: ca.pool, MaxBody: 1000, ReadTimeout: 2 * time.Second})
	for _, target := range []string{"/endless", "/stall"} {
		got := mustGet(t, client.Do(context.Background(), wire.Identity{}, to, get(to, target)))
		if !got.Cut || len(got.Body) != 1000 {
			t.Errorf("%s: cut %v, %d bytes", target, got.Cut, len(got.Body))
		}
	}
	<-ended // the stream was reset, so that the server stops
}

// frames serves HTTP/2 by hand: each request's stream is given to reply, which
// reports whether to go on.
func frames(t *testing.T, reply func(conn int, f *http2.Framer, stream uint32) bool) (wire.Origin, *authority) {
	ca := newAuthority(t, "blurt test CA")
	config := tlsServer(t, ca)
	config.NextProtos = []string{"h2"}
	to := serveRaw(t, func(conn int, c net.Conn) {
		s := tls.Server(c, config)
		br := bufio.NewReader(s)
		if _, err := io.ReadFull(br, make([]byte, len(http2.ClientPreface))); err != nil {
			return
		}
		f := http2.NewFramer(s, br)
		f.WriteSettings()
		for {
			frame, err := f.ReadFrame()
			if err != nil {
				return
			}
			if h, ok := frame.(*http2.HeadersFrame); ok && !reply(conn, f, h.StreamID) {
				return
			}
		}
	})
	to.Scheme = "https"
	return to, ca
}

func headers(f *http2.Framer, stream uint32, end bool, pairs ...string) error {
	var block strings.Builder
	encoder := hpack.NewEncoder(&block)
	for i := 0; i < len(pairs); i += 2 {
		encoder.WriteField(hpack.HeaderField{Name: pairs[i], Value: pairs[i+1]})
	}
	return f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: []byte(block.String()), EndHeaders: true, EndStream: end})
}

func TestHTTP2Faults(t *testing.T) {
	tests := []struct {
		name  string
		reply func(conn int, f *http2.Framer, stream uint32) bool
		want  string
		late  bool
	}{
		{"reset", func(_ int, f *http2.Framer, s uint32) bool { return f.WriteRSTStream(s, http2.ErrCodeInternal) == nil }, "INTERNAL_ERROR", false},
		{"going away", func(_ int, f *http2.Framer, _ uint32) bool {
			f.WriteGoAway(0, http2.ErrCodeEnhanceYourCalm, []byte("calm\x1b[31m"))
			return false
		}, "", false},
		{"closed", func(int, *http2.Framer, uint32) bool { return false }, "the server ", false},
		{"bad status", func(_ int, f *http2.Framer, s uint32) bool { headers(f, s, true, ":status", "abc"); return true }, "", false},
		{"no status", func(_ int, f *http2.Framer, s uint32) bool { headers(f, s, true, "a", "b"); return true }, "", false},
		{"upper case", func(_ int, f *http2.Framer, s uint32) bool {
			headers(f, s, true, ":status", "200", "A", "b")
			return true
		}, "", false},
		{"silent", func(int, *http2.Framer, uint32) bool { return true }, "no answer within 2s", true},
		{"endless interim", func(_ int, f *http2.Framer, s uint32) bool {
			for headers(f, s, false, ":status", "103", "a", strings.Repeat("b", 1000)) == nil {
			}
			return false
		}, "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			to, ca := frames(t, test.reply)
			timeout := 5 * time.Second
			if test.late {
				timeout = 2 * time.Second
			}
			client := newClient(t, transport.Config{Roots: ca.pool, Timeout: timeout})
			x := client.Do(context.Background(), wire.Identity{}, to, get(to, "/"))
			if x.Err == nil || x.Err.Stage != wire.StageRead || x.Err.Timeout != test.late || !strings.Contains(x.Err.Error(), test.want) {
				t.Fatalf("error %v, got %+v", x.Err, x.Got)
			}
			if strings.ContainsAny(x.Err.Error(), "\x1b\r\n") {
				t.Errorf("message %q", x.Err)
			}
		})
	}
}

// A connection that the server gives up between two requests is replaced.
func TestHTTP2Retries(t *testing.T) {
	to, ca := frames(t, func(conn int, f *http2.Framer, s uint32) bool {
		if conn == 0 && s > 1 {
			f.WriteGoAway(1, http2.ErrCodeNo, nil)
			return false
		}
		headers(f, s, true, ":status", fmt.Sprint(200+conn))
		return true
	})
	client := newClient(t, transport.Config{Roots: ca.pool})
	for i, want := range []int{200, 201, 201} {
		if got := mustGet(t, client.Do(context.Background(), wire.Identity{}, to, get(to, "/"))); got.Status != want {
			t.Errorf("request %d: %d, want %d", i, got.Status, want)
		}
	}
}

func TestHTTP2Cancel(t *testing.T) {
	reached := make(chan struct{}, 1)
	to, ca := frames(t, func(_ int, f *http2.Framer, s uint32) bool { reached <- struct{}{}; return true })
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-reached; cancel() }()
	x := newClient(t, transport.Config{Roots: ca.pool, Timeout: time.Hour}).Do(ctx, wire.Identity{}, to, get(to, "/"))
	if x.Err == nil || x.Err.Timeout || !strings.Contains(x.Err.Error(), "stopped") {
		t.Fatalf("error %v", x.Err)
	}
}

// A server may want HTTP/1.1 for some of its resources, as httpd does where a path
// asks for a client certificate of its own.
func TestHTTP1Required(t *testing.T) {
	ca := newAuthority(t, "blurt test CA")
	pair := ca.issue(t, "server", nil)
	to := serveRaw(t, func(_ int, c net.Conn) {
		s := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{*pair}, NextProtos: []string{"h2", "http/1.1"}})
		if s.Handshake() != nil {
			return
		}
		if s.ConnectionState().NegotiatedProtocol != "h2" {
			readRequest(s)
			io.WriteString(s, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
			return
		}
		br := bufio.NewReader(s)
		io.ReadFull(br, make([]byte, len(http2.ClientPreface)))
		f := http2.NewFramer(s, br)
		f.WriteSettings()
		for {
			frame, err := f.ReadFrame()
			if err != nil {
				return
			}
			if h, ok := frame.(*http2.HeadersFrame); ok {
				f.WriteRSTStream(h.StreamID, http2.ErrCodeHTTP11Required)
			}
		}
	})
	to.Scheme = "https"
	client := newClient(t, transport.Config{Roots: ca.pool})
	for _, by := range []wire.Way{{}, {MaxTLS: tls.VersionTLS12}} {
		x := client.DoBy(context.Background(), by, wire.Identity{Name: "none"}, to, get(to, "/"))
		if got := mustGet(t, x); string(got.Body) != "hi" || got.Proto != "HTTP/1.1" {
			t.Errorf("%+v: %s %q", by, got.Proto, got.Body)
		}
	}
}
