package transport_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"blurt/scanner/internal/transport"
	"blurt/scanner/wire"
)

// find returns the program's path, or skips the test where it is not installed.
func find(t *testing.T, program string) string {
	t.Helper()
	for _, name := range []string{program, "/usr/sbin/" + program} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip(program + " is not installed")
	return ""
}

func writePEM(t *testing.T, path string, blocks ...*pem.Block) {
	t.Helper()
	var out []byte
	for _, b := range blocks {
		out = append(out, pem.EncodeToMemory(b)...)
	}
	if err := os.WriteFile(path, out, 0o600); err != nil {
		t.Fatal(err)
	}
}

// writeServer puts server.pem (certificate and key) and ca.pem into the folder.
func writeServer(t *testing.T, dir string, ca *authority) {
	t.Helper()
	cert := ca.issue(t, "server", nil)
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	writePEM(t, filepath.Join(dir, "server.pem"), &pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]}, &pem.Block{Type: "PRIVATE KEY", Bytes: key})
	writePEM(t, filepath.Join(dir, "ca.pem"), &pem.Block{Type: "CERTIFICATE", Bytes: ca.cert.Raw})
}

// run starts a server in the foreground and waits until its ports accept.
func run(t *testing.T, ports []int, program string, args ...string) {
	t.Helper()
	cmd := exec.Command(program, args...)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	t.Cleanup(func() { cmd.Process.Signal(os.Interrupt); <-ended })
	for _, port := range ports {
		for deadline := time.Now().Add(10 * time.Second); ; {
			c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
			if err == nil {
				c.Close()
				break
			}
			select {
			case <-ended:
				t.Fatalf("%s ended: %s", program, out.String())
			case <-time.After(20 * time.Millisecond):
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s does not answer", program)
			}
		}
	}
}

