package saved_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blurt/fixtures/pages"
	"blurt/scanner/saved"
	"blurt/scanner/wire"
)

// read returns what a file holds, each exchange as one line, and its errors.
func read(t *testing.T, text string, o saved.Options) (lines, problems []string) {
	t.Helper()
	for x, err := range saved.Read(strings.NewReader(text), "f", o) {
		if err != nil {
			problems = append(problems, err.Error())
			continue
		}
		lines = append(lines, fmt.Sprintf("%s|%s %s%s|%d|%s|%s", x.Place, x.Asked.Method, originOf(x), x.Asked.Target,
			x.Got.Status, x.Got.Field("Content-Type"), x.Got.Body))
	}
	return lines, problems
}

func originOf(x *saved.Exchange) string {
	if x.HasOrigin() {
		return x.To.Origin.String()
	}
	return ""
}

func zipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestRead(t *testing.T) {
	at, err := wire.ParseEndpoint("https://h.example:8443/x")
	if err != nil {
		t.Fatal(err)
	}
	archive := func(entries string) string {
		return `{"log": {"version": "1.2", "creator": {"name": "n"}, "pages": [{"a": [1, {}]}], "entries": [` + entries + `], "comment": "c"}}`
	}
	b64 := base64.StdEncoding.EncodeToString
	tests := []struct {
		name, text string
		options    saved.Options
		want       []string
		problems   []string
	}{
		{name: "one answer", text: "HTTP/1.1 500 Oops\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nbody",
			want: []string{"f|GET /|500|text/plain|body"}},
		{name: "bare line feeds", text: "HTTP/1.1 500 Oops\nContent-Type: text/plain\n\nbody\n",
			want: []string{"f|GET /|500|text/plain|body\n"}},
		{name: "HTTP/2 as curl writes it", text: "HTTP/2 404 \r\ncontent-type: text/html\r\n\r\n<p>", options: saved.Options{At: at},
			want: []string{"f|GET https://h.example:8443/x|404|text/html|<p>"}},
		{name: "chunks", text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\nHTTP/1.1 201 C\r\n\r\nz",
			want: []string{"f|GET /|200||abcde", "f, answer 2|GET /|201||z"}},
		{name: "chunks taken off already", text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n<html>abc",
			want: []string{"f|GET /|200||<html>abc"}},
		{name: "a packed length beside the unpacked body", text: "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\n{\"long\": \"body\"}\r\nHTTP/1.1 404 N\r\n\r\n",
			want: []string{`f|GET /|200||{"long": "body"}`, "f, answer 2|GET /|404||"}},
		{name: "gzip", text: "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + zipped(t, "plain"),
			want: []string{"f|GET /|200||plain"}},
		{name: "redirects that were followed", text: "HTTP/1.1 302 F\r\nContent-Length: 99\r\nLocation: /b\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
			want: []string{"f|GET /|302||", "f, answer 2|GET /|200||ok"}},
		{name: "interim answers", text: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nok", want: []string{"f|GET /|200||ok"}},
		{name: "a body that quotes an answer", text: "HTTP/1.1 200 OK\r\nContent-Length: 26\r\n\r\na\r\nHTTP/1.1 500 quoted\r\n\r\nb", want: []string{"f|GET /|200||a\r\nHTTP/1.1 500 quoted\r\n\r\nb"}},
		{name: "request and answer", text: "POST /a?b HTTP/1.1\r\nHost: h.example\r\nContent-Length: 3\r\n\r\nx=1HTTP/1.1 500 E\r\n\r\ne",
			want: []string{"f|POST https://h.example/a?b|500||e"}},
		{name: "the answer to HEAD", text: "HEAD / HTTP/1.1\r\nHost: h\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHTTP/1.1 201 C\r\n\r\n",
			want: []string{"f|HEAD https://h/|200||", "f, answer 2|GET /|201||"}},
		{name: "ZAP's separators", text: "==== 1 ==========\nGET http://h/a HTTP/1.1\nHost: h\n\n\nHTTP/1.1 500 E\n\nbody\n\n==== 2 ==========\nGET http://h/b HTTP/1.1\n\nHTTP/1.1 200 OK\n\nb",
			want: []string{"f|GET http://h/a|500||body", "f, answer 2|GET http://h/b|200||b"}},
		{name: "a request alone", text: "GET / HTTP/1.1\r\nHost: h\r\n\r\n", problems: []string{"it holds no answer"}},
		{name: "nothing", text: "", problems: []string{"it holds no answer"}},
		{name: "HTML", text: "\ufeff \n<!DOCTYPE html><p>x", options: saved.Options{Status: 500}, want: []string{"f|GET /|500|text/html|\ufeff \n<!DOCTYPE html><p>x"}},
		{name: "JSON", text: `{"error": "x"}`, want: []string{`f|GET /|200|application/json|{"error": "x"}`}},
		{name: "text", text: "Traceback", options: saved.Options{At: at}, want: []string{"f|GET https://h.example:8443/x|200||Traceback"}},
		{name: "compressed", text: zipped(t, "HTTP/1.1 500 E\r\n\r\ne"), want: []string{"f|GET /|500||e"}},
		{name: "archive", text: archive(`{"request": {"method": "GET", "url": "https://h/a?b", "headers": [{"name": ":authority", "value": "h"}]},
			"response": {"status": 500, "headers": [], "content": {"mimeType": "text/plain", "text": "` + b64([]byte("e")) + `", "encoding": "base64"}}},
			{"request": {"method": "GET", "url": "https://h/blocked"}, "response": {"status": 0}},
			{"request": {"method": "GET", "url": 3}, "response": {"status": 200}},
			{"request": {"method": "PUT", "url": "http://i/"}, "response": {"status": 404, "headers": [{"name": "content-type", "value": "text/html"}], "content": {"text": "<p>"}}}`),
			want:     []string{"f, entry 1|GET https://h/a?b|500|text/plain|e", "f, entry 4|PUT http://i/|404|text/html|<p>"},
			problems: []string{"entry 3: json: cannot unmarshal number into Go struct field .request.url of type string"}},
		{name: "a cut archive", text: strings.TrimSuffix(archive(`{"request": {"method": "GET", "url": "https://h/"}, "response": {"status": 200, "content": {"text": "a"}}}, {"requ`), `], "comment": "c"}}`),
			want: []string{"f, entry 1|GET https://h/|200||a"}, problems: []string{"entry 2: the file ends in the middle"}},
		{name: "Burp's items", text: `<?xml version="1.0"?><!DOCTYPE items [<!ELEMENT items (item*)>]><items burpVersion="2024.1"><item><url><![CDATA[https://h/a]]></url>` +
			`<request base64="true"><![CDATA[` + b64([]byte("GET /a HTTP/2\r\nHost: h\r\n\r\n")) + `]]></request>` +
			`<response base64="true"><![CDATA[` + b64([]byte("HTTP/2 500 E\r\nContent-Type: text/plain\r\n\r\ne")) + `]]></response></item>` +
			`<item><url>https://h/b</url><response base64="false"></response></item></items>`,
			want: []string{"f, item 1|GET https://h/a|500|text/plain|e"}},
		{name: "a broken item", text: `<?xml version="1.0"?><items burpVersion="2024.1"><item><response base64="true">!</response></item></it`,
			problems: []string{"item 1: its response is no base64", "item 2: the file ends in the middle"}},
		{name: "blurt's report", text: `{"schema": 1, "tool": {"name": "blurt", "version": "1"}}`, problems: []string{"it is a report of blurt, not traffic: use blurt report convert"}},
		{name: "mitmproxy's flows", text: "1234:9:websocket;0:~8:response;", problems: []string{"it is a flow file of mitmproxy: save it as HAR, with mitmdump -nr FILE --set hardump=OUT.har"}},
		{name: "packets", text: "\xd4\xc3\xb2\xa1\x02\x00", problems: []string{"it is a packet capture: save its HTTP messages first, for example with Wireshark's Export Objects"}},
		{name: "a record of the future", text: `{"blurt_exchange": 9, "url": "https://h/"}`, problems: []string{"record 1: it has version 9, this blurt reads version 1"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			lines, problems := read(t, test.text, test.options)
			if diff := cmp.Diff(test.want, lines); diff != "" {
				t.Errorf("exchanges (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.problems, problems); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}

// TestRecordedPages reads each recorded answer and its request, alone and all in
// one file, to the same bytes.
func TestRecordedPages(t *testing.T) {
	all, err := pages.All()
	if err != nil {
		t.Fatal(err)
	}
	var one bytes.Buffer
	var single [][]byte
	for _, page := range all {
		text := append(bytes.Clone(page.Request), page.Response...)
		one.Write(text)
		for x, err := range saved.Read(bytes.NewReader(text), page.ID(), saved.Options{}) {
			if err != nil {
				t.Fatalf("%s: %v", page.ID(), err)
			}
			single = append(single, x.Got.Body)
		}
	}
	if len(single) != len(all) {
		t.Fatalf("%d pages hold %d answers", len(all), len(single))
	}
	n := 0
	for x, err := range saved.Read(&one, "all", saved.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		if n >= len(single) || !bytes.Equal(x.Got.Body, single[n]) {
			t.Fatalf("answer %d (%s) differs when it is read with the others", n+1, all[min(n, len(all)-1)].ID())
		}
		n++
	}
	if n != len(single) {
		t.Errorf("%d answers of %d in one file", n, len(single))
	}
}

// endless yields a text again and again.
type endless struct {
	text string
	at   int
	left int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), e.left)], e.text[e.at:])
	e.at = (e.at + n) % len(e.text)
	e.left -= n
	return n, nil
}

// TestBodiesAreBounded reads an answer that is larger than what is kept of one.
func TestBodiesAreBounded(t *testing.T) {
	source := io.MultiReader(strings.NewReader("HTTP/1.1 200 OK\r\n\r\n"), &endless{text: "0123456789abcde\n", left: 40 << 20})
	for x, err := range saved.Read(source, "f", saved.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		if !x.Got.Cut || len(x.Got.Body) > 8<<20 {
			t.Errorf("cut %v, %d bytes", x.Got.Cut, len(x.Got.Body))
		}
	}
}

// TestEntriesAreBounded refuses an entry that would take the memory.
func TestEntriesAreBounded(t *testing.T) {
	source := io.MultiReader(strings.NewReader(`{"log": {"entries": [{"request": {"url": "`), &endless{text: "x", left: 200 << 20})
	var last error
	for _, err := range saved.Read(source, "f", saved.Options{}) {
		last = err
	}
	if last == nil || !strings.Contains(last.Error(), "too large") || errors.Is(last, saved.ErrNoAnswer) {
		t.Errorf("error %v", last)
	}
}
