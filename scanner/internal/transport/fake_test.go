package transport_test

import (
	"net"
	"net/netip"
	"sync"
	"testing"

	"blurt/scanner/wire"
)

var loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// serveRaw accepts connections and hands each, numbered from 0, to handle. The
// connection is closed when handle returns and at the end of the test.
func serveRaw(t testing.TB, handle func(n int, c net.Conn)) wire.Origin {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var handlers sync.WaitGroup
	done := make(chan struct{})
	conns := make(chan net.Conn, 1024)
	go func() {
		defer close(done)
		for n := 0; ; n++ {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			conns <- c
			handlers.Go(func() {
				defer c.Close()
				handle(n, c)
			})
		}
	}()
	t.Cleanup(func() {
		listener.Close()
		<-done
		close(conns)
		for c := range conns {
			c.Close()
		}
		handlers.Wait()
	})
	return wire.Origin{Scheme: "http", Host: "127.0.0.1", Port: uint16(listener.Addr().(*net.TCPAddr).Port)}
}

// readRequest reads up to the end of a head and returns what came.
func readRequest(c net.Conn) string {
	var got []byte
	buf := make([]byte, 4096)
	for {
		n, err := c.Read(buf)
		got = append(got, buf[:n]...)
		if err != nil || len(got) >= 4 && string(got[len(got)-4:]) == "\r\n\r\n" {
			return string(got)
		}
	}
}
