package scanner

import (
	"crypto/tls"
	"os/exec"
	"strings"
	"testing"

	"blurt/scanner/wire"
)

func TestReproduce(t *testing.T) {
	to, err := wire.ParseEndpoint("https://api.example.org/a?b=1&c=2")
	if err != nil {
		t.Fatal(err)
	}
	base := wire.Request{Method: "GET", Target: to.Target, Fields: []wire.Field{
		{Name: "Host", Value: "api.example.org"}, {Name: "User-Agent", Value: "blurt"}, {Name: "Accept", Value: "*/*"},
	}}
	odd := base
	odd.Target = "/a b"
	post := base.With(wire.Field{Name: "Content-Length", Value: "2"})
	post.Method, post.Body = "POST", []byte("{}")
	tests := []struct {
		name    string
		as      wire.Identity
		request wire.Request
		want    string
	}{
		{"plain", wire.Identity{}, base, "curl --insecure --silent --include --path-as-is 'https://api.example.org/a?b=1&c=2'"},
		{"fields", wire.Identity{}, base.Set("Accept", "text/html").Set("Host", "x.invalid").With(wire.Field{Name: "X-A"}),
			"curl --insecure --silent --include --path-as-is --header 'Host: x.invalid' --header 'Accept: text/html' --header 'X-A;' 'https://api.example.org/a?b=1&c=2'"},
		{"odd bytes", wire.Identity{}, base.With(wire.Field{Name: "X-A", Value: "\xff'\\"}),
			`curl --insecure --silent --include --path-as-is --header $'X-A: \xff\'\\' 'https://api.example.org/a?b=1&c=2'`},
		{"body", wire.Identity{}, post,
			"curl --insecure --silent --include --path-as-is --request POST --header Content-Type: --data-binary '{}' 'https://api.example.org/a?b=1&c=2'"},
		{"caller", wire.Identity{Cert: &tls.Certificate{}, Private: true, Fields: []wire.Field{{Name: "Authorization", Value: "secret"}}}, base,
			"curl --insecure --silent --include --path-as-is --cert YOUR.pem --key YOUR.key --header 'Authorization: YOUR-VALUE' 'https://api.example.org/a?b=1&c=2'"},
		{"bytes", wire.Identity{}, odd,
			`printf %b 'GET /a b HTTP/1.1\r\nHost: api.example.org\r\nUser-Agent: blurt\r\nAccept: */*\r\nConnection: close\r\n\r\n' | openssl s_client -quiet -ign_eof -connect api.example.org:443`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := reproduce(to, test.as, test.request); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestShellQuoteSurvivesAShell(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	for _, text := range []string{
		"plain", "two words", "it's", `back\slash`, "$HOME `id` $(id)", "!history", "\x1b[31m", "\xff\xe9", "tab\tline\n", "", "*?[a]{b,c}~#;&|<>",
	} {
		got, err := exec.CommandContext(t.Context(), bash, "-c", "printf %s "+shellQuote(text)).Output()
		if err != nil || string(got) != text {
			t.Errorf("%q comes out as %q (%v)", text, got, err)
		}
		if quoted := shellQuote(text); strings.ContainsAny(quoted, "\x1b\n\t") {
			t.Errorf("%q is quoted with control bytes: %q", text, quoted)
		}
		got, err = exec.CommandContext(t.Context(), bash, "-c", "printf %b "+printfQuote(text)).Output()
		if err != nil || string(got) != text {
			t.Errorf("%q comes out of printf as %q (%v)", text, got, err)
		}
	}
}
