package detect_test

import (
	"testing"

	"blurt/scanner/detect"
	"blurt/scanner/wire"
)

func TestRefusalEvidence(t *testing.T) {
	with := func(got *wire.Response, name, value string) *wire.Response {
		got.Fields = append(got.Fields, wire.Field{Name: name, Value: value})
		return got
	}
	for _, test := range []struct {
		got  *wire.Response
		want string
	}{
		{sample(t, "nginx-1.22.1/no-certificate.http"), "nginx's own page for a missing certificate"},
		{sample(t, "nginx-1.22.1/bad-certificate.http"), "nginx's own page for a bad certificate"},
		{sample(t, "nginx-1.22.1/forbidden.http"), "nginx's own page for status 403"},
		{sample(t, "haproxy-2.6.12/deny.http"), "haproxy's own page for status 403"},
		{sample(t, "lighttpd-1.4.69/forbidden.http"), "lighttpd's own page for status 403"},
		{sample(t, "caddy-2.6.2/forbidden.http"), "caddy's own page for status 403"},
		{answer(496, "text/plain", "ours"), "nginx's own page for a missing certificate"},
		{answer(403, "application/json", `{"detail": "x"}`), "its status says so"},
		{answer(403, "application/json", `{"detail": "no client certificate"}`), "its body speaks of the certificate"},
		{with(answer(401, "text/plain", "no"), "WWW-Authenticate", `Bearer realm="api"`), "asks for Bearer credentials"},
		{with(answer(401, "text/plain", "no"), "WWW-Authenticate", "\x1b[31m"), "its status says so"},
		{with(answer(302, "text/html", ""), "Location", "/login?next=/a"), "redirects to a login"},
		{with(answer(302, "text/html", ""), "Location", "/anmelden"), "redirects to a login"},
		{with(answer(303, "text/html", ""), "Location", "/vstup?dal=%2Fkonto%2F7&j=cs"), "redirects to a page that is to lead back"},
		{with(answer(302, "text/html", ""), "Location", "/konto?seite=2"), ""},
		{with(answer(301, "text/html", ""), "Location", "/neu?alt=/konto"), ""},
		{with(answer(302, "text/html", ""), "Location", "/konto?%zz=/a"), ""},
		{answer(200, "application/json", `{"error": "not authorized"}`), "its body says so"},
		{answer(200, "text/html", "<title>Access denied</title>"), "its title says so"},
		{answer(200, "text/html", `<input type="password">`), "its page asks for a password"},
		{answer(200, "application/json", `{"ok": true}`), ""},
		{nil, ""},
	} {
		if got := detect.RefusalEvidence(test.got); got != test.want {
			t.Errorf("%+v: got %q, want %q", test.got, got, test.want)
		}
	}
}

// TestAnEmptyRefusalIsNotAlwaysCaddys has answers that came through Caddy from
// somebody else.
func TestAnEmptyRefusalIsNotAlwaysCaddys(t *testing.T) {
	for _, fields := range [][]wire.Field{
		{{Name: "Server", Value: "Caddy"}, {Name: "Server", Value: "gunicorn"}},
		{{Name: "Server", Value: "Caddy"}, {Name: "Via", Value: "1.1 Caddy"}},
		{{Name: "Server", Value: "Caddy"}, {Name: "WWW-Authenticate", Value: "Bearer"}},
		{{Name: "Server", Value: "Caddy"}, {Name: "Content-Type", Value: "application/json"}},
	} {
		if product, refused := detect.RefusedBy(&wire.Response{Status: 403, Fields: fields}); refused {
			t.Errorf("%v: got %q", fields, product)
		}
	}
}
