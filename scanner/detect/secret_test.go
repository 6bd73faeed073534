package detect_test

import (
	"encoding/base64"
	"hash/crc32"
	"strings"
	"testing"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// withChecksum makes a token as GitHub and npm do: it opens nothing.
func withChecksum(prefix string) string {
	const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	body := "k7Gq2vXwR9bTz4LmN8pYc3HdFs6JaE"
	sum := crc32.ChecksumIEEE([]byte(body))
	var end [6]byte
	for i := len(end) - 1; i >= 0; i-- {
		end[i] = base62[sum%62]
		sum /= 62
	}
	return prefix + body + string(end[:])
}

// TestSecretsInAnswers serves secrets where servers really show them.
func TestSecretsInAnswers(t *testing.T) {
	environment := "PATH=/usr/local/bin:/usr/bin\x00HOSTNAME=api-7f9c\x00HOME=/root\x00LEDGER_SIGNING_TOKEN=k7Gq2vXwR9bTz4LmN8\x00LANG=C.UTF-8\x00"
	for name, test := range map[string]struct {
		status            int
		media, body, kind string
	}{
		"PostgreSQL":         {200, "application/json", `{"db":"postgresql+psycopg2://ledger:k7Gq2vXw@db.internal:5432/ledger"}`, "PostgreSQL connection string"},
		"in an error":        {500, "text/plain", "could not connect to amqp://worker:k7Gq2vXw@mq.internal:5672//\n", "AMQP connection string"},
		"without a user":     {500, "text/plain", "redis://:k7Gq2vXw@cache:6379/0 refused", "Redis connection string"},
		"several hosts":      {500, "text/plain", "mongodb://ledger:k7Gq2vXw@m1:27017,m2:27017/ledger?replicaSet=a", "MongoDB connection string"},
		"escaped":            {200, "application/json", `{"url":"mysql:\/\/no"}{"url":"mysql://ledger:k7Gq2vXw@db/ledger"}`, "MySQL connection string"},
		"ADO.NET":            {500, "text/plain", "Server=db.internal,1433;Database=ledger;User Id=sa;Password=k7Gq2vXw;Encrypt=no", "connection string with a password"},
		"libpq":              {500, "text/plain", "host=db.internal user=ledger dbname=ledger password=k7Gq2vXw", "connection string with a password"},
		"JDBC":               {500, "application/json", `{"message":"jdbc:mysql://db.internal/ledger?user=ledger&password=k7Gq2vXw"}`, "connection string with a password"},
		"Azure":              {200, "application/json", `{"s":"DefaultEndpointsProtocol=https;AccountName=ledger;AccountKey=` + base64.StdEncoding.EncodeToString([]byte("k7Gq2vXwR9bTz4LmN8pYc3HdFs6JaEk7Gq2vXwR9bTz4LmN8pYc3HdFs6JaEvXwR")) + `"}`, "Azure access key"},
		"AWS":                {200, "application/json", `{"id":"AKIAQ7Z3K5WPLM2VNX4T","key":"k7Gq2vXwR9bTz4LmN8pYc3HdFs6JaEk7Gq2vXwR9"}`, "AWS secret access key"},
		"GitHub":             {200, "text/html", "<p>build with " + withChecksum("ghp_") + "</p>", "GitHub personal access token"},
		"npm, in a script":   {200, "text/javascript", `var t="` + withChecksum("npm_") + `"`, "npm token"},
		"GitLab":             {200, "application/json", `{"ci":"glpat-k7Gq2vXwR9bTz4LmN8pY"}`, "GitLab personal access token"},
		"Slack":              {200, "application/json", `{"t":"xoxb-204912477123-204912477124-k7Gq2vXwR9bTz4LmN8pYc3Hd"}`, "Slack bot token"},
		"Stripe":             {200, "application/json", `{"t":"sk_live_k7Gq2vXwR9bTz4LmN8pYc3Hd"}`, "Stripe secret key"},
		"setting":            {200, "application/json", `{"SECRET_KEY":"k7Gq2vXwR9bTz4LmN8pYc3HdFs6JaE"}`, "value of SECRET_KEY"},
		"settings file":      {200, "text/plain", "DEBUG=1\nDB_HOST=db\nDB_PASSWORD=k7Gq2vXw\nWORKERS=4\n", "value of DB_PASSWORD"},
		"environment":        {200, "application/octet-stream", environment, "value of LEDGER_SIGNING_TOKEN"},
		"hash":               {200, "application/json", `[{"name":"a","password":"$2b$12$R9hk7cIPz0giBURNNX3kh2OPST9dPgBkqquzidSs7KIUgO2t0jWMUW"}]`, "hash of a password"},
		"logged token":       {200, "text/plain", "2026-11-23 10:00:01 INFO start\n2026-11-23 10:00:02 DEBUG Authorization: Bearer k7Gq2vXwR9bTz4LmN8pYc3Hd\n2026-11-23 10:00:03 INFO end\n", "bearer token of another client"},
		"logged session":     {500, "application/json", `{"headers":{"Cookie":"theme=dark; sessionid=k7gq2vxwr9btz4lmn8pyc3hd"}}`, "session cookie of another client"},
		"logged password":    {500, "application/json", `{"headers":{"Authorization":"Basic ` + base64.StdEncoding.EncodeToString([]byte("alice:k7Gq2vXw")) + `"}}`, "user and password of another client"},
		"settings in a page": {200, "text/html", `<html><body><script>window.__ENV__={"DB_PASSWORD":"k7Gq2vXw"}</script></body></html>`, "value of DB_PASSWORD"},
	} {
		in := answerTo("/v1/status", answer(test.status, test.media, test.body))
		var seen []string
		for _, hit := range run(in).Hits {
			for _, item := range hit.Items {
				if item.Category == finding.SecretExposure {
					seen = append(seen, item.Name+" "+item.Location)
					if !item.Sensitive {
						t.Errorf("%s: %s is shown", name, item.Name)
					}
				}
			}
			if strings.Contains(hit.Message, "k7Gq2vXw") {
				t.Errorf("%s: the message tells: %s", name, hit.Message)
			}
			checkHit(t, name, in, hit)
		}
		if !strings.Contains(strings.Join(seen, "|"), test.kind) {
			t.Errorf("%s: got %q", name, seen)
		}
	}
}

// TestWhatIsNoSecret serves what looks like a secret and is none, or is handed out
// on purpose.
func TestWhatIsNoSecret(t *testing.T) {
	example := withChecksum("ghp_")
	for name, test := range map[string]struct{ media, body string }{
		"placeholder":        {"application/json", `{"url":"postgres://user:password@db.internal/app"}`},
		"variable":           {"application/json", `{"url":"postgres://ledger:${DB_PASSWORD}@db.internal/app"}`},
		"mask":               {"application/json", `{"url":"postgres://ledger:****@db.internal/app","SECRET_KEY":"********************"}`},
		"example host":       {"application/json", `{"url":"postgres://ledger:k7Gq2vXw@db.example.com/app"}`},
		"no password":        {"application/json", `{"url":"postgres://ledger@db.internal/app"}`},
		"port and path":      {"application/json", `{"url":"https://cdn.test:8443/@scope/pkg@1.2"}`},
		"AWS's example":      {"application/json", `{"id":"AKIAIOSFODNN7EXAMPLE","key":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}`},
		"AWS without secret": {"application/json", `{"id":"AKIAQ7Z3K5WPLM2VNX4T"}`},
		"wrong checksum":     {"application/json", `{"t":"` + example[:len(example)-1] + `_"}`},
		"Google Maps":        {"text/javascript", `const k="AIzaSyD9f7k2LmQwErTyUiOpAsDfGhJkLzXcVbN"`},
		"Stripe, public":     {"text/javascript", `Stripe("pk_live_k7Gq2vXwR9bTz4LmN8pYc3Hd")`},
		"Stripe, test":       {"application/json", `{"t":"sk_test_k7Gq2vXwR9bTz4LmN8pYc3Hd"}`},
		"Sentry, public":     {"text/html", `<script>init({dsn:"https://0a1b2c3d4e5f60718293a4b5c6d7e8f9@o17.ingest.test/42"})</script>`},
		"a login's answer":   {"application/json", `{"access_token":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.k7Gq2vXwR9bTz4LmN8pYc3HdFs6JaEk7Gq2vXwR9bTz","refresh_token":"k7Gq2vXwR9bTz4LmN8pYc3Hd"}`},
		"CSRF":               {"text/html", `<form><input type="hidden" name="csrfmiddlewaretoken" value="k7Gq2vXwR9bTz4LmN8pYc3HdFs6JaEk7Gq2vXwR9bTz4LmN8pYc3HdFs6JaEaaaa"></form>`},
		"field of a form":    {"text/html", `<form><input type="password" name="db_password" placeholder="at least 12 characters"></form>`},
		"validation":         {"application/json", `{"password":["This field is required."],"client_secret":["This field may not be blank."]}`},
		"translations":       {"application/json", `{"db_password":"Passwort der Datenbank","secret_key":"Geheimer Schluessel"}`},
		"schema":             {"application/json", `{"$schema":"https://json-schema.org/draft/2020-12/schema","example":{"DB_PASSWORD":"k7Gq2vXw"}}`},
		"OAuth error":        {"application/json", `{"error":"invalid_client","error_description":"client_secret: wrong value"}`},
		"manual": {"text/html", `<article><p>Set</p><pre>DB_PASSWORD=k7Gq2vXw
postgres://ledger:k7Gq2vXw@db.internal/app</pre></article>`},
		"readme":          {"text/plain", strings.Repeat("Some words about the program.\n", 30) + "\n    DATABASE_URL=postgres://ledger:k7Gq2vXw@db/app\n"},
		"jwt.io":          {"application/json", `{"headers":{"Authorization":"Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIn0"}}`},
		"key with dots":   {"application/json", `{"key":"-----BEGIN PRIVATE KEY-----\nMIIEvgIBADANBgkqhkiG9w0BAQEFAASC...\n-----END PRIVATE KEY-----"}`},
		"key that is cut": {"application/json", `{"key":"-----BEGIN PRIVATE KEY-----\nMIIEvgIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----"}`},
		"public key":      {"application/json", `{"key":"-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEk7Gq2vXwR9bTz4LmN8pYc3HdFs6JaEk7Gq2vXwR9bTz4LmN8pYc3HdFs6JaEk7Gq2vXwR9bTz4LmN8pYcw==\n-----END PUBLIC KEY-----"}`},
		"commit":          {"application/json", `{"sha":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b","fingerprint":"SHA256:k7Gq2vXwR9bTz4LmN8pYc3HdFs6JaEk7Gq2vXwR9bTz"}`},
	} {
		in := answerTo("/v1/status", answer(200, test.media, test.body))
		for _, hit := range run(in).Hits {
			t.Errorf("%s: got %s: %s", name, hit.Rule, hit.Message)
		}
	}
}

// TestWhatNamesNoClient serves names and certificates that are there to be read.
func TestWhatNamesNoClient(t *testing.T) {
	s := madeOnce()
	pem := func(der []byte) string { return armour("CERTIFICATE", der) }
	base := base64.StdEncoding.EncodeToString(s.client.Certificate[0])
	for name, test := range map[string]struct{ target, media, body string }{
		"key set":       {"/keys", "application/json", `{"keys":[{"kty":"EC","x5c":["` + base + `"]}]}`},
		"well known":    {"/.well-known/est/cacerts", "application/json", `{"pem":` + quoteJSON(pem(s.client.Certificate[0])) + `}`},
		"SAML":          {"/saml/metadata", "application/xml", "<md:EntityDescriptor><md:KeyDescriptor><ds:X509Certificate>" + base + "</ds:X509Certificate></md:KeyDescriptor></md:EntityDescriptor>"},
		"download":      {"/ca", "application/pkix-cert", string(s.authority.Certificate[0])},
		"bundle":        {"/bundle.pem", "text/plain", pem(s.authority.Certificate[0]) + pem(s.server.Certificate[0])},
		"issuer":        {"/", "application/json", `{"issuer":"CN=Ledger Client CA,O=Ledger"}`},
		"web authority": {"/", "application/json", `{"subject":"C=US, O=Let's Encrypt, CN=R3"}`},
		"host":          {"/", "application/json", `{"subject":"C=DE, O=Ledger, CN=www.ledger.test"}`},
		"directory":     {"/", "application/json", `{"dn":"uid=alice,ou=people,dc=ledger,dc=test","manager":"CN=Bob,OU=Staff,DC=ledger"}`},
		"manual":        {"/", "text/html", `<p>The subject is</p><pre>SSL_CLIENT_S_DN=/C=DE/O=Ledger/CN=Alice Hartmann</pre>`},
		"mail":          {"/", "application/json", `{"subject":"Your order CN=4711"}`},
		"SPIFFE, docs":  {"/", "text/html", `<code>spiffe://mesh.ledger.test/ns/a</code>`},
		"digest":        {"/", "application/json", `{"serial":"4A3F90BB12EE0C77","sha256":"` + strings.Repeat("a1b2c3d4", 8) + `"}`},
		"article":       {"/", "text/html", "<article><pre>" + pem(s.client.Certificate[0]) + "</pre></article>"},
	} {
		for _, hit := range run(answerTo(test.target, answer(200, test.media, test.body))).Hits {
			t.Errorf("%s: got %s: %s", name, hit.Rule, hit.Message)
		}
	}
}

// TestOwnSecretsAreNoLeak lets a server repeat what the client itself has sent.
func TestOwnSecretsAreNoLeak(t *testing.T) {
	in := answerTo("/headers", answer(200, "application/json", `{"headers":{"Authorization":"Bearer k7Gq2vXwR9bTz4LmN8pYc3Hd","X-Subject-DN":"CN=till-9,O=Shop"}}`),
		wire.Field{Name: "X-Subject-DN", Value: "CN=till-9,O=Shop"})
	in.As.Fields = []wire.Field{{Name: "Authorization", Value: "Bearer k7Gq2vXwR9bTz4LmN8pYc3Hd"}}
	if out := run(in); len(out.Hits) > 0 {
		t.Errorf("got %s: %s", out.Hits[0].Rule, out.Hits[0].Message)
	}
}

// TestCallersOwnSubject lets a server tell the caller who the caller is, and
// repeat it in an error.
func TestCallersOwnSubject(t *testing.T) {
	own := madeOnce().other
	for status, want := range map[int]string{200: "", 403: "certificate-reflection"} {
		in := answerTo("/whoami", answer(status, "application/json", `{"subject":"CN=till-4471,O=Shop"}`))
		in.As.Cert, in.As.Private, in.As.Name = &own, true, "caller"
		got := ""
		for _, hit := range run(in).Hits {
			got += hit.Rule
		}
		if got != want {
			t.Errorf("status %d: got %q, want %q", status, got, want)
		}
	}
}
