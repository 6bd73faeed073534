package report

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"blurt/report/rules"
	"blurt/scanner/finding"
)

// Format is a way of writing a report.
type Format struct {
	Name      string // as the --format flag takes it
	Summary   string // one line
	Extension string // of a file that holds it, with the dot
}

// Options steer every format alike.
type Options struct {
	// Rules is the catalogue. It is required.
	Rules *rules.Catalogue
	// Color, Width (in columns; 0 means 80), Quiet and Verbose are for formats
	// that people read. Quiet leaves only the summary; Verbose shows every leaked
	// item, the requests and the responses.
	Color   bool
	Width   int
	Quiet   bool
	Verbose bool
	// Gate is the severity from which a finding fails the run, nil where nothing
	// does. Formats for people say how the scan stands to it.
	Gate *finding.Severity
	// Homepage is where the tool is documented, an absolute URL; empty where
	// there is none.
	Homepage string
}

type format struct {
	Format
	open func(io.Writer, Options) finding.Sink
}

func formats() []format {
	return []format{
		{Format{"terminal", "for people: grouped by severity, with evidence and the fix", ".txt"}, newTerminal},
		{Format{"json", "for tools: every detail, by a published JSON Schema", ".json"}, newJSON},
		{Format{"sarif", "for code scanning: SARIF 2.1.0", ".sarif"}, newSARIF},
	}
}

// Formats returns every format, the default first.
func Formats() []Format {
	all := formats()
	list := make([]Format, len(all))
	for i, f := range all {
		list[i] = f.Format
	}
	return list
}

// New returns a sink that writes the report to w. Closing the sink completes the
// report, also after a scan that was cut short; it does not close w. The error for
// a name that is no format lists the names.
func New(name string, w io.Writer, o Options) (finding.Sink, error) {
	if o.Rules == nil {
		return nil, errors.New("report: no rule catalogue")
	}
	var names []string
	for _, f := range formats() {
		if f.Name == name {
			return f.open(w, o), nil
		}
		names = append(names, f.Name)
	}
	return nil, fmt.Errorf("format %q is not one of %s", name, strings.Join(names, ", "))
}
