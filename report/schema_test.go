package report_test

import (
	"bytes"
	"testing"

	"blurt/report"
	"blurt/scanner/finding"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const (
	reportSchema = "schema/blurt-report-1.schema.json"
	sarifSchema  = "testdata/sarif-schema-2.1.0.json"
)

// validate checks a document against a schema file, formats included.
func validate(t testing.TB, schema string, document []byte) {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	compiled, err := compiler.Compile(schema)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		t.Fatalf("not JSON: %v", err)
	}
	if err := compiled.Validate(value); err != nil {
		t.Errorf("%+v", err)
	}
}

// streams are the ways in which a scan can go.
func streams(t testing.TB) map[string][]finding.Event {
	all := scan(t)
	start := all[0]
	return map[string][]finding.Event{
		"whole":        all,
		"no Done":      all[:len(all)-1],
		"one finding":  all[:2],
		"only a start": {start},
		"nothing":      nil,
		"clean":        {start, {Done: &finding.Done{Finished: start.Start.Started, Complete: true, Requests: 7}}},
		"flood":        {start, {Finding: flood(t)}},
	}
}

func flood(t testing.TB) *finding.Finding {
	f := hostileFinding(1 << 20)
	catalogue(t).Grade(&f)
	return &f
}

func TestSchemas(t *testing.T) {
	for name, events := range streams(t) {
		t.Run(name, func(t *testing.T) {
			validate(t, reportSchema, write(t, "json", report.Options{}, events))
			validate(t, sarifSchema, write(t, "sarif", report.Options{Homepage: "https://blurt.example/"}, events))
		})
	}
}
