package detect_test

import (
	"slices"
	"strings"
	"testing"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// TestStacksOfOtherLanguages has the stacks of software that has no rule of its
// own: the lines of code that they name make more of them than a path.
func TestStacksOfOtherLanguages(t *testing.T) {
	for _, test := range []struct {
		sample, place string
		places        int
	}{
		{"twisted-26.10.0/500-html", "/srv/oriel/l01.py:12", 4},
		{"klein-24.8.0/500-text", "/srv/oriel/l02.py:8", 5},
		{"racket-8.7/500-html", "/srv/oriel/l17.rkt:3", 6},
		{"swi-prolog-9.0.4/500-json", "/usr/lib/swi-prolog/library/http/http_dispatch.pl:1044", 4},
		{"crystal-1.6.0/500-text", "/usr/lib/crystal/lib/hash.cr:1077", 8},
		{"beego-2.3.4/500-html", "/srv/oriel/gobee/main.go:13", 8},
		{"nginx-lua-0.10.23/500-text", "/srv/oriel/lua/guard.lua:5", 2},
		{"php-dump-8.2/500-html", "/srv/oriel/l21.php:6", 2},
	} {
		t.Run(test.sample, func(t *testing.T) {
			in := answerTo("/guarda", sample(t, test.sample+".http"))
			places, found := 0, false
			for _, hit := range run(in).Hits {
				if hit.Rule != "path-leak" {
					continue
				}
				if hit.Confidence != finding.Firm || !strings.Contains(hit.Message, "lines of code") {
					t.Errorf("%v: %s", hit.Confidence, hit.Message)
				}
				for _, item := range hit.Items {
					if item.Category == finding.Traceback {
						places++
						found = found || item.Value == test.place
					}
				}
			}
			if places < test.places || !found {
				t.Errorf("%d lines, want %d or more and %s", places, test.places, test.place)
			}
		})
	}
}

// TestOneLineIsNoStack has errors that name one line, and data that name several.
func TestOneLineIsNoStack(t *testing.T) {
	for name, got := range map[string]*wire.Response{
		"one line":     answer(500, "text/plain", "failed at /srv/shop/app.py:12, see /srv/shop/app.py:12 and /var/log/shop/error.log"),
		"a success":    answer(200, "application/json", `{"error":"lint","at":["/srv/shop/a.py:1","/srv/shop/b.py:2"]}`),
		"no line":      answer(500, "text/plain", "cannot open /srv/shop/app.py or /srv/shop/tls.py"),
		"another line": answer(500, "application/json", `{"file":"/srv/shop/app.py","hint":"see line 7","key":"/srv/shop/tls.py","x":"line 9"}`),
	} {
		for _, hit := range run(answerTo("/x", got)).Hits {
			if slices.ContainsFunc(hit.Items, isTraceback) {
				t.Errorf("%s: got %+v", name, hit)
			}
		}
	}
}

func isTraceback(item detect.Item) bool { return item.Category == finding.Traceback }

// TestPagesOfTheirOwn reads the pages of web.py and Hunchentoot.
func TestPagesOfTheirOwn(t *testing.T) {
	for _, test := range []struct{ sample, says, function, place string }{
		{"webpy-0.76/500-html", "has no attribute 'split'", "GET", "/srv/oriel/l03.py:5: campos = dict("},
		{"hunchentoot-1.2.38/500-html", "The value NIL is not of type", "GUICHE", "(GUICHE)"},
	} {
		hit := onlyHit(t, run(answerTo("/guarda", sample(t, test.sample+".http"))))
		if hit.Rule != "framework-debug-page" || hit.Confidence != finding.Firm || !strings.Contains(hit.Message, test.says) {
			t.Errorf("%s: got %s, %v: %s", test.sample, hit.Rule, hit.Confidence, hit.Message)
		}
		if !slices.ContainsFunc(hit.Items, func(i detect.Item) bool {
			return i.Name == test.function && strings.Contains(i.Value, test.place)
		}) {
			t.Errorf("%s: no %s at %s in %+v", test.sample, test.function, test.place, hit.Items)
		}
	}
}

// TestFilesInFields has a handler that puts what went wrong into fields of its own.
func TestFilesInFields(t *testing.T) {
	got := sample(t, "falcon-fields-4.4.0/500-json.http")
	fields := make(map[string]string)
	for _, hit := range run(answerTo("/cais", got)).Hits {
		fields[hit.Rule] = strings.ToLower(hit.Field)
	}
	if fields["certificate-parser-error"] != "x-falha" || fields["path-leak"] != "x-falha-em" {
		t.Errorf("got %v", fields)
	}
	// A trailer that Go's net/http wrote, as the transport hands it on.
	trailer := answer(200, "text/plain", "Recibo\n======\n")
	trailer.Fields = append(trailer.Fields, wire.Field{Name: "X-Erro", Value: "open /srv/oriel/modelos/recibo.tmpl: no such file or directory"})
	if hit := onlyHit(t, run(answerTo("/recibos", trailer))); hit.Rule != "path-leak" || hit.Field != "X-Erro" {
		t.Errorf("got %+v", hit)
	}
	for _, f := range []wire.Field{
		{Name: "X-Matched-Path", Value: "/app/orders/[id].php"}, {Name: "Link", Value: "</assets/src/main.go:3>; rel=preload"}, {Name: "X-Served-By", Value: "cache-fra-etou8220067-FRA"},
	} {
		plain := answer(404, "text/plain", "no")
		plain.Fields = append(plain.Fields, f)
		if hits := run(answerTo("/recibos", plain)).Hits; len(hits) > 0 {
			t.Errorf("%s: got %+v", f.Name, hits)
		}
	}
}

// TestWhatAShellSays has a script whose standard error goes to the client.
func TestWhatAShellSays(t *testing.T) {
	rules := make(map[string][]string)
	for _, hit := range run(answerTo("/balcao/quem.sh", sample(t, "openssl-3.0.22/200-text.http"))).Hits {
		for _, item := range hit.Items {
			rules[hit.Rule] = append(rules[hit.Rule], item.Value)
		}
	}
	if len(rules["certificate-parser-error"]) == 0 || !slices.Contains(rules["path-leak"], "/srv/oriel/cgi/autorizados.txt") {
		t.Errorf("got %v", rules)
	}
}

// TestCatalogueOfTexts has the messages of a program in two languages.
func TestCatalogueOfTexts(t *testing.T) {
	const texts = `{"domain":"oriel","texts":{"stack trace":"rasto da pilha","Error while opening":"Erro ao abrir","x509: certificate signed by unknown authority":"x509: autoridade desconhecida","Could not open /etc/oriel/agent.conf":"Impossível abrir /etc/oriel/agent.conf","ORA-00942: table or view does not exist":"ORA-00942: tabela inexistente"}}`
	if hits := run(answerTo("/traducoes/pt.json", answer(200, "application/json", texts))).Hits; len(hits) > 0 {
		t.Errorf("got %+v", hits)
	}
}

// TestFailuresWithTheStatusOfASuccess has interfaces that say so in the body.
func TestFailuresWithTheStatusOfASuccess(t *testing.T) {
	const trace = `["Traceback (most recent call last):","  File \"/srv/oriel/l08.py\", line 17, in get","    pem = unquote(request.META['HTTP_X_SSL_CLIENT_CERT'])","KeyError: 'HTTP_X_SSL_CLIENT_CERT'"]`
	for body, want := range map[string]finding.Confidence{
		`{"ok":false,"codigo":9001,"traza":` + trace + `}`:                                          finding.Firm,
		`{"data":{"eu":null},"errors":[{"message":"x","extensions":{"stacktrace":` + trace + `}}]}`: finding.Firm,
		`{"id":17,"user":"ines","traza":` + trace + `}`:                                             finding.Tentative,
	} {
		hit := onlyHit(t, run(answerTo("/v2/tarjetas", answer(200, "application/json", body))))
		if hit.Rule != "python-traceback" || hit.Confidence != want {
			t.Errorf("%s: got %s, %v, want %v", body, hit.Rule, hit.Confidence, want)
		}
	}
}

// TestOwnFieldsAreNoSecrets has a debug page that lists what the request itself has
// said, beside a secret of the server.
func TestOwnFieldsAreNoSecrets(t *testing.T) {
	got := sample(t, "uwsgi-2.0.21/500-text.http")
	got.Body = append(slices.Clone(got.Body), "HTTP_AUTHORIZATION = Basic AA==:blurt\nHTTP_X_API_KEY = ''%00\nQUERY_STRING = token=%00%ff&id=7\nHTTP_X_UPSTREAM_TOKEN = 9f2c4b7d1e6a8035\n"...)
	in := answerTo("/identity?token=%00%ff&id=7", got, wire.Field{Name: "Authorization", Value: "Basic AA==:blurt"}, wire.Field{Name: "X-Api-Key", Value: "''%00"})
	for _, item := range onlyHit(t, run(in)).Items {
		if (item.Category == finding.SecretExposure) != (item.Name == "HTTP_X_UPSTREAM_TOKEN") {
			t.Errorf("%s is %s", item.Name, item.Category)
		}
		if strings.HasSuffix(item.Name, "AUTHORIZATION") && !item.Sensitive {
			t.Errorf("%s is shown", item.Name)
		}
	}
}
