package discover_test

import (
	"fmt"
	"strings"
	"testing"

	"blurt/scanner/discover"
	"blurt/scanner/sensitivity"
	"blurt/scanner/wire"
)

const bank = `openapi: 3.1.0
servers: [{url: /v1}]
security: [{mtls: []}]
components:
  securitySchemes:
    mtls: {type: mutualTLS}
    bearer: {type: http, scheme: bearer}
    key: {type: apiKey, in: header, name: X-Key}
    oauth: {type: oauth2, flows: {}}
    alias: {$ref: '#/components/securitySchemes/mtls'}
  schemas:
    Person: {type: object, properties: {name: {type: string}, birth_date: {type: string, format: date}, friends: {type: array, items: {$ref: '#/components/schemas/Person'}}}}
    Account: {allOf: [{$ref: '#/components/schemas/Person'}, {properties: {customerIban: {type: string}}}]}
    Page: {properties: {next_page_token: {type: string}, iban_required: {type: boolean}, password_min_length: {type: integer}, load_balance: {type: number}}}
  responses:
    Accounts: {description: fine, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Account'}}}}}
paths:
  /accounts/{id}:
    get: {parameters: [{in: path, name: id, required: true, schema: {type: integer}}], responses: {'200': {$ref: '#/components/responses/Accounts'}}}
  /accounts/mine:
    get: {security: [{mtls: [], bearer: []}, {alias: []}], responses: {}}
  /either: {get: {security: [{mtls: []}, {bearer: []}]}}
  /optional: {get: {security: [{}, {mtls: []}]}}
  /weather: {get: {security: [], summary: Weather of today}}
  /token: {get: {security: [{oauth: [a]}, {key: []}]}}
  /undefined: {get: {security: [{none: []}]}}
  /page: {get: {security: [], responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/Page'}}}}}}}
  /pets: {get: {security: [], tags: [admin], responses: {default: {content: {a/b: {schema: {properties: {a: {format: email}, b: {x-pii: true}, c: {x-pii: false}}}}}}}}}
  /notes: {get: {security: [{}], description: For internal use., x-internal: true}, post: {requestBody: {content: {application/json: {schema: {properties: {ssn: {type: string}}}}}}}}
  /broken: {get: {security: mtls, responses: [1], tags: 7, parameters: {}}}
`

const shop = `{"swagger":"2.0","basePath":"/v2","securityDefinitions":{"b":{"type":"basic"},"o":{"type":"oauth2"}},"definitions":{"U":{"properties":{"email":{},"last_name":{}}},"P":{"properties":{"pw":{"type":"string","format":"password"}}}},
 "responses":{"One":{"schema":{"$ref":"#/definitions/U"}}},"parameters":{"Iban":{"in":"path","name":"iban","type":"string"}},
 "paths":{"/list":{"get":{"security":[{"b":[]}],"responses":{"200":{"$ref":"#/responses/One"},"401":{},"403":{}}}},
 "/refuses":{"get":{"responses":{"401":{}}}},
 "/by/{iban}":{"parameters":[{"$ref":"#/parameters/Iban"}],"get":{"responses":{}}},
 "/new":{"get":{},"post":{"parameters":[{"in":"body","name":"b","schema":{"$ref":"#/definitions/P"}}]}},
 "/form":{"get":{},"post":{"parameters":[{"in":"formData","name":"card_number","type":"string"}]}}}}`

func read(t *testing.T, document string) *discover.API {
	t.Helper()
	api, err := discover.ReadAPI([]byte(document), endpoint(t, "https://h/openapi"), discover.Options{}, true)
	if err != nil {
		t.Fatal(err)
	}
	return api
}

func TestWhatADescriptionSays(t *testing.T) {
	v3, v2 := read(t, bank), read(t, shop)
	for _, test := range []struct {
		api            *discover.API
		target         string
		level          sensitivity.Level
		why            string // all of it
		mutual, public bool
	}{
		{v3, "/v1/accounts/1?x=y", sensitivity.High, "the document demands mutualTLS; the schema of its answer has customerIban, birth_date; its name says accounts: people", true, false},
		{v3, "/v1/accounts/4711", sensitivity.High, "the document demands mutualTLS; the schema of its answer has customerIban, birth_date; its name says accounts: people", true, false},
		{v3, "/v1/accounts/mine", sensitivity.High, "the document demands mutualTLS and http bearer or mutualTLS; its name says accounts: people", true, false},
		{v3, "/v1/either", sensitivity.High, "the document demands mutualTLS or http bearer", false, false},
		{v3, "/v1/optional", sensitivity.Normal, "", false, false},
		{v3, "/v1/weather", sensitivity.Public, "the document leaves it open on purpose (security: [])", false, true},
		{v3, "/v1/token", sensitivity.High, "the document demands oauth2 or apiKey X-Key; its name says token: secrets", false, false},
		{v3, "/v1/undefined", sensitivity.High, "the document demands a scheme that it does not define", false, false},
		{v3, "/v1/page", sensitivity.Public, "the document leaves it open on purpose (security: [])", false, true},
		{v3, "/v1/pets", sensitivity.Normal, "the schema of its answer has b, a; the document tags it admin: administration; the document leaves it open on purpose (security: [])", false, true},
		{v3, "/v1/notes", sensitivity.Public, "the document leaves it open on purpose (security: [])", false, true},
		{v3, "/v1/broken", sensitivity.Normal, "", false, false},
		{v2, "/v2/list", sensitivity.High, "the document demands http basic; the schema of its answer has email, last_name", false, false},
		{v2, "/v2/refuses", sensitivity.High, "the document lists 401 among its answers", false, false},
		{v2, "/v2/by/1", sensitivity.High, "the schema of what it takes has iban", false, false},
		{v2, "/v2/new", sensitivity.High, "the schema of what it takes has pw", false, false},
		{v2, "/v2/form", sensitivity.High, "the schema of what it takes has card_number", false, false},
	} {
		said := test.api.Of(endpoint(t, "https://h"+test.target))
		if said == nil {
			t.Errorf("%s: nothing is said of it", test.target)
			continue
		}
		i := sensitivity.Infer(test.target, nil, said)
		if why := strings.Join(i.Why, "; "); i.Level != test.level || why != test.why {
			t.Errorf("%s: %s because of %s\nwant %s because of %s", test.target, i.Level, why, test.level, test.why)
		}
		if said.MutualTLS != test.mutual || said.Public != test.public || said.Method != "GET" || !said.Given {
			t.Errorf("%s: %+v", test.target, said)
		}
	}
	for _, other := range []string{"https://h/accounts/1", "https://h/v1/accounts/1/2", "https://h/v1/accounts//", "https://other/v1/accounts/1", "http://h/v1/weather"} {
		if said := v3.Of(endpoint(t, other)); said != nil {
			t.Errorf("%s: %+v", other, said)
		}
	}
}

