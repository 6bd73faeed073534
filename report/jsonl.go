package report

import (
	"bytes"
	"encoding/json"
	"io"

	"blurt/scanner/finding"
)

// record is one line of JSON Lines: one event, under its name. The first line of
// a scan is its start, which names the schema.
type record struct {
	Schema  int              `json:"schema,omitempty"`
	Start   *finding.Start   `json:"start,omitempty"`
	Finding *finding.Finding `json:"finding,omitempty"`
	Effort  *finding.Effort  `json:"effort,omitempty"`
	Target  *finding.Target  `json:"target,omitempty"`
	Done    *finding.Done    `json:"done,omitempty"`
}

// jsonlSink writes an event as it comes, a line for each, so that a reader sees
// a finding while the scan goes on.
type jsonlSink struct{ out io.Writer }

func newJSONL(w io.Writer, _ Options) finding.Sink { return &jsonlSink{w} }

// Emit implements finding.Sink.
func (s *jsonlSink) Emit(e finding.Event) error {
	line := record{Start: e.Start, Effort: e.Effort, Done: e.Done}
	switch {
	case e.Start != nil:
		line.Schema = schemaVersion
	case e.Finding != nil:
		whole := complete(*e.Finding)
		line.Finding = &whole
	case e.Target != nil:
		target := *e.Target
		target.Surface = present(target.Surface)
		line.Target = &target
	case e.Done != nil:
		done := *e.Done
		done.Errors = present(done.Errors)
		line.Done = &done
	}
	text, err := encodeLine(line)
	if err != nil {
		return err
	}
	_, err = s.out.Write(text)
	return err
}

// Close implements finding.Sink. A scan without a last line "done" was cut short.
func (s *jsonlSink) Close() error { return nil }

// encodeLine is encode on one line, with its line feed.
func encodeLine(v any) ([]byte, error) {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		return nil, err
	}
	return escapeJSON(b.Bytes()), nil
}
