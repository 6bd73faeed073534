package detect_test

import (
	"slices"
	"testing"

	"blurt/scanner/detect"
	"blurt/scanner/wire"
)

// banners keeps the hits of version-banner.
func banners(out detect.Output) (keys []string) {
	for _, hit := range out.Hits {
		if hit.Rule == "version-banner" {
			keys = append(keys, hit.Key+" "+hit.Items[0].Value)
		}
	}
	return keys
}

func TestVersionBanners(t *testing.T) {
	tests := []struct {
		field, value string
		want         []string
		products     []string
	}{
		{"Server", "nginx/1.22.1", []string{"nginx nginx/1.22.1"}, []string{"nginx"}},
		{"Server", "nginx", nil, []string{"nginx"}},
		{"Server", "cloudflare", nil, []string{"cloudflare"}},
		{"server", "Apache/2.4.71 (Debian) OpenSSL/3.0.19 mod_wsgi/4.9.4 Python/3.11", []string{"apache Apache/2.4.71", "openssl OpenSSL/3.0.19", "mod_wsgi mod_wsgi/4.9.4", "python Python/3.11"}, []string{"apache", "openssl", "mod_wsgi", "python"}},
		{"Server", "WSGIServer/0.2 CPython/3.11.7", []string{"wsgiserver WSGIServer/0.2", "python CPython/3.11.7"}, []string{"wsgiserver", "python"}},
		{"X-Powered-By", "PHP/8.2.7", []string{"php PHP/8.2.7"}, []string{"php"}},
		{"X-Powered-By", "Express", nil, []string{"express"}},
		{"X-AspNet-Version", "4.0.30319", []string{"asp.net 4.0.30319"}, []string{"asp.net"}},
		{"Via", "1.1 varnish (Varnish/6.0), 1.1 google", []string{"varnish Varnish/6.0"}, []string{"varnish"}},
		{"Via", "HTTP/1.1 proxy.example (squid/4.10)", []string{"squid squid/4.10"}, []string{"squid"}},
		{"Server", "Jetty(9.4.43.v20210629)", []string{"jetty Jetty(9.4.43.v20210629)"}, []string{"jetty"}},
		{"Server", "Apache-Coyote/1.1", nil, []string{"tomcat"}},
		{"X-Powered-By", "Next.js 14.1.0", []string{"next.js Next.js 14.1.0"}, []string{"next.js"}},
		{"X-PHP-Version", "8.2.7", []string{"php 8.2.7"}, []string{"php"}},
		{"kbn-version", "8.11.1", []string{"kibana 8.11.1"}, []string{"kibana"}},
		{"X-Runtime", "0.012345", nil, nil},
		{"Server", "", nil, nil},
		{"Server", "////", nil, nil},
		{"Server", "(((", nil, nil},
		{"Date", "nginx/1.22.1", nil, nil},
	}
	for _, test := range tests {
		out := run(answerTo("/", &wire.Response{Status: 200, Fields: []wire.Field{{Name: test.field, Value: test.value}}}))
		if got := banners(out); !slices.Equal(got, test.want) {
			t.Errorf("%s: %s: got %q, want %q", test.field, test.value, got, test.want)
		}
		var products []string
		for _, p := range out.Products {
			products = append(products, p.Name)
		}
		if !slices.Equal(products, test.products) {
			t.Errorf("%s: %s: products %q, want %q", test.field, test.value, products, test.products)
		}
		for _, hit := range out.Hits {
			if excerpt := test.value[hit.Excerpt.Start:hit.Excerpt.End]; excerpt != hit.Items[0].Value {
				t.Errorf("%s: excerpt %q of %q", test.field, excerpt, hit.Items[0].Value)
			}
		}
	}
}

func TestVersionInApachesPage(t *testing.T) {
	page := answer(404, "text/html", "<html><body><h1>Not Found</h1><hr><address>Apache/2.4.71 (Debian) Server at api.example Port 443</address></body></html>")
	if got := banners(run(answerTo("/", page))); !slices.Equal(got, []string{"apache Apache/2.4.71"}) {
		t.Errorf("got %q", got)
	}
	page.Status = 200
	if got := banners(run(answerTo("/", page))); len(got) > 0 {
		t.Errorf("a page that is no error: got %q", got)
	}
}
