package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"blurt/scanner/finding"
)

const (
	shownItems      = 4   // leaked items of a category, unless verbose
	shownExcerpt    = 12  // lines of an excerpt, unless verbose
	verboseLines    = 200 // lines of an excerpt or a message when verbose
	shownPlaces     = 5   // further places of a finding, unless verbose
	shownURL        = 500 // characters of a URL
	findingIndent   = 4
	findingSubEdge  = 6
	tableIndent     = 2
	messageLength   = 2 << 10 // bytes
	reproduceLength = 8 << 10 // bytes
)

// findingView renders one finding.
type findingView struct {
	page
	label     string
	why       string
	explained string // the finding that explains the same, if any
	verbose   bool
}

func (v findingView) render(f *finding.Finding) string {
	var b strings.Builder
	v.header(&b, f)
	v.leaked(&b, f.Evidence.Leaked)
	v.excerpt(&b, f.Evidence)
	if v.verbose {
		v.message(&b, "Request", f.Evidence.Request)
		v.message(&b, "Response", f.Evidence.Response)
		v.message(&b, "Control", f.Evidence.Control)
	}
	v.places(&b, f)
	if f.Reproduce != "" {
		v.section(&b, "See it again", cleanLines(head(f.Reproduce, reproduceLength)))
	}
	v.explanation(&b, f)
	b.WriteByte('\n')
	return b.String()
}

func (v findingView) header(b *strings.Builder, f *finding.Finding) {
	rule := strings.Repeat("─", v.width)
	fmt.Fprintf(b, "%s\n%s  %s\n", v.faint(rule), v.severity(f.Severity, v.label+"  "+upper(f.Severity)), v.bold(cell(titleOf(f))))
	inner := v.width - findingIndent
	block(b, findingIndent, []string{shortenMiddle(clean(f.Method+" "+f.URL), shownURL)})
	facts := []string{
		"rule " + cell(f.Rule), f.Confidence.String(), named("identity ", cell(f.Identity)),
		named("probe ", join([]string{cell(f.Probe), cell(f.Changes)}, ": ")),
	}
	block(b, findingIndent, wrap(join(facts, " · "), inner))
	standards := []string{
		named("OWASP ", strings.Join(f.OWASP, " ")), strings.Join(f.CWE, " "),
		named("PCI DSS ", strings.Join(f.PCIDSS, " ")), f.CVSS,
	}
	block(b, findingIndent, wrap(clean(join(standards, " · ")), inner))
	b.WriteByte('\n')
	block(b, findingIndent, wrap(clean(head(f.Message, messageLength)), inner))
	for _, said := range judgements(f) {
		block(b, findingIndent, wrap(clean(said), inner))
	}
}

// leaked lists what the finding gives away by category, the worst first. Each
// category shows its first items, so that none is crowded out by another.
func (v findingView) leaked(b *strings.Builder, items []finding.Leaked) {
	if len(items) == 0 {
		return
	}
	by := map[finding.Category][]finding.Leaked{}
	for _, item := range items {
		by[item.Category] = append(by[item.Category], item)
	}
	var lines []string
	for _, category := range finding.Categories() {
		all := by[category]
		if len(all) == 0 {
			continue
		}
		shown := all
		if !v.verbose {
			shown = all[:min(len(all), shownItems)]
		}
		lines = append(lines, fmt.Sprintf("%s (%d)", category, len(all)))
		lines = append(lines, v.table(shown, v.width-findingSubEdge-tableIndent)...)
		if hidden := len(all) - len(shown); hidden > 0 {
			lines = append(lines, fmt.Sprintf("  … and %d more: --verbose shows all", hidden))
		}
	}
	v.section(b, "What it gives away", lines)
}

// table lays out name, value and location. The value takes what the others leave.
func (v findingView) table(items []finding.Leaked, width int) []string {
	rows := make([][3]string, len(items))
	var widest [3]int
	for i, item := range items {
		rows[i] = [3]string{cell(item.Name), cell(item.Value), cell(item.Location)}
		for j, text := range rows[i] {
			widest[j] = max(widest[j], utf8.RuneCountInString(text))
		}
	}
	const gaps = 4
	location := min(widest[2], width/4)
	name := min(widest[0], (width-location-gaps)/2)
	value := min(widest[1], width-location-name-gaps)
	lines := make([]string, len(rows))
	for i, row := range rows {
		line := pad(shortenMiddle(row[0], name), name) + "  " + pad(shortenMiddle(row[1], value), value) + "  " + shorten(row[2], location)
		lines[i] = strings.Repeat(" ", tableIndent) + strings.TrimRight(line, " ")
	}
	return lines
}

