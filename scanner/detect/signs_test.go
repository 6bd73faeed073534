package detect_test

import (
	"bytes"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"html"
	"os"
	"slices"
	"strings"
	"testing"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// banners keeps the hits of version-banner.
func banners(out detect.Output) (keys []string) {
	for _, hit := range out.Hits {
		if hit.Rule == "version-banner" {
			keys = append(keys, hit.Key+" "+hit.Items[0].Value)
		}
	}
	return keys
}

func TestStockPages(t *testing.T) {
	tests := []struct {
		name    string
		product string
		refused bool
		banners []string
	}{
		{"nginx-1.22.1/no-certificate", "nginx", true, []string{"nginx nginx/1.22.1"}},
		{"nginx-1.22.1/bad-certificate", "nginx", true, []string{"nginx nginx/1.22.1"}},
		{"nginx-1.22.1/no-certificate-tokens-off", "nginx", true, nil},
		{"nginx-1.22.1/plain-to-tls", "nginx", false, []string{"nginx nginx/1.22.1"}},
		{"nginx-1.22.1/forbidden", "nginx", true, []string{"nginx nginx/1.22.1"}},
		{"nginx-1.22.1/unauthorized", "nginx", true, []string{"nginx nginx/1.22.1"}},
		{"nginx-1.22.1/missing", "nginx", false, []string{"nginx nginx/1.22.1"}},
		{"haproxy-2.6.12/deny", "haproxy", true, nil},
		{"haproxy-2.6.12/no-server", "haproxy", false, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := sample(t, test.name+".http")
			product, refused := detect.RefusedBy(got)
			if product != test.product || refused != test.refused {
				t.Errorf("RefusedBy: got %q, %v", product, refused)
			}
			out := run(answerTo("/", got))
			if !slices.Equal(banners(out), test.banners) || len(out.Hits) != len(test.banners) {
				t.Errorf("hits %+v", out.Hits)
			}
			if !slices.ContainsFunc(out.Products, func(p detect.Product) bool { return p.Name == test.product && p.Role == detect.Proxy }) {
				t.Errorf("products %v", out.Products)
			}
			for _, hit := range out.Hits {
				if !hit.PerOrigin || len(hit.Items) != 2 {
					t.Errorf("want one hit for field and page: %+v", hit)
				}
			}
		})
	}
}

func TestRefusedByIsNotTheApplication(t *testing.T) {
	for _, got := range []*wire.Response{
		nil,
		answer(403, "application/json", `{"detail":"RBAC: access denied"}`),
		answer(403, "text/html", "<html><h1>403 Forbidden</h1></html>"),
		answer(200, "text/html", "<center>No required SSL certificate was sent</center><hr><center>nginx</center>"),
		answer(400, "text/plain", "please send a client certificate unauthorized"),
	} {
		if product, refused := detect.RefusedBy(got); refused {
			t.Errorf("%+v: got %q", got, product)
		}
	}
	if product, refused := detect.RefusedBy(answer(496, "text/html", "<html>our own page</html>")); !refused || product != "nginx" {
		t.Errorf("496: got %q, %v", product, refused)
	}
}

