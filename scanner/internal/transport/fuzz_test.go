package transport

import (
	"bufio"
	"bytes"
	"net/netip"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/miekg/dns"

	"blurt/scanner/wire"
)

var fuzzLimits = limits{body: 1 << 12, head: 1 << 12, line: 1 << 10, fields: 50}

func FuzzReadResponse(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 500 \n\nx",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2;a=b\r\nhi\r\n0\r\nT: x\r\n\r\n",
		"\r\n\nHTTP/9 OK\r\n folded\r\nA: 1\r\n\t2\r\nnothing\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
		"<html>no head", "\x15\x03\x01\x00\x02\x02\x46", "HTTP/", "HTTP/1.1 304 x\r\nContent-Encoding: zstd\r\n\r\n",
	} {
		f.Add([]byte(seed), "GET")
		f.Add([]byte(seed), "HEAD")
	}
	f.Fuzz(func(t *testing.T, reply []byte, method string) {
		a, err := readResponse(bufio.NewReaderSize(bytes.NewReader(reply), 64), method, fuzzLimits)
		if err != nil {
			if a.Response != nil {
				t.Fatal("an answer and an error")
			}
			if text := failure(wire.StageRead, err, 0).Error(); strings.ContainsFunc(text, isBinary) || len(text) > 400 {
				t.Fatalf("the message is not one clean line: %q", text)
			}
			return
		}
		newDecoder(fuzzLimits.body).decode(a.Response)
		switch {
		case a.Status < 100 || a.Status > 999:
			t.Fatalf("status %d", a.Status)
		case len(a.Body) > fuzzLimits.body, len(a.Head) > fuzzLimits.head, len(a.Fields) > fuzzLimits.fields, len(a.Odd) > 32:
			t.Fatalf("over a limit: body %d, head %d, fields %d, odd %d", len(a.Body), len(a.Head), len(a.Fields), len(a.Odd))
		case a.reusable && len(a.Odd) > 0:
			t.Fatalf("an odd answer leaves the connection in use: %q", a.Odd)
		case a.Proto != "HTTP/0.9" && !bytes.Contains(reply, a.Head):
			t.Fatal("the head is not what was read")
		}
	})
}

// Both ways of finding the end of a head must agree, whatever the buffer holds.
func FuzzReadHead(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nA: b\r\n\r\nrest\n\r\n"))
	f.Add([]byte("HTTP/1.1 200 OK\nA: b\n\nrest\r\n\r\n"))
	f.Add([]byte("\r\nrest\r\n\r\n"))
	f.Add([]byte("line\n\n\r\n"))
	f.Fuzz(func(t *testing.T, stream []byte) {
		whole := bufio.NewReaderSize(bytes.NewReader(stream), 1<<13)
		_, _ = whole.Peek(len(stream))
		fast, fastErr := readHead(whole, fuzzLimits)
		slow, slowErr := readHead(bufio.NewReaderSize(bytes.NewReader(stream), 16), fuzzLimits)
		if !bytes.Equal(fast, slow) || (fastErr == nil) != (slowErr == nil) {
			t.Fatalf("%q %v\n%q %v", fast, fastErr, slow, slowErr)
		}
	})
}

func FuzzReadChunked(f *testing.F) {
	f.Add([]byte("3;x=y\r\nabc\r\n2\nde\n0\r\nX-T: end\r\n\r\n"))
	f.Add([]byte("ffffffffffffffff\r\n"))
	f.Add([]byte("0\r\n\r\n"))
	f.Fuzz(func(t *testing.T, stream []byte) {
		a := &answer{Response: new(wire.Response)}
		var odd oddities
		readChunked(bufio.NewReaderSize(bytes.NewReader(stream), 64), a, fuzzLimits, &odd)
		if len(a.Body) > fuzzLimits.body || len(a.Body) > len(stream) || len(a.trailer) > fuzzLimits.fields {
			t.Fatalf("over a limit: %d bytes, %d trailer fields", len(a.Body), len(a.trailer))
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, coding := range []string{"gzip", "deflate", "br", "zstd", "gzip, br"} {
		f.Add(coding, []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"))
		f.Add(coding, []byte("\x28\xb5\x2f\xfd\x24\x00\x01\x00\x00"))
	}
	f.Fuzz(func(t *testing.T, coding string, body []byte) {
		r := &wire.Response{Fields: []wire.Field{{Name: "content-encoding", Value: coding}}, Body: body}
		newDecoder(fuzzLimits.body).decode(r)
		if len(r.Odd) == 0 && !bytes.Equal(r.Body, body) && len(r.Body) > fuzzLimits.body {
			t.Fatalf("%d bytes decoded", len(r.Body))
		}
	})
}

func FuzzUTF16(f *testing.F) {
	f.Add("utf-16", []byte("\xfe\xff\x00a\xd8\x00\x00b"))
	f.Add("utf-16le", []byte("a\x00\x00\xd8b\x00c"))
	f.Add("", []byte("\xff\xfe\x00\x00"))
	f.Fuzz(func(t *testing.T, charset string, body []byte) {
		r := &wire.Response{Fields: []wire.Field{{Name: "Content-Type", Value: "text/plain; charset=" + charset}}, Body: bytes.Clone(body)}
		toUTF8(r, fuzzLimits.body)
		if !bytes.Equal(r.Body, body) && (!utf8.Valid(r.Body) || len(r.Body) > fuzzLimits.body) {
			t.Fatalf("%q became %q", body, r.Body)
		}
	})
}

func FuzzParseHosts(f *testing.F) {
	f.Add([]byte("127.0.0.1 localhost a # b\n::1\tlocalhost\nnonsense x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for name, addrs := range parseHosts(data) {
			for _, addr := range addrs {
				if !addr.IsValid() {
					t.Fatalf("%q has an invalid address", name)
				}
			}
		}
	})
}

func FuzzAddressesIn(f *testing.F) {
	m := new(dns.Msg)
	m.SetQuestion("a.test.", dns.TypeA)
	for _, line := range []string{"a.test. CNAME b.test.", "b.test. CNAME a.test.", "b.test. A 192.0.2.1"} {
		rr, err := dns.NewRR(line)
		if err != nil {
			f.Fatal(err)
		}
		m.Answer = append(m.Answer, rr)
	}
	packed, err := m.Pack()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packed)
	f.Fuzz(func(t *testing.T, packet []byte) {
		m := new(dns.Msg)
		if m.Unpack(packet) != nil {
			return
		}
		for _, addr := range addressesIn(m, "a.test") {
			if addr == (netip.Addr{}) {
				t.Fatal("an invalid address")
			}
		}
	})
}
