package transport_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	"blurt/scanner/internal/transport"
	"blurt/scanner/wire"
)

// A server that asks for the certificate only once it has seen the request, as
// path-scoped client authentication does under TLS 1.2, is served too.
func TestRealRenegotiation(t *testing.T) {
	program := find(t, "openssl")
	dir, ca := t.TempDir(), newAuthority(t, "blurt test CA")
	writeServer(t, dir, ca)
	port := freePorts(t, 1)[0]
	cmd := exec.Command(program, "s_server", "-accept", fmt.Sprintf("127.0.0.1:%d", port), "-tls1_2", "-naccept", "1",
		"-cert", dir+"/server.pem", "-key", dir+"/server.pem", "-CAfile", dir+"/ca.pem")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	ready := make(chan struct{})
	go func() {
		defer close(done)
		asked := false
		for lines := bufio.NewScanner(out); lines.Scan(); {
			switch line := lines.Text(); {
			case strings.HasPrefix(line, "ACCEPT"):
				close(ready)
			case strings.HasPrefix(line, "GET ") && !asked:
				asked = true
				io.WriteString(in, "R\n") // s_server's command to renegotiate and ask for a certificate
			case strings.HasPrefix(line, "SSL_do_handshake -> 1"):
				io.WriteString(in, "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi\n")
			}
		}
		cmd.Wait()
	}()
	t.Cleanup(func() { in.Close(); cmd.Process.Kill(); <-done })
	<-ready
	to := wire.Origin{Scheme: "https", Host: "127.0.0.1", Port: uint16(port)}
	client := newClient(t, transport.Config{Roots: ca.pool, HTTP: "1.1", Timeout: 10 * time.Second})
	as := wire.Identity{Name: "caller", Cert: ca.issue(t, "caller", nil)}
	x := client.Do(context.Background(), as, to, get(to, "/"))
	if got := mustGet(t, x); string(got.Body) != "hi" || !x.Handshake.Requested || !x.Handshake.Sent {
		t.Errorf("body %q, handshake %+v", got.Body, x.Handshake)
	}
}
