package report

import (
	"fmt"
	"io"
	"strings"

	"blurt/scanner/finding"
)

const (
	// markdownLimit keeps the report within a comment on GitHub, which holds 65,536
	// characters; a job summary holds a MiB.
	markdownLimit   = 60_000 // bytes
	markdownRows    = 50     // findings in the table at the top
	markdownItems   = 10     // leaked items of a finding
	markdownAlso    = 10     // further places of a finding
	markdownErrors  = 20
	markdownURL     = 300 // characters
	markdownExcerpt = 1500
)

// markdownSink writes a summary for pull requests and job summaries: a table, then
// each finding folded up, from the worst down, as many as there is room for.
//
// It keeps no more of any severity than could be shown.
type markdownSink struct {
	out     io.Writer
	options Options
	tally   *tally
	audit   *audit
	groups  map[finding.Severity]*markdownGroup
	errors  []finding.ScanError
	failed  int
	quiet   []string // lines of suppressed findings
}

// markdownGroup is what there is room for at one severity.
type markdownGroup struct {
	rows    []string
	details []string
	size    int
}

func newMarkdown(w io.Writer, o Options) finding.Sink {
	s := &markdownSink{out: w, options: o, tally: newTally(o), audit: newAudit(o.Rules), groups: map[finding.Severity]*markdownGroup{}}
	for _, severity := range finding.Severities() {
		s.groups[severity] = &markdownGroup{}
	}
	return s
}

// Emit implements finding.Sink.
func (s *markdownSink) Emit(e finding.Event) error {
	s.tally.note(e)
	s.audit.note(e)
	switch {
	case e.Finding != nil:
		s.finding(e.Finding)
	case e.Target != nil:
		for _, trouble := range troubles(e.Target) {
			s.fail(finding.ScanError{Target: e.Target.URL, Message: trouble})
		}
	}
	return nil
}

func (s *markdownSink) fail(e finding.ScanError) {
	s.failed++
	if len(s.errors) < markdownErrors {
		s.errors = append(s.errors, e)
	}
}

func (s *markdownSink) finding(f *finding.Finding) {
	if f.Suppressed != nil {
		if len(s.quiet) < markdownRows {
			s.quiet = append(s.quiet, fmt.Sprintf("- %s %s %s · %s\n", f.Severity, codeSpan(f.Rule, 80), codeSpan(f.Method+" "+f.URL, 120),
				markdownText(judgements(f)[0], 300)))
		}
		return
	}
	g := s.groups[min(f.Severity, finding.Critical)]
	if len(g.rows) < markdownRows {
		g.rows = append(g.rows, fmt.Sprintf("| %s | %s | %s | %s |\n", f.Severity, markdownCell(titleOf(f), 80),
			markdownCell(f.Method+" "+f.URL, markdownURL), f.Confidence))
	}
	if g.size >= markdownLimit {
		return
	}
	detail := s.detail(f)
	g.size += len(detail)
	g.details = append(g.details, detail)
}

// titleOf is the finding's title, or its rule's name where it has none.
func titleOf(f *finding.Finding) string {
	if f.Title == "" {
		return f.Rule
	}
	return f.Title
}

func (s *markdownSink) detail(f *finding.Finding) string {
	parts := []string{
		fmt.Sprintf("<details>\n<summary><b>%s</b> · %s · %s</summary>", upper(f.Severity), htmlCode(titleOf(f), 80), htmlCode(f.Method+" "+f.URL, markdownURL)),
		markdownText(f.Message, 1000),
		join([]string{
			"Rule " + codeSpan(f.Rule, 80), f.Confidence.String(), "fingerprint " + codeSpan(f.Fingerprint, 80),
			markdownIDs("OWASP ", f.OWASP), markdownIDs("", f.CWE),
		}, " · "),
	}
	for _, said := range judgements(f) {
		parts = append(parts, markdownText(said, 600))
	}
	if table := leakedTable(f.Evidence.Leaked, markdownItems); table != "" {
		parts = append(parts, "**What it gives away**", table)
	}
	if f.Evidence.Excerpt != "" {
		parts = append(parts, "**Evidence**, "+codeSpan(f.Evidence.Location, 80), markdownFence(f.Evidence.Excerpt, markdownExcerpt))
	}
	if f.Reproduce != "" {
		parts = append(parts, "**See it again**", markdownFence(f.Reproduce, markdownExcerpt))
	}
	if places := markdownPlaces(f, markdownAlso); places != "" {
		parts = append(parts, places)
	}
	if fix := s.fix(f); fix != "" {
		parts = append(parts, fix)
	}
	return strings.Join(append(parts, "</details>"), "\n\n") + "\n\n"
}

