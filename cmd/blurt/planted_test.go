package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"hash/fnv"
	"html"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"blurt/fixtures/pages"
	"blurt/report"
	"blurt/report/rules"
	"blurt/scanner"
	"blurt/scanner/finding"
	"blurt/scanner/saved"
	"blurt/scanner/wire"
)

// TestPlantedSecretsReachNoReport plants secrets of each kind in each place of
// every recorded page, lets the detectors and the engine read it, writes all
// formats, and looks for the secrets in what was written.
func TestPlantedSecretsReachNoReport(t *testing.T) {
	answers := recordedAnswers(t)
	names := slices.Sorted(maps.Keys(answers))
	catalogue, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	if testing.Short() {
		names = slices.DeleteFunc(names, func(name string) bool { return len(name)%2 == 0 })
	}
	for batch := range slices.Chunk(names, 16) {
		var planted []plant
		var files []scanner.SavedFile
		for _, name := range batch {
			seed := fnv.New64a()
			seed.Write([]byte(name))
			got, more := plantIn(rand.New(rand.NewPCG(seed.Sum64(), 17)), name, answers[name])
			planted = append(planted, more...)
			files = append(files, savedFile(name, got))
		}
		written := reportsOn(t, catalogue, files)
		for _, secret := range planted {
			if where, text := findSecret(written, secret.value); where != "" {
				t.Errorf("%s: a %s planted in %s stands in %s: %s", secret.page, secret.kind, secret.place, where, text)
			}
		}
	}
}

// findSecret returns the first format and spelling in which a value was written,
// with what stands around it.
func findSecret(written map[string][]byte, value string) (where, text string) {
	for _, format := range slices.Sorted(maps.Keys(written)) {
		for label, form := range formsOf(value) {
			if at := bytes.Index(written[format], []byte(form)); at >= 0 {
				return format + ", " + label, string(written[format][max(0, at-160):min(len(written[format]), at+len(form)+20)])
			}
		}
	}
	return "", ""
}

// recordedAnswers reads all recorded answers of the detectors and the demo.
func recordedAnswers(t *testing.T) map[string]*wire.Response {
	t.Helper()
	answers := make(map[string]*wire.Response)
	files, err := filepath.Glob("../../scanner/detect/testdata/*/*.http")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d samples, %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		answers[filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file)] = recordedAnswer(raw)
	}
	all, err := pages.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range all {
		answers["pages/"+page.ID()] = recordedAnswer(page.Response)
	}
	return answers
}

func recordedAnswer(raw []byte) *wire.Response {
	got, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), nil)
	if err != nil {
		return &wire.Response{Status: 200, Body: raw}
	}
	defer got.Body.Close()
	body, _ := io.ReadAll(got.Body)
	answer := &wire.Response{Proto: got.Proto, Status: got.StatusCode, Body: body}
	for name, values := range got.Header {
		for _, value := range values {
			answer.Fields = append(answer.Fields, wire.Field{Name: name, Value: value})
		}
	}
	slices.SortFunc(answer.Fields, func(a, b wire.Field) int { return strings.Compare(a.Name+a.Value, b.Name+b.Value) })
	return answer
}

// plant is a secret that was put into an answer.
type plant struct{ page, kind, place, value string }

