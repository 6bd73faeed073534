package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"blurt/scanner/finding"
)

// terminalSink writes for people. A finding is rendered when it comes and waits,
// as text, in the spool of its severity: so the report is grouped from the worst
// down, and memory does not grow with the number of findings.
type terminalSink struct {
	out     *bufio.Writer
	options Options
	page    page
	groups  map[finding.Severity]*group
	surface *surfaceMap
	errors  *errorList
	start   *finding.Start
	done    *finding.Done
	// requests and targets are counted from the targets' own account.
	requests, targets int
	failing, known    int // findings that fail the run, and those of the baseline
	silenced          int // findings that are suppressed
	quiet             spool
}

// group is what was found at one severity.
type group struct {
	count         int
	list, details spool
	// first names the finding that explains a rule for a stack, so that later ones
	// refer to it.
	first map[string]string
}

func newTerminal(w io.Writer, o Options) finding.Sink {
	s := &terminalSink{
		out: bufio.NewWriter(w), options: o, page: newPage(o),
		groups: map[finding.Severity]*group{}, errors: &errorList{said: newSaidErrors()},
	}
	s.surface = newSurfaceMap(s.page, o.Verbose)
	for _, severity := range finding.Severities() {
		s.groups[severity] = &group{first: map[string]string{}}
	}
	return s
}

// Emit implements finding.Sink.
func (s *terminalSink) Emit(e finding.Event) error {
	switch {
	case e.Start != nil:
		s.start = e.Start
	case e.Finding != nil:
		return s.finding(e.Finding)
	case e.Target != nil:
		s.targets++
		s.requests += e.Target.Requests
		if s.options.Quiet {
			return nil
		}
		s.surface.add(e.Target.Surface)
		return s.trouble(e.Target)
	case e.Done != nil:
		s.done = e.Done
	}
	return nil
}

func (s *terminalSink) trouble(t *finding.Target) error {
	for _, trouble := range troubles(t) {
		if err := s.errors.add(t.URL, trouble, s.page); err != nil {
			return err
		}
	}
	return nil
}

// suppress puts a finding that does not count on a list of its own.
func (s *terminalSink) suppress(f *finding.Finding) error {
	s.silenced++
	if s.options.Quiet {
		return nil
	}
	lines := wrap(clean(join(judgements(f), " · ")), s.page.width-findingSubEdge)
	text := s.page.listLine(fmt.Sprintf("S%d", s.silenced), f)
	for _, line := range lines {
		text += strings.Repeat(" ", findingSubEdge) + s.page.faint(line) + "\n"
	}
	_, err := io.WriteString(&s.quiet, text)
	return err
}

func (s *terminalSink) finding(f *finding.Finding) error {
	if f.Suppressed != nil {
		return s.suppress(f)
	}
	g := s.groups[min(f.Severity, finding.Critical)]
	g.count++
	if s.options.Fails(f) {
		s.failing++
	}
	if s.options.knows(f) {
		s.known++
	}
	if s.options.Quiet {
		return nil
	}
	label := fmt.Sprintf("%c%d", upper(f.Severity)[0], g.count)
	if _, err := io.WriteString(&g.list, s.page.listLine(label, f)); err != nil {
		return err
	}
	topic := f.Rule + "\x00" + f.Remediation
	explained := g.first[topic]
	if explained == "" {
		g.first[topic] = label
	}
	view := findingView{page: s.page, label: label, explained: explained, verbose: s.options.Verbose}
	if rule, known := s.options.Rules.Find(f.Rule); known {
		view.why = rule.Why
	}
	_, err := io.WriteString(&g.details, view.render(f))
	return err
}

// Close implements finding.Sink.
func (s *terminalSink) Close() error {
	errs := []error{s.finish(), s.errors.Close(), s.quiet.Close()}
	for _, g := range s.groups {
		errs = append(errs, g.list.Close(), g.details.Close())
	}
	return errors.Join(errs...)
}

func (s *terminalSink) finish() error {
	if !s.options.Quiet {
		if err := s.body(); err != nil {
			return err
		}
	}
	s.summary()
	return s.out.Flush()
}

func (s *terminalSink) body() error {
	s.heading()
	for _, severity := range finding.Severities() {
		g := s.groups[severity]
		if g.count == 0 {
			continue
		}
		title := fmt.Sprintf("%s  %s", upper(severity), plural(g.count, "finding"))
		fmt.Fprintf(s.out, "%s\n", s.page.severity(severity, title))
		if _, err := g.list.WriteTo(s.out); err != nil {
			return err
		}
		fmt.Fprintln(s.out)
	}
	for _, severity := range finding.Severities() {
		if _, err := s.groups[severity].details.WriteTo(s.out); err != nil {
			return err
		}
	}
	if s.silenced > 0 {
		fmt.Fprintf(s.out, "%s\n", s.page.faint("SUPPRESSED  "+plural(s.silenced, "finding")))
		if _, err := s.quiet.WriteTo(s.out); err != nil {
			return err
		}
		fmt.Fprintln(s.out)
	}
	if err := s.surface.writeTo(s.out); err != nil {
		return err
	}
	if s.done != nil {
		for _, e := range s.done.Errors {
			if err := s.errors.add(e.Target, e.Message, s.page); err != nil {
				return err
			}
		}
	}
	return s.errors.writeTo(s.out, s.page)
}

func (s *terminalSink) heading() {
	if s.start == nil {
		return
	}
	text := clean(fmt.Sprintf("%s %s   scan %s   seed %s", s.start.Tool.Name, s.start.Tool.Version, s.start.ScanID, s.start.Seed))
	fmt.Fprintf(s.out, "%s\n\n", s.page.faint(shorten(text, s.page.width)))
}

// summary writes the last lines: what was found, what was done, and how that
// stands to the gate.
func (s *terminalSink) summary() {
	total := 0
	var parts []string
	for _, severity := range finding.Severities() {
		n := s.groups[severity].count
		total += n
		if n > 0 {
			parts = append(parts, s.page.severity(severity, fmt.Sprintf("%d %s", n, severity)))
		}
	}
	found := "No findings"
	if total > 0 {
		found = plural(total, "finding") + ": " + join(parts, ", ")
	}
	found += asides(s.known, s.silenced)
	requests, state := s.requests, s.page.warn("INCOMPLETE, the scan was cut short")
	complete := s.done != nil && s.done.Complete
	switch {
	case complete:
		requests, state = s.done.Requests, "complete"
	case s.done != nil:
		requests, state = s.done.Requests, s.page.warn("INCOMPLETE, "+plural(len(s.done.Errors), "error"))
	}
	facts := []string{plural(requests, "request"), plural(s.targets, "endpoint")}
	if took := s.took(); took > 0 {
		facts = append(facts, took.String())
	}
	fmt.Fprintf(s.out, "%s\n%s\n", found, join(append(facts, state), " · "))
	if s.options.Gate == nil {
		return
	}
	text := s.options.verdict(s.failing, complete)
	switch {
	case s.failing > 0:
		text = s.page.severity(*s.options.Gate, text)
	case !complete:
		text = s.page.warn(text)
	default:
		text = s.page.good(text)
	}
	fmt.Fprintf(s.out, "%s\n", text)
}

func (s *terminalSink) took() time.Duration {
	if s.start == nil || s.done == nil {
		return 0
	}
	return s.done.Finished.Sub(s.start.Started).Round(100 * time.Millisecond)
}
