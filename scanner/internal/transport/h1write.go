package transport

import "blurt/scanner/wire"

// encodeRequest returns the request as HTTP/1.1 bytes (RFC 9112, section 3):
// exactly what it holds, nothing added, checked or escaped.
func encodeRequest(r wire.Request) []byte {
	version := r.Version
	if version == "" {
		version = "HTTP/1.1"
	}
	size := len(r.Method) + len(r.Target) + len(version) + 6 + len(r.Body)
	for _, f := range r.Fields {
		size += len(f.Name) + len(f.Value) + 4
	}
	b := make([]byte, 0, size)
	b = append(b, r.Method...)
	b = append(b, ' ')
	b = append(b, r.Target...)
	b = append(b, ' ')
	b = append(b, version...)
	b = append(b, "\r\n"...)
	for _, f := range r.Fields {
		b = append(b, f.Name...)
		b = append(b, ": "...)
		b = append(b, f.Value...)
		b = append(b, "\r\n"...)
	}
	b = append(b, "\r\n"...)
	return append(b, r.Body...)
}

// isIdempotent lists the methods that may be sent again when a kept-alive
// connection turns out to be dead (RFC 9110, section 9.2.2).
func isIdempotent(method string) bool {
	switch method {
	case "GET", "HEAD", "OPTIONS", "TRACE":
		return true
	}
	return false
}
