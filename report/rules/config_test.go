package rules_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// block is one piece of configuration that a rule tells people to use.
type block struct{ rule, language, text string }

var fenced = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```")

func blocks(t *testing.T, language string) []block {
	t.Helper()
	var all []block
	for _, r := range load(t).All() {
		for _, found := range fenced.FindAllStringSubmatch(r.Remediation(nil), -1) {
			if found[1] == language {
				all = append(all, block{r.ID, language, found[2]})
			}
		}
	}
	if len(all) == 0 {
		t.Fatalf("no configuration for %s", language)
	}
	return all
}

// tool returns the program or skips the test where it is not installed.
func tool(t *testing.T, name string) string {
	t.Helper()
	for _, dir := range []string{"", "/usr/sbin/"} {
		if path, err := exec.LookPath(dir + name); err == nil {
			return path
		}
	}
	t.Skipf("%s is not installed", name)
	return ""
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", filepath.Base(name), err, out)
	}
}

// keys writes a certificate and its key below each name that configurations use.
func keys(t *testing.T, dir string, names ...string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotAfter: time.Now().Add(time.Hour), IsCA: true,
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	both := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...)
	for _, name := range names {
		write(t, filepath.Join(dir, name), string(both))
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestNginxAccepts gives every nginx block to nginx itself.
func TestNginxAccepts(t *testing.T) {
	nginx := tool(t, "nginx")
	version, err := exec.Command(nginx, "-v").CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	var minor int
	fmt.Sscanf(string(version), "nginx version: nginx/1.%d", &minor)
	for i, b := range blocks(t, "nginx") {
		if strings.Contains(b.text, "nginx 1.27.2 or later") && minor < 28 {
			continue
		}
		t.Run(fmt.Sprintf("%s/%d", b.rule, i), func(t *testing.T) {
			dir := t.TempDir()
			keys(t, dir, "tls/api.pem", "tls/api.key", "tls/clients-ca.pem", "tls/hint.pem")
			for _, other := range blocks(t, "nginx") {
				if name, found := strings.CutPrefix(other.text, "# /etc/nginx/snippets/"); found {
					name, _, _ = strings.Cut(name, "\n")
					write(t, filepath.Join(dir, "snippets", name), other.text)
				}
			}
			config := filepath.Join(dir, "nginx.conf")
			write(t, config, nginxConfig(dir, b.text))
			run(t, nginx, "-t", "-q", "-p", dir, "-c", config, "-e", "stderr")
		})
	}
}

// nginxConfig puts a block where it belongs. Certificates are the test's own, and
// the port is one that needs no privilege.
func nginxConfig(dir, text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "/etc/nginx/", dir+"/"), "listen 443", "listen 127.0.0.1:18443")
	pair := fmt.Sprintf("ssl_certificate %s/tls/api.pem; ssl_certificate_key %s/tls/api.key;\n", dir, dir)
	// A server that serves TLS in an example does it with a certificate that
	// belongs to the surroundings.
	text = regexp.MustCompile(`(?m)^(\s*listen [^\n]* ssl;)$`).ReplaceAllString(text, "$1 "+pair)
	text = regexp.MustCompile(`(?m)^\s+ssl_certificate(_key)? +/[^\n]*$`).ReplaceAllString(text, "")
	switch {
	case regexp.MustCompile(`(?m)^http \{`).MatchString(text):
	case regexp.MustCompile(`(?m)^server \{`).MatchString(text):
		text = "http { upstream app { server 127.0.0.1:18000; }\n" + text + "}"
	default:
		text = "http { upstream app { server 127.0.0.1:18000; } server { listen 127.0.0.1:18443 ssl;\n" +
			pair + text + "}}"
	}
	return "pid " + dir + "/pid; events {}\n" + text
}

// TestHAProxyAccepts gives every HAProxy block to HAProxy itself.
func TestHAProxyAccepts(t *testing.T) {
	haproxy := tool(t, "haproxy")
	for i, b := range blocks(t, "haproxy") {
		t.Run(fmt.Sprintf("%s/%d", b.rule, i), func(t *testing.T) {
			dir := t.TempDir()
			keys(t, dir, "api.pem", "clients-ca.pem")
			text := strings.ReplaceAll(strings.ReplaceAll(b.text, "/etc/haproxy/", dir+"/"), "bind :443", "bind 127.0.0.1:18443")
			if !strings.Contains(text, "bind ") {
				text = "bind 127.0.0.1:18443 ssl crt " + dir + "/api.pem ca-file " + dir + "/clients-ca.pem verify optional\n" + text
			}
			config := filepath.Join(dir, "haproxy.cfg")
			write(t, config, "defaults\n mode http\n timeout client 1s\n timeout connect 1s\n timeout server 1s\nfrontend api\n"+
				text+"default_backend app\nbackend app\n server app 127.0.0.1:18000\n")
			run(t, haproxy, "-c", "-q", "-f", config)
		})
	}
}

// TestApacheAccepts gives every Apache block to httpd itself.
func TestApacheAccepts(t *testing.T) {
	apache := tool(t, "apache2")
	modules := filepath.Join(filepath.Dir(apache), "../lib/apache2/modules") + "/"
	for i, b := range blocks(t, "apache") {
		t.Run(fmt.Sprintf("%s/%d", b.rule, i), func(t *testing.T) {
			dir := t.TempDir()
			keys(t, dir, "tls/clients-ca.pem", "tls/hint.pem", "tls/api.pem")
			var text strings.Builder
			for _, module := range []string{"mpm_event", "authz_core", "headers", "ssl", "socache_shmcb", "alias"} {
				fmt.Fprintf(&text, "LoadModule %s_module %smod_%s.so\n", module, modules, module)
			}
			fmt.Fprintf(&text, "ServerRoot %q\nErrorLog %q\nPidFile %q\nDefaultRuntimeDir %q\nServerName localhost\nListen 127.0.0.1:18443\n<VirtualHost *:18443>\n", dir, dir+"/log", dir+"/pid", dir)
			fmt.Fprintf(&text, "SSLEngine on\nSSLCertificateFile %q\n", dir+"/tls/api.pem")
			global := regexp.MustCompile(`(?m)^ServerTokens .*$`)
			body := strings.ReplaceAll(b.text, "/etc/apache2/", dir+"/")
			fmt.Fprintf(&text, "%s</VirtualHost>\n%s\n", global.ReplaceAllString(body, ""), global.FindString(body))
			config := filepath.Join(dir, "httpd.conf")
			write(t, config, text.String())
			run(t, apache, "-t", "-f", config)
		})
	}
}

// TestPythonCompiles gives every Python block to Python.
func TestPythonCompiles(t *testing.T) {
	python, dir := tool(t, "python3"), t.TempDir()
	args := []string{"-c", "import ast, sys\nfor path in sys.argv[1:]: ast.parse(open(path).read(), path)"}
	for i, b := range blocks(t, "python") {
		path := filepath.Join(dir, fmt.Sprintf("%s-%d.py", b.rule, i))
		write(t, path, b.text)
		args = append(args, path)
	}
	run(t, python, args...)
}
