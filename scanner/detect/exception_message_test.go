package detect_test

import (
	"testing"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// TestExceptionMessages has what runtimes really wrote, in the answers of last
// handlers.
func TestExceptionMessages(t *testing.T) {
	for name, test := range map[string]struct {
		got   *wire.Response
		leaks string // the first leaked value; empty: silence
	}{
		"node": {
			answer(500, "application/json", `{"message":"Cannot read properties of undefined (reading 'replace')"}`),
			"Cannot read properties of undefined (reading 'replace')",
		},
		"python, in a refusal": {
			answer(403, "application/json", `{"error":"'NoneType' object is not subscriptable"}`),
			"'NoneType' object is not subscriptable",
		},
		"pydantic outside of a validation's answer": {
			answer(500, "application/json", `{"error":"1 validation error for Order\nserial\n  Input should be a valid integer [type=int_parsing]\n    For further information visit https://errors.pydantic.dev/2.5/v/int_parsing"}`),
			`1 validation error for Order\nserial\n  Input should be a valid integer [type=int_parsing]\n    For further information visit https://errors.pydantic.dev/2.5/v/int_parsing`,
		},
		"a class before its message": {
			answer(400, "text/plain", "KeyError: 'page'\n"), "KeyError",
		},
		"a class in a member": {
			answer(500, "application/json", `{"error":"Internal Server Error","exception":"com.acme.orders.OrderException","path":"/o"}`),
			"com.acme.orders.OrderException",
		},
		"java, escaped": {
			answer(500, "application/json", `{"message":"Cannot invoke \"String.split(String)\" because \"dn\" is null"}`), `Cannot invoke \"String.split(String)\`,
		},
		"a refusal of the client's own bad JSON": {
			answer(400, "application/json", `{"detail":"JSON parse error - Expecting value: line 1 column 1 (char 0)"}`), "",
		},
		"the same as a fault of the server": {
			answer(500, "text/plain", "Expecting value: line 1 column 1 (char 0)"), "Expecting value: line 1 column 1 (char 0)",
		},
		"words of people": {
			answer(500, "application/json", `{"error":"InternalServerError","title":"An Error: something went wrong","type":"ServiceException"}`), "",
		},
		"a class of an API's own vocabulary": {
			answer(400, "application/json", `{"__type":"ValidationException","message":"1 validation error detected"}`), "",
		},
		"Fastify, as it comes": {
			sample(t, "fastify-5.12.8/500-json.http"), "Cannot read properties of undefined (reading 'trim')",
		},
		"a page of help": {
			answer(404, "text/html", `<article><p>KeyError: 'x' means that the key is absent</p></article>`), "",
		},
		"data": {
			answer(200, "application/json", `{"title":"KeyError: 'x'","body":"list index out of range"}`), "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			out := run(answerTo("/orders", test.got))
			if test.leaks == "" {
				if len(out.Hits) > 0 {
					t.Errorf("got %+v", out.Hits)
				}
				return
			}
			hit := onlyHit(t, out)
			if hit.Rule != "exception-message" || hit.Category != finding.ErrorDetail || hit.Confidence != finding.Firm {
				t.Fatalf("got %s, %s, %s", hit.Rule, hit.Category, hit.Confidence)
			}
			if hit.Items[0].Value != test.leaks {
				t.Errorf("leaked %q", hit.Items[0].Value)
			}
			in := answerTo("/orders", test.got)
			in.Control = test.got
			if out := run(in); len(out.Hits) > 0 {
				t.Errorf("the control says the same: got %+v", out.Hits)
			}
		})
	}
}
