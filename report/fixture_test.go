package report_test

import (
	"strings"
	"testing"
	"time"

	"blurt/report/rules"
	"blurt/scanner/finding"
)

// hostile is what a target might send to whoever reads the report.
const hostile = "\x1b[31mred\x1b]0;title\x07 \r::error::pwned\n::error::line\n##vso[task.setvariable]x\n" +
	"</script><script>alert(1)</script> \u202egnp.exe\u2066 \u200b\u0085 \xff\xfe\x9b31m {0} [a](b)\x7f"

// catalogue loads the rules.
func catalogue(t testing.TB) *rules.Catalogue {
	t.Helper()
	c, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// scan is the event stream that every format is tested with, graded.
func scan(t testing.TB) []finding.Event {
	t.Helper()
	started := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	events := []finding.Event{{Start: &finding.Start{
		Tool: finding.Tool{Name: "blurt", Version: "0.1.0"}, ScanID: "3f2a9c1e", Seed: "7c1e", Started: started,
	}}}
	c := catalogue(t)
	for _, f := range []finding.Finding{banner(), debugPage(), spoofing(), authorities(), hostileFinding(600), secondDebugPage()} {
		c.Grade(&f)
		events = append(events, finding.Event{Finding: &f})
	}
	const url = "https://api.example.com:8443"
	return append(events,
		finding.Event{Effort: &finding.Effort{URL: url + "/v1/users", Requests: 180, Map: 9, Identities: 4, Ways: 5}},
		finding.Event{Target: &finding.Target{URL: url + "/v1/users", Requests: 180, Recognised: []string{"nginx 1.22.1 (field Server)", "django 4.2.16 (its debug page)", hostile}, Surface: []finding.Surface{
			{URL: url + "/v1/users", Method: "GET", Identity: "none", Verdict: finding.AppRefused, Status: 403, TLS: "TLS 1.3", ServerCertificate: "verified", Exchange: refusedExchange()},
			{URL: url + "/v1/users", Method: "GET", Identity: "self-signed", Verdict: finding.ProxyRefused, Status: 400, Detail: "nginx"},
			{URL: url + "/v1/users", Method: "GET", Identity: "caller", Verdict: finding.Open, Status: 200, Exchange: &finding.Exchange{
				Request:     &finding.Message{Method: "GET", Target: "/v1/users", Version: "HTTP/1.1", Fields: []finding.Field{}},
				Response:    &finding.Message{Version: "HTTP/1.1", Status: 200, Reason: "OK", Fields: []finding.Field{{Name: "Content-Type", Value: "application/json"}}},
				BodyLeftOut: "your own credentials open it",
			}},
			{URL: url + "/v1/users", Method: "GET", Identity: "lookalike-certificate", Verdict: finding.HandshakeRefused, Detail: "alert unknown_ca", Exchange: &finding.Exchange{
				Request: &finding.Message{Method: "GET", Target: "/v1/users", Version: "HTTP/1.1", Fields: []finding.Field{}}, Failure: "alert unknown_ca" + hostile,
			}},
			{
				URL: url + "/v1/accounts", Method: "GET", Identity: "none", Way: "SNI www.example.com", Verdict: finding.Open, Status: 200,
				Sensitivity: "high", Why: []string{"its name says accounts: people", hostile},
				Reproduce: "curl --insecure --silent --include --path-as-is " + url + "/v1/accounts" + hostile,
			},
		}, Coverage: []finding.Coverage{
			{Probe: "spoofed-subject/all", Identity: "none", Fields: 112, Reacted: []string{"X-SSL-Client-S-DN"}},
		}, Unanswered: []finding.Unanswered{{Probe: "malformed-name/long", Error: "read: connection reset " + hostile}}}},
		finding.Event{Target: &finding.Target{URL: "https://dead.example.com/", Requests: 3, Err: "connect: connection refused"}},
		finding.Event{Done: &finding.Done{
			Finished: started.Add(12400 * time.Millisecond), Requests: 214,
			Errors: []finding.ScanError{
				{Target: "https://dead.example.com/", Message: "connect: connection refused"},
				{Message: "the request budget is spent " + hostile},
			},
		}})
}

// refusedExchange is what stands behind a cell of the map.
func refusedExchange() *finding.Exchange {
	return &finding.Exchange{
		Request: &finding.Message{Method: "GET", Target: "/v1/users", Version: "HTTP/1.1", Fields: []finding.Field{{Name: "Host", Value: "api.example.com:8443"}}},
		Response: &finding.Message{Version: "HTTP/1.1", Status: 403, Reason: "Forbidden", Fields: []finding.Field{{Name: "Server", Value: "nginx/1.22.1"}},
			Body: `{"error": "client certificate required"}` + hostile, Cut: true},
	}
}

func debugPage() finding.Finding {
	return finding.Finding{
		Fingerprint: "5d0c1f", Rule: "django-debug-page", Category: finding.DebugPage,
		Message:    "A malformed certificate header is answered with Django's technical error page of Django 4.2.16.",
		Confidence: finding.Confirmed, URL: "https://api.example.com:8443/v1/users", Method: "GET",
		Probe: "malformed-certificate/bad-base64", Changes: "adds certificate headers that do not parse",
		Identity: "none", Stack: []string{"nginx", "gunicorn", "django"},
		Evidence: finding.Evidence{
			Excerpt:  "ValueError at /v1/users\nUnable to load PEM file. See https://cryptography.io/en/latest/faq/ for more details. InvalidData(InvalidByte(0, 33))\n\nRequest Method:\tGET\nDjango Version:\t4.2.16\n",
			Location: "body, bytes 0-204",
			Leaked: []finding.Leaked{
				{Category: finding.Traceback, Name: "ValueError", Value: "Unable to load PEM file.", Location: "summary"},
				{Category: finding.PathLeak, Name: "file", Value: "/srv/app/project/identity.py", Location: "frame 3"},
				{Category: finding.SecretExposure, Name: "BROKER_URL", Value: "amqp://app:********@mq.internal:5672/", Location: "Settings"},
				{Category: finding.VersionBanner, Name: "Django", Value: "4.2.16", Location: "summary"},
				{Category: finding.CertReflection, Name: "HTTP_X_SSL_CLIENT_CERT", Value: "-----BEGIN CERTIFICATE----- !!!", Location: "META"},
			},
			Request: &finding.Message{Method: "GET", Target: "/v1/users", Version: "HTTP/1.1", Fields: []finding.Field{
				{Name: "Host", Value: "api.example.com:8443"}, {Name: "X-SSL-Client-Cert", Value: "-----BEGIN CERTIFICATE----- !!!"},
			}},
			Response: &finding.Message{Status: 500, Reason: "Internal Server Error", Version: "HTTP/1.1", Fields: []finding.Field{
				{Name: "Server", Value: "nginx/1.22.1"}, {Name: "Set-Cookie", Value: "a=********"}, {Name: "Set-Cookie", Value: "b=********"},
			}, Body: "ValueError at /v1/users\nUnable to load PEM file.", Cut: true},
		},
		Reproduce:   "curl -sk 'https://api.example.com:8443/v1/users' \\\n  -H 'X-SSL-Client-Cert: -----BEGIN CERTIFICATE----- !!!'",
		Occurrences: []finding.Occurrence{{URL: "https://api.example.com:8443/v1/users", Method: "GET", Probe: "malformed-certificate/empty"}, {URL: "https://api.example.com:8443/v1/users/", Method: "POST", Probe: "trailing-slash/absent", Message: "Here it is a RuntimeError."}},
	}
}

// secondDebugPage repeats a rule at the same severity: what explains it is said once.
func secondDebugPage() finding.Finding {
	f := debugPage()
	f.Fingerprint, f.URL = "77aa01", "https://api.example.com:8443/v1/orders?page=2"
	f.Confidence, f.Occurrences = finding.Firm, nil
	for i := range 14 {
		f.Evidence.Leaked = append(f.Evidence.Leaked, finding.Leaked{
			Category: finding.PathLeak, Name: "file", Value: "/usr/lib/python3/dist-packages/" + strings.Repeat("x", i), Location: "frames",
		})
	}
	return f
}

func spoofing() finding.Finding {
	message := func(status int, reason, body string) *finding.Message {
		return &finding.Message{Status: status, Reason: reason, Version: "HTTP/1.1", Body: body}
	}
	return finding.Finding{
		Fingerprint: "91be77", Rule: "identity-header-trusted", Category: finding.IdentitySpoofing,
		Message:    "A client without a certificate that sends X-SSL-Client-S-DN is taken for that subject: 403 becomes 200.",
		Confidence: finding.Confirmed, URL: "https://api.example.com:8443/v1/users", Method: "GET",
		Probe: "spoofed-subject/nginx", Identity: "none", Stack: []string{"nginx", "django"},
		Evidence: finding.Evidence{
			Excerpt: `{"you": "CN=blurt-7c1e"}`, Location: "body",
			Request: &finding.Message{Method: "GET", Target: "/v1/users", Version: "HTTP/1.1", Fields: []finding.Field{
				{Name: "X-SSL-Client-S-DN", Value: "CN=blurt-7c1e"},
			}},
			Response: message(200, "OK", `{"you": "CN=blurt-7c1e"}`), Control: message(403, "Forbidden", `{"error": "Forbidden"}`),
		},
		Reproduce: "curl -sk -H 'X-SSL-Client-S-DN: CN=blurt-7c1e' 'https://api.example.com:8443/v1/users'",
	}
}

func banner() finding.Finding {
	return finding.Finding{
		Fingerprint: "b0b0b0", Rule: "version-banner", Category: finding.VersionBanner,
		Message: "The Server field names nginx 1.22.1.", Confidence: finding.Confirmed,
		URL: "https://api.example.com:8443/", Method: "GET", Probe: "control", Identity: "none", Stack: []string{"nginx"},
		Evidence: finding.Evidence{Excerpt: "nginx/1.22.1", Location: "field Server", Leaked: []finding.Leaked{
			{Category: finding.VersionBanner, Name: "nginx", Value: "1.22.1", Location: "field Server"},
		}},
		Reproduce: "curl -skI 'https://api.example.com:8443/'",
	}
}

func authorities() finding.Finding {
	return finding.Finding{
		Fingerprint: "cacaca", Rule: "ca-disclosure", Category: finding.CADisclosure,
		Message: "The handshake lists 1 private certificate authority.", Confidence: finding.Confirmed,
		URL: "https://api.example.com:8443/", Method: "GET", Probe: "handshake", Identity: "none", Stack: []string{"nginx"},
		Evidence: finding.Evidence{Excerpt: "CN=Acme Internal Client CA,O=Acme", Location: "handshake", Leaked: []finding.Leaked{
			{Category: finding.CADisclosure, Name: "authority", Value: "CN=Acme Internal Client CA,O=Acme", Location: "handshake"},
		}},
		Reproduce: "openssl s_client -connect api.example.com:8443 </dev/null",
	}
}

// hostileFinding has hostile text wherever a target could put some, and floods of
// the given size.
func hostileFinding(size int) finding.Finding {
	huge := strings.Repeat("A", size)
	body := hostile + huge
	message := &finding.Message{
		Method: "GET" + hostile, Target: "/" + hostile, Version: "HTTP/1.1", Status: 200, Reason: hostile, Body: body,
		Fields: []finding.Field{{Name: "X-" + hostile, Value: hostile}, {Name: "X-Huge", Value: huge}},
	}
	return finding.Finding{
		Fingerprint: "dead00", Rule: "path-leak", Category: finding.PathLeak, Message: "A path is shown: " + hostile + huge,
		Confidence: finding.Tentative, URL: "https://[2001:db8::1]:8443//a/../%2e/" + hostile + "?q=" + hostile,
		Method: "GET", Probe: "probe " + hostile, Identity: "none " + hostile, Changes: hostile, Stack: []string{hostile},
		Evidence: finding.Evidence{
			Excerpt: body, Location: hostile, Request: message, Response: message, Control: message,
			Leaked: []finding.Leaked{{Category: finding.PathLeak, Name: hostile, Value: hostile + huge, Location: hostile}},
		},
		Reproduce:   "curl " + hostile + huge,
		Occurrences: []finding.Occurrence{{URL: hostile, Method: hostile, Probe: hostile, Message: hostile}},
	}
}