// markdownIDs names the entries of a standard, if there are any.
func markdownIDs(name string, ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return name + codeSpan(strings.Join(ids, " "), 80)
}

// fix is how to close the finding. The catalogue's own text is Markdown; a text
// that is not the catalogue's, as from a report of another version, is quoted.
func (s *markdownSink) fix(f *finding.Finding) string {
	const longest = 8 << 10 // bytes
	rule, known := s.options.Rules.Find(f.Rule)
	switch {
	case f.Remediation == "":
		return ""
	case known && len(f.Remediation) <= longest && rule.Remediation(f.Stack) == f.Remediation:
		return "**How to fix**\n\n" + f.Remediation
	default:
		return "**How to fix**\n\n" + markdownFence(f.Remediation, longest)
	}
}

// Close implements finding.Sink.
func (s *markdownSink) Close() error {
	for _, e := range s.tally.rest() {
		s.fail(e)
	}
	var b strings.Builder
	s.top(&b)
	s.failures(&b)
	b.WriteString(markdownAudit(s.audit))
	s.suppressed(&b)
	s.details(&b)
	_, err := io.WriteString(s.out, strings.TrimRight(b.String(), "\n")+"\n")
	return err
}

func (s *markdownSink) top(b *strings.Builder) {
	fmt.Fprintf(b, "## blurt · %s\n\n", s.tally.found())
	if verdict := s.tally.verdict(); verdict != "" {
		fmt.Fprintf(b, "**%s**\n\n", verdict)
	}
	if place := s.tally.place(); place != "" {
		fmt.Fprintf(b, "%s · ", codeSpan(place, markdownURL))
	}
	fmt.Fprintf(b, "%s\n\n", s.tally.facts())
	if s.tally.findings() == 0 {
		return
	}
	b.WriteString("| Severity | Finding | Where | Confidence |\n|---|---|---|---|\n")
	rows := 0
	for _, severity := range finding.Severities() {
		for _, row := range s.groups[severity].rows[:min(len(s.groups[severity].rows), markdownRows-rows)] {
			b.WriteString(row)
			rows++
		}
	}
	b.WriteString("\n")
	if hidden := s.tally.findings() - rows; hidden > 0 {
		fmt.Fprintf(b, "… and %d more.\n\n", hidden)
	}
}

func (s *markdownSink) failures(b *strings.Builder) {
	if s.failed == 0 {
		return
	}
	fmt.Fprintf(b, "<details>\n<summary>Could not be examined: %s</summary>\n\n", plural(s.failed, "error"))
	for _, e := range s.errors {
		fmt.Fprintf(b, "- %s\n", codeSpan(join([]string{e.Target, e.Message}, ": "), markdownURL))
	}
	if hidden := s.failed - len(s.errors); hidden > 0 {
		fmt.Fprintf(b, "- … and %d more\n", hidden)
	}
	b.WriteString("\n</details>\n\n")
}

// suppressed lists what does not count, and why.
func (s *markdownSink) suppressed(b *strings.Builder) {
	if s.tally.silenced == 0 {
		return
	}
	fmt.Fprintf(b, "<details>\n<summary>Suppressed: %s</summary>\n\n%s", plural(s.tally.silenced, "finding"), strings.Join(s.quiet, ""))
	if hidden := s.tally.silenced - len(s.quiet); hidden > 0 {
		fmt.Fprintf(b, "- … and %d more\n", hidden)
	}
	b.WriteString("\n</details>\n\n")
}

// details writes the findings, the worst first, until there is no more room.
func (s *markdownSink) details(b *strings.Builder) {
	const reserve = 200 // bytes of the last line
	shown := 0
	for _, severity := range finding.Severities() {
		for _, detail := range s.groups[severity].details {
			if b.Len()+len(detail)+reserve > markdownLimit {
				continue
			}
			b.WriteString(detail)
			shown++
		}
	}
	if hidden := s.tally.findings() - shown; hidden > 0 {
		fmt.Fprintf(b, "The details of %s are left out for want of room: the JSON and HTML reports have them.\n", plural(hidden, "finding"))
	}
}
