package detect_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// framework is what one recorded answer must be read as.
type framework struct {
	sample     string // folder/name, without its ending
	rule       string
	confidence finding.Confidence
	exception  string // a part of the item that names it
	frame      string // function and place of one call, "function|place"
	product    string
}

const (
	identityPy = "/tmp/blurt-frameworks/apps/identity.py:15"
	identityJS = "/identity.js:6"
)

var recordedFrameworks = []framework{
	{"flask-1.1.4/500-html", "werkzeug-debugger", finding.Confirmed, "identity.IdentityError: subject 'subject-of-", "common_name|" + identityPy + ": raise IdentityError(", "werkzeug"},
	{"flask-3.1.3/500-html", "werkzeug-debugger", finding.Confirmed, "identity.IdentityError: subject 'subject-of-", "common_name|" + identityPy + ": raise IdentityError(", "werkzeug"},
	{"flask-3.1.3/500-json", "werkzeug-debugger", finding.Confirmed, "identity.IdentityError: subject 'subject-of-", "identity|/tmp/blurt-frameworks/apps/flask_app.py:13", "werkzeug"},
	{"pyramid-2.1/500-html", "werkzeug-debugger", finding.Confirmed, "identity.IdentityError: subject 'subject-of-", "common_name|" + identityPy, "pyramid"},
	{"starlette-0.19.1/500-html", "framework-debug-page", finding.Confirmed, "IdentityError: subject 'subject-of-", "common_name|" + identityPy + ": raise IdentityError(", "starlette"},
	{"starlette-1.10.0/500-html", "framework-debug-page", finding.Confirmed, "IdentityError: subject 'subject-of-", "common_name|" + identityPy + ": raise IdentityError(", "starlette"},
	{"fastapi-0.165.0/500-html", "framework-debug-page", finding.Confirmed, "IdentityError: subject 'subject-of-", "common_name|" + identityPy, "starlette"},
	{"starlette-1.10.0/500-text", "python-traceback", finding.Confirmed, "identity.IdentityError: subject 'subject-of-", "common_name|" + identityPy, "starlette"},
	{"fastapi-0.165.0/500-text", "python-traceback", finding.Confirmed, "identity.IdentityError: subject 'subject-of-", "common_name|" + identityPy, "fastapi"},
	{"sanic-25.12.1/500-html", "framework-debug-page", finding.Confirmed, "IdentityError from ValueError", "common_name|" + identityPy, "sanic"},
	{"sanic-25.12.1/500-json", "python-traceback", finding.Firm, "IdentityError", "common_name|" + identityPy, "python"},
	{"sanic-25.12.1/500-text", "python-traceback", finding.Confirmed, "IdentityError: subject 'subject-of-", "common_name|" + identityPy + ": raise IdentityError(", "sanic"},
	{"litestar-2.25.0/500-html", "framework-debug-page", finding.Confirmed, "subject 'subject-of-", "common_name|" + identityPy, "litestar"},
	{"litestar-2.25.0/500-text", "python-traceback", finding.Confirmed, "identity.IdentityError: subject 'subject-of-", "common_name|" + identityPy, "litestar"},
	{"aiohttp-3.14.5/500-html", "python-traceback", finding.Confirmed, "identity.IdentityError: subject 'subject-of-", "common_name|" + identityPy, "aiohttp"},
	{"aiohttp-3.14.5/500-text", "python-traceback", finding.Confirmed, "identity.IdentityError: subject 'subject-of-", "common_name|" + identityPy, "aiohttp"},
	{"tornado-6.0.4/500-text", "python-traceback", finding.Confirmed, "identity.IdentityError: subject 'subject-of-", "common_name|" + identityPy, "tornado"},
	{"tornado-6.6.1/500-text", "python-traceback", finding.Confirmed, "identity.IdentityError: subject 'subject-of-", "common_name|" + identityPy, "tornado"},
	{"bottle-0.12.25/500-html", "python-traceback", finding.Confirmed, "identity.IdentityError: subject 'subject-of-", "common_name|" + identityPy, "bottle"},
	{"bottle-0.13.4/500-html", "python-traceback", finding.Confirmed, "identity.IdentityError: subject 'subject-of-", "common_name|" + identityPy, "bottle"},
	{"cherrypy-18.10.0/500-html", "python-traceback", finding.Confirmed, "identity.IdentityError: subject 'subject-of-", "common_name|" + identityPy, "cherrypy"},
	{"express-4.22.3/500-html", "node-stack-trace", finding.Firm, "TypeError: Cannot read properties of undefined (reading 'trim')", "commonName|/tmp/blurt-frameworks/node-old" + identityJS, "express"},
	{"express-4.22.3/500-json", "node-stack-trace", finding.Firm, "TypeError: Cannot read properties of undefined (reading 'trim')", "commonName|/tmp/blurt-frameworks/node-old" + identityJS, "express"},
	{"express-5.3.0/500-html", "node-stack-trace", finding.Firm, "TypeError: Cannot read properties of undefined (reading 'trim')", "commonName|/tmp/blurt-frameworks/node" + identityJS, "node.js"},
	{"express-5.3.0/500-json", "node-stack-trace", finding.Firm, "TypeError: Cannot read properties of undefined (reading 'trim')", "commonName|/tmp/blurt-frameworks/node" + identityJS, "node.js"},
	{"express-5.3.0/500-lines", "node-stack-trace", finding.Firm, "TypeError: Cannot read properties of undefined (reading 'trim')", "commonName|/tmp/blurt-frameworks/node" + identityJS, "node.js"},
	{"express-5.3.0/500-text", "node-stack-trace", finding.Firm, "TypeError: Cannot read properties of undefined (reading 'trim')", "commonName|/tmp/blurt-frameworks/node" + identityJS, "node.js"},
	{"errorhandler-1.5.2/500-html", "node-stack-trace", finding.Firm, "", "commonName|/tmp/blurt-frameworks/node" + identityJS, "node.js"},
	{"errorhandler-1.5.2/500-json", "node-stack-trace", finding.Firm, "TypeError: Cannot read properties", "commonName|/tmp/blurt-frameworks/node" + identityJS, "node.js"},
	{"errorhandler-1.5.2/500-text", "node-stack-trace", finding.Firm, "TypeError: Cannot read properties", "commonName|/tmp/blurt-frameworks/node" + identityJS, "node.js"},
	{"apollo-5.5.1/200-errors", "node-stack-trace", finding.Firm, "TypeError: Cannot read properties", "Object.commonName|/tmp/blurt-frameworks/node" + identityJS, "apollo"},
	{"spring-boot-3.3.5/500-html", "java-stack-trace", finding.Confirmed, "javax.naming.InvalidNameException: Invalid name: subject-of-", "shop.Identity.commonName|Identity.java:54", "tomcat"},
	{"spring-boot-3.3.5/500-json", "java-stack-trace", finding.Confirmed, "javax.naming.InvalidNameException: Invalid name: subject-of-", "shop.Identity.commonName|Identity.java:54", "tomcat"},
	{"spring-boot-3.3.5/500-text", "java-stack-trace", finding.Confirmed, "java.lang.IllegalStateException: no subject in X-SSL-Client-S-DN", "shop.Identity.commonName|Identity.java:54", "spring"},
	{"spring-boot-3.3.5/500-objects", "java-stack-trace", finding.Firm, "", "shop.Identity.commonName|Identity.java:54", "spring"},
	{"spring-boot-3.3.5/400-tomcat", "java-stack-trace", finding.Firm, "java.lang.IllegalArgumentException: Invalid character found in the request target", "org.apache.coyote.http11.Http11InputBuffer.parseRequestLine|Http11InputBuffer.java:489", "tomcat"},
	{"spring-boot-3.3.5/404-json", "java-stack-trace", finding.Firm, "org.springframework.web.servlet.resource.NoResourceFoundException", "org.springframework.web.servlet.resource.ResourceHttpRequestHandler.handleRequest|ResourceHttpRequestHandler.java:", "spring"},
	{"go-1.26.8/500-text", "go-stack-trace", finding.Firm, "panic: runtime error: index out of range [1] with length 1", "main.commonName|/tmp/blurt-frameworks/go/main.go:", "go"},
	{"go-1.26.8/500-json", "go-stack-trace", finding.Firm, "runtime error: index out of range [1] with length 1", "main.commonName|/tmp/blurt-frameworks/go/main.go:", "go"},
	{"php-8.2/200-exception", "php-error", finding.Confirmed, "Fatal error: Uncaught UnexpectedValueException: no CN in 'subject-of-", "Subject::commonName|/tmp/blurt-frameworks/apps/identity.php:52: ", "php"},
	{"php-8.2/200-json", "php-error", finding.Firm, "Warning: Undefined array key 1", "Warning|/tmp/blurt-frameworks/apps/identity.php:10", "php"},
	{"php-8.2/200-warning", "php-error", finding.Firm, "Warning: file_get_contents(/srv/shop/keys/ca.pem): Failed to open stream", "Warning|/tmp/blurt-frameworks/apps/identity.php:28", "php"},
	{"php-8.2/200-sqlite", "php-error", finding.Firm, "Fatal error: Uncaught PDOException: SQLSTATE[HY000]", "thrown|/tmp/blurt-frameworks/apps/identity.php:49", "php"},
	{"php-text-8.2/200-exception", "php-error", finding.Confirmed, "Fatal error: Uncaught UnexpectedValueException: no CN in 'subject-of-", "Warning|/tmp/blurt-frameworks/apps/identity.php:10", "php"},
	{"php-text-8.2/200-warning", "php-error", finding.Firm, "Warning: file_get_contents(/srv/shop/keys/ca.pem): Failed to open stream", "Warning|/tmp/blurt-frameworks/apps/identity.php:28", "php"},
	{"php-xdebug-3.2.0/200-exception", "php-error", finding.Firm, "Warning: Undefined array key 1", "Warning|/tmp/blurt-frameworks/apps/identity.php:10", "php"},
	{"php-xdebug-3.2.0/200-warning", "php-error", finding.Firm, "Warning: file_get_contents(/srv/shop/keys/ca.pem): Failed to open stream", "Warning|/tmp/blurt-frameworks/apps/identity.php:28", "php"},
	{"symfony-5.4.53/500-html", "framework-debug-page", finding.Confirmed, "no CN in 'subject-of-", "Subject::commonName|/tmp/blurt-frameworks/apps/symfony_app.php:23", "symfony"},
	{"symfony-5.4.53/500-json", "framework-debug-page", finding.Confirmed, "no CN in 'subject-of-", "Subject::commonName|/tmp/blurt-frameworks/apps/symfony_app.php:23", "symfony"},
	{"sinatra-3.0.5/500-html", "framework-debug-page", finding.Confirmed, "ArgumentError at /identity: wrong array length at 0 (expected 2, was 1)", "common_name|/tmp/blurt-frameworks/apps/sinatra_app.rb:12: parts = subject.split(',')", "sinatra"},
	{"sinatra-3.0.5/500-json", "ruby-backtrace", finding.Firm, "", "common_name|/tmp/blurt-frameworks/apps/sinatra_app.rb:12", "sinatra"},
	{"sinatra-3.0.5/500-text", "ruby-backtrace", finding.Firm, "wrong array length at 0 (expected 2, was 1) (ArgumentError)", "common_name|/tmp/blurt-frameworks/apps/sinatra_app.rb:12", "sinatra"},
	{"rack-2.2.22/500-html", "framework-debug-page", finding.Confirmed, "ArgumentError at /identity: wrong array length at 0", "to_h|/tmp/blurt-frameworks/apps/rack_app.ru:4: parts = env['HTTP_X_SSL_CLIENT_S_DN']", "rack"},
	{"rack-2.2.22/500-text", "ruby-backtrace", finding.Firm, "ArgumentError: wrong array length at 0", "to_h|/tmp/blurt-frameworks/apps/rack_app.ru:4", "rack"},
	{"rust-1.95.0/500-text", "rust-backtrace", finding.Confirmed, "no CN in \"subject-of-", "shop::common_name|/tmp/blurt-frameworks/rust/src/main.rs:", "rust"},
}

