package detect_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// canary stands in the certificate and subject of the recorded requests.
const canary = "blurtaaaqcaacaaaaaajz2kq7"

var djangoVersions = []struct{ folder, django, python string }{
	{"django-1.11.29", "1.11.29", "3.7.16"},
	{"django-2.2.28", "2.2.28", "3.8.18"},
	{"django-3.2.25", "3.2.25", "3.9.18"},
	{"django-4.2.30", "4.2.30", "3.11.7"},
	{"django-5.2.19", "5.2.19", "3.13.0"},
	{"django-6.0.10", "6.0.10", "3.13.0"},
}

// onlyHit wants a single hit besides banners.
func onlyHit(t *testing.T, out detect.Output) detect.Hit {
	t.Helper()
	var hits []detect.Hit
	for _, hit := range out.Hits {
		if hit.Rule != "version-banner" {
			hits = append(hits, hit)
		}
	}
	if len(hits) != 1 || len(out.Failed) > 0 {
		t.Fatalf("got %d hits, want 1; failed %v: %+v", len(hits), out.Failed, hits)
	}
	return hits[0]
}

// item finds an item by name and location prefix.
func item(hit detect.Hit, name, location string) (detect.Item, bool) {
	for _, i := range hit.Items {
		if i.Name == name && strings.HasPrefix(i.Location, location) {
			return i, true
		}
	}
	return detect.Item{}, false
}

func wantItem(t *testing.T, hit detect.Hit, name, location string, category finding.Category, sensitive bool, value string) {
	t.Helper()
	got, ok := item(hit, name, location)
	if !ok {
		t.Errorf("no item %q at %q", name, location)
		return
	}
	if got.Category != category || got.Sensitive != sensitive || !strings.Contains(got.Value, value) {
		t.Errorf("item %q: got %s, sensitive %v, %q; want %s, %v, …%q…", name, got.Category, got.Sensitive, got.Value, category, sensitive, value)
	}
}

// certificateProbe is the request of the samples named 500-certificate-html.
func certificateProbe(got *wire.Response) detect.Input {
	in := answerTo("/cert/", got,
		wire.Field{Name: "User-Agent", Value: "blurt"}, wire.Field{Name: "Accept", Value: "text/html"},
		wire.Field{Name: "X-SSL-Client-Cert", Value: "-----BEGIN CERTIFICATE-----%0A" + canary + "!%0A-----END CERTIFICATE-----%0A"},
		wire.Field{Name: "X-SSL-Client-S-DN", Value: "CN=" + canary + ",O=Blurt"})
	in.Claim = wire.BrokenClaim
	at := strings.Index(string(got.Body), canary)
	in.Echoes = []detect.Echo{{Token: canary, Probe: "malformed", Field: "X-SSL-Client-Cert", Where: "body", Start: at, End: at + len(canary)}}
	return in
}

