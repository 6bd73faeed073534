package detect_test

import (
	"encoding/base64"
	"net/url"
	"testing"

	"blurt/scanner/wire"
)

func FuzzCertificateExposure(f *testing.F) {
	der := madeOnce().client.Certificate[0]
	text := armour("CERTIFICATE", der)
	fuzzDetector(f, "certificate_exposure", "", text, url.QueryEscape(text), quoteJSON(text), base64.StdEncoding.EncodeToString(der), base64.StdEncoding.EncodeToString([]byte(text)),
		`{"ssl_client_s_dn":"CN=a\\, b+UID=c,O=d;2.5.4.3=e"}`, `{"x-forwarded-client-cert":"By=spiffe://a.test/b;Hash=00;Subject=\"/C=x/CN=y\""}`, "-----BEGIN CERTIFICATE-----%%25&amp;#x2B;\\u00")
}

func FuzzPrivateKeyExposure(f *testing.F) {
	var seeds []string
	for name, der := range madeOnce().keys {
		seeds = append(seeds, armour(name, der), quoteJSON(armour("PRIVATE KEY", der)), base64.RawURLEncoding.EncodeToString(der))
	}
	seeds = append(seeds, "-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA/////w==\n-----END")
	fuzzDetector(f, "private_key_exposure", "", seeds...)
}

func FuzzSecretExposure(f *testing.F) {
	fuzzDetector(f, "secret_exposure", "", "postgres://a:b@c/d", "DB_PASSWORD=\\", `{"SECRET_KEY" : "`, "Cookie: a=b; sessionid=", "PATH=\x00HOME=\x00A_TOKEN=&quot;",
		"Server=a;Password=b", "<td>SECRET_KEY</td><td>x", "://:@:@/@", "$2b$12$")
}

func FuzzSecretToken(f *testing.F) {
	fuzzDetector(f, "secret_token", "", withChecksum("ghp_"), "%3Aglpat-k7Gq2vXwR9bTz4LmN8pY", `\nSG.k7Gq2vXwR9bTz4LmN8pYcA.k7Gq2vXwR9bTz4LmN8pYc3HdFs6JaEk7Gq2vXwR9bTz4L`, "AKIAQ7Z3K5WPLM2VNX4T")
}

func FuzzMaterialField(f *testing.F) {
	f.Add("X-Forwarded-Client-Cert", `Hash=00;Subject="CN=a,O=b"`)
	f.Add("Client-Cert", ":MIIB:")
	f.Fuzz(func(t *testing.T, name, value string) {
		got := answer(200, "text/plain", "ok")
		got.Fields = append(got.Fields, wire.Field{Name: name, Value: value})
		in := answerTo("/", got)
		for _, hit := range run(in).Hits {
			checkHit(t, "field", in, hit)
		}
	})
}
