package detect_test

import (
	"encoding/json"
	"html"
	"strings"
	"testing"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// stacks are stacks in the forms of languages and releases that no recording
// has; those of .NET and of Ruby 3.4 come from the documentation.
var stacks = map[string]struct{ rule, exception, frame, text string }{
	"Java": {"java-stack-trace", "java.lang.IllegalStateException: no subject in " + canary, "com.shop.Identity.parse|Identity.java:41", `java.lang.IllegalStateException: no subject in ` + canary + `
	at com.shop.Identity.parse(Identity.java:41)
	at com.shop.Identity$Handler.<init>(Identity.java:12)
	at java.base/java.lang.Thread.run(Thread.java:840)
	Suppressed: java.io.IOException: closed
		at com.shop.Audit.close(Audit.kt:9)
Caused by: javax.naming.InvalidNameException: Invalid name
	at com.shop.Dn.parse(Dn.java:7) ~[dn-1.4.2.jar!/:1.4.2]
	... 2 more
`},
	"Node": {"node-stack-trace", "TypeError [ERR_X]: " + canary, "Subject.commonName [as read]|/srv/api/identity.js:6", `TypeError [ERR_X]: ` + canary + `
    at Subject.commonName [as read] (/srv/api/identity.js:6:19)
    at /srv/api/app.js:12:3
    at async Promise.all (index 0)
    at new Promise (<anonymous>)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)
`},
	"Go": {"go-stack-trace", "panic: assignment to entry in nil map, " + canary, "main.(*server).identity|/srv/api/main.go:33", `panic: assignment to entry in nil map, ` + canary + `

goroutine 34 [running]:
main.(*server).identity(0xc000010000, {0x1, 0x2})
	/srv/api/main.go:33 +0x1d
net/http.HandlerFunc.ServeHTTP(0x1, {0x2, 0x3}, 0x4)
	/usr/local/go/src/net/http/server.go:2220 +0x29
created by net/http.(*Server).Serve in goroutine 1
	/usr/local/go/src/net/http/server.go:3360 +0x485
`},
	"PHP": {"php-error", "PHP Fatal error: Uncaught RuntimeException: " + canary, "Shop\\Subject->name|/srv/api/src/Subject.php:12", `PHP Fatal error:  Uncaught RuntimeException: ` + canary + ` in /srv/api/src/Subject.php:12
Stack trace:
#0 /srv/api/src/Subject.php(12): Shop\Subject->name('x')
#1 [internal function]: Shop\App->{closure}()
#2 {main}
  thrown in /srv/api/src/Subject.php on line 12
`},
	"Ruby 3.4": {"ruby-backtrace", "key not found: \"CN\" " + canary + " (KeyError)", "Shop::Subject.name|/srv/api/lib/subject.rb:9", `/srv/api/lib/subject.rb:9:in 'Shop::Subject.name': key not found: "CN" ` + canary + ` (KeyError)
	from /srv/api/app.rb:20:in 'block in <main>'
	from /usr/lib/ruby/gems/3.4.0/gems/rack-3.1.8/lib/rack/builder.rb:277:in 'Rack::Builder#call'
`},
	".NET": {"dotnet-stack-trace", "System.FormatException: Input string was not in a correct format. " + canary, "Shop.Identity.Parse|/src/Shop/Identity.cs:41", `System.FormatException: Input string was not in a correct format. ` + canary + `
   at System.Number.ThrowFormatException[TChar](ReadOnlySpan` + "`" + `1 value)
   at Shop.Identity.Parse(String dn) in /src/Shop/Identity.cs:line 41
   --- End of inner exception stack trace ---
   at Microsoft.AspNetCore.Routing.EndpointMiddleware.Invoke(HttpContext httpContext)
`},
	"Rust": {"rust-backtrace", "", "shop::identity::parse|/srv/api/src/identity.rs:10", `thread 'main' panicked at src/identity.rs:10:9: ` + canary + `
stack backtrace:
   0: rust_begin_unwind
             at /rustc/0123456789/library/std/src/panicking.rs:665:5
   1: shop::identity::parse
             at /srv/api/src/identity.rs:10:9
   2: core::ops::function::FnOnce::call_once
`},
}

func TestStackWrappings(t *testing.T) {
	for name, s := range stacks {
		lines, _ := json.Marshal(strings.Split(strings.TrimSpace(s.text), "\n"))
		pretty, _ := json.MarshalIndent(strings.Split(strings.TrimSpace(s.text), "\n"), "", "  ")
		escaped := html.EscapeString(s.text)
		for wrapping, got := range map[string]*wire.Response{
			"text":         answer(500, "text/plain", s.text),
			"after words":  answer(500, "text/plain", "Internal error\n\n"+s.text),
			"CRLF":         answer(500, "text/plain", strings.ReplaceAll(s.text, "\n", "\r\n")),
			"HTML":         answer(500, "text/html", "<html><body><h1>Error</h1><pre>"+escaped+"</pre></body></html>"),
			"HTML, br":     answer(500, "text/html", "<html><body>"+strings.ReplaceAll(escaped, "\n", "<br/>\n")+"</body></html>"),
			"comment":      answer(500, "text/html", "<html><body>Sorry.<!--\n"+s.text+"\n--></body></html>"),
			"JSON":         answer(500, "application/json", `{"status":500,"stack":`+quoteJSON(s.text)+`}`),
			"JSON in JSON": answer(502, "application/json", `{"detail":`+quoteJSON(`{"stack":`+quoteJSON(s.text)+`}`)+`}`),
			"JSON lines":   answer(500, "application/json", `{"stack":`+string(lines)+`,"path":"/x"}`),
			"JSON, pretty": answer(500, "application/json", `{"stack":`+string(pretty)+`}`),
			"JSON in HTML": answer(500, "text/html", `<html><div data-error="{&quot;stack&quot;:`+html.EscapeString(quoteJSON(s.text))+`}"></div></html>`),
			"XML":          answer(500, "application/soap+xml", "<soap:Fault><detail>"+escaped+"</detail></soap:Fault>"),
			"CDATA":        answer(500, "text/xml", "<fault><detail><![CDATA["+s.text+"]]></detail></fault>"),
			"GraphQL":      answer(200, "application/json", `{"errors":[{"message":"x","extensions":{"stacktrace":`+string(lines)+`}}]}`),
		} {
			t.Run(name+"/"+wrapping, func(t *testing.T) {
				in := answerTo("/x", got)
				hit := onlyHit(t, run(in))
				checkHit(t, name, in, hit)
				if hit.Rule != s.rule {
					t.Fatalf("got %s: %s", hit.Rule, hit.Message)
				}
				if want := map[bool]finding.Confidence{true: finding.Firm, false: finding.Tentative}[got.Status >= 400 || wrapping == "GraphQL"]; hit.Confidence != want {
					t.Errorf("got %s, want %s", hit.Confidence, want)
				}
				function, place, _ := strings.Cut(s.frame, "|")
				hasFrame, hasException := false, s.exception == ""
				for _, i := range hit.Items {
					hasFrame = hasFrame || i.Category == finding.Traceback && strings.HasSuffix(i.Name, function) && strings.HasPrefix(i.Value, place)
					hasException = hasException || i.Category == finding.ErrorDetail && strings.HasPrefix(i.Value, s.exception)
				}
				if !hasFrame || !hasException {
					t.Errorf("frame %v, exception %v: %+v", hasFrame, hasException, hit.Items)
				}
			})
		}
	}
}

func TestStacksThatAreNone(t *testing.T) {
	for name, s := range stacks {
		for label, got := range map[string]*wire.Response{
			"article":       answer(200, "text/html", "<html><body><article><pre>"+html.EscapeString(s.text)+"</pre></article></body></html>"),
			"script":        answer(200, "text/javascript", "export const example = "+quoteJSON(s.text)+";"),
			"source map":    answer(200, "application/javascript", s.text),
			"issue in JSON": answer(200, "application/json", `{"title":"Crash","body":`+quoteJSON("When I start it:\n\n"+s.text+"\nPlease help.")+`}`),
			"manual":        answer(200, "text/plain", strings.Repeat("Prose about errors.\n", 400)+s.text+"More prose.\n"),
			"one frame":     answer(500, "text/plain", "Error in Identity.java:41 at com.shop.Identity, see app.js:12:3 and subject.rb:9 in main.go:33"),
		} {
			for _, hit := range run(answerTo("/x", got)).Hits {
				t.Errorf("%s, %s: got %s: %s", name, label, hit.Rule, hit.Message)
			}
		}
	}
	for name, body := range map[string]string{
		"trace members": `{"trace":"4bf92f3577b34da6a3ce929d0e0e4736","stack":"prod-eu","line":12,"file":"invoice.pdf","frames":[{"line":1,"file":"a.pdf"},{"line":2,"file":"b.pdf"}]}`,
		"lint report":   `{"files":[{"file":"/src/a.js","line":3,"name":"semi"},{"file":"/src/b.js","line":9,"name":"quotes"}]}`,
	} {
		for _, status := range []int{200, 422} {
			for _, hit := range run(answerTo("/x", answer(status, "application/json", body))).Hits {
				if hit.Rule != "path-leak" {
					t.Errorf("%s, %d: got %s: %s", name, status, hit.Rule, hit.Message)
				}
			}
		}
	}
}
