package detect_test

import (
	"testing"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// TestParserMessagesInFields holds answers of Flask 3.1.3 with cryptography, whose
// bodies say nothing: the message is in a field.
func TestParserMessagesInFields(t *testing.T) {
	challenge := `Bearer realm="api", error="invalid_token", error_description="Unable to load PEM file. See https://cryptography.io/en/latest/faq/#why-can-t-i-import-my-pem-file for more details. MalformedFraming"`
	location := "/login?error=ValueError%3A%20Unable%20to%20load%20PEM%20file.%20See%20https%3A//cryptography.io/en/latest/faq/%23why-can-t-i-import-my-pem-file%20for%20more%20details.%20MalformedFraming"
	tests := []struct {
		name   string
		status int
		field  wire.Field
		before string // the field of the control
		want   bool
	}{
		{"a challenge", 401, wire.Field{Name: "WWW-Authenticate", Value: challenge}, `Bearer realm="api"`, true},
		{"a redirect", 302, wire.Field{Name: "Location", Value: location}, "/login", true},
		{"a field of its own", 400, wire.Field{Name: "X-Error-Message", Value: "x509: malformed certificate"}, "", true},
		{"the control has it too", 401, wire.Field{Name: "WWW-Authenticate", Value: challenge}, challenge, false},
		{"a challenge that tells nothing", 401, wire.Field{Name: "WWW-Authenticate", Value: `Bearer realm="api", error="invalid_token", error_description="The certificate is not accepted"`}, "", false},
		{"a path that is called so", 301, wire.Field{Name: "Location", Value: "/docs/x509: malformed certificate/X-SSL-Cert/?back=/X-SSL-Client-Cert"}, "", false},
		{"a field about something else", 200, wire.Field{Name: "Link", Value: "</faq/x509: malformed certificate>; rel=help"}, "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := &wire.Response{Status: test.status, Fields: []wire.Field{test.field}}
			in := answerTo("/login/cert", got, wire.Field{Name: "X-SSL-Client-Cert", Value: "x"})
			in.Claim, in.Control = wire.BrokenClaim, &wire.Response{Status: test.status, Fields: []wire.Field{{Name: test.field.Name, Value: test.before}}}
			hits := run(in).Hits
			var found []detect.Hit
			for _, hit := range hits {
				if hit.Rule == "certificate-parser-error" {
					found = append(found, hit)
				}
			}
			switch {
			case !test.want && len(found) > 0:
				t.Errorf("got %+v", found)
			case test.want && (len(found) != 1 || found[0].Field != test.field.Name || found[0].Confidence != finding.Firm):
				t.Errorf("got %+v", hits)
			}
		})
	}
}

// TestDataAboutErrorsIsNoError holds what real interfaces hand out on purpose to a
// plain request: lists of messages, notes on releases.
func TestDataAboutErrorsIsNoError(t *testing.T) {
	for _, body := range []string{
		`{"errors":[{"code":"E1001","hint":"Renew your client certificate","message":"certificate has expired"},{"code":"E1002","hint":"Send PEM","message":"unable to load certificate: no start line"}]}`,
		"# Changelog\n- 2.3.1: the header may be empty\n- 2.3.0: `X-SSL-Client-Verify` is now `NONE`, not empty\n",
	} {
		media := "application/json"
		if body[0] == '#' {
			media = "text/markdown"
		}
		if hits := run(answerTo("/errors", answer(200, media, body))).Hits; len(hits) > 0 {
			t.Errorf("%s: got %+v", body, hits)
		}
	}
}

// TestAMessageWithItsClassIsFirm has a message that any program may say, with the
// class of its exception in front, as Python prints it.
func TestAMessageWithItsClassIsFirm(t *testing.T) {
	const message = `{"fehler":"Interner Fehler beim Lesen des Zertifikatsnamens: UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"}`
	in := answerTo("/zoll/anmeldung", answer(500, "application/json", message), wire.Field{Name: "X-SSL-Client-CN", Value: "\xff\xe9"})
	in.Claim, in.Control = wire.BrokenClaim, answer(403, "application/json", `{"fehler":"Kein Client-Zertifikat übermittelt"}`)
	hits := run(in).Hits
	if len(hits) != 1 || hits[0].Rule != "certificate-parser-error" || hits[0].Confidence != finding.Firm {
		t.Errorf("got %+v", hits)
	}
}

// TestSQLAlchemysMessage holds what SQLAlchemy 2.1 says of an error of SQLite.
func TestSQLAlchemysMessage(t *testing.T) {
	const message = `{"detail":"(sqlite3.IntegrityError) CHECK constraint failed: length(subject) <= 512\n[SQL: INSERT INTO seen (subject, at) VALUES (?, ?)]\n[parameters: ('CN=aaaa', 'now')]\n(Background on this error at: https://sqlalche.me/e/21/gkpj)","status":"error"}`
	in := answerTo("/enrol/status", answer(500, "application/json", message))
	in.Control = answer(401, "application/json", `{"status":"unknown device"}`)
	hits := run(in).Hits
	if len(hits) != 1 || hits[0].Rule != "database-error" || hits[0].Confidence < finding.Firm {
		t.Errorf("got %+v", hits)
	}
}

// TestALogNamesClients has a log of a gateway that writes down who asked.
func TestALogNamesClients(t *testing.T) {
	line := "2026-11-23 07:00:01 INFO  gate - GET /api/shipments client=\"CN=wms-hamburg,OU=Clients,O=Nordlicht Logistik GmbH\" from=198.51.100.7\n"
	log := line + "2026-11-23 07:00:04 WARN  pool - connection lost, retrying\n" + line + line
	if hits := run(answerTo("/admin/audit", answer(200, "text/plain", log))).Hits; len(hits) == 0 {
		t.Error("the log's clients are not told")
	}
}