// identityProbe is the request that the samples of frameworks answer.
func identityProbe(t *testing.T, name string) detect.Input {
	return probeOf(sample(t, name+".http"))
}

// probeOf is that request with an answer of its own.
func probeOf(got *wire.Response) detect.Input {
	in := answerTo("/identity", got, wire.Field{Name: "X-SSL-Client-S-DN", Value: "subject-of-" + canary})
	body := string(in.Got.Body)
	for at, from := 0, 0; ; from = at + len(canary) {
		at = strings.Index(body[from:], canary)
		if at < 0 {
			return in
		}
		at += from
		in.Echoes = append(in.Echoes, detect.Echo{Token: canary, Field: "X-SSL-Client-S-DN", Where: "body", Start: at, End: at + len(canary)})
	}
}

func TestRecordedFrameworks(t *testing.T) {
	for _, want := range slices.Concat(recordedFrameworks, moreFrameworks, packagedFrameworks) {
		t.Run(want.sample, func(t *testing.T) {
			in := identityProbe(t, want.sample)
			out := run(in)
			hit := onlyHit(t, out)
			checkHit(t, want.sample, in, hit)
			if hit.Rule != want.rule || hit.Confidence != want.confidence {
				t.Errorf("got %s, %s: %s", hit.Rule, hit.Confidence, hit.Message)
			}
			function, place, _ := strings.Cut(want.frame, "|")
			if !shows(hit, function, place, want.exception) {
				t.Errorf("no exception %q or frame %s at %s: %+v", want.exception, function, place, hit.Items)
			}
			known := false
			for _, p := range out.Products {
				known = known || p.Name == want.product || p.Name+" "+p.Version == want.product
			}
			if !known {
				t.Errorf("products %v lack %s", out.Products, want.product)
			}
			if strings.Contains(string(in.Got.Body), canary) && want.confidence == finding.Confirmed {
				wantItem(t, hit, "X-SSL-Client-S-DN", "body", finding.CertReflection, false, canary)
			}
		})
	}
}

