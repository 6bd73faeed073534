package report

import (
	"encoding/csv"
	"io"
	"strings"

	"blurt/scanner/finding"
)

const (
	csvMaxCell   = 8 << 10 // bytes; spreadsheets take 32,767 characters
	csvMaxPlaces = 20      // further places of a finding
)

// csvSink writes a row for each finding as it comes (RFC 4180, with line feeds).
type csvSink struct {
	out   *csv.Writer
	begun bool
}

func newCSV(w io.Writer, _ Options) finding.Sink { return &csvSink{out: csv.NewWriter(w)} }

func csvColumns() []string {
	return []string{
		"fingerprint", "severity", "confidence", "rule", "category", "title", "message", "url", "method", "probe",
		"identity", "stack", "leaked", "location", "owasp", "cwe", "pci_dss", "cvss", "reproduce", "references",
		"occurrences", "suppressed",
	}
}

// Emit implements finding.Sink.
func (s *csvSink) Emit(e finding.Event) error {
	if e.Finding == nil {
		return s.begin()
	}
	if err := s.begin(); err != nil {
		return err
	}
	f := e.Finding
	row := []string{
		f.Fingerprint, f.Severity.String(), f.Confidence.String(), f.Rule, string(f.Category), f.Title, f.Message, f.URL,
		f.Method, f.Probe, f.Identity, strings.Join(f.Stack, " "), countItems(f.Evidence.Leaked), f.Evidence.Location,
		strings.Join(f.OWASP, " "), strings.Join(f.CWE, " "), strings.Join(f.PCIDSS, " "), f.CVSS, f.Reproduce,
		strings.Join(f.References, " "), strings.Join(placeLines(f, csvMaxPlaces), "\n"), "",
	}
	if f.Suppressed != nil {
		row[len(row)-1] = judgements(f)[0]
	}
	for i, text := range row {
		row[i] = csvCell(text)
	}
	return s.write(row)
}

func (s *csvSink) begin() error {
	if s.begun {
		return nil
	}
	s.begun = true
	return s.write(csvColumns())
}

func (s *csvSink) write(row []string) error {
	if err := s.out.Write(row); err != nil {
		return err
	}
	s.out.Flush()
	return s.out.Error()
}

// Close implements finding.Sink.
func (s *csvSink) Close() error { return s.begin() }

// csvCell makes text safe for a spreadsheet, which calculates a cell that starts
// like a formula: such a cell gets an apostrophe before it.
func csvCell(text string) string {
	lines := cleanLines(head(text, csvMaxCell))
	for i, line := range lines {
		lines[i] = guard(line)
	}
	cell := strings.Join(lines, "\n")
	if trimmed := strings.TrimLeft(cell, " \n\"'"); trimmed != "" && strings.ContainsAny(trimmed[:1], "=+-@|%") ||
		strings.HasPrefix(trimmed, "\uff1d") || strings.HasPrefix(trimmed, "\uff0b") ||
		strings.HasPrefix(trimmed, "\uff0d") || strings.HasPrefix(trimmed, "\uff20") {
		return "'" + cell
	}
	return cell
}
