package signature_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/signature"
	"blurt/scanner/wire"
)

const acme = `
id: acme-build-info
title: Build information of the Acme gateway
category: version-banner
severity: low
message: The gateway tells its build.
match:
  - status: [400-499, 500]
  - type: text/html
  - selector: "#about > code"
    matches: 'build (\d+)'
    leaks: {name: build, category: version-banner}
  - any:
      - header: X-Acme
      - body: acme-gateway
not:
  - body: "documentation of Acme"
examples:
  - response: |
      HTTP/1.1 404 Not Found
      Content-Type: text/html

      <p>acme-gateway</p><div id=about><code>build 4711</code></div>
    finds: true
    leaks: {build: "4711"}
  - response: |
      HTTP/1.1 404 Not Found
      Content-Type: text/html

      <p>documentation of Acme: acme-gateway</p><div id=about><code>build 4711</code></div>
    finds: false
---
id: acme-trace
title: Trace of the Acme gateway
category: traceback
severity: high
confidence: tentative
message: The gateway tells where it failed.
new: true
match:
  - json: $.error.frames[*].file
    matches: ^/
    leaks: {name: source file, category: path-leak}
  - regex: '"seq": *(\d+)'
    contains: '"seq"'
    leaks: {name: sequence, sensitive: true}
examples:
  - response: |
      HTTP/1.1 500 Oops
      Content-Type: application/json

      {"seq": 12, "error": {"frames": [{"file": "/srv/a.c"}, {"file": "-"}, {"file": "/srv/b.c"}]}}
    control: |
      HTTP/1.1 200 OK

      {}
    finds: true
    leaks: {source file: /srv/b.c, sequence: "12"}
`

func TestExamples(t *testing.T) {
	rules, err := signature.Parse(strings.NewReader(acme), "acme.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(rules) != 2 {
		t.Fatalf("%d rules", len(rules))
	}
	for _, s := range rules {
		for _, err := range s.Test() {
			t.Error(err)
		}
	}
	if rules[0].Confidence != finding.Firm || rules[1].Confidence != finding.Tentative {
		t.Errorf("confidence %s and %s", rules[0].Confidence, rules[1].Confidence)
	}
	if d := rules[1].Detector(); len(d.Hints) != 1 || d.Hints[0] != `"seq"` {
		t.Errorf("hints %q", d.Hints)
	}
}

