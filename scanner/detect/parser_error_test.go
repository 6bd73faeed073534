package detect_test

import (
	"html"
	"os"
	"strings"
	"testing"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

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
	in := answerTo("/", got)
	if hit := onlyHit(t, run(in)); hit.Rule != "exception-message" {
		t.Errorf("a message of anything: got %s", hit.Rule)
	}
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
		`{"error":"Missing X-SSL-Client-Cert header"}`:                      "X-SSL-Client-Cert",
		`{"message":"No X-TLS-Client-Cert header provided"}`:                "X-TLS-Client-Cert",
		`{"message":"required header 'X-Client-DN' was not found"}`:         "X-Client-DN",
		`{"detail":"X-MTLS-Subject must be set by the proxy"}`:              "X-MTLS-Subject",
	} {
		hit := onlyHit(t, run(answerTo("/", answer(403, "application/json", body))))
		if hit.Rule != "certificate-parser-error" || hit.Confidence != finding.Firm {
			t.Errorf("%s: got %s, %s", body, hit.Rule, hit.Confidence)
		}
		wantItem(t, hit, "expected field", "body", finding.ErrorDetail, false, name)
	}
}

// TestListedFields: a page that lists what it was sent expects nothing.
func TestListedFields(t *testing.T) {
	in := answerTo("/headers", answer(200, "application/json", `{"Host": "h", "X-Ssl-Client-Verify": "SUCCESS", "error": null}`))
	in.Asked.Fields = []wire.Field{{Name: "X-SSL-Client-Verify", Value: "SUCCESS"}}
	in.Claim, in.Control = wire.HeaderClaim, answer(200, "application/json", `{"Host": "h", "error": null}`)
	for _, hit := range run(in).Hits {
		if hit.Rule == "certificate-parser-error" {
			t.Errorf("got %s", hit.Message)
		}
	}
	in.Got = answer(401, "application/json", `{"error": "X-Ssl-Client-Verify is not what the proxy sends"}`)
	if hit := onlyHit(t, run(in)); hit.Rule != "certificate-parser-error" {
		t.Errorf("got %s", hit.Rule)
	}
}
