package report_test

import (
	"bytes"
	"testing"

	"blurt/report"
)

// TestBaselineSchema holds what is written against the published schema.
func TestBaselineSchema(t *testing.T) {
	for name, events := range streams(t) {
		baseline, err := report.NewBaseline(bytes.NewReader(write(t, "json", report.Options{}, events)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var file bytes.Buffer
		if err := baseline.Write(&file); err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) { validate(t, "schema/blurt-baseline-1.schema.json", file.Bytes()) })
	}
}
