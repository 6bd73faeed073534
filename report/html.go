package report

import (
	"bufio"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"strings"

	"blurt/scanner/finding"
)

//go:embed page/page.html page/style.css page/script.js
var pageFiles embed.FS

const (
	htmlMaxGroup  = 10_000 // findings of a severity
	htmlMaxRows   = 5_000  // of the surface
	htmlMaxErrors = 1_000
)

// htmlSink writes one page that needs nothing else: style and script are in it, a
// content security policy allows no more than these two by their hashes, and no
// image, font, form or request at all. It can be read, searched in and printed
// without the script too.
//
// A finding is rendered when it comes and waits in the spool of its severity.
type htmlSink struct {
	out     *bufio.Writer
	options Options
	page    *template.Template
	tally   *tally
	groups  map[finding.Severity]*spool
	kept    map[finding.Severity]int
	counts  htmlCounts
	fixes   *htmlFixes
	surface *htmlSurface
	errors  spool
	quiet   spool // suppressed findings
	// quietCounts are of the suppressed findings: the filters know them, too.
	quietCounts htmlCounts
	quietKinds  map[finding.Severity]bool
	failed      int
	anchors     map[string]int
	audit       *htmlAudit
	known       *htmlProducts
}

func newHTML(w io.Writer, o Options) finding.Sink {
	page := template.Must(template.ParseFS(pageFiles, "page/page.html"))
	s := &htmlSink{
		out: bufio.NewWriter(w), options: o, page: page, tally: newTally(o), groups: map[finding.Severity]*spool{},
		kept: map[finding.Severity]int{}, counts: newHTMLCounts(), fixes: newHTMLFixes(page, o.Rules),
		surface: &htmlSurface{page: page}, anchors: map[string]int{},
		quietCounts: newHTMLCounts(), quietKinds: map[finding.Severity]bool{},
		audit: newHTMLAudit(page, o.Rules), known: newHTMLProducts(page),
	}
	for _, severity := range finding.Severities() {
		s.groups[severity] = &spool{}
	}
	return s
}

// Emit implements finding.Sink.
func (s *htmlSink) Emit(e finding.Event) error {
	s.tally.note(e)
	s.audit.note(e)
	switch {
	case e.Finding != nil:
		return s.finding(e.Finding)
	case e.Target != nil:
		s.known.note(e.Target)
		for _, trouble := range troubles(e.Target) {
			if err := s.fail(e.Target.URL, trouble); err != nil {
				return err
			}
		}
		return s.surface.add(e.Target.Surface)
	}
	return nil
}

func (s *htmlSink) finding(f *finding.Finding) error {
	severity := min(f.Severity, finding.Critical)
	into := s.groups[severity]
	if f.Suppressed != nil {
		into = &s.quiet
		s.quietCounts.add(f)
		s.quietKinds[severity] = true
		if s.tally.silenced > htmlMaxGroup {
			return nil
		}
	} else {
		s.counts.add(f)
		if s.kept[severity] == htmlMaxGroup {
			return nil
		}
		s.kept[severity]++
	}
	fix, err := s.fixes.add(f)
	if err != nil {
		return err
	}
	anchor := s.anchor(f.Fingerprint)
	s.surface.link(f.URL, htmlLink{anchor, shorten(cell(titleOf(f)), 100)})
	if f.Suppressed == nil {
		s.audit.link(f.Rule, anchor)
	}
	view := newHTMLFinding(f, anchor, fix, s.options.Rules.Standards())
	return s.page.ExecuteTemplate(into, "finding", view)
}

// anchor is the fragment of a finding's permalink. Fingerprints are hexadecimal;
// whatever else stands in one is left out, and no two findings share an anchor.
func (s *htmlSink) anchor(fingerprint string) string {
	const longest = 64
	kept := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, fingerprint)
	id := "f-" + kept[:min(len(kept), longest)]
	s.anchors[id]++
	if n := s.anchors[id]; n > 1 {
		return fmt.Sprintf("%s-%d", id, n)
	}
	return id
}

func (s *htmlSink) fail(target, message string) error {
	if message == "" {
		return nil
	}
	s.failed++
	if s.failed > htmlMaxErrors {
		return nil
	}
	text := join([]string{cell(target), clean(head(message, messageLength))}, ": ")
	_, err := fmt.Fprintf(&s.errors, "<li>%s</li>\n", template.HTMLEscapeString(text))
	return err
}

