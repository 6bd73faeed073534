package discover_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blurt/scanner/discover"
	"blurt/scanner/wire"
)

func endpoint(t testing.TB, raw string) wire.Endpoint {
	t.Helper()
	e, err := wire.ParseEndpoint(raw)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func targets(found []wire.Endpoint) []string {
	var out []string
	for _, e := range found {
		out = append(out, e.Target)
	}
	return out
}

func urls(found []wire.Endpoint) []string {
	var out []string
	for _, e := range found {
		out = append(out, e.String())
	}
	return out
}

func TestResolve(t *testing.T) {
	at := endpoint(t, "https://api.example.org:8443/v1/users/?page=1")
	tests := []struct{ reference, want string }{
		{"/a", "/a"},
		{"b?x=1#top", "/v1/users/b?x=1"},
		{"../c", "/v1/c"},
		{"../../../d/./e/..", "/d/"},
		{"?page=2", "/v1/users/?page=2"},
		{"https://api.example.org:8443/f", "/f"},
		{"https://API.example.org:8443", "/"},
		{"//api.example.org:8443/g", "/g"},
		{"http://api.example.org/h", "/h"}, // an application behind a proxy
		{"/i j/ü", "/i%20j/%C3%BC"},
		{"/k/<int:pk>/", "/k/1/"},
		{"/l/{id}{?page}", "/l/1"},
		{"/m/:id(.:format)", "/m/1"},
		{"/things:batch", "/things:batch"},
		{"https://other.example.org:8443/a", ""},
		{"https://api.example.org:9000/a", ""},
		{"https://api.example.org.evil.example/a", ""},
		{"mailto:a@example.org", ""},
		{"javascript:alert(1)", ""},
		{"", ""},
		{"#top", ""},
		{"/a\r\nX: y", ""},
		{"////a", ""},
		{"/accounts/logout/", ""},
		{"/rows?action=delete", ""},
		{"/actuator/heapdump", ""},
		{"/files/**", ""},
		{"/blurtaagqabaaaangtdl6iqpq/", ""},
		{"/blurt/", "/blurt/"},
		{strings.Repeat("/a", 5000), ""},
	}
	for _, test := range tests {
		got, ok := discover.Resolve(at, test.reference)
		if ok != (test.want != "") || ok && (got.Target != test.want || got.Origin != at.Origin) {
			t.Errorf("%.60q: got %q, %v, want %q", test.reference, got.Target, ok, test.want)
		}
	}
}

func TestLeads(t *testing.T) {
	at := endpoint(t, "https://api.example.org/v1/")
	tests := []struct {
		name, media, body string
		fields            []wire.Field
		want              []string
	}{
		{"fields", "text/plain", "", []wire.Field{
			{Name: "Location", Value: "/login/"}, {Name: "Link", Value: `</v1/?page=2>; rel="next", <https://cdn.example/x>; rel=x, </v1/a.css>; rel=preload`},
		}, []string{"/login/", "/v1/?page=2"}},
		{"HTML", "text/html; charset=utf-8", `<base href="/v2/"><a href="users">u</a> <a href=/x.png>p</a><form action="search"></form>` +
			`<form method=post action=buy></form><a href="https://elsewhere.example/">e</a><iframe src="/frame"></iframe>` +
			`<script>SwaggerUIBundle({ url: "/openapi.json", x: 1 }); fetch('/v1/me')</script><redoc spec-url='/schema'></redoc>`, nil,
			[]string{"/v2/users", "/v2/search", "/frame", "/v1/me", "/schema"}},
		{"Rails", "text/html", `<tr class='route_row' data-helper='path'><td data-route-path='/users/:id(.:format)'><p>/users/:id(.:format)</p></td></tr>` +
			`<td data-route-path='/rails/info/routes(.:format)'>`, nil, []string{"/users/1", "/rails/info/routes"}},
		{"API root", "application/json", `{"users":"http://api.example.org/v1/users/","docs":"https://docs.example/","note":"see https://api.example.org/x for more"}`, nil,
			[]string{"/v1/users/"}},
		{"HAL", "application/hal+json", `{"_links":{"self":{"href":"/v1/orders"},"item":{"href":"/v1/orders{/id}"}},"name":"/not/a/link","path":"/srv/acme","disk":{"path":"/var"},"next":"/v1/orders?page=2","tags":["/no"]}`, nil,
			[]string{"/v1/orders", "/v1/orders/1", "/v1/orders?page=2"}},
		{"broken JSON", "application/json", `{"next":"/a","x":[{"href":"/b"},`, nil, []string{"/a", "/b"}},
		{"site map", "application/xml", `<?xml version="1.0"?><urlset><url><loc>https://api.example.org/a</loc><priority>1</priority></url><url><loc>https://other.example/b</loc></url><url><loc> /c </loc>`, nil,
			[]string{"/a", "/c"}},
		{"an image", "image/png", `<a href="/a">`, nil, nil},
		{"a link to itself", "text/html", `<a href="/v1/">x</a><a href="#a">`, nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := &wire.Response{Status: 200, Body: []byte(test.body), Fields: append(test.fields, wire.Field{Name: "Content-Type", Value: test.media})}
			if diff := cmp.Diff(test.want, targets(discover.Leads(at, got))); diff != "" {
				t.Errorf("leads (-want +got):\n%s", diff)
			}
		})
	}
	if discover.Leads(at, nil) != nil {
		t.Error("no answer has leads")
	}
}