func TestVersionBanners(t *testing.T) {
	tests := []struct {
		field, value string
		want         []string
		products     []string
	}{
		{"Server", "nginx/1.22.1", []string{"nginx nginx/1.22.1"}, []string{"nginx"}},
		{"Server", "nginx", nil, []string{"nginx"}},
		{"Server", "cloudflare", nil, []string{"cloudflare"}},
		{"server", "Apache/2.4.71 (Debian) OpenSSL/3.0.19 mod_wsgi/4.9.4 Python/3.11", []string{"apache Apache/2.4.71", "openssl OpenSSL/3.0.19", "mod_wsgi mod_wsgi/4.9.4", "python Python/3.11"}, []string{"apache", "openssl", "mod_wsgi", "python"}},
		{"Server", "WSGIServer/0.2 CPython/3.11.7", []string{"wsgiserver WSGIServer/0.2", "python CPython/3.11.7"}, []string{"wsgiserver", "python"}},
		{"X-Powered-By", "PHP/8.2.7", []string{"php PHP/8.2.7"}, []string{"php"}},
		{"X-Powered-By", "Express", nil, []string{"express"}},
		{"X-AspNet-Version", "4.0.30319", []string{"asp.net 4.0.30319"}, []string{"asp.net"}},
		{"Via", "1.1 varnish (Varnish/6.0), 1.1 google", []string{"varnish Varnish/6.0"}, []string{"varnish"}},
		{"Via", "HTTP/1.1 proxy.example (squid/4.10)", []string{"squid squid/4.10"}, []string{"squid"}},
		{"Server", "Jetty(9.4.43.v20210629)", []string{"jetty Jetty(9.4.43.v20210629)"}, []string{"jetty"}},
		{"Server", "Apache-Coyote/1.1", nil, []string{"tomcat"}},
		{"X-Powered-By", "Next.js 14.1.0", []string{"next.js Next.js 14.1.0"}, []string{"next.js"}},
		{"Server", "", nil, nil},
		{"Server", "////", nil, nil},
		{"Server", "(((", nil, nil},
		{"Date", "nginx/1.22.1", nil, nil},
	}
	for _, test := range tests {
		out := run(answerTo("/", &wire.Response{Status: 200, Fields: []wire.Field{{Name: test.field, Value: test.value}}}))
		if got := banners(out); !slices.Equal(got, test.want) {
			t.Errorf("%s: %s: got %q, want %q", test.field, test.value, got, test.want)
		}
		var products []string
		for _, p := range out.Products {
			products = append(products, p.Name)
		}
		if !slices.Equal(products, test.products) {
			t.Errorf("%s: %s: products %q, want %q", test.field, test.value, products, test.products)
		}
		for _, hit := range out.Hits {
			if excerpt := test.value[hit.Excerpt.Start:hit.Excerpt.End]; excerpt != hit.Items[0].Value {
				t.Errorf("%s: excerpt %q of %q", test.field, excerpt, hit.Items[0].Value)
			}
		}
	}
	page := answer(404, "text/html", "<html><body><h1>Not Found</h1><hr><address>Apache/2.4.71 (Debian) Server at api.example Port 443</address></body></html>")
	if got := banners(run(answerTo("/", page))); !slices.Equal(got, []string{"apache Apache/2.4.71"}) {
		t.Errorf("Apache's page: got %q", got)
	}
}

