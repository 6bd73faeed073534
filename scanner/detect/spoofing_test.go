package detect_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"slices"
	"strings"
	"testing"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

func redirect(location string) *wire.Response {
	return &wire.Response{Status: 302, Fields: []wire.Field{{Name: "Location", Value: location}}}
}

func session(location, cookie string) *wire.Response {
	r := redirect(location)
	r.Fields = append(r.Fields, wire.Field{Name: "Set-Cookie", Value: cookie + "; Path=/; HttpOnly"})
	return r
}

// TestABrokenCertificateProvesNoSpoof: where a certificate was sent along, an
// internal error may come from reading that.
func TestABrokenCertificateProvesNoSpoof(t *testing.T) {
	for _, value := range []string{"-----BEGIN%20CERTIFICATE-----%0AMIIB", ":MIIBxyz:", "MIIBxyz"} {
		in := answerTo("/orders", answer(500, "text/html", "<h1>Server Error (500)</h1>"), wire.Field{Name: "X-SSL-Client-Cert", Value: value})
		in.Claim, in.Control = wire.HeaderClaim, answer(403, "application/json", `{"error":"certificate required"}`)
		if out := run(in); len(out.Hits) > 0 {
			t.Errorf("%s: got %+v", value, out.Hits)
		}
	}
}

// TestAnErrorWithStatus200 holds answers whose status says success and whose body
// says failure: what follows the refusal is then another failure.
func TestAnErrorWithStatus200(t *testing.T) {
	stream := func(data string) *wire.Response {
		return answer(200, "text/event-stream; charset=utf-8", "event: error\ndata: "+data+"\n\n")
	}
	json := func(body string) *wire.Response { return answer(200, "application/json", body) }
	refused := json(`{"error":"unauthorized"}`)
	tests := []struct {
		name         string
		control, got *wire.Response
		want         bool
	}{
		{"another error in a stream", stream(`{"error":"unauthorised"}`), stream(`{"error": "Unable to load PEM file.", "type": "ValueError"}`), false},
		{"an event in a stream", stream(`{"error":"unauthorised"}`), stream(`{"order": 7}`), true},
		{"the same envelope", json(`{"code":1401,"message":"certificate required","data":null}`), json(`{"code":1500,"message":"parsing failed","data":null}`), false},
		{"the envelope filled", json(`{"code":1401,"message":"certificate required","data":null}`), json(`{"code":0,"message":"ok","data":{"id":7}}`), true},
		{"a status in the body", refused, json(`{"status":500,"message":"something failed"}`), false},
		{"no success", refused, json(`{"success":false,"message":"something failed"}`), false},
		{"errors after a proper refusal", answer(403, "application/json", `{}`), json(`{"errors":[{"message":"something failed"}],"data":null}`), false},
		{"errors beside data", refused, json(`{"errors":[{"message":"something failed"}],"data":{"orders":[7]}}`), true},
		{"no error", refused, json(`{"error":null,"orders":[]}`), true},
		{"a parser's message", answer(200, "text/plain", "unauthorized"), answer(200, "text/plain", "x509: malformed certificate"), false},
	}
	for _, test := range tests {
		in := answerTo("/orders", test.got)
		in.Claim, in.Control = wire.HeaderClaim, test.control
		got := slices.ContainsFunc(run(in).Hits, func(h detect.Hit) bool { return h.Rule == "identity-header-trusted" })
		if got != test.want {
			t.Errorf("%s: believed %v, want %v", test.name, got, test.want)
		}
	}
}

func TestAClaimThatReplacesAGenuineCertificate(t *testing.T) {
	own := answer(200, "application/json", `{"user":"billing.partner.example"}`)
	tests := []struct {
		name, body string
		want       bool
	}{
		{"the claimed name instead", `{"user":"` + canary + `"}`, true},
		{"both names", `{"user":"billing.partner.example","x":"` + canary + `"}`, false},
		{"neither", `{"user":"nobody"}`, false},
	}
	for _, test := range tests {
		in := answerTo("/me", answer(200, "application/json", test.body))
		in.Claim, in.Control = wire.HeaderClaim, own
		in.As.Cert = &tls.Certificate{Certificate: [][]byte{{1}}, Leaf: &x509.Certificate{Subject: pkix.Name{CommonName: "billing.partner.example"}}}
		if at := strings.Index(test.body, canary); at >= 0 {
			in.Echoes = []detect.Echo{echoIn(test.body, "X-SSL-Client-S-DN")}
		}
		got := slices.ContainsFunc(run(in).Hits, func(h detect.Hit) bool { return h.Rule == "identity-header-trusted" })
		if got != test.want {
			t.Errorf("%s: spoofed %v, want %v", test.name, got, test.want)
		}
	}
}

