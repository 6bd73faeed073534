package detect_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/wire"

	"github.com/google/go-cmp/cmp"
)

// hosts lists what hits of the rule say, "confidence kind value".
func hosts(out detect.Output) []string {
	var said []string
	for _, hit := range out.Hits {
		if hit.Rule != "internal-host" {
			continue
		}
		for _, item := range hit.Items {
			said = append(said, hit.Confidence.String()+" "+item.Name+" "+item.Value)
		}
	}
	return said
}

// TestConnectionErrors reads what the runtimes of the lab's machine said of hosts
// that they could not reach; those marked come from the source of the client.
func TestConnectionErrors(t *testing.T) {
	for text, want := range map[string][]string{
		`Get "http://10.20.0.5:8080/x": dial tcp 10.20.0.5:8080: connect: connection refused`:                 {"firm private address 10.20.0.5:8080"},
		`dial tcp: lookup orders-db on 10.255.255.53:53: no such host`:                                        {"firm upstream orders-db", "firm private address 10.255.255.53:53"},
		`getaddrinfo ENOTFOUND orders-db`:                                                                     {"firm upstream orders-db"},
		`connect ECONNREFUSED 127.0.0.1:6379`:                                                                 {"firm private address 127.0.0.1:6379"},
		`java.net.UnknownHostException: orders-db`:                                                            {"firm upstream orders-db"},
		`php_network_getaddresses: getaddrinfo for orders-db failed: Name or service not known`:               {"firm upstream orders-db"},
		`SQLSTATE[08006] [7] could not translate host name "orders-db" to address: Name or service not known`: {"firm upstream orders-db"},
		`connection to server at "172.18.0.2", port 5432 failed: Connection refused`:                          {"firm private address 172.18.0.2:5432"},
		`Failed to open TCP connection to orders-db:8080 (getaddrinfo: Name or service not known)`:            {"firm upstream orders-db:8080"},
		`cURL error 6: Could not resolve host: orders-db`:                                                     {"firm upstream orders-db"},
		`Failed to connect to 127.0.0.1 port 8080 after 0 ms: Couldn't connect to server`:                     {"firm private address 127.0.0.1:8080"},
		// From the clients' sources.
		`HTTPConnectionPool(host='auth.internal', port=8080): Max retries exceeded with url: /token`:      {"firm internal host name auth.internal:8080"},
		`Error 111 connecting to redis:6379. Connection refused.`:                                         {"firm upstream redis:6379"},
		`Connection to orders-db:5432 refused. Check that the hostname and port are correct`:              {"firm upstream orders-db:5432"},
		`I/O error on GET request for \"http://orders:8080/api\": Connection refused`:                     {"firm upstream orders:8080"},
		`No connection could be made because the target machine actively refused it. (10.0.0.7:1433)`:     {"firm private address 10.0.0.7:1433"},
		`Access denied for user 'app'@'10.20.0.7' (using password: YES)`:                                  {"firm private address 10.20.0.7"},
		`failed to connect to all addresses; last error: UNKNOWN: ipv4:10.8.0.3:50051: Failed to connect`: {"firm private address 10.8.0.3:50051"},
		`User \"system:serviceaccount\" at orders.default.svc.cluster.local:8080`:                         {"firm internal host name orders.default.svc.cluster.local:8080"},
	} {
		for _, page := range []*wire.Response{
			answer(500, "text/plain", text),
			answer(502, "application/json", `{"error":"`+strings.ReplaceAll(strings.ReplaceAll(text, `\"`, `"`), `"`, `\"`)+`"}`),
			answer(500, "text/html", "<html><body><h1>Error</h1><p>"+strings.ReplaceAll(strings.ReplaceAll(text, `\"`, `"`), `"`, "&quot;")+"</p></body></html>"),
		} {
			if diff := cmp.Diff(want, hosts(run(answerTo("/orders", page)))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", page.Body, diff)
			}
		}
	}
}

