package detect_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"blurt/scanner/detect"
	"blurt/scanner/wire"
)

// fuzzDetector feeds bodies to one detector, as each kind of answer, and wants
// well-formed hits from whatever comes.
func fuzzDetector(f *testing.F, name, samples string, seeds ...string) {
	var files []string
	if samples != "" {
		var err error
		if files, err = filepath.Glob(filepath.Join("testdata", samples)); err != nil || len(files) == 0 {
			f.Fatalf("no samples %s: %v", samples, err)
		}
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(readResponse(f, raw).Body), uint8(0))
	}
	for _, seed := range seeds {
		f.Add(seed, uint8(1))
	}
	var detector detect.Detector
	for _, d := range detect.All() {
		if d.Name == name {
			detector = d
		}
	}
	kinds := []struct {
		status int
		media  string
	}{{500, "text/html"}, {500, "application/json"}, {500, "text/plain"}, {404, "text/html"}, {403, "text/html"}, {200, "text/plain"}, {200, ""}}
	f.Fuzz(func(t *testing.T, body string, kind uint8) {
		k := kinds[int(kind)%len(kinds)]
		in := answerTo("/cert/", answer(k.status, k.media, body), wire.Field{Name: "X-SSL-Client-S-DN", Value: canary + `"<`})
		in.Claim = wire.BrokenClaim
		in.Control = answer(401, "text/html", "no")
		if at := strings.Index(body, canary); at >= 0 {
			in.Echoes = []detect.Echo{{Token: canary, Field: "X-SSL-Client-S-DN", Where: "body", Start: at, End: at + len(canary)}}
		}
		for _, hit := range detector.Run(in).Hits {
			checkHit(t, name, in, hit)
		}
	})
}

func FuzzDjangoTechnical(f *testing.F) { fuzzDetector(f, "django_technical", "django-*/[45]00-*.http") }

func FuzzDjangoNotFound(f *testing.F) { fuzzDetector(f, "django_notfound", "django-*/404-*.http") }

func FuzzDjangoCSRF(f *testing.F) { fuzzDetector(f, "django_csrf", "django-*/403-*.http") }

func FuzzPythonTraceback(f *testing.F) {
	fuzzDetector(f, "python_traceback", "python-*/*.http", plainTrace, groupTrace, oldTrace, quoteJSON(quoteJSON(plainTrace)), strings.ReplaceAll(plainTrace, "\n", "<br/>"))
}

func FuzzParserError(f *testing.F) { fuzzDetector(f, "parser_error", "python-*/json-error*.http") }

func FuzzPathLeak(f *testing.F) {
	fuzzDetector(f, "path_leak", "", `open '/app/config/ca.pem' C:\inetpub\wwwroot\x.cs \\files01\deploy\web.config \/home\/u\/x.py`)
}

func FuzzReflection(f *testing.F) { fuzzDetector(f, "reflection", "", "<p>"+canary+`"&lt;</p>`) }

func FuzzProxyPages(f *testing.F) {
	fuzzDetector(f, "proxy_pages", "*proxy-*/*.http", "<hr><center>nginx</center>")
}

func FuzzVersionBanner(f *testing.F) {
	f.Add("Apache/2.4.71 (Debian) OpenSSL/3.0.19", "1.1 varnish (Varnish/6.0), 1.1 google", "<hr><center>nginx/1.2</center>")
	f.Fuzz(func(t *testing.T, server, via, body string) {
		got := answer(500, "text/html", body)
		got.Fields = append(got.Fields, wire.Field{Name: "Server", Value: server}, wire.Field{Name: "Via", Value: via})
		in := answerTo("/", got)
		for _, hit := range run(in).Hits {
			checkHit(t, "banner", in, hit)
		}
	})
}

func FuzzCANames(f *testing.F) {
	f.Add([]byte{0x30, 0x00})
	f.Add([]byte("0\x11\x31\x0f0\r\x06\x03U\x04\x03\x0c\x06Shop\x1b["))
	f.Fuzz(func(t *testing.T, der []byte) {
		in := answerTo("/", &wire.Response{})
		in.Handshake = &wire.Handshake{AcceptableCAs: [][]byte{der}}
		if out := run(in); len(out.Failed) > 0 {
			t.Fatalf("%x: %v", der, out.Failed)
		}
	})
}
