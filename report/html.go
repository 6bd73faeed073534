package report

import (
	"bufio"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"slices"
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
	failed  int
	anchors map[string]int
}

func newHTML(w io.Writer, o Options) finding.Sink {
	page := template.Must(template.ParseFS(pageFiles, "page/page.html"))
	s := &htmlSink{
		out: bufio.NewWriter(w), options: o, page: page, tally: newTally(o), groups: map[finding.Severity]*spool{},
		kept: map[finding.Severity]int{}, counts: newHTMLCounts(), fixes: newHTMLFixes(page, o.Rules),
		surface: &htmlSurface{page: page}, anchors: map[string]int{},
	}
	for _, severity := range finding.Severities() {
		s.groups[severity] = &spool{}
	}
	return s
}

// Emit implements finding.Sink.
func (s *htmlSink) Emit(e finding.Event) error {
	s.tally.note(e)
	switch {
	case e.Finding != nil:
		return s.finding(e.Finding)
	case e.Target != nil:
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
	s.counts.add(f)
	if s.kept[severity] == htmlMaxGroup {
		return nil
	}
	s.kept[severity]++
	fix, err := s.fixes.add(f)
	if err != nil {
		return err
	}
	view := newHTMLFinding(f, s.anchor(f.Fingerprint), fix, s.options.Rules.Standards())
	return s.page.ExecuteTemplate(s.groups[severity], "finding", view)
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
	text := clean(join([]string{target, head(message, messageLength)}, ": "))
	_, err := fmt.Fprintf(&s.errors, "<li>%s</li>\n", template.HTMLEscapeString(text))
	return err
}

// Close implements finding.Sink.
func (s *htmlSink) Close() error {
	errs := []error{s.finish(), s.fixes.Close(), s.surface.rows.Close(), s.errors.Close()}
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
		s.failures,
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
	}{s.counts.shownCategories(), nil, s.tally.complete()}
	for _, severity := range finding.Severities() {
		if s.tally.counts[severity] > 0 {
			tools.Severities = append(tools.Severities, severity)
		}
	}
	if err := s.page.ExecuteTemplate(s.out, "tools", tools); err != nil {
		return err
	}
	for _, severity := range tools.Severities {
		count := s.tally.counts[severity]
		title := titleCase(severity) + ": " + plural(count, "finding")
		if hidden := count - s.kept[severity]; hidden > 0 {
			title += fmt.Sprintf(" (%d are left out here: the JSON report has all)", hidden)
		}
		view := struct{ Severity, Title string }{severity.String(), title}
		if err := s.page.ExecuteTemplate(s.out, "group", view); err != nil {
			return err
		}
		if _, err := s.groups[severity].WriteTo(s.out); err != nil {
			return err
		}
		fmt.Fprint(s.out, "</section>\n")
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

// htmlCounts counts findings by what the charts and the filters show.
type htmlCounts struct {
	categories map[finding.Category]int
	owasp      map[string]int
	pci        map[string]int
}

func newHTMLCounts() htmlCounts {
	return htmlCounts{map[finding.Category]int{}, map[string]int{}, map[string]int{}}
}

func (c htmlCounts) add(f *finding.Finding) {
	c.categories[f.Category]++
	for _, id := range f.OWASP {
		c.owasp[id]++
	}
	for _, id := range f.PCIDSS {
		c.pci[id]++
	}
}

func (c htmlCounts) shownCategories() []finding.Category {
	return slices.DeleteFunc(finding.Categories(), func(category finding.Category) bool { return c.categories[category] == 0 })
}
