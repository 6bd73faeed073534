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
	fuzzDetector(f, "path_leak", "", `open '/app/config/ca.pem' C:\inetpub\wwwroot\x.cs \\files01\deploy\web.config \/home\/u\/x.py`,
		"at /srv/shop/a.rkt:3:1\nfrom /srv/shop/b.cr(12)\nline 4, column 2, in file /srv/shop/c.lua\n  [file] => /srv/shop/d.php\n  [line] => 7\n")
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

func FuzzJavaStackTrace(f *testing.F) {
	fuzzStack(f, "java_stack_trace", "Java", "[cst]*-[1-9]*/500-[hs]*.http")
}

func FuzzNodeStackTrace(f *testing.F) { fuzzStack(f, "node_stack_trace", "Node", "e*-*/*.http") }

func FuzzGoStackTrace(f *testing.F) { fuzzStack(f, "go_stack_trace", "Go", "go-*/*.http") }

func FuzzPHPError(f *testing.F) { fuzzStack(f, "php_error", "PHP", "php-*/*.http") }

func FuzzRubyBacktrace(f *testing.F) { fuzzStack(f, "ruby_backtrace", "Ruby 3.4", "sinatra-*/*.http") }

func FuzzDotnetStackTrace(f *testing.F) { fuzzStack(f, "dotnet_stack_trace", ".NET", "mono-*/*.http") }

func FuzzRustBacktrace(f *testing.F) { fuzzStack(f, "rust_backtrace", "Rust", "rust-*/*.http") }

// fuzzStack begins with a stack in several wrappings.
func fuzzStack(f *testing.F, name, language, samples string) {
	text := stacks[language].text
	fuzzDetector(f, name, samples, text, quoteJSON(text), quoteJSON(quoteJSON(text)), strings.ReplaceAll(text, "\n", "<br/>"), strings.ReplaceAll(quoteJSON(text), `\n`, `","`))
}

func FuzzPerlStackTrace(f *testing.F) {
	text := "no CN at /srv/shop/Identity.pm line 12.\n\tIdentity::common_name('x') called at /srv/shop/app.psgi line 3\n\teval {...} called at /srv/shop/app.psgi line 2\n"
	fuzzDetector(f, "perl_stack_trace", "plack-*/*-text.http", text, quoteJSON(text), strings.ReplaceAll(text, "\n", "<br/>"))
}

func FuzzDjangoStart(f *testing.F) { fuzzDetector(f, "django_start", "django-dev-*/200-start.http") }

func FuzzStackObjects(f *testing.F) {
	fuzzDetector(f, "stack_objects", "s*-*/500-*.http", `{"trace":[{"file":"/a.php","line":1,"function":"f"}]}`)
}

func FuzzWerkzeugDebugger(f *testing.F) { fuzzDetector(f, "werkzeug_debugger", "flask-*/*.http") }

func FuzzFrameworkDebugPage(f *testing.F) {
	quarkus := `<svg id="quarkus-logo-svg"><div class="callout">x</div><h2 class="container">Error id 1-2-3, a.B: c</h2><code class="stacktrace"><pre>a.B: c&#10;	at <div class='x'>a.B</div>.c(B.java:1)</pre></code><div class="intro">Routes</div><li>GET /a</li>`
	youch := string(sample(f, "youch-4.1.1/500-html.http").Body)
	fuzzDetector(f, "framework_debug_page", "[slr]*-*/500-html.http", aspnetPage, aspnetCorePage, quarkus, youch)
}

func FuzzDatabaseError(f *testing.F) {
	fuzzDetector(f, "database_error", "*ql*-*/*.http", `SQLSTATE[42000] unrecognized token: "`)
}

func FuzzSanicTraceback(f *testing.F) { fuzzDetector(f, "sanic_traceback", "sanic-*/*-text.http") }

func FuzzDRFInventory(f *testing.F) { fuzzDetector(f, "drf_inventory", "drf-*/*.http") }

func FuzzQuarkusNotFound(f *testing.F) {
	fuzzDetector(f, "quarkus_notfound", "quarkus-*/404-json.http")
}