// cell cleans text of a table, of which no more than this could ever be shown.
func cell(s string) string {
	const longest = 1 << 10
	if len(s) > longest {
		s = s[:longest/2] + "…" + s[len(s)-longest/2:]
	}
	return clean(s)
}

func (v findingView) excerpt(b *strings.Builder, e finding.Evidence) {
	if e.Excerpt == "" {
		return
	}
	v.section(b, join([]string{"Evidence", cell(e.Location)}, ", "), v.quote(e.Excerpt, shownExcerpt))
}

// quote puts a bar before each line that a target wrote.
func (v findingView) quote(text string, limit int) []string {
	if v.verbose {
		limit = verboseLines
	}
	lines := cleanLines(head(text, limit*v.width*2))
	hidden := len(lines) - limit
	if hidden > 0 {
		lines = lines[:limit]
	}
	for i, line := range lines {
		lines[i] = strings.TrimRight("│ "+shorten(line, v.width-findingSubEdge-2), " ")
	}
	if hidden > 0 {
		lines = append(lines, "│ …")
	}
	return lines
}

func (v findingView) message(b *strings.Builder, title string, m *finding.Message) {
	if m == nil {
		return
	}
	var text strings.Builder
	if m.Method != "" {
		fmt.Fprintf(&text, "%s %s %s\n", clean(m.Method), clean(m.Target), clean(m.Version))
	} else {
		fmt.Fprintf(&text, "%s %d %s\n", clean(m.Version), m.Status, clean(m.Reason))
	}
	for _, f := range m.Fields {
		fmt.Fprintf(&text, "%s: %s\n", clean(f.Name), clean(f.Value))
	}
	if m.Body != "" {
		fmt.Fprintf(&text, "\n%s", m.Body)
	}
	lines := v.quote(text.String(), verboseLines)
	if m.Cut {
		lines = append(lines, "│ … cut")
	}
	v.section(b, title, lines)
}

// places lists where else the same was seen; the URL is said where it differs.
func (v findingView) places(b *strings.Builder, f *finding.Finding) {
	all := f.Occurrences
	if len(all) == 0 {
		return
	}
	shown := all
	if !v.verbose {
		shown = all[:min(len(all), shownPlaces)]
	}
	lines := make([]string, 0, len(shown)+1)
	for _, o := range shown {
		url := o.URL
		if url == f.URL {
			url = ""
		}
		text := join([]string{join([]string{o.Method, url}, " "), o.Probe, head(o.Message, messageLength)}, " · ")
		lines = append(lines, shorten(clean(text), v.width-findingSubEdge))
	}
	if hidden := len(all) - len(shown); hidden > 0 {
		lines = append(lines, fmt.Sprintf("… and %d more: --verbose shows all", hidden))
	}
	if f.OccurrencesOmitted > 0 {
		lines = append(lines, fmt.Sprintf("… and %d more that no report lists", f.OccurrencesOmitted))
	}
	v.section(b, "Seen also by", lines)
}

func (v findingView) explanation(b *strings.Builder, f *finding.Finding) {
	if v.explained != "" {
		v.section(b, "Why it matters, and how to fix it: see "+v.explained, nil)
		return
	}
	inner := v.width - findingSubEdge
	if v.why != "" {
		v.section(b, "Why it matters", v.markdownLines(v.why, inner))
	}
	if f.Remediation == "" {
		return
	}
	title := "How to fix"
	if len(f.Stack) > 0 {
		title += ", here with " + cell(strings.Join(f.Stack, ", "))
	}
	v.section(b, title, v.markdownLines(f.Remediation, inner))
}

func (v findingView) section(b *strings.Builder, title string, lines []string) {
	b.WriteByte('\n')
	block(b, findingIndent, []string{v.bold(shorten(title, v.width-findingIndent))})
	block(b, findingSubEdge, lines)
}

func named(name, value string) string {
	if value == "" {
		return ""
	}
	return name + value
}
