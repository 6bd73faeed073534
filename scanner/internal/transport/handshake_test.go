package transport_test

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"blurt/scanner/internal/transport"
	"blurt/scanner/wire"
)

func TestBrokenHandshakes(t *testing.T) {
	tests := []struct {
		name   string
		handle func(net.Conn)
		want   string
		late   bool
	}{
		{"HTTP on the port", func(c net.Conn) {
			c.Read(make([]byte, 1))
			io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n")
		}, "speaks HTTP, not TLS", false},
		{"something else on the port", func(c net.Conn) {
			c.Read(make([]byte, 4096))
			io.WriteString(c, "220 mail.example ESMTP\r\n")
		}, "does not speak TLS", false},
		{"closed", func(c net.Conn) { c.Read(make([]byte, 4096)) }, "closed the connection without an answer", false},
		{"silent", func(c net.Conn) { io.Copy(io.Discard, c) }, "no answer within 300ms", true},
		{"half a record", func(c net.Conn) { c.Write([]byte{22, 3, 3, 1, 0}); io.Copy(io.Discard, c) }, "no answer within 300ms", true},
		{"dripping", func(c net.Conn) {
			go io.Copy(io.Discard, c)
			for {
				if _, err := c.Write([]byte{22, 3, 3}[:1]); err != nil {
					return
				}
				time.Sleep(20 * time.Millisecond)
			}
		}, "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			to := serveRaw(t, func(_ int, c net.Conn) { test.handle(c) })
			to.Scheme = "https"
			timeout := 5 * time.Second
			if test.late {
				timeout = 300 * time.Millisecond
			}
			x := newClient(t, transport.Config{Timeout: timeout}).Do(context.Background(), wire.Identity{}, to, get(to, "/"))
			if x.Err == nil || x.Err.Stage != wire.StageTLS || x.Err.Timeout != test.late || x.Refused() || x.Handshake == nil {
				t.Fatalf("error %v, handshake %+v", x.Err, x.Handshake)
			}
			if !strings.Contains(x.Err.Error(), test.want) || strings.ContainsAny(x.Err.Error(), "\r\n") {
				t.Errorf("message %q, want %q", x.Err, test.want)
			}
		})
	}
}

func TestNothingListens(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	to := wire.Origin{Scheme: "https", Host: "127.0.0.1", Port: uint16(listener.Addr().(*net.TCPAddr).Port)}
	listener.Close()
	x := newClient(t, transport.Config{}).Do(context.Background(), wire.Identity{}, to, get(to, "/"))
	if x.Err == nil || x.Err.Stage != wire.StageConnect || x.Err.Error() != "connect: connection refused" {
		t.Errorf("error %v", x.Err)
	}
}
