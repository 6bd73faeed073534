package detect

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"strings"

	"blurt/scanner/wire"
)

// maxGRPCText bounds what is read of one status, in bytes.
const maxGRPCText = 64 << 10

// grpcTexts gathers the texts of a status that is an error's, wherever it stands
// (gRPC over HTTP2, Responses; PROTOCOL-WEB).
func grpcTexts(got *wire.Response) []grpcText {
	var texts []grpcText
	failed := false
	for _, f := range got.Fields {
		if len(f.Name) < len("grpc-") || f.Name[0]|0x20 != 'g' || f.Name[4] != '-' {
			continue // every field is looked at in every answer
		}
		if isFailure(f.Name, f.Value) {
			failed = true
		}
		if t, ok := grpcTextOf(f.Name, f.Value); ok {
			t.field, t.span = f.Name, Span{0, len(f.Value)}
			texts = append(texts, t)
		}
	}
	trailers, more := grpcWebTrailers(got)
	failed = failed || trailers
	if !failed {
		return nil
	}
	return append(texts, more...)
}

func isFailure(name, value string) bool {
	value = strings.TrimSpace(value)
	return strings.EqualFold(name, "grpc-status") && value != "0" && value != ""
}

// grpcTextOf decodes one field.
func grpcTextOf(name, value string) (grpcText, bool) {
	value = value[:min(len(value), 2*maxGRPCText)]
	switch t := (grpcText{name: strings.ToLower(name)}); t.name {
	case "grpc-message":
		t.text = percentDecoded(value)
		return t, t.text != ""
	case "grpc-status-details-bin":
		// The value may lack its padding, and lists are joined with commas.
		value, _, _ = strings.Cut(value, ",")
		raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.TrimSpace(value), "="))
		if err != nil {
			return t, false
		}
		t.readStatus(raw)
		return t, t.isDebug
	}
	return grpcText{}, false
}

// percentDecoded takes percent-encoding off a message; what is no escape stays,
// as the protocol asks.
func percentDecoded(value string) string {
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		if value[i] == '%' && i+2 < len(value) && isHex(value[i+1]) && isHex(value[i+2]) {
			b.WriteByte(byte(unhex(value[i+1])<<4 | unhex(value[i+2])))
			i += 2
			continue
		}
		b.WriteByte(value[i])
	}
	return b.String()
}

// grpcWebTrailers reads the frame with trailers that ends a body of gRPC-web. It
// reports whether they say that the call failed.
func grpcWebTrailers(got *wire.Response) (failed bool, texts []grpcText) {
	media := strings.ToLower(got.Field("Content-Type"))
	if !strings.HasPrefix(media, "application/grpc-web") {
		return false, nil
	}
	body, isText := got.Body, strings.HasPrefix(media, "application/grpc-web-text")
	if isText {
		body = base64Parts(body)
	}
	for len(body) >= 5 {
		size := int(min(binary.BigEndian.Uint32(body[1:5]), 1<<30))
		flags, frame := body[0], body[5:]
		if size > len(frame) {
			return failed, texts
		}
		body, frame = frame[size:], frame[:size]
		if flags&0x80 == 0 {
			continue
		}
		for line := range bytes.Lines(head(frame, maxGRPCText)) {
			name, value, _ := strings.Cut(strings.TrimSpace(string(line)), ":")
			value = strings.TrimSpace(value)
			failed = failed || isFailure(name, value)
			if t, ok := grpcTextOf(name, value); ok {
				t.span = Span{0, len(got.Body)}
				if at := bytes.Index(got.Body, []byte(value)); at >= 0 && !isText {
					t.span = Span{at, at + len(value)}
				}
				texts = append(texts, t)
			}
		}
	}
	return failed, texts
}

// base64Parts decodes the parts of a text of gRPC-web, each with a padding of its
// own.
func base64Parts(text []byte) []byte {
	var plain []byte
	text = head(bytes.TrimSpace(text), 4*maxGRPCText)
	for len(text) > 0 {
		end := bytes.IndexByte(text, '=')
		if end < 0 {
			end = len(text)
		}
		part, err := base64.RawStdEncoding.DecodeString(string(text[:end]))
		plain = append(plain, part...)
		if err != nil {
			return plain
		}
		text = bytes.TrimLeft(text[end:], "=")
	}
	return plain
}

// readStatus reads google.rpc.Status: a code, a message and details, of which
// google.rpc.DebugInfo and the serving data of google.rpc.RequestInfo are meant
// for developers.
func (t *grpcText) readStatus(raw []byte) {
	var lines []string
	eachField(raw, func(number uint64, value []byte) {
		if number != 3 {
			return
		}
		var kind string
		var detail []byte
		eachField(value, func(number uint64, value []byte) {
			switch number {
			case 1:
				kind = string(head(value, 200))
			case 2:
				detail = value
			}
		})
		kind = kind[strings.LastIndexByte(kind, '/')+1:]
		var told string
		var entries []string
		eachField(detail, func(number uint64, value []byte) {
			text := strings.ToValidUTF8(string(head(value, maxGRPCText)), "?")
			switch {
			case kind == "google.rpc.DebugInfo" && number == 1:
				entries = append(entries, text)
			case kind == "google.rpc.DebugInfo" && number == 2, kind == "google.rpc.RequestInfo" && number == 2:
				told = text
			}
		})
		if told != "" {
			lines = append(lines, told)
		}
		lines = append(lines, entries...)
		t.entries += len(entries)
	})
	t.text = strings.Join(lines, "\n")
	t.isDebug = strings.TrimSpace(t.text) != ""
}

// eachField calls found for each length-delimited field of a message of protocol
// buffers and steps over the others. It stops where the text is none.
func eachField(raw []byte, found func(number uint64, value []byte)) {
	for len(raw) > 0 {
		key, n := binary.Uvarint(raw)
		if n <= 0 {
			return
		}
		raw = raw[n:]
		switch key & 7 {
		case 0:
			if _, n = binary.Uvarint(raw); n <= 0 {
				return
			}
		case 1:
			n = 8
		case 2:
			size, width := binary.Uvarint(raw)
			if width <= 0 || size > uint64(len(raw)-width) {
				return
			}
			n = width + int(size)
			found(key>>3, raw[width:n])
		case 5:
			n = 4
		default:
			return
		}
		if n > len(raw) {
			return
		}
		raw = raw[n:]
	}
}