func dn(t *testing.T, name pkix.Name) []byte {
	t.Helper()
	der, err := asn1.Marshal(name.ToRDNSequence())
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestCANames(t *testing.T) {
	private := dn(t, pkix.Name{CommonName: "Shop Issuing CA 2", Organization: []string{"Shop, Inc."}, Country: []string{"DE"}})
	public := dn(t, pkix.Name{CommonName: "ISRG Root X1", Organization: []string{"Internet Security Research Group"}, Country: []string{"US"}})
	in := answerTo("/", nil)
	in.Got = nil
	in.Handshake = &wire.Handshake{Requested: true, AcceptableCAs: [][]byte{private, public, {0x30}, nil}}
	hit := onlyHit(t, run(in))
	if hit.Rule != "ca-disclosure" || !hit.PerOrigin || len(hit.Items) != 1 || !strings.Contains(hit.Message, "1 public") {
		t.Errorf("got %+v", hit)
	}
	wantItem(t, hit, "certificate authority", "handshake", finding.CADisclosure, false, `CN=Shop Issuing CA 2,O=Shop\, Inc.,C=DE`)
	in.Handshake = &wire.Handshake{Requested: true, AcceptableCAs: [][]byte{public}}
	if out := run(in); len(out.Hits) > 0 {
		t.Errorf("public authorities: got %+v", out.Hits)
	}
}

// TestParserMessages reads what real parsers say, in an error's JSON, with the
// request that provokes them.
func TestParserMessages(t *testing.T) {
	raw, err := os.ReadFile("testdata/parser-messages/messages.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		parser, message, found := strings.Cut(strings.TrimSpace(line), "\t")
		if !found {
			t.Fatalf("line %q", line)
		}
		t.Run(message, func(t *testing.T) {
			for _, got := range []*wire.Response{
				answer(400, "application/json", `{"error":`+quoteJSON(message)+`}`),
				answer(500, "text/plain", "Internal error: "+message+"\n"),
				answer(200, "application/json", `{"ok":false,"error":`+quoteJSON(message)+`}`),
			} {
				in := answerTo("/", got)
				in.Claim = wire.BrokenClaim
				in.Control = answer(200, "application/json", `{"ok":true}`)
				hit := onlyHit(t, run(in))
				if hit.Rule != "certificate-parser-error" || hit.Category != finding.ErrorDetail {
					t.Errorf("%s: got %s", parser, hit.Rule)
				}
				in.Control = got
				if out := run(in); len(out.Hits) > 0 {
					t.Errorf("%s: the control says the same: got %+v", parser, out.Hits)
				}
			}
			page := answer(200, "text/html", "<html><body><p>Solved: "+html.EscapeString(message)+"</p></body></html>")
			if out := run(answerTo("/questions/1", page)); len(out.Hits) > 0 {
				t.Errorf("%s: prose: got %+v", parser, out.Hits)
			}
		})
	}
}

func TestParserErrorNeedsACertificate(t *testing.T) {
	got := answer(500, "application/json", `{"error":"list index out of range"}`)
	if out := run(answerTo("/", got)); len(out.Hits) > 0 {
		t.Errorf("a message of anything: got %+v", out.Hits)
	}
	in := answerTo("/", got)
	in.Claim, in.Control = wire.BrokenClaim, answer(401, "application/json", `{"error":"no certificate"}`)
	if hit := onlyHit(t, run(in)); hit.Confidence != finding.Tentative {
		t.Errorf("after a broken certificate: got %s", hit.Confidence)
	}
}

func TestExpectedFields(t *testing.T) {
	for body, name := range map[string]string{
		`{"error":"no client certificate found (HTTP_X_SSL_CERT missing)"}`: "HTTP_X_SSL_CERT",
		`{"detail":"'HTTP_X_SSL_CLIENT_S_DN'"}`:                             "HTTP_X_SSL_CLIENT_S_DN",
		`{"error":"header X-SSL-Client-Verify is required"}`:                "X-SSL-Client-Verify",
		`{"error":"missing ssl-client-subject-dn"}`:                         "ssl-client-subject-dn",
	} {
		hit := onlyHit(t, run(answerTo("/", answer(403, "application/json", body))))
		if hit.Rule != "certificate-parser-error" || hit.Confidence != finding.Firm {
			t.Errorf("%s: got %s, %s", body, hit.Rule, hit.Confidence)
		}
		wantItem(t, hit, "expected field", "body", finding.ErrorDetail, false, name)
	}
}

func TestReflection(t *testing.T) {
	echo := func(body, field string) detect.Echo {
		at := strings.Index(body, canary)
		return detect.Echo{Token: canary, Field: field, Where: "body", Start: at, End: at + len(canary)}
	}
	body := `{"user":"CN=` + canary + `,O=Blurt","issuer":"x"}`
	in := answerTo("/", answer(200, "application/json", body))
	in.Echoes = []detect.Echo{echo(body, "certificate subject CN"), {Token: canary, Field: "X-SSL-Client-S-DN", Where: "X-User", End: len(canary)}, echo(body, "path")}
	in.Got.Fields = append(in.Got.Fields, wire.Field{Name: "X-User", Value: canary})
	hit := onlyHit(t, run(in))
	if hit.Rule != "certificate-reflection" || hit.Confidence != finding.Confirmed || len(hit.Items) != 2 {
		t.Errorf("got %+v", hit)
	}
	wantItem(t, hit, "certificate subject CN", "body", finding.CertReflection, false, "CN="+canary+",O=Blurt")
	wantItem(t, hit, "X-SSL-Client-S-DN", "field X-User", finding.CertReflection, false, canary)

	in.Echoes = []detect.Echo{echo(body, "path"), echo(body, "query"), echo(body, "host"), echo(body, "method")}
	if out := run(in); len(out.Hits) > 0 {
		t.Errorf("the request's own line: got %+v", out.Hits)
	}
}

func TestReflectionEscaping(t *testing.T) {
	sent := canary + `"><i>x`
	for body, want := range map[string]string{
		"<p>Hello " + sent + "</p>":                    "body, unescaped",
		"<p>Hello " + html.EscapeString(sent) + "</p>": "body, escaped",
	} {
		in := answerTo("/", answer(200, "text/html", body), wire.Field{Name: "X-SSL-Client-S-DN", Value: sent})
		at := strings.Index(body, canary)
		in.Echoes = []detect.Echo{{Token: canary, Field: "X-SSL-Client-S-DN", Where: "body", Start: at, End: at + len(canary)}}
		hit := onlyHit(t, run(in))
		if hit.Items[0].Location != want || strings.Contains(hit.Message, "unescaped") != strings.Contains(want, "unescaped") {
			t.Errorf("%s: got %q, %q", body, hit.Items[0].Location, hit.Message)
		}
	}
}

func TestTraceEcho(t *testing.T) {
	body := "TRACE / HTTP/1.1\r\nHost: api.shop.example\r\nX-SSL-Client-Verify: NONE\r\nX-Forwarded-For: 10.1.2.3\r\nUser-Agent: blurt\r\n\r\n"
	in := answerTo("/", answer(200, "message/http", body), wire.Field{Name: "Host", Value: "api.shop.example"}, wire.Field{Name: "user-agent", Value: "blurt"})
	in.Asked.Method = "TRACE"
	hit := onlyHit(t, run(in))
	if hit.Rule != "trace-echo" || hit.Confidence != finding.Confirmed || len(hit.Items) != 2 {
		t.Errorf("got %+v", hit)
	}
	wantItem(t, hit, "X-SSL-Client-Verify", "field added", finding.CertReflection, false, "NONE")
	wantItem(t, hit, "X-Forwarded-For", "field added", finding.InternalHost, false, "10.1.2.3")
	in.Got = answer(405, "text/html", "<html>no</html>")
	if out := run(in); len(out.Hits) > 0 {
		t.Errorf("refused TRACE: got %+v", out.Hits)
	}
}

func TestSpoofing(t *testing.T) {
	forbidden := answer(403, "application/json", `{"error":"certificate required"}`)
	login := answer(302, "text/html", "")
	login.Fields = append(login.Fields, wire.Field{Name: "Location", Value: "https://sso.example/auth/login?next=/"})
	nginx := sample(t, "nginx-1.22.1/no-certificate.http")
	ok := answer(200, "application/json", `{"orders":[]}`)
	named := answer(200, "application/json", `{"user":"`+canary+`"}`)
	page := answer(200, "text/html", `<html><title>Sign in</title><form><input type="password" name="p"></form></html>`)
	tests := []struct {
		name       string
		claim      wire.Claim
		control    *wire.Response
		got        *wire.Response
		rule       string
		confidence finding.Confidence
	}{
		{"header believed", wire.HeaderClaim, forbidden, ok, "identity-header-trusted", finding.Firm},
		{"header believed after a login", wire.HeaderClaim, login, ok, "identity-header-trusted", finding.Firm},
		{"header believed and named", wire.HeaderClaim, forbidden, named, "identity-header-trusted", finding.Confirmed},
		{"certificate believed", wire.CertificateClaim, nginx, ok, "untrusted-certificate-accepted", finding.Firm},
		{"header breaks what is behind the check", wire.HeaderClaim, forbidden, answer(500, "text/html", "<h1>Server Error (500)</h1>"), "identity-header-trusted", finding.Tentative},
		{"gateway error", wire.HeaderClaim, forbidden, answer(502, "text/html", "bad gateway"), "", 0},
		{"certificate and 500", wire.CertificateClaim, forbidden, answer(500, "text/html", "x"), "", 0},
		{"still refused", wire.HeaderClaim, forbidden, forbidden, "", 0},
		{"login page with 200", wire.HeaderClaim, login, page, "", 0},
		{"refusal with 200", wire.HeaderClaim, forbidden, answer(200, "application/json", `{"error":"Unauthorized"}`), "", 0},
		{"open anyway", wire.HeaderClaim, ok, ok, "", 0},
		{"no claim", wire.NoClaim, forbidden, ok, "", 0},
		{"no control", wire.HeaderClaim, nil, ok, "", 0},
		{"redirect elsewhere", wire.HeaderClaim, answer(301, "text/html", ""), ok, "", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in := answerTo("/orders", test.got)
			in.Claim, in.Control = test.claim, test.control
			if at := bytes.Index(test.got.Body, []byte(canary)); at >= 0 {
				in.Echoes = []detect.Echo{{Token: canary, Field: "X-SSL-Client-S-DN", Where: "body", Start: at, End: at + len(canary)}}
			}
			var found []detect.Hit
			for _, hit := range run(in).Hits {
				if hit.Category == finding.IdentitySpoofing {
					found = append(found, hit)
				}
			}
			switch {
			case test.rule == "" && len(found) > 0:
				t.Errorf("got %+v", found)
			case test.rule != "" && (len(found) != 1 || found[0].Rule != test.rule || found[0].Confidence != test.confidence):
				t.Errorf("got %+v", found)
			}
		})
	}
}

