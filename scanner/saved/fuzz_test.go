package saved_test

import (
	"bytes"
	"strings"
	"testing"

	"blurt/scanner/saved"
)

// FuzzRead feeds every parser of saved traffic: which, is told by the content.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nHTTP/1.1 404 N\r\n\r\n",
		"GET /a HTTP/1.1\r\nHost: h\r\n\r\nHTTP/2 500 \r\ncontent-length: 3\r\n\r\nabcd",
		"==== 1 ====\nGET http://h/ HTTP/1.1\n\nHTTP/1.0 200\n\nx",
		`{"log": {"entries": [{"request": {"url": "https://h/"}, "response": {"status": 200, "content": {"text": "eA==", "encoding": "base64"}}}]}}`,
		`<?xml version="1.0"?><items burpVersion="1"><item><url>https://h/</url><response base64="true">SFRUUC8xLjEgMjAwIE9LDQoNCg==</response></item></items>`,
		`{"blurt_exchange":1,"url":"https://h/a","endpoint":"https://h/a","request":{"method":"GET","target":"/a","fields":[]},"response":{"status":500,"fields":[],"body":"x"},"handshake":{"acceptable_cas":["AA=="]}}`,
		"<html>", `{"a": 1}`, "12:1:version;", "\x1f\x8b\x08", "",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n := 0
		for x, err := range saved.Read(bytes.NewReader(data), "f", saved.Options{}) {
			if n++; n > len(data)+2 {
				t.Fatal("more exchanges than bytes")
			}
			switch {
			case err != nil && x != nil:
				t.Fatal("an exchange and an error")
			case err != nil && strings.ContainsAny(err.Error(), "\n\r\x1b"):
				t.Fatalf("the error is no single line: %q", err)
			case err == nil && x.Got == nil && x.Record == nil:
				t.Fatal("no answer and no record")
			}
		}
	})
}
