package discover_test

import (
	"strings"
	"testing"

	"blurt/scanner/discover"
	"blurt/scanner/wire"
)

// wellFormed wants what every request is built from.
func wellFormed(t *testing.T, found []wire.Endpoint, origin *wire.Origin) {
	t.Helper()
	seen := make(map[wire.Endpoint]bool)
	for _, e := range found {
		again, err := wire.ParseEndpoint(e.String())
		if err != nil || again != e {
			t.Fatalf("%q reads back as %q: %v", e, again, err)
		}
		if seen[e] || origin != nil && e.Origin != *origin {
			t.Fatalf("%q is there twice, or of another origin", e)
		}
		seen[e] = true
	}
	if len(found) > discover.MaxEndpoints {
		t.Fatalf("%d endpoints", len(found))
	}
}

func FuzzOpenAPI(f *testing.F) {
	// Recorded descriptions are too long to mutate with success.
	f.Add([]byte("openapi: 3.0.3\nservers: [{url: /v1}]\npaths:\n  /a/{b}:\n    get: &g {parameters: [{in: path, name: b, schema: {type: integer, minimum: 3}}]}\n  /c: {head: *g}\n"))
	f.Add([]byte(`{"openapi":"3.1.0","servers":[{"url":"//h/{x}","variables":{"x":{"enum":["a"]}}}],"paths":{"/a/{b}":{"parameters":[{"in":"path","name":"b","content":{"a/b":{"example":[{"c":1}]}}}],"get":{}}}}`))
	f.Add([]byte(`{"swagger":"2.0","host":"h","paths":{"/a/{b}":{"get":{"parameters":[{"in":"path","name":"b","type":"array","items":{"enum":[[1]]}}]}}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		base := wire.Endpoint{Origin: wire.Origin{Scheme: "https", Host: "h", Port: 443}, Target: "/docs/openapi.json?x"}
		if found, err := discover.OpenAPI(data, base, discover.Options{Unsafe: true}); err == nil {
			wellFormed(t, found, &base.Origin)
		}
		if found, err := discover.OpenAPI(data, wire.Endpoint{}, discover.Options{}); err == nil {
			wellFormed(t, found, nil)
		}
	})
}

func FuzzHAR(f *testing.F) {
	f.Add([]byte(`{"log":{"entries":[{"request":{"method":"GET","url":"https://h/a"}}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if found, err := discover.HAR(data, discover.Options{Unsafe: true}); err == nil {
			wellFormed(t, found, nil)
		}
	})
}

func FuzzLeads(f *testing.F) {
	f.Add("text/html", "/b?c", `<base href=/x><a href="y">z</a><td data-route-path="/u/:id(.:format)"><script>url: "/z"</script>`)
	f.Add("application/json", "http://h/", `{"a":{"href":"/b"},"c":["https://h/d"]}`)
	f.Add("application/xml", "//h", `<urlset><loc>https://h/a</loc></urlset>`)
	f.Add("text/plain", "", "Disallow: /a\nSitemap: /b")
	f.Add("text/javascript", "x", `SwaggerUIBundle({url: "/a"})`)
	f.Add("text/yaml", "x", "openapi: 3.0.0\npaths: {/a: {get: {}}}")
	f.Fuzz(func(t *testing.T, media, location, body string) {
		for _, target := range []string{"/v1/?x", "/robots.txt"} {
			at := wire.Endpoint{Origin: wire.Origin{Scheme: "https", Host: "h", Port: 443}, Target: target}
			got := &wire.Response{Status: 200, Body: []byte(body), Fields: []wire.Field{
				{Name: "Content-Type", Value: media}, {Name: "Location", Value: location}, {Name: "Link", Value: "<" + location + ">"},
			}}
			found := discover.Leads(at, got)
			wellFormed(t, found, &at.Origin)
			for _, e := range found {
				if e == at || strings.ContainsAny(e.Target, " <>{}#") {
					t.Fatalf("%q is no new endpoint", e)
				}
			}
		}
	})
}
