package detect_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"html"
	"math/big"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// specimens are a certificate of each kind and keys in each form, made once.
type specimens struct {
	client, other, server, authority tls.Certificate
	keys                             map[string][]byte // by PEM label and a name
}

var madeOnce = sync.OnceValue(makeSpecimens)

func makeSpecimens() specimens {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	issue := func(c x509.Certificate) tls.Certificate {
		c.SerialNumber = new(big.Int).SetBytes([]byte(c.Subject.CommonName + "-serial"))
		c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
		issuer := x509.Certificate{Subject: pkix.Name{CommonName: "Ledger Client CA", Organization: []string{"Ledger"}}}
		der, err := x509.CreateCertificate(rand.Reader, &c, &issuer, key.Public(), key)
		check(err)
		return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	}
	client := []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	s := specimens{
		client:    issue(x509.Certificate{Subject: pkix.Name{CommonName: "Alice Hartmann", Organization: []string{"Ledger"}}, EmailAddresses: []string{"alice.hartmann@ledger.test"}, ExtKeyUsage: client}),
		other:     issue(x509.Certificate{Subject: pkix.Name{CommonName: "till-4471", Organization: []string{"Shop"}}, ExtKeyUsage: client}),
		server:    issue(x509.Certificate{Subject: pkix.Name{CommonName: "api.ledger.test"}, DNSNames: []string{"api.ledger.test"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}),
		authority: issue(x509.Certificate{Subject: pkix.Name{CommonName: "Ledger Root"}, IsCA: true, BasicConstraintsValid: true}),
		keys:      make(map[string][]byte),
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	check(err)
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	check(err)
	for name, k := range map[string]any{"RSA": rsaKey, "P-256": key, "Ed25519": edKey} {
		der, err := x509.MarshalPKCS8PrivateKey(k)
		check(err)
		s.keys["PRIVATE KEY "+name] = der
	}
	s.keys["RSA PRIVATE KEY"] = x509.MarshalPKCS1PrivateKey(rsaKey)
	ec, err := x509.MarshalECPrivateKey(key)
	check(err)
	s.keys["EC PRIVATE KEY"] = ec
	return s
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func armour(label string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
}

// wrappings are the forms in which PEM stands in answers.
var wrappings = map[string]func(pem string) string{
	"as it is":       func(s string) string { return s },
	"one line":       func(s string) string { return strings.ReplaceAll(s, "\n", "") },
	"blanks":         func(s string) string { return strings.ReplaceAll(s, "\n", " ") },
	"tabs":           func(s string) string { return strings.ReplaceAll(s, "\n", "\t") },
	"CRLF":           func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
	"escaped":        func(s string) string { return strings.ReplaceAll(s, "\n", `\n`) },
	"escaped twice":  func(s string) string { return strings.ReplaceAll(s, "\n", `\\n`) },
	"path":           url.PathEscape,
	"query":          url.QueryEscape,
	"twice in a URL": func(s string) string { return url.QueryEscape(url.QueryEscape(s)) },
	"nginx": func(s string) string {
		return strings.NewReplacer("\n", "%0A", " ", "%20", "+", "%2B", "/", "%2F", "=", "%3D").Replace(s)
	},
	"HTML": func(s string) string {
		return strings.NewReplacer("\n", "&#10;", "+", "&#43;", "/", "&#x2F;").Replace(html.EscapeString(s))
	},
	"br":           func(s string) string { return strings.ReplaceAll(s, "\n", "<br>\n") },
	"JSON slashes": func(s string) string { return strings.NewReplacer("\n", `\n`, "/", `\/`).Replace(s) },
	"JSON points": func(s string) string {
		return strings.NewReplacer("\n", `\u000a`, "+", `\u002b`, "=", `\u003d`).Replace(s)
	},
	"base64":    func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64url": func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
}

// TestPrivateKeysInEveryWrapping serves keys of each kind in each wrapping.
func TestPrivateKeysInEveryWrapping(t *testing.T) {
	for name, der := range madeOnce().keys {
		label := name
		if strings.HasPrefix(name, "PRIVATE KEY ") {
			label = "PRIVATE KEY"
		}
		text := armour(label, der)
		forms := map[string]string{
			"DER": base64.StdEncoding.EncodeToString(der), "DER, URL": base64.RawURLEncoding.EncodeToString(der), "RFC 9440": ":" + base64.StdEncoding.EncodeToString(der) + ":",
		}
		for wrapping, wrap := range wrappings {
			forms[wrapping] = wrap(text)
		}
		for form, value := range forms {
			got := answer(200, "application/json", `{"tls":{"key":"`+value+`","x":1}}`)
			hit := onlyHit(t, run(answerTo("/settings", got)))
			if hit.Rule != "private-key-exposure" || hit.Confidence != finding.Firm || len(hit.Items) != 1 || !hit.Items[0].Sensitive || hit.Items[0].Value != strings.TrimRight(value, "\n\r\t <br>\\:0Aua%251;&#") && !strings.Contains(value, hit.Items[0].Value) {
				t.Errorf("%s, %s: got %s, %s, %+v", name, form, hit.Rule, hit.Confidence, hit.Items)
			}
			checkHit(t, name+form, answerTo("/", got), hit)
		}
	}
}

func TestLockedKeysAreSecrets(t *testing.T) {
	key := madeOnce().keys["RSA PRIVATE KEY"]
	padded := key[:len(key)/16*16]
	openSSH := append([]byte("openssh-key-v1\x00\x00\x00\x00\x0aaes256-ctr\x00\x00\x00\x06bcrypt"), key...)
	for name, text := range map[string]string{
		"old PEM": "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0011223344556677\n\n" + strings.TrimPrefix(armour("X", padded), "-----BEGIN X-----\n"),
		"OpenSSH": armour("OPENSSH PRIVATE KEY", openSSH),
	} {
		hit := onlyHit(t, run(answerTo("/download/7", answer(200, "text/plain", text))))
		if hit.Rule != "secret-exposure" || hit.Items[0].Category == finding.SecretExposure || !hit.Items[0].Sensitive {
			t.Errorf("%s: got %s, %+v", name, hit.Rule, hit.Items[0].Category)
		}
	}
	if hit := onlyHit(t, run(answerTo("/id", answer(200, "text/plain", armour("OPENSSH PRIVATE KEY", append([]byte("openssh-key-v1\x00\x00\x00\x00\x04none\x00\x00\x00\x04none"), key...)))))); hit.Rule != "private-key-exposure" {
		t.Errorf("an open key of OpenSSH: got %s", hit.Rule)
	}
}

// TestCertificatesTellWhoseTheyAre serves certificates as each party has them.
func TestCertificatesTellWhoseTheyAre(t *testing.T) {
	s := madeOnce()
	leaf := func(c tls.Certificate) string { return armour("CERTIFICATE", c.Certificate[0]) }
	shown, err := x509.ParseCertificate(s.server.Certificate[0])
	check(err)
	tests := []struct {
		name, body, rule string
		as               wire.Identity
	}{
		{"another client's", leaf(s.client), "certificate-exposure", wire.Identity{Name: "none"}},
		{"the caller's own", leaf(s.client), "certificate-reflection", wire.Identity{Name: "caller", Cert: &s.client, Private: true}},
		{"another's, beside the caller", leaf(s.other), "certificate-exposure", wire.Identity{Name: "caller", Cert: &s.client, Private: true}},
		{"what the scan presented", leaf(s.client), "certificate-reflection", wire.Identity{Name: "self-signed", Cert: &s.client}},
		{"the server's", leaf(s.server), "", wire.Identity{}},
		{"an authority's", leaf(s.authority), "", wire.Identity{}},
	}
	for _, test := range tests {
		in := answerTo("/api/devices/7", answer(200, "application/json", `{"pem":`+quoteJSON(test.body)+`}`))
		in.As = test.as
		in.Handshake = &wire.Handshake{Chain: []*x509.Certificate{shown}}
		out := run(in)
		if test.rule == "" {
			if len(out.Hits) > 0 {
				t.Errorf("%s: got %s: %s", test.name, out.Hits[0].Rule, out.Hits[0].Message)
			}
			continue
		}
		if hit := onlyHit(t, out); hit.Rule != test.rule {
			t.Errorf("%s: got %s", test.name, hit.Rule)
		}
	}
}

func TestCertificatesInEveryWrapping(t *testing.T) {
	der := madeOnce().client.Certificate[0]
	forms := map[string]string{
		"DER": base64.StdEncoding.EncodeToString(der), "DER, URL": base64.RawURLEncoding.EncodeToString(der), "RFC 9440": ":" + base64.StdEncoding.EncodeToString(der) + ":",
		"Envoy": `By=spiffe://mesh.ledger.test/ns/a;Cert=\"` + url.QueryEscape(armour("CERTIFICATE", der)) + `\"`,
	}
	for wrapping, wrap := range wrappings {
		forms[wrapping] = wrap(armour("CERTIFICATE", der))
	}
	for form, value := range forms {
		in := answerTo("/", answer(200, "application/json", `[{"id":7,"pem":"`+value+`"}]`))
		hit := onlyHit(t, run(in))
		if hit.Rule != "certificate-exposure" || hit.Confidence != finding.Firm {
			t.Errorf("%s: got %s, %s", form, hit.Rule, hit.Confidence)
		}
		personal := 0
		for _, item := range hit.Items {
			if strings.Contains(item.Value, "Hartmann") || strings.Contains(item.Value, "alice") {
				personal++
				if !item.Sensitive {
					t.Errorf("%s: %s is shown", form, item.Name)
				}
			}
		}
		if personal < 2 || strings.Contains(hit.Message, "Hartmann") {
			t.Errorf("%s: %q, %+v", form, hit.Message, hit.Items)
		}
		in.Got = answer(500, "text/plain", "cannot store "+value)
		if hit := onlyHit(t, run(in)); hit.Rule != "certificate-exposure" {
			t.Errorf("%s in an error: got %s", form, hit.Rule)
		}
	}
}

// TestNamesOfClients finds what names a client where no certificate stands.
func TestNamesOfClients(t *testing.T) {
	digest := sha256.Sum256(madeOnce().client.Certificate[0])
	fingerprint := hex.EncodeToString(digest[:])
	for name, body := range map[string]string{
		"RFC 4514":     `{"ssl_client_s_dn":"CN=Alice Hartmann,OU=Payments,O=Ledger,C=DE"}`,
		"RFC 2253, ex": `{"clientSubject":"emailAddress=alice@ledger.test,CN=Hartmann\\, Alice,O=Ledger"}`,
		"OpenSSL":      `{"client_cert":{"subject":"C = DE, O = Ledger, CN = Alice Hartmann"}}`,
		"slashes":      `{"SSL_CLIENT_S_DN":"/C=DE/O=Ledger/CN=Alice Hartmann/emailAddress=alice@ledger.test"}`,
		"identifiers":  `{"x-ssl-client-dn":"UID=ahartmann,2.5.4.10=Ledger"}`,
		"Envoy":        `{"x-forwarded-client-cert":"By=spiffe://mesh.ledger.test/ns/a/sa/api;Hash=` + fingerprint + `;Subject=\"CN=till-4471,O=Shop\";URI=spiffe://mesh.ledger.test/ns/b/sa/till"}`,
		"serial":       `{"SSL_CLIENT_M_SERIAL":"4A3F90BB12EE0C77"}`,
		"fingerprint":  `{"ssl-client-fingerprint":"` + fingerprint[:40] + `"}`,
		"base64":       `{"client_cert_fingerprint":"` + base64.StdEncoding.EncodeToString(digest[:]) + `"}`,
	} {
		hit := onlyHit(t, run(answerTo("/status", answer(200, "application/json", body))))
		if hit.Rule != "certificate-exposure" || len(hit.Items) == 0 {
			t.Errorf("%s: got %s, %+v", name, hit.Rule, hit.Items)
		}
		for _, item := range hit.Items {
			if strings.Contains(item.Value, "artmann") && !item.Sensitive {
				t.Errorf("%s: %s is shown", name, item.Name)
			}
		}
	}
}

func TestMaterialInFields(t *testing.T) {
	for name, test := range map[string]struct{ field, value, rule string }{
		"Envoy":      {"X-Forwarded-Client-Cert", `Hash=` + strings.Repeat("a1b2c3d4", 8) + `;Subject="CN=till-4471,O=Shop"`, "certificate-exposure"},
		"nginx":      {"X-SSL-Client-S-DN", "CN=till-4471,O=Shop", "certificate-exposure"},
		"RFC 9440":   {"Client-Cert", ":" + base64.StdEncoding.EncodeToString(madeOnce().client.Certificate[0]) + ":", "certificate-exposure"},
		"connection": {"X-Debug-Database", "postgres://ledger:k7Gq2vXw@db.internal/ledger", "secret-exposure"},
	} {
		got := answer(200, "application/json", "{}")
		got.Fields = append(got.Fields, wire.Field{Name: test.field, Value: test.value})
		var rules []string
		for _, hit := range run(answerTo("/", got)).Hits {
			rules = append(rules, hit.Rule)
			checkHit(t, name, answerTo("/", got), hit)
			if hit.Rule == test.rule && hit.Field != test.field {
				t.Errorf("%s: at field %q", name, hit.Field)
			}
		}
		if !strings.Contains(strings.Join(rules, " "), test.rule) {
			t.Errorf("%s: got %q", name, rules)
		}
	}
}

// TestDebugPagesOwnTheirMaterial wants one hit for a page, and in its items what
// the page gives away.
func TestDebugPagesOwnTheirMaterial(t *testing.T) {
	got := sample(t, "django-6.0.10/500-certificate-html.http")
	key := html.EscapeString(armour("PRIVATE KEY", madeOnce().keys["PRIVATE KEY RSA"]))
	body := strings.Replace(string(got.Body), "<td>ALLOWED_HOSTS</td>", "<td>TLS_MATERIAL</td><td class=\"code\"><pre>&#x27;"+strings.ReplaceAll(key, "\n", `\n`)+"&#x27;</pre></td></tr><tr><td>ALLOWED_HOSTS</td>", 1)
	got.Body = []byte(body)
	hit := onlyHit(t, run(answerTo("/cert/?x=1", got)))
	found := false
	for _, item := range hit.Items {
		found = found || item.Sensitive && item.Category == finding.SecretExposure && strings.Contains(item.Location+item.Name, "private key, PKCS #8, RSA, 2048 bits")
	}
	if hit.Rule != "django-debug-page" || !found {
		t.Errorf("got %s, key found: %t", hit.Rule, found)
	}
}
