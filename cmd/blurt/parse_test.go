package main

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"blurt/scanner"
	"blurt/scanner/wire"
)

func TestParsePin(t *testing.T) {
	four, six := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::1")
	good := map[string]scanner.Pin{
		"api.example:443:127.0.0.1":     {Host: "api.example", Port: 443, Addr: four},
		"API.Example:8443:[::1]":        {Host: "api.example", Port: 8443, Addr: six},
		"api.example:443:::1":           {Host: "api.example", Port: 443, Addr: six},
		"[2001:db8::1]:443:127.0.0.1":   {Host: "2001:db8::1", Port: 443, Addr: four},
		"api.example:443:[::ffff:7f01]": {Host: "api.example", Port: 443, Addr: netip.MustParseAddr("::ffff:7f01")},
		"h:1:::ffff:127.0.0.1":          {Host: "h", Port: 1, Addr: four},
	}
	for text, want := range good {
		got, err := parsePin(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Addr{})); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
	for _, text := range []string{
		"", ":", "::", "host", "host:443", "host:443:", "host:0:127.0.0.1", "host:65536:127.0.0.1", "host:+1:127.0.0.1", "*:443:127.0.0.1",
		":443:127.0.0.1", "host:443:other.example", "host:443:127.0.0.1,::1", "host:443:[127.0.0.1]", "[::1:443:127.0.0.1", "[::1]443:127.0.0.1",
		"ho st:443:127.0.0.1", "a/b:443:127.0.0.1", "user@host:443:127.0.0.1", "[host]:443:127.0.0.1",
	} {
		if got, err := parsePin(text); err == nil {
			t.Errorf("%q became %v", text, got)
		}
	}
}

func TestParseScope(t *testing.T) {
	prefix := func(text string) scanner.ScopeRule { return scanner.ScopeRule{Prefix: netip.MustParsePrefix(text)} }
	good := map[string]scanner.ScopeRule{
		"api.example":     {Host: "api.example"},
		"API.example":     {Host: "api.example"},
		"*.api.example":   {Host: "*.api.example"},
		"10.0.0.0/8":      prefix("10.0.0.0/8"),
		"2001:db8::/32":   prefix("2001:db8::/32"),
		"127.0.0.1":       prefix("127.0.0.1/32"),
		"::1":             prefix("::1/128"),
		"[::1]":           prefix("::1/128"),
		"localhost":       {Host: "localhost"},
		"xn--bcher.test":  {Host: "xn--bcher.test"},
		"a_b.example":     {Host: "a_b.example"},
		"10.example.test": {Host: "10.example.test"},
	}
	for text, want := range good {
		got, err := parseScope(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Prefix{})); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
	for _, text := range []string{
		"", "*", "*.", "a.*.example", "*example", "https://a.example", "a.example/path", "a.example:443", "10.0.0.0/33", "10.0.0.1/8",
		"10.0.0.300", "10.0.0", "a b", "fe80::1%eth0", "a..b", ".a", "bücher.example", "*.10.0.0.1", "*.*.a", "[::1]:443",
	} {
		if got, err := parseScope(text); err == nil {
			t.Errorf("%q became %v", text, got)
		}
	}
}

func TestParseHeader(t *testing.T) {
	good := map[string]wire.Field{
		"X-Api-Key: abc":    {Name: "X-Api-Key", Value: "abc"},
		"x-api-key:abc":     {Name: "x-api-key", Value: "abc"},
		"Accept: a, b; q=1": {Name: "Accept", Value: "a, b; q=1"},
		"Empty:":            {Name: "Empty", Value: ""},
		"Time: 12:30":       {Name: "Time", Value: "12:30"},
		"Latin: \xe9":       {Name: "Latin", Value: "\xe9"},
	}
	for text, want := range good {
		got, err := parseHeader(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
	for _, text := range []string{
		"", ":", ": hunter2", "hunter2", "Bad Name: hunter2", "Bad\tName: hunter2", "N: hunter2\r\nX: y", "N: hunter2\x00",
		"Host: hunter2", "CONTENT-LENGTH: 3", "hunter2 : x", "Connection: close",
	} {
		_, err := parseHeader(text)
		if err == nil {
			t.Errorf("%q was taken", text)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q is quoted by its error: %v", text, err)
		}
	}
}

func TestParseProxy(t *testing.T) {
	for _, text := range []string{"http://proxy.example:3128", "https://u:p@proxy.example", "socks5://[::1]:1080/"} {
		if _, err := parseProxy(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{
		"", "hunter2", "proxy.example:3128", "ftp://u:hunter2@proxy.example", "http://", "http://u:hunter2@", "http://proxy.example/hunter2",
		"http://proxy.example:0", "http://proxy.example:hunter2", "http://u:hunter2@pro xy", "http:hunter2", "http://h?hunter2", "http://h:99999",
	} {
		_, err := parseProxy(text)
		if err == nil {
			t.Errorf("%q was taken", text)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q is quoted by its error: %v", text, err)
		}
	}
}

func TestParseResolver(t *testing.T) {
	good := map[string]string{
		"192.0.2.1": "192.0.2.1", "192.0.2.1:5353": "192.0.2.1:5353", " 2001:db8::1 ": "2001:db8::1", "[2001:db8::1]": "2001:db8::1",
		"[2001:db8::1]:53": "[2001:db8::1]:53", "# comment": "", "": "",
	}
	for text, want := range good {
		got, ok, err := parseResolver(text)
		if err != nil || got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v, %v", text, got, ok, err)
		}
	}
	for _, text := range []string{"ns.example", "192.0.2.1:0", "192.0.2.1:x", "192.0.2.1 192.0.2.2", "[192.0.2.1]"} {
		if got, _, err := parseResolver(text); err == nil {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestParseListLine(t *testing.T) {
	good := map[string]string{
		"https://a.example/x": "https://a.example/x", "  https://a.example/x \t\r": "https://a.example/x",
		"": "", "   ": "", "# https://a.example": "", "\ufeffhttps://a.example/": "https://a.example/", "\ufeff": "",
		"https://a.example//a/%2e/b;x?y": "https://a.example//a/%2e/b;x?y",
	}
	for line, want := range good {
		got, ok, err := parseListLine(line, true)
		if err != nil || ok != (want != "") || ok && got.String() != want {
			t.Errorf("%q: %v, %v, %v", line, got, ok, err)
		}
	}
	for _, line := range []string{"a.example", "ftp://a.example", "https://a.example https://b.example", "https://u:hunter2@a.example", "u:hunter2@a.example"} {
		_, _, err := parseListLine(line, false)
		if err == nil {
			t.Errorf("%q was taken", line)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q is quoted by its error: %v", line, err)
		}
	}
	if _, _, err := parseListLine("\ufeffhttps://a.example", false); err == nil {
		t.Error("a byte order mark was taken in the middle of a list")
	}
}