// Close implements finding.Sink.
func (s *htmlSink) Close() error {
	errs := []error{s.finish(), s.fixes.Close(), s.surface.Close(), s.errors.Close(), s.quiet.Close()}
	for _, group := range s.groups {
		errs = append(errs, group.Close())
	}
	return errors.Join(errs...)
}

func (s *htmlSink) finish() error {
	for _, e := range s.tally.rest() {
		if err := s.fail(e.Target, e.Message); err != nil {
			return err
		}
	}
	style, script, policy, err := pageParts()
	if err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return s.page.ExecuteTemplate(s.out, "head", s.top(style, policy)) },
		s.list,
		func() error { return s.surface.writeTo(s.out) },
		func() error { return s.known.writeTo(s.out) },
		s.failures,
		func() error { return s.audit.writeTo(s.out) },
		func() error { return s.fixes.writeTo(s.out) },
		func() error { return s.page.ExecuteTemplate(s.out, "foot", script) },
		s.out.Flush,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// list writes the findings, grouped by severity.
func (s *htmlSink) list() error {
	tools := struct {
		Categories []finding.Category
		Severities []finding.Severity
		Complete   bool
	}{s.counts.shownCategories(s.quietCounts), nil, s.tally.complete()}
	for _, severity := range finding.Severities() {
		if s.tally.counts[severity] > 0 || s.quietKinds[severity] {
			tools.Severities = append(tools.Severities, severity)
		}
	}
	if err := s.page.ExecuteTemplate(s.out, "tools", tools); err != nil {
		return err
	}
	for _, severity := range tools.Severities {
		count := s.tally.counts[severity]
		if count == 0 {
			continue
		}
		title := titleCase(severity) + ": " + plural(count, "finding")
		if hidden := count - s.kept[severity]; hidden > 0 {
			title += fmt.Sprintf(" (%d are left out here: the JSON report has all)", hidden)
		}
		if err := s.group(severity.String(), title, s.groups[severity]); err != nil {
			return err
		}
	}
	if n := s.tally.silenced; n > 0 {
		if err := s.group("suppressed", "Suppressed: "+plural(n, "finding"), &s.quiet); err != nil {
			return err
		}
	}
	_, err := fmt.Fprint(s.out, "</section>\n")
	return err
}

// group writes findings under a heading.
func (s *htmlSink) group(id, title string, findings *spool) error {
	view := struct{ Severity, Title string }{id, title}
	if err := s.page.ExecuteTemplate(s.out, "group", view); err != nil {
		return err
	}
	if _, err := findings.WriteTo(s.out); err != nil {
		return err
	}
	_, err := fmt.Fprint(s.out, "</section>\n")
	return err
}

func (s *htmlSink) failures() error {
	if s.failed == 0 {
		return nil
	}
	if err := s.page.ExecuteTemplate(s.out, "errors", nil); err != nil {
		return err
	}
	if _, err := s.errors.WriteTo(s.out); err != nil {
		return err
	}
	if hidden := s.failed - htmlMaxErrors; hidden > 0 {
		fmt.Fprintf(s.out, "<li>… and %d more: the JSON report lists all</li>\n", hidden)
	}
	_, err := fmt.Fprint(s.out, "</ul>\n</section>\n")
	return err
}

// htmlTop is what the page starts with.
type htmlTop struct {
	Style                               template.CSS
	Policy                              string
	Place, Found, Facts, Verdict, Class string
	Tool, ScanID, Seed, Started         string
	Complete                            bool
	Charts                              []htmlChart
}

func (s *htmlSink) top(style template.CSS, policy string) htmlTop {
	found := s.tally.found()
	top := htmlTop{
		Style: style, Policy: policy, Place: s.tally.place(), Found: strings.ToUpper(found[:1]) + found[1:], Facts: s.tally.facts(),
		Verdict: s.tally.verdict(), Complete: s.tally.complete(), Tool: cell(join([]string{s.tally.tool().Name, s.tally.tool().Version}, " ")),
		Charts: s.counts.charts(s.tally.counts, s.options.Rules.Standards()),
	}
	switch {
	case s.options.Gate == nil:
	case s.tally.failing > 0:
		top.Class = "bad"
	case !s.tally.complete():
		top.Class = "unsure"
	default:
		top.Class = "good"
	}
	if start := s.tally.start; start != nil {
		top.ScanID, top.Seed = cell(start.ScanID), cell(start.Seed)
		if !start.Started.IsZero() {
			top.Started = start.Started.UTC().Format("2006-01-02 15:04:05 UTC")
		}
	}
	return top
}