func freePorts(t *testing.T, n int) []int {
	t.Helper()
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

func issueAll(t *testing.T, ca *authority) map[string]*tls.Certificate {
	other := newAuthority(t, "another CA")
	return map[string]*tls.Certificate{
		"none": nil, "unknown": other.issue(t, "unknown", nil), "expired": ca.issue(t, "expired", expired), "valid": ca.issue(t, "valid", nil),
	}
}

func ask(t *testing.T, ca *authority, mode string, port int, name string, cert *tls.Certificate) *wire.Exchange {
	t.Helper()
	client := newClient(t, transport.Config{HTTP: mode, Roots: ca.pool, Timeout: 5 * time.Second})
	defer client.Close()
	to := wire.Origin{Scheme: "https", Host: "localhost", Port: uint16(port)}
	return client.Do(context.Background(), wire.Identity{Name: name, Cert: cert}, to, get(to, "/"))
}

// nginx judges with a page of its own, never with an alert.
func TestRealNginx(t *testing.T) {
	program := find(t, "nginx")
	dir, ca := t.TempDir(), newAuthority(t, "blurt test CA")
	writeServer(t, dir, ca)
	policies := []string{"on", "optional", "optional_no_ca"}
	versions := []string{"TLSv1.2", "TLSv1.3"}
	ports := freePorts(t, len(policies)*len(versions))
	var servers strings.Builder
	for i, policy := range policies {
		for j, version := range versions {
			fmt.Fprintf(&servers, `server { listen 127.0.0.1:%d ssl http2; ssl_protocols %s; ssl_certificate %s/server.pem; ssl_certificate_key %s/server.pem;
ssl_client_certificate %s/ca.pem; ssl_verify_client %s; location / { return 200 "verify=$ssl_client_verify\n"; } }
`, ports[i*2+j], version, dir, dir, dir, policy)
		}
	}
	conf := fmt.Sprintf(`daemon off; master_process off; pid %[1]s/pid; error_log %[1]s/error.log; events {}
http { access_log off; client_body_temp_path %[1]s; proxy_temp_path %[1]s; fastcgi_temp_path %[1]s; uwsgi_temp_path %[1]s; scgi_temp_path %[1]s;
%[2]s}`, dir, servers.String())
	if err := os.WriteFile(dir+"/nginx.conf", []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, ports, program, "-p", dir, "-c", dir+"/nginx.conf")
	want := map[string]map[string]string{
		"on":             {"none": "400 No required SSL", "unknown": "400 The SSL certificate error", "expired": "400 The SSL certificate error", "valid": "200 verify=SUCCESS"},
		"optional":       {"none": "200 verify=NONE", "unknown": "400 The SSL certificate error", "expired": "400 The SSL certificate error", "valid": "200 verify=SUCCESS"},
		"optional_no_ca": {"none": "200 verify=NONE", "unknown": "200 verify=FAILED", "expired": "400 The SSL certificate error", "valid": "200 verify=SUCCESS"},
	}
	for name, cert := range issueAll(t, ca) {
		for i, policy := range policies {
			for j, version := range versions {
				for _, mode := range []string{"1.1", "2"} {
					t.Run(strings.Join([]string{policy, version, mode, name}, " "), func(t *testing.T) {
						x := ask(t, ca, mode, ports[i*2+j], name, cert)
						got := mustGet(t, x)
						status, text, _ := strings.Cut(want[policy][name], " ")
						if fmt.Sprint(got.Status) != status || !strings.Contains(string(got.Body), text) {
							t.Errorf("%d %q, want %s", got.Status, got.Body, want[policy][name])
						}
						h := x.Handshake
						if !h.Requested || h.Sent != (cert != nil) || h.Unverified != "" || h.VersionName() != "TLS "+version[len("TLSv"):] {
							t.Errorf("handshake %+v", h)
						}
						// nginx lists its authorities unless it takes any certificate.
						if len(h.AcceptableCAs) != 1 {
							t.Errorf("%d acceptable CAs", len(h.AcceptableCAs))
						}
					})
				}
			}
		}
	}
}

// HAProxy judges with an alert: in the handshake under TLS 1.2, after it under
// TLS 1.3. It must never look like a dead server.
func TestRealHAProxy(t *testing.T) {
	program := find(t, "haproxy")
	dir, ca := t.TempDir(), newAuthority(t, "blurt test CA")
	writeServer(t, dir, ca)
	ports := freePorts(t, 2)
	conf := fmt.Sprintf(`global
  log stdout format raw local0 emerg
defaults
  mode http
  timeout client 5s
  timeout server 5s
  timeout connect 5s
frontend f
  bind 127.0.0.1:%[2]d ssl crt %[1]s/server.pem ca-file %[1]s/ca.pem verify required ssl-min-ver TLSv1.2 ssl-max-ver TLSv1.2 alpn h2,http/1.1
  bind 127.0.0.1:%[3]d ssl crt %[1]s/server.pem ca-file %[1]s/ca.pem verify required ssl-min-ver TLSv1.3 alpn h2,http/1.1
  http-request return status 200 content-type text/plain lf-string "verify=%%[ssl_c_verify]"
`, dir, ports[0], ports[1])
	if err := os.WriteFile(dir+"/haproxy.cfg", []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, ports, program, "-db", "-f", dir+"/haproxy.cfg")
	alerts := map[string][2]string{
		"none": {"handshake_failure", "certificate_required"}, "unknown": {"unknown_ca", "unknown_ca"}, "expired": {"certificate_expired", "certificate_expired"},
	}
	for name, cert := range issueAll(t, ca) {
		for i, port := range ports {
			for _, mode := range []string{"1.1", "2"} {
				t.Run(fmt.Sprintf("TLS 1.%d %s %s", i+2, mode, name), func(t *testing.T) {
					x := ask(t, ca, mode, port, name, cert)
					if name == "valid" {
						if got := mustGet(t, x); string(got.Body) != "verify=0" {
							t.Errorf("body %q", got.Body)
						}
						return
					}
					if !x.Refused() || x.Handshake.Refusal.Name != alerts[name][i] || x.Handshake.Refusal.AfterFinished != (i == 1) || x.Err == nil || x.Err.Stage != wire.StageTLS {
						t.Errorf("error %v, handshake %+v", x.Err, x.Handshake)
					}
				})
			}
		}
	}
}