// TestLongAddresses reads unique local addresses, bare and with a port.
func TestLongAddresses(t *testing.T) {
	page := answer(502, "text/plain", "connect to [fd12:3456:789a::5]:8443 failed, and so did fd12:3456:789a::6; aa:fd:12:34:56:78 is no address")
	want := []string{"firm private address [fd12:3456:789a::5]:8443", "firm private address fd12:3456:789a::6"}
	if diff := cmp.Diff(want, hosts(run(answerTo("/orders", page)))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestHostFields reads the header fields that name what stands behind.
func TestHostFields(t *testing.T) {
	for _, c := range []struct {
		name, value string
		want        []string
	}{
		{"X-Backend-Server", "web03", []string{"firm server name web03"}},
		{"X-Served-By", "orders-7d9f8b5c6d-x2lqz", []string{"firm server name orders-7d9f8b5c6d-x2lqz"}},
		{"X-Served-By", "cache-fra-etou8220091-FRA", nil},
		{"X-Upstream", "10.42.0.17:8000", []string{"firm private address 10.42.0.17:8000"}},
		{"X-Envoy-Decorator-Operation", "orders.default.svc.cluster.local:8080/*", []string{"firm internal host name orders.default.svc.cluster.local:8080"}},
		{"X-Envoy-Peer-Metadata-Id", "sidecar~10.244.0.5~orders-7d9f8b5c6d-x2lqz.default~default.svc.cluster.local", []string{"firm private address 10.244.0.5", "firm internal host name default.svc.cluster.local"}},
		{"X-Envoy-Upstream-Service-Time", "12", nil},
		{"Via", "1.1 proxy01.corp:3128 (squid/5.7)", []string{"firm internal host name proxy01.corp:3128"}},
		{"Via", "1.1 varnish (Varnish/6.0), 1.1 5c1e9f.cloudfront.net (CloudFront)", nil},
		{"Location", "http://10.0.3.4:8080/login", []string{"firm private address 10.0.3.4:8080"}},
		{"Location", "http://auth.corp.internal/login", []string{"firm internal host name auth.corp.internal"}},
		{"Location", "https://api.shop.example:8443/login", []string{"tentative internal port api.shop.example:8443"}},
		{"Location", "https://api.shop.example/login", nil},
		{"Location", "https://login.shop.example:8443/", nil},
		{"Content-Security-Policy", "default-src 'self'; connect-src https://api.corp.internal http://localhost:3000", []string{"firm internal host name api.corp.internal"}},
		{"Content-Security-Policy", "default-src 'self' http://127.0.0.1:3000", nil},
		{"WWW-Authenticate", `Bearer realm="https://10.1.2.3:8443/token"`, []string{"firm private address 10.1.2.3:8443"}},
		{"X-Application-Context", "orders:production:8080", []string{"firm service name orders:production:8080"}},
		{"Set-Cookie", "BIGipServerpool_orders=1677787402.36895.0000; path=/; Httponly", []string{"firm private address 10.1.1.100:8080", "firm load balancer's pool pool_orders"}},
		{"Set-Cookie", "BIGipServer~dmz~orders=rd5o00000000000000000000ffffac10fa25o8443; path=/", []string{"firm private address 172.16.250.37:8443", "firm load balancer's pool /dmz/orders"}},
		{"Set-Cookie", "BIGipServerorders=!kJ5w1bq5xVq0=; path=/", []string{"tentative load balancer's pool orders"}},
		{"Set-Cookie", "SERVERID=web-02; path=/", []string{"tentative server name web-02"}},
		{"Set-Cookie", "session=abc; Domain=shop.corp.internal; Secure", []string{"firm internal host name shop.corp.internal"}},
		{"X-Forwarded-For", "10.0.0.9", nil},
		{"X-Server", "nginx", nil},
		{"X-Instance-Id", "4f2a9c0d1b3e", nil},
		{"Server", "Apache/10.0.0.1", nil},
		{"X-Client-Version", "version 10.0.0.1", nil},
	} {
		page := answer(200, "text/html", "<p>Hello</p>")
		page.Fields = append(page.Fields, wire.Field{Name: c.name, Value: c.value})
		in := answerTo("/", page)
		if diff := cmp.Diff(c.want, hosts(run(in))); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", c.name, c.value, diff)
		}
		in.Control = page
		if got := hosts(run(in)); got != nil {
			t.Errorf("%s: the control shows it too, got %q", c.name, got)
		}
	}
}

// TestSecondCookie: a hit's excerpt indexes the first field of its name.
func TestSecondCookie(t *testing.T) {
	page := answer(200, "text/html", "")
	page.Fields = append(page.Fields, wire.Field{Name: "Set-Cookie", Value: "a=1"}, wire.Field{Name: "Set-Cookie", Value: "BIGipServerorders=1677787402.36895.0000; path=/"})
	in := answerTo("/", page)
	hit := onlyHit(t, run(in))
	checkHit(t, "second cookie", in, hit)
	if hit.Items[0].Value != "10.1.1.100:8080" {
		t.Errorf("got %+v", hit.Items)
	}
}

// TestHostsThatAreNoLeak: examples, versions, drawings, our own values, the target
// itself, and what an API is for.
func TestHostsThatAreNoLeak(t *testing.T) {
	inventory := `{"servers":[{"name":"db1.corp.internal","address":"10.0.0.5"},{"name":"db2.corp.internal","address":"10.0.0.6:5432"}]}`
	for label, in := range map[string]detect.Input{
		"inventory":         answerTo("/servers", answer(200, "application/json", inventory)),
		"article":           answerTo("/a", answer(200, "text/html", "<article><p>dial tcp 10.0.0.5:5432: connect: connection refused</p></article>")),
		"ticket":            answerTo("/t", answer(200, "application/json", `{"id":1,"description":"dial tcp 10.0.0.5:5432: connect: connection refused"}`)),
		"version":           answerTo("/", answer(400, "application/json", `{"error":"Unsupported version 10.0.0.1"}`)),
		"agent":             answerTo("/", answer(400, "text/plain", "Chrome/10.0.0.1 is too old")),
		"identifier":        answerTo("/", answer(400, "text/plain", "unknown OID 1.2.10.0.0.1")),
		"drawing":           answerTo("/", answer(404, "text/html", `<svg><path d="M 10.0.0.1 2.5 l10.0.0.4"/></svg>`)),
		"example":           answerTo("/", answer(400, "application/json", `{"error":"ip must be an address, e.g. 192.168.0.1"}`)),
		"documentation":     answerTo("/", answer(500, "text/plain", "connect to 192.0.2.7:80 or [2001:db8::1]:80 failed")),
		"public":            answerTo("/", answer(500, "text/plain", "getaddrinfo ENOTFOUND api.partner.example.com")),
		"client":            answerTo("/", answer(403, "text/html", "<p>Your IP is 10.4.5.6, and your IP: 10.4.5.6</p>")),
		"package":           answerTo("/", answer(500, "text/plain", "com.example.internal is no module; self.local was unset; Service1.svc")),
		"envoy's own":       answerTo("/", answer(503, "text/plain", "upstream connect error or disconnect/reset before headers. reset reason: connection failure")),
		"our path":          answerTo("/10.0.0.5/files", answer(404, "application/json", `{"error":"/10.0.0.5:80 and 10.0.0.5 not found"}`)),
		"our field":         answerTo("/", answer(400, "text/plain", "bad forwarder 10.9.8.7:80"), wire.Field{Name: "X-Forwarded-For", Value: "10.9.8.7"}),
		"request's address": answerTo("/?host=orders-db", answer(500, "text/plain", "getaddrinfo ENOTFOUND orders-db")),
	} {
		if got := run(in); len(got.Hits) > 0 {
			t.Errorf("%s: got %s: %s", label, got.Hits[0].Rule, got.Hits[0].Message)
		}
	}
	private := answerTo("/", answer(502, "text/plain", "staging.corp at 10.1.1.1 and login.dev.staging.corp: see https://staging.corp/"))
	private.To.Origin = wire.Origin{Scheme: "https", Host: "staging.corp", Port: 443}
	private.Remote = netip.MustParseAddrPort("10.1.1.1:443")
	if got := hosts(run(private)); slices.ContainsFunc(got, func(s string) bool { return !strings.Contains(s, "login.dev") }) {
		t.Errorf("the target's own name and address: got %q", got)
	}
	local := answerTo("/", answer(502, "text/plain", "http://127.0.0.1:18401/x could not be read; dial tcp 127.0.0.1:8000: connect: connection refused"))
	local.To.Origin = wire.Origin{Scheme: "https", Host: "127.0.0.1", Port: 18401}
	if diff := cmp.Diff([]string{"firm private address 127.0.0.1:8000"}, hosts(run(local))); diff != "" {
		t.Errorf("another port of the target's address (-want +got):\n%s", diff)
	}
}

// TestHostsInTraces: a traceback owns what it names.
func TestHostsInTraces(t *testing.T) {
	body := "Traceback (most recent call last):\n  File \"/srv/shop/views.py\", line 12, in orders\n    connect()\n" +
		"psycopg2.OperationalError: could not translate host name \"orders-db\" to address: Name or service not known\n"
	out := run(answerTo("/orders", answer(500, "text/plain", body)))
	if len(out.Hits) != 1 || out.Hits[0].Rule != "python-traceback" {
		t.Fatalf("got %v", out.Hits)
	}
	if !slices.ContainsFunc(out.Hits[0].Items, func(i detect.Item) bool { return i.Category == finding.InternalHost && i.Value == "orders-db" }) {
		t.Errorf("the host is not listed: %+v", out.Hits[0].Items)
	}
}

// FuzzInternalHost reads whatever stands in a body and in fields.
func FuzzInternalHost(f *testing.F) {
	for _, seed := range []string{
		"dial tcp 10.20.0.5:8080: connect: connection refused", "lookup orders-db on 10.0.0.53:53: no such host", "[fd12::5]:8443 fe80::1 fd::", " Server at 10.0.0.1 Port 80",
		"BIGIPServerpool=1677787402.36895.0000; Domain=shop.corp", "BIGipServerx=rd5o00000000000000000000ffffac10fa25o8443", "http://user:x@orders.svc.cluster.local:99999/", "server at \"db\" (10.0.0.1), port 5432",
	} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, body, value string) {
		got := answer(502, "text/plain", body)
		for _, name := range []string{"Location", "Set-Cookie", "X-Backend-Server", "X-Application-Context", "Via"} {
			got.Fields = append(got.Fields, wire.Field{Name: name, Value: value})
		}
		in := answerTo("/", got)
		out := run(in)
		if len(out.Failed) > 0 {
			t.Fatalf("%q, %q: %v", body, value, out.Failed)
		}
		for _, hit := range out.Hits {
			checkHit(t, "host", in, hit)
		}
	})
}
