package report_test

import (
	"bytes"
	"os"
	"testing"

	"blurt/report"
	"blurt/scanner/finding"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const (
	reportSchema     = "schema/blurt-report-1.schema.json"
	eventsSchema     = "schema/blurt-events-1.schema.json"
	sarifSchema      = "testdata/sarif-schema-2.1.0.json"
	gitlabSchema     = "testdata/gitlab-dast-15.0.2.schema.json"
	defectdojoSchema = "testdata/defectdojo-generic.schema.json"
)

// validate checks a document against a schema file, formats included.
func validate(t testing.TB, schema string, document []byte) {
	t.Helper()
	validator(t, schema)(t, document)
}

// validator is validate for many documents: the schema is read once.
func validator(t testing.TB, schema string) func(testing.TB, []byte) {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	addReportSchema(t, compiler)
	compiled, err := compiler.Compile(schema)
	if err != nil {
		t.Fatal(err)
	}
	return func(t testing.TB, document []byte) {
		t.Helper()
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
		if err != nil {
			t.Fatalf("not JSON: %v", err)
		}
		if err := compiled.Validate(value); err != nil {
			t.Errorf("%+v", err)
		}
	}
}

// addReportSchema lets other schemas refer to that of the report by its name.
func addReportSchema(t testing.TB, compiler *jsonschema.Compiler) {
	t.Helper()
	file, err := os.Open(reportSchema)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	schema, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := compiler.AddResource("urn:blurt:report:1", schema); err != nil {
		t.Fatal(err)
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

// What is made of a saved report is as valid as what a scan writes.
func TestConvertedReportsAreValid(t *testing.T) {
	valid := map[string]func(testing.TB, []byte){
		"json": validator(t, reportSchema), "sarif": validator(t, sarifSchema), "gitlab": validator(t, gitlabSchema),
		"defectdojo": validator(t, defectdojoSchema),
	}
	validLine := validator(t, eventsSchema)
	for name, events := range streams(t) {
		t.Run(name, func(t *testing.T) {
			saved := write(t, "json", report.Options{}, events)
			for format, check := range valid {
				check(t, replayed(t, saved, format))
			}
			for line := range bytes.Lines(replayed(t, saved, "jsonl")) {
				validLine(t, line)
			}
			xmlShape(t, replayed(t, saved, "junit"))
			csvShape(t, replayed(t, saved, "csv"))
			checkPage(t, replayed(t, saved, "html"))
		})
	}
}

func TestSchemas(t *testing.T) {
	for name, events := range streams(t) {
		t.Run(name, func(t *testing.T) {
			validate(t, reportSchema, write(t, "json", report.Options{}, events))
			validate(t, sarifSchema, write(t, "sarif", report.Options{Homepage: "https://blurt.example/"}, events))
			validate(t, gitlabSchema, write(t, "gitlab", report.Options{}, events))
			validate(t, defectdojoSchema, write(t, "defectdojo", report.Options{}, events))
			for line := range bytes.Lines(write(t, "jsonl", report.Options{}, events)) {
				validate(t, eventsSchema, line)
			}
		})
	}
}