// kindsOfSecret make secrets. The text is what is planted, the value what must not
// be seen.
var kindsOfSecret = []struct {
	kind string
	make func(r *rand.Rand) (text, value string)
}{
	{"password", func(r *rand.Rand) (string, string) { v := letters(r, 14); return "DB_PASSWORD=" + v, v }},
	{"password in a setting", func(r *rand.Rand) (string, string) { v := letters(r, 12); return "SMTP_PASSWORD = '" + v + "'", v }},
	{"connection string", func(r *rand.Rand) (string, string) {
		v := letters(r, 12)
		return "postgres://ledger:" + v + "@db.internal:5432/ledger", v
	}},
	{"ODBC string", func(r *rand.Rand) (string, string) {
		v := letters(r, 12)
		return "Server=db.internal;User Id=sa;Password=" + v + ";Encrypt=no", v
	}},
	{"bearer token", func(r *rand.Rand) (string, string) { v := letters(r, 32); return "Authorization: Bearer " + v, v }},
	{"session cookie", func(r *rand.Rand) (string, string) { v := letters(r, 32); return "Cookie: sessionid=" + v, v }},
	{"AWS key", func(r *rand.Rand) (string, string) { v := letters(r, 40); return "aws_secret_access_key=" + v, v }},
	{"GitLab token", func(r *rand.Rand) (string, string) { v := "glpat-" + letters(r, 20); return v, v }},
	{"Stripe key", func(r *rand.Rand) (string, string) { v := "sk_live_" + letters(r, 24); return v, v }},
	{"JSON Web Token", func(r *rand.Rand) (string, string) {
		v := base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"` + letters(r, 12) + `"}`))
		return "eyJhbGciOiJIUzI1NiJ9." + v + "." + letters(r, 43), v
	}},
	{"password hash", func(r *rand.Rand) (string, string) { v := letters(r, 53); return "$2b$12$" + v, v }},
	{"private key", func(r *rand.Rand) (string, string) {
		v := letters(r, 64)
		return "-----BEGIN PRIVATE KEY-----\n" + letters(r, 64) + "\n" + v + "\n" + letters(r, 40) + "==\n-----END PRIVATE KEY-----", v
	}},
	{"certificate", func(r *rand.Rand) (string, string) {
		v := letters(r, 64)
		return "-----BEGIN CERTIFICATE-----\n" + letters(r, 64) + "\n" + v + "\n-----END CERTIFICATE-----", v
	}},
}

func letters(r *rand.Rand, n int) string {
	const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	b[n/2] = byte('0' + r.IntN(10)) // a random value has a digit and a letter
	return string(b)
}

// plantIn puts one secret of each kind into an answer, each at a place of its own.
func plantIn(r *rand.Rand, page string, answer *wire.Response) (*wire.Response, []plant) {
	got := *answer
	got.Fields = slices.Clone(answer.Fields)
	body := string(answer.Body)
	var planted []plant
	for _, k := range kindsOfSecret {
		text, value := k.make(r)
		place := ""
		if r.IntN(8) == 0 {
			place = "a header field"
			got.Fields = append(got.Fields, wire.Field{Name: "X-Debug-Note", Value: strings.ReplaceAll(text, "\n", " ")})
		} else {
			body, place = plantInBody(r, body, text)
		}
		planted = append(planted, plant{page, k.kind, place, value})
	}
	got.Body = []byte(body)
	return &got, planted
}

// plantInBody chooses a place by what the body is.
func plantInBody(r *rand.Rand, body, text string) (planted, place string) {
	trimmed := strings.TrimSpace(body)
	switch {
	case strings.HasPrefix(trimmed, "{"), strings.HasPrefix(trimmed, "["):
		quoted, _ := json.Marshal(text)
		return insertAfter(r, body, `":"`, string(quoted[1:len(quoted)-1])+" "), "a JSON string"
	case strings.HasPrefix(trimmed, "<"):
		escaped := html.EscapeString(text)
		switch r.IntN(4) {
		case 0:
			return insertAfter(r, body, "<div", ` title="`+escaped+`"`), "an attribute"
		case 1:
			return insertAfter(r, body, "<pre>", escaped+" "), "a value of a table"
		case 2:
			return insertAfter(r, body, "<tbody>", "<tr><td>NOTE</td><td class=\"code\"><pre>&#x27;"+escaped+"&#x27;</pre></td></tr>"), "a row of a table"
		}
		return insertAfter(r, body, ">", escaped), "a text"
	}
	return insertAfter(r, body, "\n", text+"\n"), "a line"
}

// insertAfter puts a text behind one of the places where a sign stands, or at the
// beginning where it stands nowhere.
func insertAfter(r *rand.Rand, body, sign, text string) string {
	n := strings.Count(body, sign)
	if n == 0 {
		return text + body
	}
	at := 0
	for range 1 + r.IntN(n) {
		at += strings.Index(body[at:], sign) + len(sign)
	}
	return body[:at] + text + body[at:]
}

// formsOf returns the spellings of a value that would give it away.
func formsOf(value string) map[string]string {
	quoted, _ := json.Marshal(value)
	forms := map[string]string{"as it is": value, "in base64": base64.StdEncoding.EncodeToString([]byte(value))[:len(value)]}
	for label, form := range map[string]string{"in a URL": url.QueryEscape(value), "in HTML": html.EscapeString(value), "in JSON": string(quoted[1 : len(quoted)-1])} {
		if form != value {
			forms[label] = form
		}
	}
	return forms
}

// savedFile is an answer as "blurt inspect" reads it, from a host of its own.
func savedFile(name string, got *wire.Response) scanner.SavedFile {
	host := strings.Map(func(r rune) rune {
		if r == '/' || r == '_' {
			return '-'
		}
		return r
	}, name) + ".shop.example"
	to := wire.Endpoint{Origin: wire.Origin{Scheme: "https", Host: host, Port: 443}, Target: "/cert/?x=1"}
	exchange := &saved.Exchange{Place: name, To: to, Asked: wire.Request{Method: "GET", Target: to.Target}, Got: got}
	return scanner.SavedFile{Name: name, Exchanges: func(yield func(*saved.Exchange, error) bool) { yield(exchange, nil) }}
}

// reportsOn lets the engine read answers and writes every format, as much as each
// can say.
func reportsOn(t *testing.T, catalogue *rules.Catalogue, files []scanner.SavedFile) map[string][]byte {
	t.Helper()
	written := make(map[string]*bytes.Buffer)
	var sinks []finding.Sink
	for _, f := range report.Formats() {
		written[f.Name] = new(bytes.Buffer)
		sink, err := report.New(f.Name, written[f.Name], report.Options{Rules: catalogue, Verbose: true})
		if err != nil {
			t.Fatal(err)
		}
		sinks = append(sinks, sink)
	}
	sink := report.Graded(catalogue, report.Fan(sinks...))
	config := scanner.Defaults()
	config.Seed = "planted"
	if err := scanner.Inspect(context.Background(), config, slices.Values(files), sink); err != nil {
		t.Fatal(err)
	}
	if err := sink.Close(); err != nil {
		t.Fatal(err)
	}
	texts := make(map[string][]byte)
	for format, buffer := range written {
		if bytes.Count(buffer.Bytes(), []byte("\n")) == 0 {
			t.Fatalf("%s is empty", format)
		}
		texts[format] = buffer.Bytes()
	}
	return texts
}
