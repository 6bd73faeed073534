package probes_test

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"blurt/probes"
)

func TestDump(t *testing.T) {
	c := newContext(t, "/api/")
	c.Profile = probes.Thorough
	os.MkdirAll("/tmp/p1/certs", 0o755)
	for _, a := range attempts(c)["malformed-certificate"] {
		for _, f := range a.Request.Fields[3:] {
			if !strings.HasPrefix(f.Value, "-----BEGIN%20CERT") {
				continue
			}
			text, err := url.PathUnescape(f.Value)
			if err != nil {
				continue
			}
			b, _ := pem.Decode([]byte(text))
			if b == nil {
				continue
			}
			name := strings.ReplaceAll(a.Variant, "/", "_")
			os.WriteFile("/tmp/p1/certs/"+name+".pem", []byte(text), 0o644)
			_, err = x509.ParseCertificate(b.Bytes)
			fmt.Println(name, len(f.Value), err)
			break
		}
	}
}
