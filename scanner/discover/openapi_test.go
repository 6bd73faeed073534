package discover_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blurt/scanner/discover"
	"blurt/scanner/wire"
)

func TestOpenAPI(t *testing.T) {
	const get = `{"get":{"responses":{}}}`
	tests := []struct {
		name, base, document string
		unsafe               bool
		want                 []string
	}{
		{"relative server", "https://h:8443/docs/openapi.json", `{"openapi":"3.0.0","servers":[{"url":"../v1/"}],"paths":{"/a":` + get + `}}`, false, []string{"https://h:8443/v1/a"}},
		{"no server", "https://h/docs/openapi.json", `{"openapi":"3.0.0","paths":{"/a":` + get + `}}`, false, []string{"https://h/a"}},
		{"absolute server, the base's origin stays", "https://staging.example/x", `{"openapi":"3.0.0","servers":[{"url":"https://prod.example/v2"}],"paths":{"/a":` + get + `}}`, false,
			[]string{"https://staging.example/v2/a"}},
		{"absolute server, no base", "", `{"openapi":"3.0.0","servers":[{"url":"https://prod.example/v2"},{"url":"/w"}],"paths":{"/a":` + get + `}}`, false, []string{"https://prod.example/v2/a"}},
		{"server variables", "", `{"openapi":"3.0.0","servers":[{"url":"https://{region}.example.org:{port}/{v}","variables":{"region":{"default":"eu"},"port":{"enum":["8443"]},"v":{"default":"v1"}}}],"paths":{"/a":` + get + `}}`, false,
			[]string{"https://eu.example.org:8443/v1/a"}},
		{"server of the path and the operation", "https://h/", `{"openapi":"3.0.0","paths":{"/a":{"servers":[{"url":"/p"}],"get":{"servers":[{"url":"/o"}]}},"/b":{"servers":[{"url":"/p"}],"get":{}}}}`, false,
			[]string{"https://h/o/a", "https://h/p/b"}},
		{"methods", "https://h/", `{"openapi":"3.0.0","paths":{"/a":{"post":{}},"/b":{"head":{}},"/c":{"put":{},"get":{}},"/d":{}}}`, false, []string{"https://h/b", "https://h/c"}},
		{"unsafe methods", "https://h/", `{"openapi":"3.0.0","paths":{"/a":{"post":{}},"/b":{"delete":{}}}}`, true, []string{"https://h/a", "https://h/b"}},
		{"values", "https://h/", `{"openapi":"3.1.0","components":{"parameters":{"N":{"name":"n","in":"path","required":true,"schema":{"$ref":"#/components/schemas/S"}}},
			"schemas":{"S":{"type":"string","format":"uuid"},"L":{"$ref":"#/components/schemas/L"}}},
			"paths":{"/a/{n}/{e}/{d}/{enum}/{loop}":{"parameters":[{"$ref":"#/components/parameters/N"}],"get":{"parameters":[
			{"name":"e","in":"path","example":"x y/z","schema":{"type":"string"}},{"name":"d","in":"path","schema":{"type":"string","format":"date"}},
			{"name":"enum","in":"path","schema":{"enum":["first","second"]}},{"name":"loop","in":"path","schema":{"$ref":"#/components/schemas/L"}},
			{"name":"q","in":"query","required":true,"schema":{"type":["integer","null"]}},{"name":"optional","in":"query","schema":{"type":"integer"}},{"name":"X-A","in":"header","required":true,"schema":{}}]}}}}`, false,
			[]string{"https://h/a/00000000-0000-4000-8000-000000000001/x%20y%2Fz/2024-01-01/first/1?q=1"}},
		{"content parameters", "https://h/", `{"openapi":"3.0.0","paths":{"/a":{"get":{"parameters":[{"name":"filter","in":"query","required":true,"content":{"application/json":{"schema":{"type":"object"}}}},
			{"name":"bare","in":"query","required":true,"content":{"application/json":{}}},{"name":"none","in":"query","required":true}]}}}}`, false, []string{"https://h/a?filter=%7B%7D&bare=1&none=1"}},
		{"undeclared parameter", "https://h/", `{"openapi":"3.0.0","paths":{"/a/{id}/{other:[a-z]{2}}":` + get + `}}`, false, []string{"https://h/a/1/aa"}},
		{"pattern", "https://h/", `{"openapi":"3.0.0","paths":{"/a/{k}":{"get":{"parameters":[{"name":"k","in":"path","schema":{"type":"string","pattern":"^[A-Z]{3}-\\d+$"}}]}}}}`, false, []string{"https://h/a/AAA-1"}},
		{"unresolved and outside references", "https://h/", `{"openapi":"3.0.0","paths":{"/a/{b}":{"get":{"parameters":[{"$ref":"#/components/parameters/none"},{"$ref":"https://evil.example/p.json#/x"},{"name":"b","in":"path","schema":{"$ref":"file:///etc/passwd"}}]}}}}`, false,
			[]string{"https://h/a/1"}},
		{"one bad path", "https://h/", `{"openapi":"3.0.0","paths":{"/a":{"get":{"parameters":"none"}},"/b":` + get + `,"/c":7,"no-slash":` + get + `}}`, false, []string{"https://h/a", "https://h/b"}},
		{"referenced path item", "https://h/", `{"openapi":"3.1.0","components":{"pathItems":{"P":` + get + `}},"paths":{"/a":{"$ref":"#/components/pathItems/P"}}}`, false, []string{"https://h/a"}},
		{"an empty value", "https://h/", `{"openapi":"3.0.0","paths":{"/a/{b}/c":{"get":{"parameters":[{"name":"b","in":"path","example":""}]}}}}`, false, []string{"https://h/a/1/c"}},
		{"Swagger, base", "https://h:8443/x", `{"swagger":"2.0","host":"prod.example","basePath":"/v1","paths":{"/a/{id}":{"get":{"parameters":[{"$ref":"#/parameters/I"},{"in":"query","name":"tags","required":true,"type":"array","items":{"type":"string","enum":["red"]}}]}}},
			"parameters":{"I":{"in":"path","name":"id","type":"string","format":"uuid"}}}`, false, []string{"https://h:8443/v1/a/00000000-0000-4000-8000-000000000001?tags=red"}},
		{"Swagger, no base", "", `{"swagger":"2.0","host":"prod.example:8443","schemes":["http","https"],"basePath":"/v1","paths":{"/a":` + get + `}}`, false, []string{"https://prod.example:8443/v1/a"}},
		{"YAML with a number for a name", "https://h/", "openapi: 3.0.1\npaths:\n  /a:\n    get:\n      responses:\n        200: {description: fine}\n        .inf: {}\n", false, []string{"https://h/a"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var base wire.Endpoint
			if test.base != "" {
				base = endpoint(t, test.base)
			}
			got, err := discover.OpenAPI([]byte(test.document), base, discover.Options{Unsafe: test.unsafe})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, urls(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestOpenAPISaysWhatIsWrong(t *testing.T) {
	bomb := "a: &a [1,1,1,1,1,1,1,1,1]\n"
	for c := 'b'; c < 'k'; c++ {
		p := string(c - 1)
		bomb += string(c) + ": &" + string(c) + " [*" + strings.Repeat(p+",*", 8) + p + "]\n"
	}
	tests := []struct{ name, document, want string }{
		{"nothing", " \n", "empty"},
		{"no description", `{"a":1}`, "is this an API description"},
		{"HTML", "<html>\x1b[31m", ""},
		{"cut off", `{"openapi":"3.0.0","paths":{`, "unexpected end"},
		{"version 4", `{"openapi":"4.0"}`, "OpenAPI 3.x and Swagger 2.0"},
		{"version 1", `{"swaggerVersion":"1.2","swagger":"1.2"}`, "OpenAPI 3.x and Swagger 2.0"},
		{"no server", `{"openapi":"3.0.0","paths":{"/a":{"get":{}}}}`, "which server"},
		{"deep", `{"openapi":"3.0.0","x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`, "deeper than"},
		{"aliases", bomb, ""},
		{"huge", strings.Repeat(" ", discover.MaxDocument+1), "longer than"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := discover.OpenAPI([]byte(test.document), wire.Endpoint{}, discover.Options{})
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.ContainsAny(err.Error(), "\x1b\n") || len(err.Error()) > 300 {
				t.Errorf("error %v, want one clean line with %q", err, test.want)
			}
		})
	}
}

// TestReferencesAreReadOnce gives thousands of paths one large parameter, schema
// and path item: reading them each time would cost the product of both.
func TestReferencesAreReadOnce(t *testing.T) {
	large := `"x":[` + strings.Repeat(`{"a":1},`, 100_000) + `1]`
	var b strings.Builder
	b.WriteString(`{"openapi":"3.1.0","servers":[{"url":"/v1",` + large + `}],"components":{"parameters":{"P":{"name":"p","in":"path","schema":{"$ref":"#/components/schemas/S"},` + large +
		`}},"schemas":{"S":{"type":"integer",` + large + `}},"pathItems":{"I":{"get":{},` + large + `}}},"paths":{`)
	for n := range 4000 {
		fmt.Fprintf(&b, `"/a%d/{p}":{"get":{"parameters":[{"$ref":"#/components/parameters/P"}]}},"/b%d":{"$ref":"#/components/pathItems/I"},`, n, n)
	}
	b.WriteString(`"/end":{"get":{}}}}`)
	got, err := discover.OpenAPI([]byte(b.String()), endpoint(t, "https://h/"), discover.Options{})
	if err != nil || len(got) != 8001 || got[0].Target != "/v1/a0/1" {
		t.Errorf("%d endpoints, %v", len(got), err)
	}
}