func TestLeadsAreBounded(t *testing.T) {
	var b strings.Builder
	for n := range 5000 {
		fmt.Fprintf(&b, `<a href="/p/%d">`, n)
	}
	got := &wire.Response{Status: 200, Body: []byte(b.String()), Fields: []wire.Field{{Name: "Content-Type", Value: "text/html"}}}
	if n := len(discover.Leads(endpoint(t, "https://h/"), got)); n != discover.MaxLeads {
		t.Errorf("%d leads, want %d", n, discover.MaxLeads)
	}
}

func TestRobots(t *testing.T) {
	at := endpoint(t, "https://h/robots.txt")
	const text = "User-agent: *\r\nDisallow: /admin/ # staff\nDisallow: /private*\nDisallow: /*.pdf$\nAllow: /api$\nDisallow:\nSitemap: https://h/sitemap.xml\nfoo\n"
	want := []string{"/admin/", "/private", "/api", "/sitemap.xml"}
	if diff := cmp.Diff(want, targets(discover.Robots([]byte(text), at.Origin))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got := &wire.Response{Status: 200, Body: []byte(text), Fields: []wire.Field{{Name: "Content-Type", Value: "text/plain"}}}
	if diff := cmp.Diff(want, targets(discover.Leads(at, got))); diff != "" {
		t.Errorf("as leads (-want +got):\n%s", diff)
	}
}

func TestHAR(t *testing.T) {
	const har = `{"log":{"version":"1.2","entries":[
	 {"request":{"method":"GET","url":"https://h/a?x=1#y","headers":[{"name":"Cookie","value":"secret"}]}},
	 {"request":{"method":"GET","url":"https://h/a?x=1"}}, {"request":{"method":"POST","url":"https://h/b"}},
	 {"request":{"method":"GET","url":"wss://h/c"}}, {"request":{"method":"HEAD","url":"http://i:8080/d"}}, {}]}}`
	got, err := discover.HAR([]byte(har), discover.Options{})
	if diff := cmp.Diff([]string{"https://h/a?x=1", "http://i:8080/d"}, urls(got)); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	got, err = discover.HAR([]byte(har), discover.Options{Unsafe: true})
	if err != nil || !slices.Contains(urls(got), "https://h/b") {
		t.Errorf("unsafe: %v, %v", got, err)
	}
	for _, bad := range []string{"", "{}", "[]", `{"log":3}`, `{"log":{"entries":[`, "\x1b[31m"} {
		if _, err := discover.HAR([]byte(bad), discover.Options{}); err == nil || !strings.HasPrefix(err.Error(), "HAR: ") || strings.ContainsAny(err.Error(), "\x1b\n") {
			t.Errorf("%q: error %v", bad, err)
		}
	}
}

// TestRecordedDescriptions reads what real frameworks generate.
func TestRecordedDescriptions(t *testing.T) {
	files, err := filepath.Glob("testdata/*.want")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d recorded descriptions, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(strings.TrimSuffix(file, ".want"))
			if err != nil {
				t.Fatal(err)
			}
			got, err := discover.OpenAPI(data, endpoint(t, "https://api.example.org/schema"), discover.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Fields(string(want)), targets(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
