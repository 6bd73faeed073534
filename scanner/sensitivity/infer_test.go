package sensitivity_test

import (
	"strings"
	"testing"

	"blurt/scanner/sensitivity"
	"blurt/scanner/wire"
)

func answer(status int, contentType, body string, fields ...wire.Field) *wire.Response {
	return &wire.Response{Status: status, Fields: append([]wire.Field{{Name: "Content-Type", Value: contentType}}, fields...), Body: []byte(body)}
}

func TestInfer(t *testing.T) {
	users := `{"items":[{"id":7,"email":"a@example.org","first_name":"A"}]}`
	tests := []struct {
		target string
		got    *wire.Response
		want   sensitivity.Level
		why    string
	}{
		{"/admin/", nil, sensitivity.High, "administration"},
		{"/api/v1/Users?page=1", nil, sensitivity.High, "people"},
		{"/api/user-export.csv", nil, sensitivity.High, "bulk data"},
		{"/metrics", nil, sensitivity.High, "operation"},
		{"/healthz", nil, sensitivity.Public, "healthz"},
		{"/.well-known/security.txt", nil, sensitivity.Public, ".well-known"},
		{"/docs/accounts", nil, sensitivity.Normal, "docs"},
		{"/internal/health", nil, sensitivity.Normal, "internal"},
		{"/api/weather", nil, sensitivity.Normal, ""},
		{"/api/keyboards", nil, sensitivity.Normal, ""},
		{"/", nil, sensitivity.Normal, ""},
		{"/", answer(200, "text/html; charset=utf-8", "<h1>Hello</h1>"), sensitivity.Public, "front page"},
		{"/", answer(200, "application/json", "{}"), sensitivity.Normal, ""},
		{"/gesund", answer(200, "application/json", `{"ok": true}`), sensitivity.Public, "no more than that it runs"},
		{"/zorg", answer(200, "application/health+json", `{"status":"UP"}`), sensitivity.Public, "no more than that it runs"},
		{"/sante", answer(200, "text/plain", "OK\n"), sensitivity.Public, "no more than that it runs"},
		{"/bestand", answer(200, "application/json", `{"ok": true, "menge": 7}`), sensitivity.Normal, ""},
		{"/bestand", answer(200, "application/json", `{"ok": false}`), sensitivity.Normal, ""},
		{"/bestand", answer(200, "application/json", `["ok"]`), sensitivity.Normal, ""},
		{"/tore/7", answer(200, "application/json", `{"offen": true}`), sensitivity.Normal, ""},
		{"/bestand", answer(200, "text/html", "OK"), sensitivity.Normal, ""},
		{"/admin/run", answer(200, "text/plain", "ok"), sensitivity.Normal, "administration"},
		{"/app/main.4711.js", answer(200, "text/javascript", "let a"), sensitivity.Public, "text/javascript"},
		{"/api/people-of-note", nil, sensitivity.High, "people"},
		{"/api/list", answer(200, "application/json", users), sensitivity.High, "email, firstname"},
		{"/api/list", answer(200, "application/json", `{"email":"one alone"}`), sensitivity.Normal, ""},
		{"/api/list", answer(200, "application/json", `{"note":"iban","iban":"DE00"}`), sensitivity.High, "iban"},
		{"/api/list", answer(200, "application/json", `{"note":"iban"}`), sensitivity.Normal, ""},
		{"/status", answer(200, "application/json", users), sensitivity.High, "email"},
		{"/api/list", answer(404, "application/json", users), sensitivity.Normal, ""},
		{"/api/item", answer(405, "text/plain", "", wire.Field{Name: "Allow", Value: "PUT, DELETE"}), sensitivity.High, "PUT, DELETE"},
		{"/api/item", answer(403, "text/plain", "Administrators only"), sensitivity.High, "administrator"},
	}
	for _, test := range tests {
		got := sensitivity.Infer(test.target, test.got, nil)
		if got.Level != test.want || !strings.Contains(strings.Join(got.Why, "; "), test.why) {
			t.Errorf("%s: got %v, want %s because of %q", test.target, got, test.want, test.why)
		}
		if members := strings.Contains(test.why, "email") || strings.Contains(test.why, "iban"); got.Shown != members {
			t.Errorf("%s: shown %v", test.target, got.Shown)
		}
		if test.want != sensitivity.Normal && len(got.Why) == 0 {
			t.Errorf("%s: no reason", test.target)
		}
	}
}