// shows reports whether a hit lists a call by its function and place, and an
// exception.
func shows(hit detect.Hit, function, place, exception string) bool {
	hasFrame, hasException := false, exception == ""
	for _, i := range hit.Items {
		hasFrame = hasFrame || i.Category == finding.Traceback && strings.HasSuffix(i.Name, function) && strings.Contains(i.Value, place)
		hasException = hasException || i.Category == finding.ErrorDetail && strings.Contains(i.Value, exception)
	}
	return hasFrame && hasException
}

// TestRecordedRefusals keeps silent on the answers of the same programs that
// give nothing away: their messages for people, and the quiet settings.
func TestRecordedRefusals(t *testing.T) {
	for _, name := range []string{
		"express-5.3.0/404-html", "koa-3.3.0/500-text", "spring-boot-quiet-3.3.5/500-html", "spring-boot-quiet-3.3.5/500-json",
		"sinatra-3.0.5/404-html", "gin-1.12.0/500-empty", "pyramid-2.1/404-html",
	} {
		for _, hit := range run(answerTo("/identity", sample(t, name+".http"))).Hits {
			if hit.Rule != "version-banner" {
				t.Errorf("%s: got %s: %s", name, hit.Rule, hit.Message)
			}
		}
	}
}

func TestWerkzeugConsole(t *testing.T) {
	out := run(answerTo("/console", sample(t, "flask-3.1.3/console.http")))
	var hit detect.Hit
	for _, h := range out.Hits {
		if h.Rule == "werkzeug-debugger" {
			hit = h
		}
	}
	if hit.Key != "console" || !hit.PerOrigin || !strings.Contains(hit.Message, "interactive console") {
		t.Errorf("got %s: %s", hit.Rule, hit.Message)
	}
	wantItem(t, hit, "console", "script", finding.DebugPage, false, "EVALEX = true")
	wantItem(t, hit, "debugger's SECRET", "script", finding.SecretExposure, true, "zxNk58CIuHZwVIH9iosB")
}

