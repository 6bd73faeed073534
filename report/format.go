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
	// MinConfidence is how sure a finding must be to fail the run; the zero value
	// takes all.
	MinConfidence finding.Confidence
	// Baseline holds the findings that do not fail the run, nil where there is none.
	Baseline *Baseline
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
		{Format{"jsonl", "for tools that read along: an event on each line, as it happens", ".jsonl"}, newJSONL},
		{Format{"sarif", "for code scanning: SARIF 2.1.0", ".sarif"}, newSARIF},
		{Format{"html", "for a browser: one file that needs no other", ".html"}, newHTML},
		{Format{"markdown", "for pull requests and job summaries: short and foldable", ".md"}, newMarkdown},
		{Format{"junit", "for test reports: JUnit XML", ".xml"}, newJUnit},
		{Format{"gitlab", "for GitLab: a DAST report, schema " + gitlabSchema, ".gitlab.json"}, newGitLab},
		{Format{"csv", "for spreadsheets: a row for each finding", ".csv"}, newCSV},
		{Format{"defectdojo", "for DefectDojo: generic findings", ".defectdojo.json"}, newDefectDojo},
		{Format{"github", "for GitHub Actions: annotations, to standard output", ".github.txt"}, newGitHub},
	}
}

// Fails reports whether a finding fails the run: it is severe enough and sure
// enough, and neither suppressed nor known by the baseline.
func (o Options) Fails(f *finding.Finding) bool {
	return o.Gate != nil && f.Severity >= *o.Gate && f.Confidence >= o.MinConfidence && f.Suppressed == nil && !o.knows(f)
}

// limit is the gate in words.
func (o Options) limit() string {
	if o.MinConfidence == finding.Tentative {
		return o.Gate.String()
	}
	return o.Gate.String() + " that is " + map[finding.Confidence]string{finding.Firm: "firm or confirmed", finding.Confirmed: "confirmed"}[o.MinConfidence]
}

func (o Options) knows(f *finding.Finding) bool { return o.Baseline != nil && o.Baseline.Knows(f) }

// verdict says how a scan with so many failing findings stands to the gate; it is
// empty where there is no gate.
func (o Options) verdict(failing int, complete bool) string {
	if o.Gate == nil {
		return ""
	}
	news := ""
	if o.Baseline != nil {
		news = "new "
	}
	switch {
	case failing > 0:
		return fmt.Sprintf("Gate failed: %s at or above %s", plural(failing, news+"finding"), o.limit())
	case !complete:
		return "Gate undecided: an incomplete scan does not pass"
	case news != "":
		return fmt.Sprintf("Gate passed: nothing new at or above %s", o.limit())
	default:
		return fmt.Sprintf("Gate passed: nothing at or above %s", o.limit())
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