// TestDescriptionsAreBounded is about documents that are made to keep a reader
// busy: circles, references without number, depth.
func TestDescriptionsAreBounded(t *testing.T) {
	var dense strings.Builder
	dense.WriteString(`{"openapi":"3.0.0","components":{"schemas":{`)
	for i := range 2000 {
		fmt.Fprintf(&dense, `"S%d":{"allOf":[`, i)
		for j := range 40 {
			fmt.Fprintf(&dense, `{"$ref":"#/components/schemas/S%d"},`, (i*7+j*13)%2000)
		}
		fmt.Fprintf(&dense, `{"properties":{"iban":{},"email_%d":{}}}]},`, i%100)
	}
	dense.WriteString(`"E":{}}},"paths":{`)
	for i := range 5000 {
		fmt.Fprintf(&dense, `"/p%d":{"get":{"responses":{"200":{"content":{"a/b":{"schema":{"$ref":"#/components/schemas/S%d"}}}}}}},`, i, i%2000)
	}
	dense.WriteString(`"/end":{"get":{}}}}`)
	deep := `{"openapi":"3.0.0","paths":{"/a":{"get":{"responses":{"200":{"content":{"a/b":{"schema":` +
		strings.Repeat(`{"properties":{"a":`, 40) + `{"properties":{"iban":{}}}` + strings.Repeat("}}", 40) + "}}}}}}}}"
	for name, document := range map[string]string{"references": dense.String(), "depth": deep} {
		api := read(t, document)
		for _, e := range api.Endpoints {
			i := sensitivity.Infer("/x", nil, api.Of(e))
			if text := strings.Join(i.Why, ""); len(text) > 400 {
				t.Fatalf("%s: %q", name, text)
			}
		}
	}
}

func TestDescribed(t *testing.T) {
	at := endpoint(t, "https://h/openapi.json")
	answer := func(media, body string) *wire.Response {
		return &wire.Response{Status: 200, Fields: []wire.Field{{Name: "Content-Type", Value: media}}, Body: []byte(body)}
	}
	api := discover.Described(at, answer("application/json", shop))
	if api == nil || api.Of(endpoint(t, "https://h/v2/list")) == nil || api.Of(endpoint(t, "https://h/v2/list")).Given {
		t.Errorf("got %+v", api)
	}
	if api := discover.Described(at, answer("application/yaml", bank)); api == nil {
		t.Error("YAML is not read")
	}
	refused, cut := answer("application/json", shop), answer("application/json", shop)
	refused.Status, cut.Cut = 403, true
	for _, got := range []*wire.Response{nil, refused, cut, answer("text/html", shop), answer("application/json", `{"swagger": 2}`), answer("application/json", `{}`)} {
		if discover.Described(at, got) != nil {
			t.Errorf("%+v is taken for a description", got)
		}
	}
}

func FuzzReadAPI(f *testing.F) {
	f.Add([]byte(bank), "/v1/accounts/1")
	f.Add([]byte(shop), "/v2/list")
	f.Add([]byte(`{"openapi":"3.0.0","components":{"schemas":{"A":{"$ref":"#/components/schemas/A"}}},"paths":{"/{a}":{"get":{"responses":{"200":{"content":{"a":{"schema":{"$ref":"#/components/schemas/A"}}}}}}}}}`), "/x")
	f.Fuzz(func(t *testing.T, data []byte, target string) {
		base := wire.Endpoint{Origin: wire.Origin{Scheme: "https", Host: "h", Port: 443}, Target: "/"}
		api, err := discover.ReadAPI(data, base, discover.Options{Unsafe: true}, false)
		if err != nil {
			return
		}
		for _, e := range append(api.Endpoints, base.WithTarget(target)) {
			i := sensitivity.Infer(e.Target, nil, api.Of(e))
			for _, why := range i.Why {
				if len(why) > 600 {
					t.Fatalf("a reason of %d bytes", len(why))
				}
			}
			if len(i.Why) > 4 {
				t.Fatalf("%d reasons", len(i.Why))
			}
		}
	})
}