func TestDRFInventory(t *testing.T) {
	for name, want := range map[string][3]string{
		"options":   {"POST ledger", "actions", "choice, required"},
		"browsable": {"view", "title", "Clients List"},
		"root":      {"view", "title", "Api Root"},
	} {
		in := answerTo("/api/clients/", sample(t, "drf-3.18.3/"+name+".http"))
		if name == "options" {
			in.Asked.Method = "OPTIONS"
		}
		var hit detect.Hit
		for _, h := range run(in).Hits {
			if h.Key == "django-rest-framework" {
				hit = h
			}
		}
		if hit.Rule != "api-inventory" || !hit.PerOrigin {
			t.Errorf("%s: got %+v", name, hit)
		}
		wantItem(t, hit, want[0], want[1], finding.APIInventory, false, want[2])
		checkHit(t, name, in, hit)
	}
	for _, hit := range run(answerTo("/api/clients/", sample(t, "drf-3.18.3/list.http"))).Hits {
		if hit.Rule != "version-banner" && (hit.Rule != "certificate-exposure" || hit.Confidence != finding.Tentative) {
			t.Errorf("list: got %s: %s", hit.Rule, hit.Message)
		}
	}
}

// TestEveryFrameworkSampleIsExpected holds the folders against the table, so
// that no recording goes unread.
func TestEveryFrameworkSampleIsExpected(t *testing.T) {
	listed := make(map[string]bool)
	for _, f := range slices.Concat(recordedFrameworks, moreFrameworks, packagedFrameworks) {
		listed[f.sample] = true
	}
	for _, other := range slices.Concat(otherFrameworkSamples, packagedQuiet, packagedOther, djangoSamples(), databaseSamples(), quietSamples, grpcSamples, []string{"quarkus-3.37.4/404-html", "quarkus-3.37.4/404-json"}, slices.Collect(maps.Keys(detailSamples))) {
		listed[other] = true
	}
	table, err := os.ReadFile("../../fixtures/lab/frameworks/frameworks.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(table)) {
		words := strings.Fields(line)
		if len(words) < 5 || words[0] == "#" {
			continue
		}
		name, _, _ := strings.Cut(words[0], "-old")
		name, _, _ = strings.Cut(name, "@")
		files, err := filepath.Glob("testdata/" + name + "-[0-9]*/*.http")
		if err != nil || len(files) == 0 {
			t.Errorf("%s: no samples, %v", words[0], err)
		}
		for _, file := range files {
			name := strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(file), "testdata/"), ".http")
			if !listed[name] {
				t.Errorf("%s is in no test", name)
			}
		}
	}
}

var otherFrameworkSamples = []string{
	"express-5.3.0/404-html", "koa-3.3.0/500-text", "spring-boot-quiet-3.3.5/500-html", "spring-boot-quiet-3.3.5/500-json",
	"sinatra-3.0.5/404-html", "gin-1.12.0/500-empty", "pyramid-2.1/404-html", "flask-3.1.3/console",
	"postgresql-15.20/500-json", "postgresql-15.20/500-typed", "postgresql-15.20/500-html", "sqlite-3.40.1/500-json", "sqlite-3.40.1/500-typed", "sqlite-3.40.1/500-html",
	"php-8.2/200-objects", "echo-4.16.0/500-json", "drf-3.18.3/browsable", "drf-3.18.3/options", "drf-3.18.3/root", "drf-3.18.3/list",
}
