package wire_test

import (
	"strings"
	"testing"

	"blurt/scanner/wire"
)

func TestParseEndpoint(t *testing.T) {
	tests := []struct{ raw, url, address string }{
		{"https://Api.Example.org", "https://api.example.org/", "api.example.org:443"},
		{"HTTPS://api.example.org:443/a", "https://api.example.org/a", "api.example.org:443"},
		{"http://api.example.org:8080?x=1#top", "http://api.example.org:8080/?x=1", "api.example.org:8080"},
		{"https://[::1]:8443//a/%2e/b;x?q=%zz", "https://[::1]:8443//a/%2e/b;x?q=%zz", "[::1]:8443"},
		{"https://127.0.0.1/ü", "https://127.0.0.1/ü", "127.0.0.1:443"},
		{"http://h/a?b/c@d:e", "http://h/a?b/c@d:e", "h:80"},
	}
	for _, test := range tests {
		got, err := wire.ParseEndpoint(test.raw)
		if err != nil {
			t.Errorf("%s: %v", test.raw, err)
			continue
		}
		if got.String() != test.url || got.Origin.Address() != test.address {
			t.Errorf("%s: got %s at %s, want %s at %s", test.raw, got, got.Origin.Address(), test.url, test.address)
		}
	}
}

func TestParseEndpointSaysWhatIsWrong(t *testing.T) {
	tests := []struct{ raw, want string }{
		{"api.example.org/x", "write https://"},
		{"ftp://h/", "use https or http"},
		{"https://user:secret@h/", "--header"},
		{"https:///x", "no host"},
		{"https://h:0/", "1 to 65535"},
		{"https://h:65536/", "1 to 65535"},
		{"https://::1/", "brackets"},
		{"https://[::1/", "closing bracket"},
		{"https://[h]/", "IPv6"},
		{"https://h/a b", "percent-encode"},
		{"https://h/\x1b[31m", "percent-encode"},
		{"https://bücher.example/", "xn--"},
		{"https://a..b/", "empty label"},
		{"https://h/" + strings.Repeat("x", 9000), "longer"},
	}
	for _, test := range tests {
		_, err := wire.ParseEndpoint(test.raw)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%.40q: error %v, want one with %q", test.raw, err, test.want)
			continue
		}
		if strings.ContainsAny(err.Error(), "\x1b\n") || len(err.Error()) > 300 {
			t.Errorf("%.40q: the error is not one clean line: %q", test.raw, err)
		}
	}
}

func FuzzParseEndpoint(f *testing.F) {
	f.Add("https://[::1]:8443//a/%2e/b;x?q")
	f.Add("http://h")
	f.Fuzz(func(t *testing.T, raw string) {
		e, err := wire.ParseEndpoint(raw)
		if err != nil {
			return
		}
		again, err := wire.ParseEndpoint(e.String())
		if err != nil || again != e {
			t.Fatalf("%q: %v reads back as %v, %v", raw, e, again, err)
		}
	})
}
