package transport_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"blurt/scanner/internal/transport"
	"blurt/scanner/wire"
)

func encode(t testing.TB, coding string, plain []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	var w io.WriteCloser
	var err error
	switch coding {
	case "gzip":
		w = gzip.NewWriter(&out)
	case "deflate":
		w = zlib.NewWriter(&out)
	case "raw deflate":
		w, err = flate.NewWriter(&out, 9)
	case "br":
		w = brotli.NewWriter(&out)
	case "zstd":
		w, err = zstd.NewWriter(&out, zstd.WithEncoderConcurrency(1))
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestDecoding(t *testing.T) {
	plain := []byte(strings.Repeat("what the page says. ", 40))
	bomb := bytes.Repeat([]byte{'0'}, 8<<20)
	gz := encode(t, "gzip", plain)
	tests := []struct {
		name, field string
		body, want  []byte
		cut, odd    bool
	}{
		{"identity", "identity", plain, plain, false, false},
		{"gzip", "gzip", gz, plain, false, false},
		{"x-gzip", "X-GZip", gz, plain, false, false},
		{"zlib", "deflate", encode(t, "deflate", plain), plain, false, false},
		{"raw deflate", "deflate", encode(t, "raw deflate", plain), plain, false, false},
		{"br", "br", encode(t, "br", plain), plain, false, false},
		{"zstd", "zstd", encode(t, "zstd", plain), plain, false, false},
		{"chain", "zstd, gzip", encode(t, "gzip", encode(t, "zstd", plain)), plain, false, false},
		{"unknown", "snail", plain, plain, false, true},
		{"not gzip", "gzip", plain, plain, false, true},
		{"truncated", "gzip", gz[:len(gz)-9], gz[:len(gz)-9], false, true},
		{"too many", "gzip,gzip,gzip,gzip,gzip", plain, plain, false, true},
		{"gzip bomb", "gzip", encode(t, "gzip", bomb), bomb[:1<<20], true, false},
		{"br bomb", "br", encode(t, "br", bomb), bomb[:1<<20], true, false},
		{"zstd bomb", "zstd", encode(t, "zstd", bomb), bomb[:1<<20], true, false},
		{"bomb in a bomb", "gzip, gzip", encode(t, "gzip", encode(t, "gzip", bomb)), bomb[:1<<20], true, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			to := serveRaw(t, counting(func(int, int) string {
				return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s", test.field, len(test.body), test.body)
			}))
			got := mustGet(t, newClient(t, transport.Config{}).Do(context.Background(), wire.Identity{}, to, get(to, "/")))
			if !bytes.Equal(got.Body, test.want) || got.Cut != test.cut || (len(got.Odd) > 0) != test.odd {
				t.Errorf("%d bytes, cut %v, odd %q; want %d bytes", len(got.Body), got.Cut, got.Odd, len(test.want))
			}
		})
	}
}
