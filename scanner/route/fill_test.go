package route_test

import (
	"strings"
	"testing"

	"blurt/scanner/route"
)

func TestFill(t *testing.T) {
	const uuid = "00000000-0000-4000-8000-000000000001"
	tests := []struct{ pattern, want string }{
		// Django, as its debug page prints the patterns.
		{"cert/", "/cert/"},
		{"internal/ledger/<int:pk>/", "/internal/ledger/1/"},
		{"orders/<uuid:order_id>/items/<slug:item>", "/orders/" + uuid + "/items/a"},
		{"users/<pk>/", "/users/1/"},
		{"files/<path:name>", "/files/a"},
		{"^api/(?P<pk>[0-9]+)/$", "/api/1/"},
		{`^api/(?P<pk>\d+)\Z`, "/api/1"},
		{"api/^users/(?P<pk>[^/.]+)/$", "/api/users/1/"},
		{`api/^users\.(?P<format>[a-z0-9]+)/?$`, "/api/users.json"},
		{"api/<drf_format_suffix:format>", "/api/.json"},
		{"api/users<drf_format_suffix:format>", "/api/users.json"},
		{"^archive/(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/$", "/archive/2024/01/"},
		{"^o/(?P<u>[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})/$", "/o/" + uuid + "/"},
		{"^static/(?P<path>.*)$", "/static/a"},
		{"^(?:en|de)/about/$", "/en/about/"},
		{"^robots.txt$", "/robots.txt"},
		{"admin/(?P<url>.*)$", "/admin/1"},
		// Flask and Bottle.
		{"/items/<float:price>", "/items/1.0"},
		{"/<any(about, help):page>", "/about"},
		{"/codes/<string(length=2):code>", "/codes/1"},
		// Rails and Express.
		{"/users/:id(.:format)", "/users/1"},
		{"/posts/:post_id/comments/:id(.:format)", "/posts/1/comments/1"},
		{"/files/*path", "/files/a"},
		{"(/:locale)/home", "/home"},
		{"/flights/:from-:to?", "/flights/1-:to"},
		// OpenAPI, Starlette, Spring, URI templates.
		{"/users/{userId}/orders/{order_uuid}", "/users/1/orders/" + uuid},
		{"/files/{path:path}", "/files/a"},
		{"/users/{id:[0-9]{3}}", "/users/111"},
		{"/users{/id}{?page,size}", "/users/1"},
		{"/static/**", "/static/a"},
	}
	for _, test := range tests {
		got, ok := route.Fill(test.pattern)
		if test.want == "" && ok || test.want != "" && (!ok || got != test.want) {
			t.Errorf("%s: got %q, %v, want %q", test.pattern, got, ok, test.want)
		}
	}
}

func TestFillRefusesWhatItCannotTell(t *testing.T) {
	for _, pattern := range []string{
		"", "   ", "a b", "(?!x)y/", "(?P<a>", "{id", "//host/x", "/a\x00b", "/a\r\nX: y", "[z-a]/", strings.Repeat("a", 2000),
		"^(a{900}){900}$", "/ü",
	} {
		if got, ok := route.Fill(pattern); ok {
			t.Errorf("%.40q: %q", pattern, got)
		}
	}
}

func FuzzFill(f *testing.F) {
	for _, seed := range []string{"^a/(?P<b>[^/]+)/$", "a/<int:b>/", "/:a(/:b)", "/{a:[0-9]{3}}/*b", "((((a*)*)*)*)*", "<<int:a>:b>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		path, ok := route.Fill(pattern)
		if ok && (!strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, " \r\n\x00<>(){}?#") || len(path) > 1000) {
			t.Fatalf("%q: %q is no path", pattern, path)
		}
	})
}
