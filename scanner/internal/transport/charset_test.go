package transport_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"strings"
	"testing"
	"unicode/utf16"

	"blurt/scanner/internal/transport"
	"blurt/scanner/wire"
)

func inUTF16(order binary.AppendByteOrder, text string) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

func TestCharsets(t *testing.T) {
	const text = "java.lang.IllegalStateException: vagão fechado 🚃\n\tat Portao.ler(Portao.java:52)\n"
	big, little := inUTF16(binary.BigEndian, text), inUTF16(binary.LittleEndian, text)
	tests := []struct{ name, media, body, want string }{
		{"mark and charset", "text/plain; charset=UTF-16", "\xfe\xff" + big, text},
		{"little mark alone", "text/html", "\xff\xfe" + little, text},
		{"little charset alone", `application/json; charset="utf-16le"`, little, text},
		{"big charset alone", "text/csv; charset=utf-16be", big, text},
		{"charset without an order", "application/problem+xml;charset=utf-16", little, text},
		{"half a unit at the end", "text/plain; charset=utf-16", "\xff\xfe" + little + "\x01", text},
		{"a charset that is not true", "text/plain; charset=utf-16", text, text},
		{"no charset and no mark", "text/plain", little, little},
		{"an image", "image/x-icon", "\xff\xfe" + little, "\xff\xfe" + little},
		{"UTF-32", "text/plain", "\xff\xfe\x00\x00a\x00\x00\x00", "\xff\xfe\x00\x00a\x00\x00\x00"},
		{"half a pair", "text/plain; charset=utf-16le", "a\x00\x00\xd8b\x00", "a\ufffdb"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := &wire.Response{Fields: []wire.Field{{Name: "Content-Type", Value: test.media}}, Body: []byte(test.body)}
			transport.Decode(r, 1<<20)
			if string(r.Body) != test.want || r.Cut {
				t.Errorf("got %q, cut %v, want %q", r.Body, r.Cut, test.want)
			}
		})
	}
	r := &wire.Response{Fields: []wire.Field{{Name: "Content-Type", Value: "text/plain"}}, Body: []byte("\xfe\xff" + inUTF16(binary.BigEndian, strings.Repeat("é", 200)))}
	transport.Decode(r, 201)
	if string(r.Body) != strings.Repeat("é", 100) || !r.Cut {
		t.Errorf("a limited body: got %d bytes, cut %v", len(r.Body), r.Cut)
	}
}

// TestRecordedUTF16 has a stack that OpenJDK 17 printed, in the bytes of its own
// StandardCharsets.UTF_16.
func TestRecordedUTF16(t *testing.T) {
	raw, err := os.ReadFile("testdata/jdk-17-utf-16.http")
	if err != nil {
		t.Fatal(err)
	}
	head, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	r := transport.ParseHead(string(head))
	r.Body = body
	transport.Decode(r, 1<<20)
	if !bytes.HasPrefix(r.Body, []byte("Portao$CargaException: carruagem fechada\n\tat Portao.ler(Portao.java:52)\n")) {
		t.Errorf("got %.80q", r.Body)
	}
}