func TestDjangoTechnicalPageOfEveryRelease(t *testing.T) {
	for _, version := range djangoVersions {
		t.Run(version.folder, func(t *testing.T) {
			out := run(certificateProbe(sample(t, version.folder+"/500-certificate-html.http")))
			hit := onlyHit(t, out)
			if hit.Rule != "django-debug-page" || hit.Confidence != finding.Confirmed {
				t.Errorf("got %s, %s", hit.Rule, hit.Confidence)
			}
			for _, part := range []string{"Django " + version.django, "ValueError", "certificate", "Python " + version.python} {
				if !strings.Contains(hit.Message, part) {
					t.Errorf("message %q lacks %q", hit.Message, part)
				}
			}
			wantItem(t, hit, "ValueError", "exception", finding.ErrorDetail, false, "Unable to load PEM file")
			wantItem(t, hit, "CACHES", "settings", finding.SecretExposure, true, "c4ch3Pw99")
			wantItem(t, hit, "CELERY_BROKER", "settings", finding.SecretExposure, true, "w0rkerSecret")
			wantItem(t, hit, "SENTRY", "settings", finding.SecretExposure, true, "0123456789abcdef")
			wantItem(t, hit, "DATABASES", "settings", finding.InternalHost, false, "db-1.shop.internal")
			wantItem(t, hit, "ROOT_URLCONF", "settings", finding.DebugPage, false, "shop.urls")
			wantItem(t, hit, "HTTP_X_SSL_CLIENT_CERT", "META", finding.CertReflection, false, canary)
			wantItem(t, hit, "HTTP_X_SSL_CLIENT_S_DN", "META", finding.CertReflection, false, canary)
			wantItem(t, hit, "X-SSL-Client-Cert", "body", finding.CertReflection, false, canary)
			wantItem(t, hit, "ledger_password", "frame", finding.SecretExposure, true, "l3dger")
			wantItem(t, hit, "pem", "frame", finding.CertReflection, false, canary)
			wantItem(t, hit, "certificate handling in load_client_certificate", "frame", finding.Traceback, false, "/srv/shop/shop/identity.py:8: return x509.load_pem")
			wantItem(t, hit, "Python Executable", "summary", finding.PathLeak, false, "/bin/python")
			wantItem(t, hit, "Python Path", "summary", finding.PathLeak, false, "/srv/shop")
			wantItem(t, hit, "source file", "frame", finding.PathLeak, false, "site-packages/django/core/handlers/")
			wantItem(t, hit, "django", "summary", finding.VersionBanner, false, version.django)
			wantItem(t, hit, "python", "summary", finding.VersionBanner, false, version.python)
			wantItem(t, hit, "installed middleware", "environment", finding.DebugPage, false, "CsrfViewMiddleware")
			wantItem(t, hit, "installed applications", "environment", finding.DebugPage, false, "shop")
			wantItem(t, hit, "settings module", "settings", finding.DebugPage, false, "shop.settings")
			for _, i := range hit.Items {
				if i.Category == finding.SecretExposure && strings.Contains(i.Value, "*****") {
					t.Errorf("%s is cleansed and no secret: %q", i.Name, i.Value)
				}
			}
			if !slices.Contains(out.Products, detect.Product{Name: "django", Version: version.django, Role: detect.Framework, Why: "technical 500 page"}) {
				t.Errorf("products %v", out.Products)
			}
		})
	}
}

func TestDjangoTechnicalPageInPlainText(t *testing.T) {
	for _, version := range djangoVersions {
		t.Run(version.folder, func(t *testing.T) {
			hit := onlyHit(t, run(answerTo("/chained/", sample(t, version.folder+"/500-chained-text.http"))))
			if hit.Rule != "django-debug-page" || hit.Confidence != finding.Confirmed || !strings.Contains(hit.Message, "RuntimeError") || !strings.Contains(hit.Message, version.django) {
				t.Errorf("got %s, %s, %q", hit.Rule, hit.Confidence, hit.Message)
			}
			wantItem(t, hit, "RuntimeError", "exception", finding.ErrorDetail, false, "the client's subject cannot be read")
			wantItem(t, hit, "CACHES", "settings", finding.SecretExposure, true, "c4ch3Pw99")
			wantItem(t, hit, "certificate handling in common_name", "frame", finding.Traceback, false, "/srv/shop/shop/identity.py:12: parts = dict(")
			wantItem(t, hit, "chained", "frame", finding.Traceback, false, "/srv/shop/shop/views.py:2")
			wantItem(t, hit, "EMAIL_HOST", "settings", finding.InternalHost, false, "smtp.shop.internal")
			wantItem(t, hit, "installed middleware", "environment", finding.DebugPage, false, "SessionMiddleware")
			wantItem(t, hit, "settings module", "settings", finding.DebugPage, false, "shop.settings")
			wantItem(t, hit, "HTTP_USER_AGENT", "META", finding.DebugPage, false, "blurt")
		})
	}
}

func TestDjangoDisallowedHost(t *testing.T) {
	for _, version := range djangoVersions {
		hit := onlyHit(t, run(answerTo("/form/", sample(t, version.folder+"/400-disallowed-host-text.http"))))
		if hit.Rule != "django-debug-disallowed-host" || !strings.Contains(hit.Message, "DisallowedHost") {
			t.Errorf("%s: got %s, %q", version.folder, hit.Rule, hit.Message)
		}
		wantItem(t, hit, "DisallowedHost", "exception", finding.ErrorDetail, false, "evil.example")
	}
}