// TestExamplesThatFail: the test says what is wrong, and where.
func TestExamplesThatFail(t *testing.T) {
	text := strings.NewReplacer("build 4711", "build x", "finds: false", "finds: true", `sequence: "12"`, `sequence: "13"`).Replace(acme)
	rules, err := signature.Parse(strings.NewReader(text), "acme.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range rules {
		for _, err := range s.Test() {
			got = append(got, err.Error())
		}
	}
	want := []string{
		`acme.yaml:19: rule "acme-build-info", example 1: it is not found: the matcher in line 10 does not fit`,
		`acme.yaml:26: rule "acme-build-info", example 2: it is not found: the matcher in line 17, below not, fits`,
		`acme.yaml:48: rule "acme-trace", example 1: sequence: "13" does not leak`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestHits(t *testing.T) {
	rules, err := signature.Parse(strings.NewReader(acme), "acme.yaml")
	if err != nil {
		t.Fatal(err)
	}
	set := detect.NewSet([]detect.Detector{rules[0].Detector(), rules[1].Detector()})
	body := `{"seq": 12, "error": {"frames": [{"file": "/srv/a.c"}]}}`
	in := detect.Input{Exchange: &wire.Exchange{Got: &wire.Response{Status: 500, Body: []byte(body)}}}
	if out := set.Run(in); len(out.Hits) > 0 {
		t.Errorf("new without a control: %+v", out.Hits)
	}
	in.Control = &wire.Response{Status: 200, Body: []byte(body)}
	if out := set.Run(in); len(out.Hits) > 0 {
		t.Errorf("the control shows it, too: %+v", out.Hits)
	}
	in.Control.Body = []byte("{}")
	out := set.Run(in)
	if len(out.Hits) != 1 {
		t.Fatalf("%d hits", len(out.Hits))
	}
	hit := out.Hits[0]
	if hit.Rule != "acme-trace" || body[hit.Excerpt.Start:hit.Excerpt.End] != `"seq": 12` {
		t.Errorf("%s, excerpt %q", hit.Rule, body[hit.Excerpt.Start:hit.Excerpt.End])
	}
	want := []detect.Item{
		{Category: finding.PathLeak, Name: "source file", Value: "/srv/a.c", Location: "JSON $.error.frames[*].file"},
		{Category: finding.Traceback, Name: "sequence", Value: "12", Location: "body, byte 8", Sensitive: true},
	}
	if diff := cmp.Diff(want, hit.Items); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
}

// TestMistakes: each is told with its file and line, and with the mend.
func TestMistakes(t *testing.T) {
	const head = "id: a-b\ntitle: t\nmessage: m\ncategory: path-leak\n"
	for name, test := range map[string]struct{ text, want string }{
		"nothing":             {"# only words\n", "a.yaml: it holds no rule"},
		"no mapping":          {"- id: x\n", "a.yaml:1:1: a mapping of keys and values is expected"},
		"not YAML":            {"id: [\n", "a.yaml: line 1: did not find expected node content"},
		"a key":               {head + "sverity: low\n", `a.yaml:5:1: key "sverity" is not known; use one of id, title`},
		"a key of a matcher":  {head + "match:\n  - boddy: x\n", `a.yaml: 6:5: key "boddy" is not known; use one of status`},
		"an id":               {strings.Replace(head, "a-b", "A_b", 1), `rule "A_b": id: use small letters`},
		"a category":          {strings.Replace(head, "path-leak", "path", 1) + "match: [{body: xyz}]\n", `category "path": use one of secret-exposure,`},
		"a severity":          {head + "severity: bad\n", `severity "bad" is not one of critical`},
		"no matcher":          {head, `a.yaml:1: rule "a-b": match: at least one matcher is needed`},
		"two kinds":           {head + "match:\n  - {body: x, header: y}\n", "a.yaml:6: rule \"a-b\": a matcher has exactly one of"},
		"a status":            {head + "match:\n  - status: 5xx\n", `line 6: status "5xx": use a code such as 500`},
		"a regex":             {head + "match:\n  - regex: '('\n", "a.yaml:6: rule \"a-b\": regex: error parsing regexp"},
		"a regex to be tried": {head + "match:\n  - regex: '[a-z]+'\n", "add contains with a literal of three bytes"},
		"a selector":          {head + "match:\n  - selector: 'a['\n", "a.yaml:6: rule \"a-b\": selector: "},
		"a path":              {head + "match:\n  - json: 'a.b'\n", "a.yaml:6: rule \"a-b\": json: "},
		"matches of a body":   {head + "match:\n  - {body: x, matches: y}\n", "matches: it belongs to header, selector or json"},
		"leaks of a status":   {head + "match:\n  - {status: 500, leaks: {name: a}}\n", "leaks: it needs a name, and header"},
		"a standard":          {head + "cwe: [209]\nmatch: [{body: xyz}]\n", `cwe: "209" is not of the form CWE-497`},
		"an empty example":    {head + "match: [{body: xyz}]\nexamples:\n  - finds: true\n", "a.yaml:7: rule \"a-b\": the example has no response"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := signature.Parse(strings.NewReader(test.text), "a.yaml")
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want one line with %s", err, test.want)
			}
		})
	}
}

// FuzzAnswers gives hostile answers to rules of every kind of matcher.
func FuzzAnswers(f *testing.F) {
	rules, err := signature.Parse(strings.NewReader(acme), "acme.yaml")
	if err != nil {
		f.Fatal(err)
	}
	set := detect.NewSet([]detect.Detector{rules[0].Detector(), rules[1].Detector()})
	f.Add("text/html", []byte(`<p>acme-gateway</p><div id=about><code>build 4711`))
	f.Add("text/html", []byte(strings.Repeat("<div>", 2000)+"acme-gateway"))
	f.Add("application/json", []byte(`{"seq": 12, "error": {"frames": [{"file": 3}, null]}}`))
	f.Fuzz(func(t *testing.T, media string, body []byte) {
		in := detect.Input{
			Exchange: &wire.Exchange{Got: &wire.Response{Status: 500, Fields: []wire.Field{{Name: "Content-Type", Value: media}}, Body: body}},
			Control:  &wire.Response{Status: 200},
		}
		if out := set.Run(in); len(out.Failed) > 0 {
			t.Errorf("%q failed", out.Failed)
		}
	})
}