func TestMemberKinds(t *testing.T) {
	for name, want := range map[string]sensitivity.Kind{
		"iban": sensitivity.Strong, "customerIban": sensitivity.Strong, "CustomerIBAN": sensitivity.Strong, "birth_date": sensitivity.Strong,
		"date-of-birth": sensitivity.Strong, "access_token": sensitivity.Strong, "token": sensitivity.Strong, "passwordHash": sensitivity.Strong,
		"user.password": sensitivity.Strong, "SSN": sensitivity.Strong, "accountBalance": sensitivity.Strong,
		"email": sensitivity.Weak, "userEmail": sensitivity.Weak, "last_name": sensitivity.Weak,
		"iban_required": sensitivity.Ordinary, "passwordPolicy": sensitivity.Ordinary, "next_page_token": sensitivity.Ordinary,
		"nextPageToken": sensitivity.Ordinary, "has_password": sensitivity.Ordinary, "load_balance": sensitivity.Ordinary, "japan": sensitivity.Ordinary,
		"tokens_left": sensitivity.Ordinary, "company": sensitivity.Ordinary, "": sensitivity.Ordinary, strings.Repeat("iban", 40): sensitivity.Ordinary,
	} {
		if got := (sensitivity.Member{Name: name}).Kind(); got != want {
			t.Errorf("%q: got %d, want %d", name, got, want)
		}
	}
	for _, m := range []sensitivity.Member{{Name: "x", Format: "password"}, {Name: "x", Marked: true}} {
		if m.Kind() != sensitivity.Strong {
			t.Errorf("%+v: %d", m, m.Kind())
		}
	}
	for _, m := range []sensitivity.Member{{Name: "x", Format: "email"}, {Name: "x", WriteOnly: true}} {
		if m.Kind() != sensitivity.Weak {
			t.Errorf("%+v: %d", m, m.Kind())
		}
	}
}

// TestDocumentBesideTheAnswer holds what counts where a document says one thing
// and the name or the answer another.
func TestDocumentBesideTheAnswer(t *testing.T) {
	iban := []sensitivity.Member{{Name: "iban"}}
	users := answer(200, "application/json", `{"items":[{"id":7,"email":"a@example.org","first_name":"A"}]}`)
	for _, test := range []struct {
		about, target string
		says          sensitivity.Operation
		got           *wire.Response
		want          sensitivity.Level
		why           string
	}{
		{"open on purpose, whatever the name", "/users", sensitivity.Operation{Public: true}, nil, sensitivity.Public, "security: []"},
		{"the answer outweighs the document", "/list", sensitivity.Operation{Public: true}, users, sensitivity.High, "email"},
		{"and its own schema, too", "/list", sensitivity.Operation{Public: true, Answers: iban}, nil, sensitivity.Normal, "iban"},
		{"a name that is public, data that is not", "/status", sensitivity.Operation{Answers: iban}, nil, sensitivity.High, "iban"},
		{"a demand for all, health included", "/healthz", sensitivity.Operation{Demands: "http bearer"}, nil, sensitivity.Normal, "http bearer"},
		{"a password is what a login takes", "/login", sensitivity.Operation{Takes: []sensitivity.Member{{Name: "password"}}}, nil, sensitivity.Public, "login"},
		{"an e-mail address alone is little", "/ask", sensitivity.Operation{Takes: []sensitivity.Member{{Name: "email"}}}, nil, sensitivity.Normal, ""},
		{"names that could drive a terminal are not shown", "/x", sensitivity.Operation{Answers: []sensitivity.Member{{Name: "\x1b]0;\a", Marked: true}}}, nil, sensitivity.High, "a member without a plain name"},
		{"tags", "/x", sensitivity.Operation{Tags: []string{"Admin API"}}, nil, sensitivity.High, "tags it Admin API: administration"},
		{"words", "/x", sensitivity.Operation{Text: "Needs a client certificate."}, nil, sensitivity.High, "client certificate"},
		{"words for everybody", "/x", sensitivity.Operation{Text: "No authentication required."}, nil, sensitivity.Public, "no authentication required"},
		{"a refusal among its answers", "/x", sensitivity.Operation{Refuses: []string{"401", "403"}}, nil, sensitivity.High, "401 and 403"},
	} {
		i := sensitivity.Infer(test.target, test.got, sensitivity.NewDocument(test.says, true))
		if why := strings.Join(i.Why, "; "); i.Level != test.want || !strings.Contains(why, test.why) || strings.ContainsAny(why, "\x1b\a") {
			t.Errorf("%s: %s because of %q, want %s because of %q", test.about, i.Level, why, test.want, test.why)
		}
	}
}

// FuzzInfer holds that no answer and no document breaks the inference, and that it
// stays short and quotes no value.
func FuzzInfer(f *testing.F) {
	f.Add("/api/users", `{"a":[1,{"iban":"x"}],"email":{}}`, "customerIban", "internal use")
	f.Add("//;/", `[[[[`, "__", "\x1b")
	f.Fuzz(func(t *testing.T, target, body, member, text string) {
		said := sensitivity.NewDocument(sensitivity.Operation{
			Demands: "mutualTLS", Answers: []sensitivity.Member{{Name: member}, {Name: text, Marked: true}}, Tags: []string{member, text}, Text: text, Marks: []string{text},
		}, true)
		for _, said := range []*sensitivity.Document{nil, said} {
			i := sensitivity.Infer(target, answer(200, "application/json", body), said)
			if len(i.Why) > 4 {
				t.Fatalf("%d reasons", len(i.Why))
			}
			for _, why := range i.Why {
				if len(why) > 400 || strings.ContainsFunc(why, func(r rune) bool { return r < ' ' }) && !strings.ContainsFunc(target, func(r rune) bool { return r < ' ' }) {
					t.Fatalf("%q", why)
				}
			}
		}
	})
}