func TestPathLeaks(t *testing.T) {
	tests := []struct {
		name, media, body string
		want              []string
	}{
		{"PHP", "text/html", "<b>Warning</b>: include_once(): failed in <b>/var/www/html/api/auth.php</b> on line <b>12</b>", []string{"/var/www/html/api/auth.php"}},
		{"JSON", "application/json", `{"error":"ENOENT: no such file or directory, open '/app/config/ca.pem'"}`, []string{"/app/config/ca.pem"}},
		{"JSON, escaped slashes", "application/json", `{"error":"in \/home\/deploy\/api\/index.php:3"}`, []string{"/home/deploy/api/index.php"}},
		{"JSON, escaped line feed", "application/json", `{"stack":"Error: x\n    at f (/srv/api/server.mjs:10:5)\n/srv/api/lib/tls.ts:3"}`, []string{"/srv/api/server.mjs", "/srv/api/lib/tls.ts"}},
		{"layout", "text/plain", "import failed: /opt/venv/lib/python3.11/site-packages/shop", []string{"/opt/venv/lib/python3.11/site-packages/shop"}},
		{"Windows", "text/plain", `Could not load C:\inetpub\wwwroot\api\Global.asax`, []string{`C:\inetpub\wwwroot\api\Global.asax`}},
		{"Windows in JSON", "application/json", `{"error":"at D:\\Sites\\Shop Api"}` + `{"x":"D:\\work\\shop\\Auth.cs:line 4"}`, []string{`D:\Sites\Shop`, `D:\work\shop\Auth.cs`}},
		{"Program Files", "text/plain", `in C:\Program Files\Shop\web.config`, []string{`C:\Program Files\Shop\web.config`}},
		{"UNC", "text/plain", `cannot open \\files01\deploy\shop\web.config`, []string{`\\files01\deploy\shop\web.config`}},
		{"UNC in JSON", "application/json", `{"error":"cannot open \\\\files01\\deploy\\web.config"}`, []string{`\\files01\deploy\web.config`}},
		{"HTML entities", "text/html", "<p>open &#x27;/etc/ssl/private/api.key&#x27; failed</p>", []string{"/etc/ssl/private/api.key"}},
		{"the request's own path", "application/json", `{"status":404,"path":"/app/orders.php","message":"/app/orders.php not found"}`, nil},
		{"URLs", "application/json", `{"error":"see https://example.com/home/docs/errors.php and //cdn.example/srv/x.py"}`, nil},
		{"links", "text/html", `<a href="/home/help.php">help</a><img src="/app/logo.conf"><form action='/var/www/x.php'>`, nil},
		{"members with references", "application/json", `{"error":"x","next":"/data/items.json","url":"/app/v1/list.php"}`, nil},
		{"routes", "text/plain", "No route for /app/users or /home/start", nil},
		{"MIME types and dates", "text/plain", "expected application/json, got text/html on 2026/01/02", nil},
		{"base64", "text/plain", "bad value q/usr/lib/x.py+srv/app/y.py==", nil},
		{"escape sequences", "application/json", `{"error":"pattern ^\\d+\\w\\s+$ and \\u00e9\\n does not fit"}`, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out := run(answerTo("/app/orders.php?id=1", answer(500, test.media, test.body)))
			var got []string
			for _, hit := range out.Hits {
				if hit.Rule != "path-leak" {
					t.Errorf("got %s: %s", hit.Rule, hit.Message)
				}
				for _, i := range hit.Items {
					got = append(got, i.Value)
				}
				checkHit(t, test.name, answerTo("/", answer(500, test.media, test.body)), hit)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestPathsInPagesThatAreNoErrors(t *testing.T) {
	prose := "<html><body><p>Edit <code>/etc/nginx/nginx.conf</code>, then look at /var/log/nginx/error.log.</p></body></html>"
	for _, control := range []*wire.Response{nil, answer(200, "text/html", prose), answer(404, "text/html", "no")} {
		in := answerTo("/manual", answer(200, "text/html", prose))
		in.Control = control
		if out := run(in); len(out.Hits) > 0 {
			t.Errorf("got %+v", out.Hits)
		}
	}
}

func ExampleRefusal() {
	fmt.Println(detect.Refusal(&wire.Response{Status: 403}), detect.Refusal(&wire.Response{Status: 200, Body: []byte("hello")}))
	// Output: true false
}
