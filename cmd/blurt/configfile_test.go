package main

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"blurt/report"
	"blurt/scanner/finding"
	"blurt/scanner/policy"
)

func TestParseConfig(t *testing.T) {
	const text = `
targets: [https://api.example/a]
rate: 5
http: 1.1
insecure: true
header: ["X-Tenant: ${TENANT}", "X-Price: $${5}"]
cert: tls/me.pem
list: [/abs/urls.txt, "-"]
output: out/scan.json
scope: "*.example"
expect:
  - /api/** valid-cert
  - {path: /in, methods: [get, POST], requires: any-cert}
suppress:
  - {rule: path-leak, host: api.example, path: /a/**, reason: accepted, expires: 2027-06-30}
severity:
  - {rule: "django-*", environment: staging, severity: low, reason: on purpose}
`
	file, err := parseConfig("conf/blurt.yaml", []byte(text), environment{"TENANT": "acme"})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for name, values := range file.values {
		for _, value := range values {
			got[name] = append(got[name], value.value)
		}
	}
	want := map[string][]string{
		"rate": {"5"}, "http": {"1.1"}, "insecure": {"true"}, "header": {"X-Tenant: acme", "X-Price: ${5}"}, "cert": {"conf/tls/me.pem"},
		"list": {"/abs/urls.txt", "-"}, "output": {"conf/out/scan.json"}, "scope": {"*.example"},
		"expect": {"/api/** valid-cert", "GET,POST /in any-cert"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	if source := file.values["rate"][0].source; source != "conf/blurt.yaml:3:7: rate" {
		t.Errorf("the rate comes from %q", source)
	}
	wantPolicy := report.Policy{
		Suppressions: []report.Suppression{{Selector: policy.Selector{Rule: "path-leak", Host: "api.example", Path: "/a/**"}, Reason: "accepted",
			Expires: time.Date(2027, 6, 30, 0, 0, 0, 0, time.UTC), Source: "conf/blurt.yaml:15:5"}},
		Overrides: []report.Override{{Selector: policy.Selector{Rule: "django-*", Environment: "staging"}, Severity: finding.Low, Reason: "on purpose", Source: "conf/blurt.yaml:17:5"}},
	}
	if diff := cmp.Diff(wantPolicy, file.policy); diff != "" {
		t.Errorf("policy (-want +got):\n%s", diff)
	}
}

// badConfigs are files that must be refused, with what is said of them. Where
// schema is false, a JSON Schema cannot see what is wrong.
func badConfigs() map[string]struct {
	text   string
	schema bool
} {
	type row = struct {
		text   string
		schema bool
	}
	return map[string]row{
		`blurt.yaml:2:1: there is no key "hedaer": did you mean header?`:   {"rate: 1\nhedaer: a", true},
		`blurt.yaml:1:1: there is no key "fail_on": did you mean fail-on?`: {"fail_on: high", true},
		`blurt.yaml:1:1: there is no key "--rate": did you mean rate?`:     {"--rate: 1", true},
		`blurt.yaml:1:1: there is no key "config"`:                         {"config: other.yaml", true},
		`blurt.yaml:2:1: "rate" is given twice`:                            {"rate: 1\nrate: 2", false},
		`blurt.yaml:1:1: the file is no list of keys and values`:           {"- a", true},
		`blurt.yaml: a second document begins`:                             {"rate: 1\n---\nrate: 2", false},
		`this is no YAML`:                                                  {"rate: [", false},
		`blurt.yaml:1:6: rate has no value`:                                {"rate:", true},
		`blurt.yaml:1:7: rate takes a single value`:                        {"rate: [1]", true},
		`blurt.yaml:1:11: insecure is neither true nor false`:              {"insecure: maybe", true},
		`blurt.yaml:1:10: header is a text, not a mapping`:                 {"header: [X-A: b]", true},
		`the value of Authorization looks like a secret`:                   {`header: "Authorization: Basic YTpi"`, false},
		`the value of X-Api-Key looks like a secret`:                       {`header: ["X-Api-Key: 12345"]`, false},
		`the proxy's password stands in the file`:                          {"proxy: http://me:secret@proxy.example", false},
		`the environment variable UNSET is not set`:                        {`header: "Authorization: ${UNSET}"`, false},
		`a line break in it`:                                               {"seed: |\n  a\n  b\n", false},
		`aliases are not read`:                                             {"seed: &a x\nprofile: *a", false},
		`blurt.yaml:2:5: "maybe" is no demand`:                             {"expect:\n  - {path: /a, requires: maybe}", true},
		`blurt.yaml:2:5: expect: path "a" does not start with a slash`:     {"expect:\n  - a public", false},
		`there is no key "method": did you mean methods?`:                  {"expect: [{path: /a, method: GET, requires: public}]", true},
		`blurt.yaml:2:5: neither a rule nor a fingerprint is named`:        {"suppress:\n  - {path: /a, reason: b, expires: never}", true},
		`the suppression of path-leak gives no reason`:                     {"suppress: [{rule: path-leak, expires: never}]", true},
		`the suppression of path-leak has no end`:                          {"suppress: [{rule: path-leak, reason: b}]", true},
		`"soon" is no day: write expires: 2027-06-30, or never`:            {"suppress: [{rule: path-leak, reason: b, expires: soon}]", true},
		`"2027-02-30" is no day`:                                           {"suppress: [{rule: path-leak, reason: b, expires: 2027-02-30}]", false},
		`suppress is a list`:                                               {"suppress: {rule: path-leak}", true},
		`no severity is given to path-leak`:                                {"severity: [{rule: path-leak}]", true},
		`there is no severity "lowest"`:                                    {"severity: [{rule: path-leak, severity: lowest}]", true},
		`blurt.yaml:1:11: targets: URL "ftp://api.example": `:              {"targets: [\"ftp://api.example\"]", false},
	}
}

func TestParseConfigSaysWhatIsWrong(t *testing.T) {
	for want, bad := range badConfigs() {
		_, err := parseConfig("blurt.yaml", []byte(bad.text), nil)
		if err == nil || !strings.Contains(err.Error(), want) || exitCode(err) != exitUsage {
			t.Errorf("%q: error %v, want one with %q", bad.text, err, want)
		}
		if err != nil && (strings.Contains(err.Error(), "YTpi") || strings.Contains(err.Error(), "12345") || strings.Contains(err.Error(), "secret@")) {
			t.Errorf("%q: the error shows a secret: %v", bad.text, err)
		}
	}
}

func TestExpandVariables(t *testing.T) {
	env := environment{"A": "1", "B": "${A}"}
	for text, want := range map[string]string{"": "", "a$b": "a$b", "${A}-${A}": "1-1", "${B}": "${A}", "$${A}": "${A}", "x$${A}${A}": "x${A}1", "$A": "$A"} {
		if got, missing := expandVariables(text, env); got != want || missing != "" {
			t.Errorf("%q became %q (%q)", text, got, missing)
		}
	}
	for _, text := range []string{"${C}", "${", "${A", "${}"} {
		if got, missing := expandVariables(text, env); got != "" || missing == "" && text != "${" && text != "${}" {
			t.Errorf("%q became %q (%q)", text, got, missing)
		}
	}
}

// exampleInUse is the example with its comments taken off.
func exampleInUse() []byte {
	return regexp.MustCompile(`(?m)^#([a-z][a-z-]*:|  )`).ReplaceAll(exampleConfig, []byte("$1"))
}

func TestExampleConfigIsRead(t *testing.T) {
	env := environment{"CLIENT_KEY_FILE": "client.key", "API_KEY": "x"}
	for _, text := range [][]byte{exampleConfig, exampleInUse()} {
		file, err := parseConfig("blurt.yaml", text, env)
		if err != nil {
			t.Fatal(err)
		}
		validConfig(t, text, true)
		if bytes.Equal(text, exampleConfig) {
			if len(file.values)+len(file.targets) > 0 {
				t.Errorf("as written, the example says %v", file.values)
			}
			continue
		}
		if len(file.values) < 15 || len(file.targets) != 1 || len(file.policy.Overrides) != 1 || len(file.policy.Suppressions) != 1 {
			t.Errorf("in use, the example says %d flags, %v", len(file.values), file.policy)
		}
		catalogue, err := (&scan{}).catalogue()
		if err != nil {
			t.Fatal(err)
		}
		if err := checkPolicyRules(file.policy, catalogue); err != nil {
			t.Error(err)
		}
	}
}

// TestConfigSchemaIsPublished holds the file that editors are pointed to against
// the table that the parser reads by. UPDATE_SCHEMA=1 writes it.
func TestConfigSchemaIsPublished(t *testing.T) {
	const published = "../../docs/blurt.schema.json"
	schema, err := configSchema()
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("UPDATE_SCHEMA") != "" {
		if err := os.WriteFile(published, schema, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	old, err := os.ReadFile(published)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(old), string(schema)); diff != "" {
		t.Errorf("docs/blurt.schema.json (-published +generated): run the test with UPDATE_SCHEMA=1\n%s", diff)
	}
}

// TestSchemaAndParserAgree holds the two against each other: on their keys, and
// on files that are wrong.
func TestSchemaAndParserAgree(t *testing.T) {
	schema := readConfigSchema(t)
	keys := (&configReader{flags: configKeys()}).topKeys()
	for name := range schema["properties"].(map[string]any) {
		if !slices.Contains(keys, name) {
			t.Errorf("the schema has %s, the parser has not", name)
		}
	}
	for _, key := range keys {
		if _, known := schema["properties"].(map[string]any)[key]; !known {
			t.Errorf("the parser has %s, the schema has not", key)
		}
	}
	for _, spec := range scanFlags(formatNames(report.Formats())) {
		if !slices.Contains(keys, spec.name) && spec.name != "config" {
			t.Errorf("--%s has no key", spec.name)
		}
	}
	for want, bad := range badConfigs() {
		if bad.schema {
			t.Run(want, func(t *testing.T) { validConfig(t, []byte(bad.text), false) })
		}
	}
	for _, good := range []string{
		"", "{}", "targets:\nsuppress:\n", "http: 2", "http: auto", "rate: ${RATE}", "format: [json, sarif]", "format: json,sarif", "timeout: 1m30s",
		"expect: /a public", "seed: 12", "har: a.har",
	} {
		if _, err := parseConfig("blurt.yaml", []byte(good), environment{"RATE": "1"}); err != nil && good != "expect: /a public" {
			t.Errorf("%q: %v", good, err)
		}
		validConfig(t, []byte(good), good != "expect: /a public")
	}
}

func readConfigSchema(t *testing.T) map[string]any {
	t.Helper()
	text, err := configSchema()
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return schema.(map[string]any)
}

// validConfig checks whether the schema takes a file.
func validConfig(t *testing.T, text []byte, want bool) {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("urn:blurt:config:1", readConfigSchema(t)); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("urn:blurt:config:1")
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := yaml.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(plainDays(value)); (err == nil) != want {
		t.Errorf("%.60q: the schema says %v", text, err)
	}
}

// plainDays writes days as texts again: editors read YAML by its core schema,
// which has no dates.
func plainDays(value any) any {
	switch value := value.(type) {
	case time.Time:
		return value.Format(time.DateOnly)
	case []any:
		for i := range value {
			value[i] = plainDays(value[i])
		}
	case map[string]any:
		for name := range value {
			value[name] = plainDays(value[name])
		}
	}
	return value
}

func TestFlagsOverEnvironmentOverFile(t *testing.T) {
	file, err := parseConfig("blurt.yaml", []byte("rate: 1\ntimeout: 1s\nprofile: quick\nquiet: true\nscope: [a, b]\ntargets: https://a.example/\nlist: urls.txt\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	given(t, environment{"BLURT_RATE": "2", "BLURT_TIMEOUT": "2s"}, []string{"--timeout", "3s", "--quiet=false"}, func(s settings) {
		s.file = file
		for name, want := range map[string]string{"rate": "2", "timeout": "3s", "profile": "quick"} {
			if got, _ := s.text(name); got.value != want {
				t.Errorf("%s is %q, want %q", name, got.value, want)
			}
		}
		if quiet, err := s.on("quiet"); quiet || err != nil {
			t.Error("a switch of the file is not switched off by its flag")
		}
		if n := len(s.list("scope")); n != 2 {
			t.Errorf("%d hosts in scope", n)
		}
		if args, with := s.withTargets(nil); len(args) != 1 || len(with.list("list")) != 1 {
			t.Errorf("without arguments the targets are %v, %v", args, with.list("list"))
		}
		if args, with := s.withTargets([]string{"https://b.example/"}); len(args) != 1 || args[0] != "https://b.example/" || len(with.list("list")) != 0 {
			t.Errorf("arguments do not take the place of the file's targets: %v, %v", args, with.list("list"))
		}
		if n := len(s.list("list")); n != 1 {
			t.Error("the file was changed")
		}
	})
}

// FuzzParseConfig holds that any file is read or refused in one line.
func FuzzParseConfig(f *testing.F) {
	f.Add(string(exampleConfig))
	f.Add(string(exampleInUse()))
	for _, bad := range badConfigs() {
		f.Add(bad.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<14 {
			return
		}
		if _, err := parseConfig("blurt.yaml", []byte(text), environment{"A": "1"}); err != nil && exitCode(err) != exitUsage {
			t.Fatalf("%q: %v", text, err)
		}
	})
}
