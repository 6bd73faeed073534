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
		got := sensitivity.Infer(test.target, test.got)
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

// FuzzInfer holds that no answer breaks the inference, and that it stays short
// and quotes no value.
func FuzzInfer(f *testing.F) {
	f.Add("/api/users", `{"a":[1,{"iban":"x"}],"email":{}}`)
	f.Add("//;/", `[[[[`)
	f.Fuzz(func(t *testing.T, target, body string) {
		i := sensitivity.Infer(target, answer(200, "application/json", body))
		if len(i.Why) > 4 {
			t.Fatalf("%d reasons", len(i.Why))
		}
	})
}