func TestDjangoEnvironmentSecrets(t *testing.T) {
	for name, secrets := range map[string][]string{
		"django-1.11.29-runserver/500-keyerror-html.http": {"DATABASE_URL", "AWS_SECRET_ACCESS_KEY", "LEDGER_API_KEY"},
		"django-6.0.10-runserver/500-keyerror-html.http":  {"DATABASE_URL"},
		"django-6.0.10-runserver/500-keyerror-text.http":  {"DATABASE_URL"},
	} {
		in := answerTo("/whoami/", sample(t, name), wire.Field{Name: "Authorization", Value: "Basic YWRtaW46aHVudGVyMjI="}, wire.Field{Name: "Cookie", Value: "sessionid=1"})
		hit := onlyHit(t, run(in))
		for _, secret := range secrets {
			wantItem(t, hit, secret, "META", finding.SecretExposure, true, "")
		}
		if got, ok := item(hit, "HTTP_AUTHORIZATION", "META"); ok && got.Category == finding.SecretExposure {
			t.Errorf("%s: the client's own credentials are no leak: %+v", name, got)
		}
	}
}

func TestDjangoTemplateError(t *testing.T) {
	hit := onlyHit(t, run(answerTo("/template/", sample(t, "django-6.0.10/500-template-syntax-html.http"))))
	wantItem(t, hit, "template", "template", finding.PathLeak, false, "/srv/shop/templates/broken.html")
	if !strings.Contains(hit.Message, "TemplateSyntaxError in shop.views.template") {
		t.Errorf("message %q", hit.Message)
	}
}

func TestDjangoNotFound(t *testing.T) {
	for _, version := range djangoVersions {
		t.Run(version.folder, func(t *testing.T) {
			out := run(answerTo("/internal/ledger/x/", sample(t, version.folder+"/404-admin.http")))
			hit := onlyHit(t, out)
			if hit.Rule != "django-debug-404" || hit.Confidence != finding.Confirmed || !strings.Contains(hit.Message, "shop.urls") {
				t.Errorf("got %s, %s, %q", hit.Rule, hit.Confidence, hit.Message)
			}
			wantItem(t, hit, "URLconf", "info", finding.DebugPage, false, "shop.urls")
			wantItem(t, hit, "route [name='ledger']", "URL patterns", finding.APIInventory, false, "internal/")
			wantItem(t, hit, "route [name='cert']", "URL patterns", finding.APIInventory, false, "^cert/$")
			for _, lead := range []string{"/cert/", "/whoami/", "/internal/ledger/1/"} {
				if !slices.Contains(out.Leads, lead) {
					t.Errorf("leads %q lack %q", out.Leads, lead)
				}
			}
			for _, lead := range out.Leads {
				if strings.ContainsAny(lead, "<>^$ ,'") {
					t.Errorf("lead %q is no path", lead)
				}
			}
		})
	}
}

func TestDjangoCSRF(t *testing.T) {
	for _, version := range djangoVersions {
		hit := onlyHit(t, run(answerTo("/form/", sample(t, version.folder+"/403-csrf.http"))))
		if hit.Rule != "django-debug-csrf" {
			t.Errorf("%s: got %s", version.folder, hit.Rule)
		}
		wantItem(t, hit, "reason", "Help", finding.ErrorDetail, false, "CSRF cookie not set.")
		wantItem(t, hit, "django", "link", finding.VersionBanner, false, strings.Join(strings.Split(version.django, ".")[:2], "."))
	}
}

func TestDjangoCSRFWithoutDebugIsSilent(t *testing.T) {
	got := sample(t, "django-6.0.10/403-csrf.http")
	body := string(got.Body)
	start, end := strings.Index(body, `<div id="info">`), strings.LastIndex(body, "</body>")
	got.Body = []byte(body[:start] + `<div id="explanation"><p><small>More information is available with DEBUG=True.</small></p></div>` + body[end:])
	if out := run(answerTo("/form/", got)); len(out.Hits) > 0 {
		t.Errorf("got %+v", out.Hits)
	}
}

// TestDjangoExamplesAreSilent serves debug pages that are kept as examples:
// with status 200, at another address than the one that they speak of.
func TestDjangoExamplesAreSilent(t *testing.T) {
	for _, name := range []string{"500-certificate-html", "500-chained-text", "404-admin", "403-csrf"} {
		got := sample(t, "django-6.0.10/"+name+".http")
		got.Status = 200
		if out := run(answerTo("/examples/django.html", got)); len(out.Hits) > 0 {
			t.Errorf("%s: got %s: %s", name, out.Hits[0].Rule, out.Hits[0].Message)
		}
	}
}

