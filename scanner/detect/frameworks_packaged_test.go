package detect_test

import (
	"strings"
	"testing"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

const (
	subjectRB  = "/tmp/blurt-frameworks/apps/lib/subject.rb:4"
	subjectPHP = "/tmp/blurt-frameworks/apps/Subject.php:12"
	identityPM = "/tmp/blurt-frameworks/apps/Identity.pm:12"
	ourSubject = "subject 'subject-of-"
	noCN       = "no CN in 'subject-of-"
	badArray   = "wrong array length at 0 (expected 2, was 1)"
)

// packagedFrameworks are those of Django's family, of Ruby, PHP and Perl.
var packagedFrameworks = []framework{
	{"django-dev-1.11.29/500-html", "django-debug-page", finding.Confirmed, ourSubject, "common_name|" + identityPy, "django 1.11.29"},
	{"django-dev-2.2.28/500-html", "django-debug-page", finding.Confirmed, ourSubject, "common_name|" + identityPy, "django 2.2.28"},
	{"django-dev-3.2.25/500-html", "django-debug-page", finding.Confirmed, ourSubject, "common_name|" + identityPy, "django 3.2.25"},
	{"django-dev-4.2.30/500-html", "django-debug-page", finding.Confirmed, ourSubject, "common_name|" + identityPy, "django 4.2.30"},
	{"django-dev-5.2.19/500-html", "django-debug-page", finding.Confirmed, ourSubject, "common_name|" + identityPy, "django 5.2.19"},
	{"django-dev-6.0.10/500-html", "django-debug-page", finding.Confirmed, ourSubject, "common_name|" + identityPy, "django 6.0.10"},
	{"ninja-1.7.1/500-text", "python-traceback", finding.Confirmed, "identity.IdentityError: " + ourSubject, "common_name|" + identityPy, "django-ninja"},
	{"quart-0.22.0/500-html", "framework-debug-page", finding.Confirmed, "IdentityError " + ourSubject, "|" + identityPy, "quart"},
	{"blacksheep-2.6.4/500-html", "framework-debug-page", finding.Confirmed, "IdentityError: " + ourSubject, "common_name|" + identityPy, "blacksheep"},
	{"ariadne-1.1.1/200-errors", "python-traceback", finding.Confirmed, "identity.IdentityError: " + ourSubject, "common_name|" + identityPy, "graphql-core"},
	{"gunicorn-reload-27.0.1/500-text", "python-traceback", finding.Firm, "SyntaxError: '(' was never closed", "load_wsgi|/gunicorn/workers/base.py:", "gunicorn"},
	{"rails-6.1.7.10/500-html", "framework-debug-page", finding.Firm, "ArgumentError in IdentitiesController#show: " + badArray, "common_name|lib/subject.rb:4: parts = subject.split", "rails 6.1.7.10"},
	{"rails-6.1.7.10/500-view-html", "framework-debug-page", finding.Firm, "ArgumentError in Identities#view", "common_name|lib/subject.rb:4", "rails 6.1.7.10"},
	{"rails-6.1.7.10/500-text", "framework-debug-page", finding.Firm, "ArgumentError in IdentitiesController#show: " + badArray, "common_name|lib/subject.rb:4", "rails 6.1.7.10"},
	{"rails-6.1.7.10/500-json", "framework-debug-page", finding.Firm, "ArgumentError in IdentitiesController#show: " + badArray, "common_name|lib/subject.rb:4", "rails 6.1.7.10"},
	{"rails-6.1.7.10/500-pending", "framework-debug-page", finding.Firm, "ActiveRecord::PendingMigrationError in IdentitiesController#pending", "pending|rails_app.ru:", "rails 6.1.7.10"},
	{"rails-6.1.7.10/404-routes", "framework-debug-page", finding.Firm, `No route matches [GET] "/missing"`, "call_app|railties (6.1.7.10) lib/rails/rack/logger.rb:37", "rails 6.1.7.10"},
	{"rails-6.1.7.10/404-controller", "framework-debug-page", finding.Firm, "uninitialized constant ClientsController", "call_app|railties (6.1.7.10) lib/rails/rack/logger.rb:37", "rails 6.1.7.10"},
	{"rails-api-6.1.7.10/500-json", "framework-debug-page", finding.Firm, "ArgumentError: " + badArray, "common_name|lib/subject.rb:4", "rails 6.1.7.10"},
	{"rails-api-6.1.7.10/404-json", "framework-debug-page", finding.Firm, `ActionController::RoutingError: No route matches [GET] "/missing"`, "call_app|railties (6.1.7.10) lib/rails/rack/logger.rb:37", "rails 6.1.7.10"},
	{"puma-5.6.5/500-text", "ruby-backtrace", finding.Firm, "", "common_name|" + subjectRB, "puma"},
	{"grape-1.6.2/500-json", "ruby-backtrace", finding.Firm, "", "common_name|" + subjectRB, "grape"},
	{"lumen-8.3.4/500-html", "framework-debug-page", finding.Confirmed, noCN, "thrown|" + subjectPHP, "symfony"},
	{"lumen-8.3.4/500-json", "php-error", finding.Firm, "UnexpectedValueException", "Subject.commonName|/tmp/blurt-frameworks/apps/lumen_app.php:", "lumen"},
	{"lumen-8.3.4/404-html", "framework-debug-page", finding.Firm, "", "Application->run|/tmp/blurt-frameworks/apps/lumen_app.php:", "symfony"},
	{"slim-3.12.4/500-html", "php-error", finding.Firm, "", "Subject::commonName|/tmp/blurt-frameworks/apps/slim_app.php:", "slim"},
	{"slim-3.12.4/500-json", "php-error", finding.Firm, "", "Subject::commonName|/tmp/blurt-frameworks/apps/slim_app.php:", "slim"},
	{"slim-3.12.4/500-xml", "php-error", finding.Firm, "", "Subject::commonName|/tmp/blurt-frameworks/apps/slim_app.php:", "slim"},
	{"twig-3.5.1/200-html", "php-error", finding.Firm, `Unknown "dn" filter in "client.html" at line 1`, "Twig\\Environment->render|/tmp/blurt-frameworks/apps/twig_app.php:", "twig"},
	{"php-mysql-8.2/200-fatal", "php-error", finding.Confirmed, "Uncaught mysqli_sql_exception: You have an error in your SQL syntax", "mysqli->query|/tmp/blurt-frameworks/apps/database.php:", "php"},
	{"whoops-2.18.4/500-html", "framework-debug-page", finding.Confirmed, `UnexpectedValueException: "` + noCN, "UnexpectedValueException|" + subjectPHP, "whoops"},
	{"whoops-2.18.4/500-json", "php-error", finding.Confirmed, "UnexpectedValueException", "Subject.commonName|/tmp/blurt-frameworks/apps/whoops_app.php:", "php"},
	{"whoops-2.18.4/500-text", "php-error", finding.Confirmed, "UnexpectedValueException: " + noCN, "Subject->commonName|/tmp/blurt-frameworks/apps/whoops_app.php:", "php"},
	{"tracy-3.0-dev/500-html", "framework-debug-page", finding.Confirmed, "UnexpectedValueException: " + noCN, "Subject::commonName|/tmp/blurt-frameworks/apps/tracy_app.php:", "tracy"},
	{"yii2-2.0.56-dev/500-html", "framework-debug-page", finding.Confirmed, "UnexpectedValueException: " + noCN, "Subject::commonName|/tmp/blurt-frameworks/apps/yii_app.php:", "yii 2.0.56-dev"},
	{"yii2-2.0.56-dev/500-json", "php-error", finding.Firm, "", "Subject::commonName|/tmp/blurt-frameworks/apps/yii_app.php:", "php"},
	{"mojolicious-9.31/500-html", "framework-debug-page", finding.Confirmed, ourSubject, "Identity|" + identityPM, "mojolicious"},
	{"plack-1.0050/500-html", "framework-debug-page", finding.Confirmed, ourSubject, "Identity::common_name|" + identityPM + ": die", "plack"},
	{"plack-1.0050/500-text", "perl-stack-trace", finding.Confirmed, ourSubject, "Identity::common_name|/tmp/blurt-frameworks/apps/plack_app.psgi:10", "plack"},
	{"dancer2-0.400001/500-html", "framework-debug-page", finding.Confirmed, ourSubject, "die|" + identityPM, "dancer2"},
	{"catalyst-5.90130/500-html", "framework-debug-page", finding.Confirmed, ourSubject, "die|" + identityPM, "catalyst 5.90130"},
}

// packagedQuiet give nothing away: their messages for people.
var packagedQuiet = []string{
	"ninja-1.7.1/422-json", "falcon-4.4.0/500-empty", "gunicorn-27.0.1/500-html", "uvicorn-0.54.0/500-text", "hypercorn-0.18.0/500-empty", "daphne-4.2.3/500-html",
	"rails-quiet-6.1.7.10/500-html", "rails-quiet-6.1.7.10/404-html", "rails-6.1.7.10/403-blocked-host", "puma-quiet-5.6.5/500-text", "thin-1.8.1/500-text",
	"webrick-1.8.1/500-html", "mojolicious-quiet-9.31/500-html", "mojolicious-quiet-9.31/404-html", "slim-3.12.4/405-html", "tracy-3.0-dev/500-quiet", "yii2-2.0.56-dev/500-quiet",
}

// djangoSamples are the answers of TestDjangoStart and TestDjangoSuspicious.
func djangoSamples() []string {
	var names []string
	for _, version := range djangoVersions {
		folder := strings.Replace(version.folder, "django-", "django-dev-", 1)
		names = append(names, folder+"/200-start", folder+"/400-suspicious-html", folder+"/400-suspicious-text")
	}
	return names
}

// packagedOther are read in tests of their own.
var packagedOther = []string{
	"strawberry-0.341.2/200-errors", "uwsgi-2.0.21/500-text", "mojolicious-9.31/404-html", "mojolicious-9.31/500-json", "flask-toolbar-0.16.0/toolbar-page",
	"ninja-1.7.1/docs", "ninja-1.7.1/openapi", "ninja-1.7.1/silk", "ninja-1.7.1/silk-requests", "ninja-1.7.1/admin",
}

func TestPackagedRefusals(t *testing.T) {
	for _, name := range packagedQuiet {
		for _, hit := range run(ownHost(answerTo("/identity", sample(t, name+".http")))).Hits {
			if hit.Rule != "version-banner" {
				t.Errorf("%s: got %s: %s", name, hit.Rule, hit.Message)
			}
		}
	}
}

// ownHost asks the host that the recordings were made of: PHP's own server
// repeats it.
func ownHost(in detect.Input) detect.Input {
	in.To.Origin = wire.Origin{Scheme: "http", Host: "127.0.0.1", Port: 18790}
	in.Asked.Fields = append(in.Asked.Fields, wire.Field{Name: "Host", Value: in.Got.Field("Host")})
	return in
}

// TestDjangoSuspicious reads the technical page with status 400, and in releases
// from 3.2 on its text.
func TestDjangoSuspicious(t *testing.T) {
	for _, version := range djangoVersions {
		for _, form := range []string{"html", "text"} {
			name := strings.Replace(version.folder, "django-", "django-dev-", 1) + "/400-suspicious-" + form
			in := identityProbe(t, name)
			in.Asked.Target, in.To.Target = "/suspicious", "/suspicious"
			hit := onlyHit(t, run(in))
			if hit.Rule != "django-debug-page" || hit.Confidence != finding.Confirmed || in.Got.Status != 400 || !strings.Contains(hit.Message, "Django "+version.django) {
				t.Errorf("%s: got %s, %s: %s", name, hit.Rule, hit.Confidence, hit.Message)
			}
			wantItem(t, hit, "HTTP_X_SSL_CLIENT_S_DN", "META", finding.CertReflection, false, canary)
		}
	}
}

func TestDjangoStart(t *testing.T) {
	for _, version := range djangoVersions {
		name := strings.Replace(version.folder, "django-", "django-dev-", 1) + "/200-start"
		out := run(answerTo("/", sample(t, name+".http")))
		hit := onlyHit(t, out)
		minor := version.django[:strings.LastIndexByte(version.django, '.')]
		if hit.Rule != "django-debug-404" || !hit.PerOrigin || minor != "1.11" && !strings.Contains(hit.Message, "Django "+minor+" answers with the start page") {
			t.Errorf("%s: got %s: %s", name, hit.Rule, hit.Message)
		}
		wantItem(t, hit, "DEBUG", "start page", finding.DebugPage, false, "True")
	}
}

func TestUWSGI(t *testing.T) {
	in := identityProbe(t, "uwsgi-2.0.21/500-text")
	hit := onlyHit(t, run(in))
	if hit.Rule != "framework-debug-page" || hit.Confidence != finding.Confirmed {
		t.Errorf("got %s, %s: %s", hit.Rule, hit.Confidence, hit.Message)
	}
	wantItem(t, hit, "exception", "Exception", finding.ErrorDetail, false, "identity.IdentityError: "+ourSubject)
	wantItem(t, hit, "HTTP_X_SSL_CLIENT_S_DN", "variables", finding.CertReflection, false, canary)
}

// TestPageItems looks for what only one framework's page shows.
func TestPageItems(t *testing.T) {
	for _, want := range []struct {
		sample, item, location string
		category               finding.Category
		sensitive              bool
		value                  string
	}{
		{"rails-6.1.7.10/404-routes", "route GET clients#show", "routes", finding.APIInventory, false, "/clients/:id(.:format)"},
		{"rails-6.1.7.10/500-html", "Rails.root", "debug page", finding.PathLeak, false, "/tmp/blurt-frameworks/apps"},
		{"rails-6.1.7.10/500-html", "actionpack", "stack trace", finding.VersionBanner, false, "6.1.7.10"},
		{"quart-0.22.0/500-html", "ledger_password", "frame 1", finding.SecretExposure, true, "l3dger-pw-in-frame"},
		{"ariadne-1.1.1/200-errors", "ledger_password", "extensions.exception.context", finding.SecretExposure, true, "l3dger-pw-in-frame"},
		{"whoops-2.18.4/500-html", "LEDGER_API_KEY", "table", finding.SecretExposure, true, "9f8e7d6c5b4a3928"},
		{"tracy-3.0-dev/500-html", "SERVER_SOFTWARE", "variables", finding.DebugPage, false, "PHP 8.2.36 Development Server"},
		{"catalyst-5.90130/500-html", "password", "variables", finding.SecretExposure, true, "l3dger-pw-in-frame"},
		{"catalyst-5.90130/500-html", "host", "variables", finding.InternalHost, false, "ledger.prod.internal"},
		{"plack-1.0050/500-html", "$_[0]", "frame 1", finding.CertReflection, false, canary},
		{"dancer2-0.400001/500-html", "HTTP_X_SSL_CLIENT_S_DN", "variables", finding.CertReflection, false, canary},
		{"mojolicious-9.31/500-html", "Home", "variables", finding.DebugPage, false, "/tmp/blurt-frameworks/apps"},
		{"mojolicious-9.31/404-html", "route GET", "routes", finding.APIInventory, false, "/identity"},
	} {
		t.Run(want.sample+" "+want.item, func(t *testing.T) {
			hit := onlyHit(t, run(ownHost(identityProbe(t, want.sample))))
			wantItem(t, hit, want.item, want.location, want.category, want.sensitive, want.value)
		})
	}
}

// TestRoutesAreLeads takes the routes of the pages for developers as endpoints,
// those with something to fill in left out.
func TestRoutesAreLeads(t *testing.T) {
	for name, want := range map[string]string{
		"rails-6.1.7.10/404-routes": "/identity /view /pending /clients",
		"mojolicious-9.31/404-html": "/identity /json",
	} {
		if got := strings.Join(run(identityProbe(t, name)).Leads, " "); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// TestIgnition reads a page made by the sources of Ignition 1.16: it was not
// recorded, and is firm at most.
func TestIgnition(t *testing.T) {
	body := `<!DOCTYPE html><html lang="en"><head><title>no CN</title></head><body><script>
    window.data = {"report":{"exception_class":"UnexpectedValueException","message":"no CN in '` + canary + `'","application_path":"/srv/shop","framework_version":"10.48.4","language_version":"8.2.36","frames":[` +
		`{"file":"/srv/shop/app/Subject.php","line_number":12,"method":"commonName","class":"App\\Subject"},{"file":"/srv/shop/routes/web.php","line_number":5,"method":"{closure}","class":null}],` +
		`"context":{"env":{"LEDGER_API_KEY":"9f8e7d6c5b4a3928"}}},"config":{}};
</script><div id="app"></div><script>window.ignite(window.data);</script></body></html>`
	in := answerTo("/identity", answer(500, "text/html", body))
	at := strings.Index(body, canary)
	in.Echoes = []detect.Echo{{Token: canary, Field: "X-SSL-Client-S-DN", Where: "body", Start: at, End: at + len(canary)}}
	hit := onlyHit(t, run(in))
	if hit.Rule != "framework-debug-page" || hit.Confidence != finding.Firm || !strings.Contains(hit.Message, "Ignition") {
		t.Errorf("got %s, %s: %s", hit.Rule, hit.Confidence, hit.Message)
	}
	wantItem(t, hit, `App\Subject::commonName`, "frame 1", finding.Traceback, false, "/srv/shop/app/Subject.php:12")
	wantItem(t, hit, "laravel", "debug page", finding.VersionBanner, false, "10.48.4")
	wantItem(t, hit, "LEDGER_API_KEY", "variables", finding.SecretExposure, true, "9f8e7d6c5b4a3928")
}

// TestPackagedEndpoints finds the pages for operators of Django's family, and the
// messages that are no page.
func TestPackagedEndpoints(t *testing.T) {
	for name, want := range map[string]string{
		"ninja-1.7.1/docs /api/docs":                 "api-inventory: An endpoint (Swagger UI)",
		"ninja-1.7.1/openapi /api/openapi.json":      "api-inventory: An endpoint (OpenAPI description)",
		"ninja-1.7.1/silk /silk/":                    "debug-endpoint: An endpoint (Silk",
		"ninja-1.7.1/silk-requests /silk/requests/":  "debug-endpoint: ",
		"ninja-1.7.1/admin /admin/login/":            "api-inventory: An endpoint (Django's admin site)",
		"flask-toolbar-0.16.0/toolbar-page /page":    "debug-endpoint: An endpoint (Flask debug toolbar)",
		"mojolicious-9.31/500-json /json":            "path-leak: ",
		"strawberry-0.341.2/200-errors /strawberry/": "certificate-reflection: ",
	} {
		sampled, target, _ := strings.Cut(name, " ")
		in := identityProbe(t, sampled)
		in.Asked.Target, in.To.Target = target, target
		var got []string
		found := false
		for _, hit := range run(in).Hits {
			got = append(got, hit.Rule+": "+hit.Message)
			found = found || strings.HasPrefix(got[len(got)-1], want)
		}
		if !found {
			t.Errorf("%s: want %s, got %q", name, want, got)
		}
	}
}
