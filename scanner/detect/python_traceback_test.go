package detect_test

import (
	"encoding/json"
	"html"
	"strings"
	"testing"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

func TestTracebacksOfRealPrograms(t *testing.T) {
	tests := []struct{ name, exception, function, source, end string }{
		{"json-trace", "ValueError: Unable to load PEM file. See https://cryptography.io/", "load_client_certificate", "/srv/shop/shop/identity.py:8: return x509.load_pem_x509_certificate(data, default_backend())", `MalformedFraming\n`},
		{"json-lines", "ValueError: dictionary update sequence element #0 has length 1; 2 is required", "common_name", `/srv/shop/shop/identity.py:12: parts = dict(part.split("=") for part in dn.split(","))`, "2 is required"},
		{"text-trace", "ValueError: dictionary update sequence element #0 has length 1; 2 is required", "common_name", `/srv/shop/shop/identity.py:12: parts = dict(part.split("=") for part in dn.split(","))`, "2 is required\n"},
		{"html-trace", "ValueError: invalid literal for int() with base 10: 'ZZ <b>'", "html_trace", `/srv/shop/shop/views.py:75: int("ZZ <b>")`, "&#x27;\n"},
		{"syntax-error", "SyntaxError: invalid syntax", "module level", "/srv/shop/rules/acl.py:1: def f(:", "invalid syntax\n"},
	}
	for _, version := range []string{"python-3.7.16", "python-3.11.7", "python-3.13.0"} {
		for _, test := range tests {
			t.Run(version+"/"+test.name, func(t *testing.T) {
				got := sample(t, version+"/"+test.name+".http")
				hit := onlyHit(t, run(answerTo("/x", got)))
				if hit.Rule != "python-traceback" || hit.Category != finding.Traceback || hit.Confidence != finding.Firm {
					t.Errorf("got %s, %s", hit.Rule, hit.Confidence)
				}
				wantItem(t, hit, "exception", "last line", finding.ErrorDetail, false, test.exception)
				wantItem(t, hit, "source file", "frame", finding.PathLeak, false, "/srv/shop/shop/views.py")
				found := false
				for _, i := range hit.Items {
					found = found || i.Category == finding.Traceback && strings.HasSuffix(i.Name, test.function) && i.Value == test.source
				}
				if !found {
					t.Errorf("no frame %q at %q: %+v", test.function, test.source, hit.Items)
				}
				excerpt := string(got.Body[hit.Excerpt.Start:hit.Excerpt.End])
				if !strings.HasPrefix(excerpt, "Traceback (most recent call last):") || !strings.HasSuffix(html.UnescapeString(excerpt), html.UnescapeString(test.end)) && !strings.HasSuffix(strings.TrimRight(excerpt, `"]}`), strings.TrimRight(test.end, "\n")) {
					t.Errorf("excerpt %q", excerpt)
				}
			})
		}
	}
}

const plainTrace = `Traceback (most recent call last):
  File "/srv/api/auth/identity.py", line 41, in subject
    return load(pem)
           ^^^^^^^^^
  File "/srv/api/auth/parse.py", line 7, in load
    raise ValueError(
    ...<2 lines>...
    )
ValueError: not a certificate: ` + canary + `

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/srv/api/app.py", line 90, in handle
    who = subject(request)
api.errors.AuthError
`

const groupTrace = `  + Exception Group Traceback (most recent call last):
  |   File "/srv/api/app.py", line 90, in handle
  |     await group()
  | ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/srv/api/task.py", line 3, in task
    |     1/0
    | ZeroDivisionError: division by zero
    +------------------------------------
`

const oldTrace = `Traceback:

File "/srv/old/site-packages/django/core/handlers/base.py" in get_response
  132.                     response = callback(request)
File "/srv/old/shop/views.py" in whoami
  15.     dn = request.META["SSL_CLIENT_S_DN"]

Exception Type: KeyError at /whoami/
Exception Value: 'SSL_CLIENT_S_DN'
`

func quoteJSON(s string) string { b, _ := json.Marshal(s); return string(b) }

func TestTracebackWrappings(t *testing.T) {
	lines, _ := json.Marshal(strings.Split(strings.TrimSpace(plainTrace), "\n"))
	parts, _ := json.Marshal(strings.SplitAfter(strings.TrimSpace(plainTrace), "\n"))
	ascii := strings.NewReplacer(`\u003c`, `\u003C`).Replace(quoteJSON(plainTrace))
	for name, got := range map[string]*wire.Response{
		"text":             answer(500, "text/plain", "Internal error\n\n"+plainTrace),
		"CRLF":             answer(500, "text/plain", strings.ReplaceAll(plainTrace, "\n", "\r\n")),
		"log line":         answer(500, "text/plain", "2026-01-01 ERROR handler: "+plainTrace),
		"indented":         answer(500, "text/plain", "error:\n    "+strings.ReplaceAll(plainTrace, "\n", "\n    ")),
		"HTML":             answer(500, "text/html", "<html><body><pre>"+html.EscapeString(plainTrace)+"</pre></body></html>"),
		"HTML, raw":        answer(500, "text/html", "<html><body><pre>"+plainTrace+"</pre></body></html>"),
		"HTML, br":         answer(500, "text/html", "<html><body>"+strings.ReplaceAll(html.EscapeString(plainTrace), "\n", "<br>\n")+"</body></html>"),
		"HTML comment":     answer(500, "text/html", "<html><body>Sorry.<!--\n"+plainTrace+"--></body></html>"),
		"JSON":             answer(500, "application/json", `{"error":`+quoteJSON(plainTrace)+`}`),
		"JSON, status 200": answer(200, "application/json", `{"error":`+quoteJSON(plainTrace)+`}`),
		"JSON, no type":    answer(200, "", `{"error":`+ascii+`}`),
		"JSON in JSON":     answer(502, "application/problem+json", `{"detail":`+quoteJSON(`{"trace":`+quoteJSON(plainTrace)+`}`)+`}`),
		"JSON lines":       answer(500, "application/json", `{"trace":`+string(lines)+`}`),
		"JSON list":        answer(500, "application/json", `{"trace":`+string(parts)+`}`),
		"JSON in HTML":     answer(500, "text/html", `<html><script type="application/json">{"trace":`+html.EscapeString(quoteJSON(plainTrace))+`}</script></html>`),
		"XML":              answer(500, "application/xml", "<fault><detail>"+html.EscapeString(plainTrace)+"</detail></fault>"),
		"CDATA":            answer(500, "text/xml", "<fault><detail><![CDATA["+plainTrace+"]]></detail></fault>"),
		"text, status 200": answer(200, "text/plain", plainTrace),
	} {
		t.Run(name, func(t *testing.T) {
			in := answerTo("/x", got)
			hit := onlyHit(t, run(in))
			if hit.Rule != "python-traceback" {
				t.Fatalf("got %s", hit.Rule)
			}
			wantItem(t, hit, "exception", "last line", finding.ErrorDetail, false, "api.errors.AuthError")
			wantItem(t, hit, "load", "frame 2", finding.Traceback, false, "/srv/api/auth/parse.py:7: raise ValueError(")
			wantItem(t, hit, "handle", "frame 3", finding.Traceback, false, "/srv/api/app.py:90: who = subject(request)")
			wantItem(t, hit, "certificate handling in subject", "frame 1", finding.Traceback, false, "/srv/api/auth/identity.py:41")
			checkHit(t, name, in, hit)
			// A canary in the trace ties it to the request and is an item of this hit.
			at := strings.Index(string(got.Body), canary)
			in.Echoes = []detect.Echo{{Token: canary, Field: "certificate subject CN", Where: "body", Start: at, End: at + len(canary)}}
			hit = onlyHit(t, run(in))
			if hit.Rule != "python-traceback" || hit.Confidence != finding.Confirmed {
				t.Errorf("with a canary: got %s, %s", hit.Rule, hit.Confidence)
			}
			wantItem(t, hit, "certificate subject CN", "body", finding.CertReflection, false, canary)
		})
	}
}

func TestTracebackForms(t *testing.T) {
	hit := onlyHit(t, run(answerTo("/x", answer(500, "text/plain", groupTrace))))
	wantItem(t, hit, "handle", "frame 1", finding.Traceback, false, "/srv/api/app.py:90: await group()")
	hit = onlyHit(t, run(answerTo("/x", answer(500, "text/plain", "Environment:\n\n"+oldTrace))))
	wantItem(t, hit, "whoami", "frame 2", finding.Traceback, false, `/srv/old/shop/views.py:15: dn = request.META["SSL_CLIENT_S_DN"]`)
}

func TestTracebackThatIsNone(t *testing.T) {
	for name, got := range map[string]*wire.Response{
		"no frame":            answer(500, "text/plain", "Traceback (most recent call last):\nValueError: x\n"),
		"no exception":        answer(500, "text/plain", "Traceback (most recent call last):\n  File \"/a.py\", line 1, in f\n"),
		"words":               answer(500, "text/plain", "Look for Traceback (most recent call last): in the log."),
		"interactive session": answer(500, "text/plain", "Traceback (most recent call last):\n  File \"<stdin>\", line 1, in <module>\nValueError: x\n"),
		"article":             answer(200, "text/html", "<html><body><article><pre>"+html.EscapeString(plainTrace)+"</pre></article></body></html>"),
		"article, raw":        answer(200, "text/html", "<html><body><p>My error:</p><pre>"+plainTrace+"</pre></body></html>"),
		"script":              answer(200, "text/javascript", "var example = "+quoteJSON(plainTrace)+";"),
		"issue in JSON":       answer(200, "application/json", `{"title":"Crash","body":`+quoteJSON("When I start it:\n\n"+plainTrace+"\nPlease help.")+`}`),
		"manual's source":     answer(200, "text/plain", strings.Repeat("Prose about errors.\n", 400)+plainTrace+"More prose.\n"),
		"manual's example":    answer(200, "text/plain", "Errors\n======\n\nFor example::\n\n    "+strings.ReplaceAll(plainTrace, "\n", "\n    ")+strings.Repeat("\nMore prose.", 200)),
	} {
		for _, hit := range run(answerTo("/x", got)).Hits {
			// What is left of a trace without frames is the exception's message.
			if got.Status < 500 || hit.Rule != "exception-message" {
				t.Errorf("%s: got %s: %s", name, hit.Rule, hit.Message)
			}
		}
	}
}

// TestTracebackThatTheRequestMade tells a page that changed from one that always
// quotes.
func TestTracebackThatTheRequestMade(t *testing.T) {
	got := answer(200, "text/html", "<html><body><h1>Oops</h1><pre>"+html.EscapeString(plainTrace)+"</pre></body></html>")
	in := answerTo("/x", got)
	in.Control = answer(200, "text/html", "<html><body>Welcome</body></html>")
	if hit := onlyHit(t, run(in)); hit.Rule != "python-traceback" || hit.Confidence != finding.Tentative {
		t.Errorf("got %s, %s", hit.Rule, hit.Confidence)
	}
	in.Control = got
	if out := run(in); len(out.Hits) > 0 {
		t.Errorf("got %+v", out.Hits)
	}
}