// TestDjangoPageWithAnotherStatus finds the page behind a proxy or middleware
// that changes its status.
func TestDjangoPageWithAnotherStatus(t *testing.T) {
	got := sample(t, "django-6.0.10/500-certificate-html.http")
	got.Status = 200
	if hit := onlyHit(t, run(answerTo("/cert/?x=1", got))); hit.Rule != "django-debug-page" || hit.Confidence != finding.Confirmed {
		t.Errorf("got %s, %s", hit.Rule, hit.Confidence)
	}
}

// TestDjangoPageThatIsCut reads what there is of a page longer than the limit.
func TestDjangoPageThatIsCut(t *testing.T) {
	got := sample(t, "django-6.0.10/500-certificate-html.http")
	for size := len(got.Body); size > 8000; size -= 4999 {
		got.Body = got.Body[:size]
		hit := onlyHit(t, run(answerTo("/cert/", got)))
		if hit.Rule != "django-debug-page" {
			t.Errorf("%d bytes: got %s", size, hit.Rule)
		}
		checkHit(t, "cut", answerTo("/cert/", got), hit)
	}
}

// TestDjangoSummary keeps the whole of what one page gives, but its settings.
func TestDjangoSummary(t *testing.T) {
	hit := onlyHit(t, run(answerTo("/whoami/", sample(t, "django-6.0.10-runserver/500-keyerror-text.http"))))
	var got []string
	for _, i := range hit.Items {
		if !strings.HasPrefix(i.Location, "settings") && !strings.HasPrefix(i.Location, "META") {
			got = append(got, string(i.Category)+" | "+i.Name+" | "+filepath.ToSlash(i.Value)+" | "+i.Location)
		}
	}
	want := []string{
		"error-detail | KeyError | 'HTTP_X_SSL_CLIENT_S_DN' | exception",
		"version-banner | django | 6.0.10 | summary",
		"version-banner | python | 3.13.0 | summary",
		"version-banner | wsgiserver | 0.2 | summary",
		"path-leak | Python Executable | /opt/venvs/dj60/bin/python | summary",
		"path-leak | Python Path | /srv/shop | summary",
		"path-leak | Python Path | /opt/python3.13/lib/python313.zip | summary",
		"path-leak | Python Path | /opt/python3.13/lib/python3.13 | summary",
		"path-leak | Python Path | /opt/python3.13/lib/python3.13/lib-dynload | summary",
		"path-leak | Python Path | /opt/venvs/dj60/lib/python3.13/site-packages | summary",
		`traceback | certificate handling in whoami | /srv/shop/shop/views.py:15: dn = request.META["HTTP_X_SSL_CLIENT_S_DN"] | frame 3`,
		"path-leak | source file | /opt/venvs/dj60/lib/python3.13/site-packages/django/core/handlers/exception.py | frame 1",
		"path-leak | source file | /opt/venvs/dj60/lib/python3.13/site-packages/django/core/handlers/base.py | frame 2",
		"path-leak | source file | /srv/shop/shop/views.py | frame 3",
		"traceback | inner | /opt/venvs/dj60/lib/python3.13/site-packages/django/core/handlers/exception.py:55: response = get_response(request) | frame 1",
		"traceback | _get_response | /opt/venvs/dj60/lib/python3.13/site-packages/django/core/handlers/base.py:198: response = wrapped_callback(request, *callback_args, **callback_kwargs) | frame 2",
		`traceback | whoami | /srv/shop/shop/views.py:15: dn = request.META["HTTP_X_SSL_CLIENT_S_DN"] | frame 3`,
		"debug-page | installed applications | django.contrib.contenttypes, django.contrib.auth, django.contrib.sessions, shop | environment",
		"debug-page | installed middleware | django.middleware.security.SecurityMiddleware, django.contrib.sessions.middleware.SessionMiddleware, django.middleware.common.CommonMiddleware, django.middleware.csrf.CsrfViewMiddleware | environment",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("items differ (-want +got):\n%s", diff)
	}
}
