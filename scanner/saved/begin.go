package saved

import (
	"bytes"
	"regexp"
	"strings"
)

// startsMessage reports whether a text begins with the first line of a request
// or of a response.
func startsMessage(text []byte) bool { return startsResponse(text) || startsRequest(text) }

// startsResponse knows a status line (RFC 9112, section 4), that of HTTP/2 as
// curl writes it included.
func startsResponse(text []byte) bool {
	rest, ok := cutVersion(text)
	if !ok || len(rest) == 0 || rest[0] != ' ' {
		return false
	}
	rest = bytes.TrimLeft(rest, " ")
	if len(rest) < 3 || !isDigit(rest[0]) || !isDigit(rest[1]) || !isDigit(rest[2]) {
		return false
	}
	return len(rest) == 3 || rest[3] == ' ' || rest[3] == '\r' || rest[3] == '\n'
}

// startsRequest knows a request line (RFC 9112, section 3) of a method in upper
// case.
func startsRequest(text []byte) bool {
	method := 0
	for method < len(text) && method < 32 && ('A' <= text[method] && text[method] <= 'Z' || text[method] == '-') {
		method++
	}
	if method < 3 || method == len(text) || text[method] != ' ' {
		return false
	}
	words := bytes.Fields(firstLine(text))
	if len(words) != 3 {
		return false
	}
	rest, ok := cutVersion(words[2])
	return ok && len(rest) == 0
}

// cutVersion takes an HTTP version off, such as HTTP/1.1 or HTTP/2.
func cutVersion(text []byte) ([]byte, bool) {
	rest, ok := bytes.CutPrefix(text, []byte("HTTP/"))
	if !ok || len(rest) == 0 || !isDigit(rest[0]) {
		return nil, false
	}
	if len(rest) > 2 && rest[1] == '.' && isDigit(rest[2]) {
		return rest[3:], true
	}
	return rest[1:], true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isSeparator knows the lines that ZAP puts between messages: "==== 3 ====".
func isSeparator(line []byte) bool {
	text, ok := strings.CutPrefix(string(bytes.TrimRight(line, "\r\n\t ")), "===")
	if !ok {
		return false
	}
	number := strings.Trim(text, "= ")
	return number != "" && len(number) < 10 && strings.Trim(number, "0123456789") == "" && strings.HasSuffix(text, "===")
}

// firstLine returns the first line without its ending.
func firstLine(text []byte) []byte {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r"))
}

// kindOf tells by its beginning what a file holds.
func kindOf(start []byte) reader {
	text := bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\ufeff")), " \t\r\n")
	begins := func(pattern string) bool { return regexp.MustCompile(`^` + pattern).Match(text) }
	switch {
	case startsMessage(text), isSeparator(firstLine(text)):
		return (*file).messages
	case begins(`\{\s*"log"\s*:\s*\{`):
		return (*file).archive
	case begins(`\{\s*"` + recordMember + `"\s*:`):
		return (*file).records
	case begins(`<\?xml`) && bytes.Contains(text[:min(len(text), 8<<10)], []byte("<items burpVersion=")):
		return (*file).items
	case begins(`\{\s*"schema"\s*:\s*\d+\s*,\s*"tool"\s*:\s*\{\s*"name"\s*:\s*"blurt"`):
		return refuse("it is a report of blurt, not traffic: use blurt report convert")
	case begins(`\d{1,9}:\d{1,9}:(version|type|websocket|response|request|error|id);`):
		return refuse("it is a flow file of mitmproxy: save it as HAR, with mitmdump -nr FILE --set hardump=OUT.har")
	case isCapture(start):
		return refuse("it is a packet capture: save its HTTP messages first, for example with Wireshark's Export Objects")
	}
	return (*file).body
}

// isCapture knows pcap and pcapng by their magic numbers.
func isCapture(start []byte) bool {
	for _, magic := range [...]string{"\xd4\xc3\xb2\xa1", "\xa1\xb2\xc3\xd4", "\x4d\x3c\xb2\xa1", "\xa1\xb2\x3c\x4d", "\x0a\x0d\x0d\x0a"} {
		if bytes.HasPrefix(start, []byte(magic)) {
			return true
		}
	}
	return false
}
