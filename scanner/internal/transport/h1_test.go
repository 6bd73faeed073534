package transport_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"blurt/scanner/internal/transport"
	"blurt/scanner/wire"
)

// What a strict parser refuses is a response with a note, not an error.
func TestOddReplies(t *testing.T) {
	tests := []struct {
		name, reply string
		status      int
		body        string
		fields      []wire.Field
		odd         []string
	}{
		{name: "plain", reply: "HTTP/1.1 200 OK\r\nA: 1\r\nContent-Length: 2\r\n\r\nhi", status: 200, body: "hi", fields: []wire.Field{{Name: "A", Value: "1"}, {Name: "Content-Length", Value: "2"}}},
		{name: "no reason", reply: "HTTP/1.1 204\r\n\r\n", status: 204},
		{name: "until close", reply: "HTTP/1.0 500 Oops\r\n\r\nall of it", status: 500, body: "all of it"},
		{name: "interim", reply: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", status: 200, body: "x", fields: []wire.Field{{Name: "Content-Length", Value: "1"}}},
		{name: "chunked", reply: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-T: end\r\n\r\n", status: 200, body: "abcde",
			fields: []wire.Field{{Name: "Transfer-Encoding", Value: "chunked"}, {Name: "X-T", Value: "end"}}},
		{name: "bad status", reply: "HTTP/1.1 OK\r\nContent-Length: 1\r\n\r\nx", status: 999, body: "x", fields: []wire.Field{{Name: "Content-Length", Value: "1"}}, odd: []string{"bad status line"}},
		{name: "long status", reply: "HTTP/1.1 2000 x\r\nContent-Length: 0\r\n\r\n", status: 200, fields: []wire.Field{{Name: "Content-Length", Value: "0"}}, odd: []string{"bad status line"}},
		{name: "odd version", reply: "HTTP/7 200 OK\r\nContent-Length: 0\r\n\r\n", status: 200, fields: []wire.Field{{Name: "Content-Length", Value: "0"}}, odd: []string{"unusual protocol version in the status line"}},
		{name: "blank line first", reply: "\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", status: 200, fields: []wire.Field{{Name: "Content-Length", Value: "0"}}, odd: []string{"empty line before the status line"}},
		{name: "bare LF", reply: "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", status: 200, body: "hi", fields: []wire.Field{{Name: "Content-Length", Value: "2"}}, odd: []string{"a line ends in a bare line feed"}},
		{name: "colonless", reply: "HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 2\r\n\r\nhi", status: 200, body: "hi", fields: []wire.Field{{Name: "Content-Length", Value: "2"}}, odd: []string{"field line without a colon"}},
		{name: "fold", reply: "HTTP/1.1 200 OK\r\nA: 1\r\n 2\r\n\t3\r\nContent-Length: 0\r\n\r\n", status: 200, fields: []wire.Field{{Name: "A", Value: "1 2 3"}, {Name: "Content-Length", Value: "0"}}, odd: []string{"folded field line"}},
		{name: "space before colon", reply: "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nhi", status: 200, body: "hi", fields: []wire.Field{{Name: "Content-Length", Value: "2"}}, odd: []string{"white space before a field's colon"}},
		{name: "NUL", reply: "HTTP/1.1 200 OK\r\nA: \x00\r\nContent-Length: 0\r\n\r\n", status: 200, fields: []wire.Field{{Name: "A", Value: "\x00"}, {Name: "Content-Length", Value: "0"}}, odd: []string{"control byte in a field"}},
		{name: "two lengths", reply: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi!", status: 200, body: "hi", fields: []wire.Field{{Name: "Content-Length", Value: "2"}, {Name: "Content-Length", Value: "3"}},
			odd: []string{"more than one Content-Length", "Content-Lengths that differ; the first was used"}},
		{name: "bad length", reply: "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nhi", status: 200, body: "hi", fields: []wire.Field{{Name: "Content-Length", Value: "+2"}}, odd: []string{"bad Content-Length"}},
		{name: "length and chunked", reply: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", status: 200, body: "x",
			fields: []wire.Field{{Name: "Content-Length", Value: "9"}, {Name: "Transfer-Encoding", Value: "chunked"}}, odd: []string{"both Transfer-Encoding and Content-Length"}},
		{name: "bad chunk", reply: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\nzz\r\n", status: 200, body: "x", fields: []wire.Field{{Name: "Transfer-Encoding", Value: "chunked"}}, odd: []string{"bad chunk size"}},
		{name: "chunk too long", reply: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxyz\r\n0\r\n\r\n", status: 200, body: "x", fields: []wire.Field{{Name: "Transfer-Encoding", Value: "chunked"}}, odd: []string{"a chunk does not end where its size says"}},
		{name: "other coding", reply: "HTTP/1.1 200 OK\r\nTransfer-Encoding: snail\r\n\r\nraw", status: 200, body: "raw", fields: []wire.Field{{Name: "Transfer-Encoding", Value: "snail"}}, odd: []string{"unusual transfer coding"}},
		{name: "short body", reply: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi", status: 200, body: "hi", fields: []wire.Field{{Name: "Content-Length", Value: "9"}}, odd: []string{"the connection was closed before the end of the body"}},
		{name: "no end of head", reply: "HTTP/1.1 200 OK\r\nA: 1\r\n", status: 200, fields: []wire.Field{{Name: "A", Value: "1"}}, odd: []string{"the head ends without an empty line"}},
		{name: "no head", reply: "Traceback (most recent call last):\n  boom\n", status: 999, body: "Traceback (most recent call last):\n  boom\n", odd: []string{"no status line"}},
		{name: "short and no head", reply: "no", status: 999, body: "no", odd: []string{"no status line"}},
		{name: "gzip that is not", reply: "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nhi", status: 200, body: "hi", fields: []wire.Field{{Name: "Content-Encoding", Value: "gzip"}, {Name: "Content-Length", Value: "2"}},
			odd: []string{"the body is not gzip as its Content-Encoding says"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			to := serveRaw(t, func(_ int, c net.Conn) {
				readRequest(c)
				io.WriteString(c, test.reply)
			})
			x := newClient(t, transport.Config{}).Do(context.Background(), wire.Identity{Name: "none"}, to, get(to, "/"))
			got := mustGet(t, x)
			want := &wire.Response{Proto: got.Proto, Status: test.status, Reason: got.Reason, Fields: test.fields, Head: got.Head, Body: []byte(test.body), Odd: test.odd}
			if len(got.Fields) == 0 {
				got.Fields = nil
			}
			if test.body == "" {
				want.Body = got.Body
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if test.status != 999 && !strings.Contains(test.reply, string(got.Head)) {
				t.Errorf("the head is not what was sent: %q", got.Head)
			}
		})
	}
}

// What gets no response ends in one clear line.
func TestFailures(t *testing.T) {
	tests := []struct {
		name   string
		handle func(net.Conn)
		stage  wire.Stage
		want   string
		late   bool
	}{
		{"closed at once", func(net.Conn) {}, wire.StageRead, "closed the connection without an answer|reset", false},
		{"closed after the request", func(c net.Conn) { readRequest(c) }, wire.StageRead, wire.ErrClosed.Error(), false},
		{"silent", func(c net.Conn) { io.Copy(io.Discard, c) }, wire.StageRead, "no answer within 300ms", true},
		{"half a head", func(c net.Conn) { io.WriteString(c, "HTTP/1.1 200 OK\r\nA"); io.Copy(io.Discard, c) }, wire.StageRead, "no answer within 300ms", true},
		{"binary", func(c net.Conn) { readRequest(c); c.Write([]byte("\x00\x01\x02 not http\n")) }, wire.StageRead, "not HTTP", false},
		{"TLS", func(c net.Conn) { readRequest(c); c.Write([]byte{0x15, 3, 1, 0, 2, 2, 70}) }, wire.StageRead, "speaks TLS", false},
		{"endless head", func(c net.Conn) {
			readRequest(c)
			io.WriteString(c, "HTTP/1.1 200 OK\r\n")
			for {
				if _, err := io.WriteString(c, strings.Repeat("A: b\r\n", 1000)); err != nil {
					return
				}
			}
		}, wire.StageRead, "longer than 65536 bytes", false},
		{"endless line", func(c net.Conn) {
			readRequest(c)
			io.WriteString(c, "HTTP/1.1 200 ")
			for {
				if _, err := io.WriteString(c, strings.Repeat("A", 10000)); err != nil {
					return
				}
			}
		}, wire.StageRead, "longer than 32768 bytes", false},
		{"endless interim", func(c net.Conn) {
			readRequest(c)
			for {
				if _, err := io.WriteString(c, "HTTP/1.1 102 Processing\r\n\r\n"); err != nil {
					return
				}
			}
		}, wire.StageRead, "interim responses", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			to := serveRaw(t, func(_ int, c net.Conn) { test.handle(c) })
			client := newClient(t, transport.Config{Timeout: 5 * time.Second})
			if test.late {
				client = newClient(t, transport.Config{Timeout: 300 * time.Millisecond})
			}
			x := client.Do(context.Background(), wire.Identity{Name: "none"}, to, get(to, "/"))
			if x.Got != nil || x.Err == nil || x.Err.Stage != test.stage && x.Err.Stage != wire.StageWrite || x.Err.Timeout != test.late {
				t.Fatalf("got %+v, error %v", x.Got, x.Err)
			}
			matched := false
			for _, want := range strings.Split(test.want, "|") {
				matched = matched || strings.Contains(x.Err.Error(), want)
			}
			if !matched || strings.ContainsAny(x.Err.Error(), "\r\n\x00\x1b") {
				t.Errorf("message %q, want %q", x.Err, test.want)
			}
		})
	}
}

// Whatever a request holds goes out as it stands.
func TestBytesOnTheWire(t *testing.T) {
	requests := []wire.Request{
		{Method: "GET", Target: "//a/%2e/b;x", Fields: []wire.Field{{Name: "Host", Value: "h"}, {Name: "x-ODD_name", Value: "1"}, {Name: "X-Odd_Name", Value: "2"}}},
		{Method: "get it", Target: "/ a", Version: "HTTP/1.0", Fields: []wire.Field{{Name: "A", Value: "b\r\nC: d\x00\n"}, {Name: "", Value: ""}}},
		{Method: "POST", Target: "*", Fields: []wire.Field{{Name: "Content-Length", Value: "1"}, {Name: "Content-Length", Value: "4"}}, Body: []byte("a\r\n\r\n")},
		{Method: "BLURT", Target: "/", Version: "HTTP/9.9"},
	}
	for _, request := range requests {
		as := wire.Identity{Name: "x", Fields: []wire.Field{{Name: "X-Mine", Value: "yes"}}}
		version := request.Version
		if version == "" {
			version = "HTTP/1.1"
		}
		want := request.Method + " " + request.Target + " " + version + "\r\n"
		for _, f := range append(request.Fields, as.Fields...) {
			want += f.Name + ": " + f.Value + "\r\n"
		}
		want += "\r\n" + string(request.Body)
		seen := make(chan string, 1)
		to := serveRaw(t, func(_ int, c net.Conn) {
			got := make([]byte, len(want))
			io.ReadFull(c, got)
			seen <- string(got)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		})
		x := newClient(t, transport.Config{}).Do(context.Background(), as, to, request)
		mustGet(t, x)
		if got := <-seen; got != want || string(x.Sent) != want {
			t.Errorf("sent %q\n got %q\nwant %q", x.Sent, got, want)
		}
		if diff := cmp.Diff(request, x.Asked); diff != "" {
			t.Errorf("asked: %s", diff)
		}
	}
}

// counting answers every request on a connection with its number and that of the
// request on it.
func counting(reply func(conn, n int) string) func(int, net.Conn) {
	return func(conn int, c net.Conn) {
		for n := 0; ; n++ {
			if readRequest(c) == "" {
				return
			}
			answer := reply(conn, n)
			if answer == "" {
				return
			}
			io.WriteString(c, answer)
		}
	}
}

func sized(body string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

func TestReuse(t *testing.T) {
	number := func(conn, n int) string { return sized(fmt.Sprint(conn, ".", n)) }
	odd := func(r wire.Request) wire.Request { return r.With(wire.Field{Name: "bad name", Value: "x"}) }
	same := func(r wire.Request) wire.Request { return r }
	tests := []struct {
		name   string
		method string
		bend   func(wire.Request) wire.Request
		reply  func(conn, n int) string
		want   []string
	}{
		{"kept alive", "GET", same, number, []string{"0.0", "0.1", "0.2"}},
		{"a request that only HTTP/1.1 can say", "GET", odd, number, []string{"0.0", "1.0", "2.0"}},
		{"closed by the server's word", "GET", same, func(conn, n int) string {
			return strings.Replace(number(conn, n), "\r\n", "\r\nConnection: Foo, Close\r\n", 1)
		}, []string{"0.0", "1.0", "2.0"}},
		{"odd framing", "GET", same, func(conn, n int) string {
			return strings.Replace(number(conn, n), "\r\n", "\r\nwhat\r\n", 1)
		}, []string{"0.0", "1.0", "2.0"}},
		{"bytes left over", "GET", same, func(conn, n int) string { return number(conn, n) + "HTTP/1.1 200 OK\r\n" }, []string{"0.0", "1.0", "2.0"}},
		{"dead before the next answer", "GET", same, func(conn, n int) string {
			if n == 1 {
				return ""
			}
			return number(conn, n)
		}, []string{"0.0", "1.0", "2.0"}},
		{"a body after HEAD", "HEAD", same, number, []string{"", "", ""}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			to := serveRaw(t, counting(test.reply))
			client := newClient(t, transport.Config{})
			for i, want := range test.want {
				request := test.bend(get(to, "/"))
				request.Method = test.method
				got := mustGet(t, client.Do(context.Background(), wire.Identity{Name: "none"}, to, request))
				if string(got.Body) != want || got.Status != 200 {
					t.Errorf("request %d: %d %q, want %q", i, got.Status, got.Body, want)
				}
			}
			if n := client.Requests(); n != int64(len(test.want)) {
				t.Errorf("%d requests counted", n)
			}
		})
	}
}

// What comes on an idle connection is no answer to the next request.
func TestUnaskedAnswer(t *testing.T) {
	sent := make(chan struct{})
	to := serveRaw(t, func(conn int, c net.Conn) {
		if readRequest(c) == "" {
			return
		}
		io.WriteString(c, sized(fmt.Sprint(conn)))
		if conn > 0 {
			return
		}
		io.WriteString(c, "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
		close(sent)
		readRequest(c)
	})
	client := newClient(t, transport.Config{})
	for _, want := range []string{"0", "1"} {
		got := mustGet(t, client.Do(context.Background(), wire.Identity{Name: "none"}, to, get(to, "/")))
		if got.Status != 200 || string(got.Body) != want {
			t.Errorf("%d %q, want %q", got.Status, got.Body, want)
		}
		<-sent
	}
}

// A request that may change state is not sent twice.
func TestNoSecondPost(t *testing.T) {
	posts := make(chan string, 4)
	to := serveRaw(t, func(_ int, c net.Conn) {
		for n := 0; ; n++ {
			request := readRequest(c)
			if request == "" {
				return
			}
			if strings.HasPrefix(request, "POST") {
				posts <- request
				return
			}
			io.WriteString(c, sized("x"))
		}
	})
	client := newClient(t, transport.Config{})
	mustGet(t, client.Do(context.Background(), wire.Identity{Name: "none"}, to, get(to, "/")))
	post := get(to, "/").With(wire.Field{Name: "Content-Length", Value: "0"})
	post.Method = "POST"
	if x := client.Do(context.Background(), wire.Identity{Name: "none"}, to, post); x.Err == nil {
		t.Fatalf("got %v", x.Got)
	}
	if len(posts) != 1 {
		t.Errorf("%d POSTs were sent", len(posts))
	}
}

func TestCaps(t *testing.T) {
	forever := func(c net.Conn, s string) {
		for {
			if _, err := io.WriteString(c, s); err != nil {
				return
			}
		}
	}
	tests := map[string]func(net.Conn){
		"until close": func(c net.Conn) { io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n"); forever(c, "x") },
		"length": func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
			forever(c, "x")
		},
		"chunked": func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
			forever(c, "3\r\nxxx\r\n")
		},
		"one chunk": func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\n")
			forever(c, "x")
		},
		"drip": func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"+strings.Repeat("x", 1000))
			readRequest(c)
		},
	}
	for name, handle := range tests {
		t.Run(name, func(t *testing.T) {
			to := serveRaw(t, func(_ int, c net.Conn) { readRequest(c); handle(c) })
			client := newClient(t, transport.Config{MaxBody: 1000, ReadTimeout: 2 * time.Second})
			got := mustGet(t, client.Do(context.Background(), wire.Identity{Name: "none"}, to, get(to, "/")))
			if !got.Cut || string(got.Body) != strings.Repeat("x", 1000) {
				t.Errorf("cut %v, %d bytes", got.Cut, len(got.Body))
			}
		})
	}
}

func TestManyFields(t *testing.T) {
	to := serveRaw(t, counting(func(int, int) string {
		return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + strings.Repeat("A: b\r\n", 20) + "\r\n"
	}))
	got := mustGet(t, newClient(t, transport.Config{MaxFields: 10}).Do(context.Background(), wire.Identity{Name: "none"}, to, get(to, "/")))
	if len(got.Fields) != 10 || len(got.Odd) != 1 {
		t.Errorf("%d fields, odd %q", len(got.Fields), got.Odd)
	}
}

// Cancelling ends an exchange that waits.
func TestCancel(t *testing.T) {
	reached := make(chan struct{})
	to := serveRaw(t, func(_ int, c net.Conn) {
		readRequest(c)
		close(reached)
		readRequest(c)
	})
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-reached; cancel() }()
	x := newClient(t, transport.Config{Timeout: time.Hour}).Do(ctx, wire.Identity{Name: "none"}, to, get(to, "/"))
	if x.Err == nil || x.Err.Timeout || !strings.Contains(x.Err.Error(), "stopped") {
		t.Fatalf("error %v", x.Err)
	}
}

// Closing the client ends an exchange that waits.
func TestCloseWhileWaiting(t *testing.T) {
	reached := make(chan struct{})
	to := serveRaw(t, func(_ int, c net.Conn) {
		readRequest(c)
		close(reached)
		readRequest(c)
	})
	client := newClient(t, transport.Config{Timeout: time.Hour})
	go func() { <-reached; client.Close() }()
	if x := client.Do(context.Background(), wire.Identity{Name: "none"}, to, get(to, "/")); x.Err == nil {
		t.Fatalf("got %v", x.Got)
	}
	if x := client.Do(context.Background(), wire.Identity{Name: "none"}, to, get(to, "/")); x.Err == nil {
		t.Fatalf("a closed client answers %v", x.Got)
	}
}
