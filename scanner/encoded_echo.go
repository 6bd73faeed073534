package scanner

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"io"

	"blurt/scanner/detect"
)

// Limits of what is decoded of one text.
const (
	maxEncodedRuns = 16
	maxEncodedRun  = 16 << 10
	maxDecoded     = 64 << 10
)

// Beginnings of an object of JSON in base64: plain, as in a JSON Web Token (RFC
// 7519), and compressed by zlib, as in the cookie of Flask's sessions.
var (
	encodedObject    = []byte("eyJ")
	compressedObject = []byte(".eJ")
)

// findEncoded finds canaries in what a text holds in base64: session cookies and
// tokens keep what the client claimed to be.
func (x *examination) findEncoded(echoes []detect.Echo, text []byte, where string) []detect.Echo {
	at := 0
	for range maxEncodedRuns {
		start, skip := nextEncoded(text, at)
		if start < 0 {
			break
		}
		end := start + skip
		for end < len(text) && end-start < maxEncodedRun && isBase64URL(text[end]) {
			end++
		}
		for _, f := range x.engine.mint.Find(decodeRun(text[start:end])) {
			echoes = append(echoes, detect.Echo{Token: f.Token, Probe: f.Probe, Field: f.Field, Where: where, Start: start, End: end})
		}
		at = end
	}
	return echoes
}

// nextEncoded returns where the next run begins, and how much of it is no base64.
func nextEncoded(text []byte, from int) (start, skip int) {
	plain, packed := bytes.Index(text[from:], encodedObject), bytes.Index(text[from:], compressedObject)
	switch {
	case packed >= 0 && (plain < 0 || packed < plain):
		return from + packed, 1
	case plain >= 0:
		return from + plain, 0
	}
	return -1, 0
}

func isBase64URL(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_'
}

// decodeRun returns what a run holds; as much of it as can be read.
func decodeRun(run []byte) []byte {
	packed := bytes.HasPrefix(run, compressedObject)
	run = bytes.TrimPrefix(run, []byte("."))
	decoded := make([]byte, base64.RawURLEncoding.DecodedLen(len(run)))
	n, err := base64.RawURLEncoding.Decode(decoded, run)
	if err != nil || !packed {
		return decoded[:n]
	}
	reader, err := zlib.NewReader(bytes.NewReader(decoded[:n]))
	if err != nil {
		return nil
	}
	plain, _ := io.ReadAll(io.LimitReader(reader, maxDecoded)) // what was cut off is of no use
	return plain
}