func TestSpoofing(t *testing.T) {
	forbidden := answer(403, "application/json", `{"error":"certificate required"}`)
	login := redirect("https://sso.example/auth/login?next=/")
	nginx := sample(t, "nginx-1.22.1/no-certificate.http")
	debug := sample(t, "django-6.0.10/500-certificate-html.http")
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
		{"debug page tells why", wire.HeaderClaim, forbidden, debug, "", 0},
		{"gateway error", wire.HeaderClaim, forbidden, answer(502, "text/html", "bad gateway"), "", 0},
		{"certificate and 500", wire.CertificateClaim, forbidden, answer(500, "text/html", "x"), "", 0},
		{"still refused", wire.HeaderClaim, forbidden, forbidden, "", 0},
		{"login page with 200", wire.HeaderClaim, login, page, "", 0},
		{"refusal with 200", wire.HeaderClaim, forbidden, answer(200, "application/json", `{"error":"Unauthorized"}`), "", 0},
		{"open anyway", wire.HeaderClaim, ok, ok, "", 0},
		{"no claim", wire.NoClaim, forbidden, ok, "", 0},
		{"no control", wire.HeaderClaim, nil, ok, "", 0},
		{"signed in by a redirect", wire.HeaderClaim, forbidden, session("/orders/", "sessionid=7f3a9c"), "identity-header-trusted", finding.Firm},
		{"redirect without a session", wire.HeaderClaim, forbidden, session("/orders/", "theme=dark"), "", 0},
		{"redirect to the login with a session", wire.HeaderClaim, forbidden, session("/login?next=/", "sessionid=7f3a9c"), "", 0},
		{"redirect elsewhere", wire.HeaderClaim, redirect("/orders/"), ok, "", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in := answerTo("/orders", test.got)
			in.Claim, in.Control = test.claim, test.control
			if bytes.Contains(test.got.Body, []byte(canary)) {
				in.Echoes = []detect.Echo{echoIn(string(test.got.Body), "X-SSL-Client-S-DN")}
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

func TestRefusal(t *testing.T) {
	for _, test := range []struct {
		name string
		got  *wire.Response
		want bool
	}{
		{"nothing", nil, false},
		{"401", &wire.Response{Status: 401}, true},
		{"403", &wire.Response{Status: 403}, true},
		{"404", &wire.Response{Status: 404}, false},
		{"500", answer(500, "application/json", `{"error":"unauthorized"}`), false},
		{"login", redirect("/accounts/login/?next=/orders"), true},
		{"other host's login", redirect("https://sso.example.com/realms/shop/protocol/openid-connect/auth?x"), true},
		{"slash", redirect("/orders/"), false},
		{"a name that begins so", redirect("/authors/"), false},
		{"query", redirect("/orders?from=login"), false},
		{"400 about the certificate", answer(400, "application/json", `{"error":"bad client certificate"}`), true},
		{"400 about something else", answer(400, "application/json", `{"error":"id is not a number"}`), false},
		{"200 that refuses", answer(200, "application/json", `{"ok":false,"error":"Authentication required"}`), true},
		{"200 that speaks of the certificate", answer(200, "application/json", `{"client certificate":"accepted","SSL_CLIENT_VERIFY":"SUCCESS"}`), false},
		{"login form", answer(200, "text/html", `<form><INPUT TYPE="password"></form>`), true},
		{"page that refuses", answer(200, "text/html", `<title>Access denied</title>`), true},
		{"page about refusals", answer(200, "text/html", `<title>Manual</title><p>Access denied means …</p>`), false},
	} {
		if got := detect.Refusal(test.got); got != test.want {
			t.Errorf("%s: got %v", test.name, got)
		}
	}
}
