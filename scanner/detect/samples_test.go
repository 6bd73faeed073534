package detect_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"blurt/scanner/detect"
	"blurt/scanner/wire"
)

// readResponse reads recorded bytes as a client would have.
func readResponse(t testing.TB, raw []byte) *wire.Response {
	t.Helper()
	got, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), nil)
	if err != nil {
		t.Fatalf("the sample is no HTTP response: %v", err)
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatalf("the sample's body: %v", err)
	}
	response := &wire.Response{Proto: got.Proto, Status: got.StatusCode, Body: body}
	for name, values := range got.Header {
		for _, value := range values {
			response.Fields = append(response.Fields, wire.Field{Name: name, Value: value})
		}
	}
	return response
}

// sample reads a recorded answer below testdata.
func sample(t testing.TB, name string) *wire.Response {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return readResponse(t, raw)
}

// answerTo is the exchange of a GET for a target and its answer. The address is
// the one that the samples of frameworks were recorded from.
func answerTo(target string, got *wire.Response, fields ...wire.Field) detect.Input {
	return detect.Input{Exchange: &wire.Exchange{
		To:     wire.Endpoint{Origin: wire.Origin{Scheme: "https", Host: "api.shop.example", Port: 443}, Target: target},
		Remote: netip.MustParseAddrPort("127.0.0.1:18790"),
		Asked:  wire.Request{Method: "GET", Target: target, Fields: fields},
		Got:    got,
	}}
}

// run runs every detector.
func run(in detect.Input) detect.Output {
	return detect.NewSet(detect.All()).Run(in)
}

// htmlAnswer and the like make answers that no recording has.
func answer(status int, contentType, body string) *wire.Response {
	return &wire.Response{
		Proto: "HTTP/1.1", Status: status, Body: []byte(body),
		Fields: []wire.Field{{Name: "Content-Type", Value: contentType}},
	}
}
