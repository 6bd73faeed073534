package detect_test

import (
	"slices"
	"testing"

	"blurt/scanner/detect"
	"blurt/scanner/wire"
)

func TestStockPages(t *testing.T) {
	tests := []struct {
		name    string
		product string
		refused bool
		banners []string
	}{
		{"nginx-1.22.1/no-certificate", "nginx", true, []string{"nginx nginx/1.22.1"}},
		{"nginx-1.22.1/bad-certificate", "nginx", true, []string{"nginx nginx/1.22.1"}},
		{"nginx-1.22.1/no-certificate-tokens-off", "nginx", true, nil},
		{"nginx-1.22.1/plain-to-tls", "nginx", false, []string{"nginx nginx/1.22.1"}},
		{"nginx-1.22.1/forbidden", "nginx", true, []string{"nginx nginx/1.22.1"}},
		{"nginx-1.22.1/unauthorized", "nginx", true, []string{"nginx nginx/1.22.1"}},
		{"nginx-1.22.1/missing", "nginx", false, []string{"nginx nginx/1.22.1"}},
		{"haproxy-2.6.12/deny", "haproxy", true, nil},
		{"haproxy-2.6.12/no-server", "haproxy", false, nil},
		{"caddy-2.6.2/forbidden", "caddy", true, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := sample(t, test.name+".http")
			product, refused := detect.RefusedBy(got)
			if product != test.product || refused != test.refused {
				t.Errorf("RefusedBy: got %q, %v", product, refused)
			}
			out := run(answerTo("/", got))
			if !slices.Equal(banners(out), test.banners) || len(out.Hits) != len(test.banners) {
				t.Errorf("hits %+v", out.Hits)
			}
			if !slices.ContainsFunc(out.Products, func(p detect.Product) bool { return p.Name == test.product && p.Role == detect.Proxy }) {
				t.Errorf("products %v", out.Products)
			}
			for _, hit := range out.Hits {
				if !hit.PerOrigin || len(hit.Items) != 2 {
					t.Errorf("want one hit for field and page: %+v", hit)
				}
			}
		})
	}
}

func TestRefusedByIsNotTheApplication(t *testing.T) {
	for _, got := range []*wire.Response{
		nil,
		answer(403, "application/json", `{"detail":"RBAC: access denied"}`),
		answer(403, "text/html", "<html><h1>403 Forbidden</h1></html>"),
		answer(200, "text/html", "<center>No required SSL certificate was sent</center><hr><center>nginx</center>"),
		answer(400, "text/plain", "please send a client certificate unauthorized"),
	} {
		if product, refused := detect.RefusedBy(got); refused {
			t.Errorf("%+v: got %q", got, product)
		}
	}
	if product, refused := detect.RefusedBy(answer(496, "text/html", "<html>our own page</html>")); !refused || product != "nginx" {
		t.Errorf("496: got %q, %v", product, refused)
	}
}
