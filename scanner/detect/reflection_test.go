package detect_test

import (
	"html"
	"strings"
	"testing"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// echoIn is the echo of the canary where it stands first in a body.
func echoIn(body, field string) detect.Echo {
	at := strings.Index(body, canary)
	return detect.Echo{Token: canary, Field: field, Where: "body", Start: at, End: at + len(canary)}
}

func TestReflection(t *testing.T) {
	body := `{"user":"CN=` + canary + `,O=Blurt","issuer":"x"}`
	in := answerTo("/", answer(200, "application/json", body))
	in.Claim = wire.HeaderClaim
	inField := detect.Echo{Token: canary, Field: "X-SSL-Client-S-DN", Where: "X-User", End: len(canary)}
	again := inField
	again.Field = "certificate subject CN"
	in.Echoes = []detect.Echo{echoIn(body, "certificate subject CN"), inField, again, echoIn(body, "path")}
	in.Got.Fields = append(in.Got.Fields, wire.Field{Name: "X-User", Value: canary})
	hit := onlyHit(t, run(in))
	if hit.Rule != "certificate-reflection" || hit.Confidence != finding.Confirmed || len(hit.Items) != 2 {
		t.Errorf("got %+v", hit)
	}
	wantItem(t, hit, "certificate subject CN", "body; field X-User", finding.CertReflection, false, "CN="+canary+",O=Blurt")
	wantItem(t, hit, "X-SSL-Client-S-DN", "field X-User", finding.CertReflection, false, canary)

	in.Echoes = []detect.Echo{echoIn(body, "path"), echoIn(body, "query"), echoIn(body, "host"), echoIn(body, "method")}
	if out := run(in); len(out.Hits) > 0 {
		t.Errorf("the request's own line: got %+v", out.Hits)
	}
}

func TestSecondOrderLeak(t *testing.T) {
	body := "client_requests_total{subject=\"CN=" + canary + "\"} 1\n"
	in := answerTo("/metrics", answer(200, "text/plain", body))
	echo := echoIn(body, "X-SSL-Client-S-DN")
	echo.Probe = "spoofed-subject"
	in.Echoes = []detect.Echo{echo}
	hit := onlyHit(t, run(in))
	if hit.Rule != "second-order-leak" || !strings.Contains(hit.Message, "X-SSL-Client-S-DN (probe spoofed-subject)") {
		t.Errorf("got %+v", hit)
	}
	// The same token in the request itself is an ordinary echo.
	in.Asked.Fields = append(in.Asked.Fields, wire.Field{Name: "X-A", Value: "CN=" + canary})
	if hit := onlyHit(t, run(in)); hit.Rule != "certificate-reflection" {
		t.Errorf("got %+v", hit)
	}
}

func TestReflectionEscaping(t *testing.T) {
	sent := canary + `"><i>x`
	for body, want := range map[string]string{
		"<p>Hello " + sent + "</p>":                    "body, unescaped",
		"<p>Hello " + html.EscapeString(sent) + "</p>": "body, escaped",
	} {
		in := answerTo("/", answer(200, "text/html", body), wire.Field{Name: "X-SSL-Client-S-DN", Value: sent})
		in.Echoes = []detect.Echo{echoIn(body, "X-SSL-Client-S-DN")}
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
