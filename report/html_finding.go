package report

import (
	"fmt"
	"slices"
	"strings"

	"blurt/report/rules"
	"blurt/scanner/finding"
)

const (
	htmlMaxText   = 8 << 10 // bytes of an excerpt, a body or a command
	htmlMaxLeaked = 250
	htmlMaxFields = 100
	htmlMaxAlso   = 50
	htmlMaxMarks  = 100
)

// htmlFinding is a finding as the page shows it. All text in it is clean.
type htmlFinding struct {
	ID, Severity, Category, Title, Place, Confidence, Message string
	Facts                                                     []htmlFact
	Leaked                                                    []finding.Leaked
	LeakedCount                                               int
	Location                                                  string
	Excerpt                                                   []htmlText
	Messages                                                  []htmlMessage
	Reproduce                                                 string
	Also                                                      []string
	Fix                                                       string
}

type htmlFact struct{ Name, Value string }

// htmlText is a piece of text that is highlighted or not.
type htmlText struct {
	Text   string
	Marked bool
}

type htmlMessage struct {
	Title string
	Text  []htmlText
}

func newHTMLFinding(f *finding.Finding, id, fix string, s rules.Standards) htmlFinding {
	marks := valuesToMark(f.Evidence.Leaked)
	view := htmlFinding{
		ID: id, Severity: min(f.Severity, finding.Critical).String(), Category: string(f.Category), Title: cell(titleOf(f)),
		Place: shortenMiddle(cell(f.Method+" "+f.URL), shownURL), Confidence: f.Confidence.String(), Message: clean(head(f.Message, messageLength)),
		Facts: htmlFacts(f, s), LeakedCount: len(f.Evidence.Leaked), Location: cell(f.Evidence.Location),
		Reproduce: preformatted(f.Reproduce), Fix: fix,
	}
	for _, item := range f.Evidence.Leaked[:min(len(f.Evidence.Leaked), htmlMaxLeaked)] {
		view.Leaked = append(view.Leaked, finding.Leaked{
			Category: item.Category, Name: cell(item.Name), Value: cell(item.Value), Location: cell(item.Location),
		})
	}
	if f.Evidence.Excerpt != "" {
		view.Excerpt = highlight(preformatted(f.Evidence.Excerpt), marks)
	}
	for _, part := range []struct {
		title   string
		message *finding.Message
	}{{"Request", f.Evidence.Request}, {"Response", f.Evidence.Response}, {"Answer to the benign request", f.Evidence.Control}} {
		if part.message != nil {
			view.Messages = append(view.Messages, htmlMessage{part.title, highlight(messageText(part.message), marks)})
		}
	}
	for _, o := range f.Occurrences[:min(len(f.Occurrences), htmlMaxAlso)] {
		view.Also = append(view.Also, cell(join([]string{join([]string{o.Method, o.URL}, " "), o.Probe, o.Message}, " · ")))
	}
	if hidden := len(f.Occurrences) + f.OccurrencesOmitted - len(view.Also); hidden > 0 {
		view.Also = append(view.Also, fmt.Sprintf("and %d more", hidden))
	}
	return view
}

func htmlFacts(f *finding.Finding, s rules.Standards) []htmlFact {
	var facts []htmlFact
	for _, said := range judgements(f) {
		name, text, _ := strings.Cut(said, ": ")
		facts = append(facts, htmlFact{cell(name), cell(text)})
	}
	for _, fact := range []htmlFact{
		{"Rule", f.Rule}, {"Category", string(f.Category)}, {"Asked as", f.Identity}, {"Probe", join([]string{f.Probe, f.Changes}, ": ")},
		{"Products seen", strings.Join(f.Stack, ", ")}, {"OWASP API", nameAll(f.OWASP, s.OWASP2023)}, {"Weakness", nameAll(f.CWE, s.CWE)},
		{"PCI DSS", nameAll(f.PCIDSS, s.PCIDSS)}, {"CVSS", f.CVSS}, {"Fingerprint", f.Fingerprint},
	} {
		if fact.Value != "" {
			facts = append(facts, htmlFact{fact.Name, cell(fact.Value)})
		}
	}
	return facts
}

// nameAll writes the name of each entry after it.
func nameAll(ids []string, names map[string]string) string {
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = join([]string{id, names[id]}, " ")
	}
	return strings.Join(parts, "; ")
}

// preformatted cleans text whose lines are kept.
func preformatted(text string) string {
	lines := cleanLines(head(text, htmlMaxText))
	for i, line := range lines {
		lines[i] = guard(line)
	}
	return strings.Join(lines, "\n")
}

// messageText writes a message as it went over the wire, more or less.
func messageText(m *finding.Message) string {
	var b strings.Builder
	if m.Method != "" {
		fmt.Fprintf(&b, "%s %s %s\n", cell(m.Method), cell(m.Target), cell(m.Version))
	} else {
		fmt.Fprintf(&b, "%s %d %s\n", cell(m.Version), m.Status, cell(m.Reason))
	}
	for _, f := range m.Fields[:min(len(m.Fields), htmlMaxFields)] {
		fmt.Fprintf(&b, "%s\n", guard(cell(f.Name)+": "+cell(f.Value)))
	}
	if m.Body != "" {
		fmt.Fprintf(&b, "\n%s", preformatted(m.Body))
	}
	if m.Cut {
		b.WriteString("\n… cut")
	}
	return guard(b.String())
}

// valuesToMark are the values worth finding in the evidence, the longest first.
func valuesToMark(items []finding.Leaked) []string {
	const shortest, longest = 4, 1 << 10 // bytes
	var values []string
	for _, item := range items {
		if value := clean(head(item.Value, longest)); len(value) >= shortest && len(values) < htmlMaxMarks && !slices.Contains(values, value) {
			values = append(values, value)
		}
	}
	slices.SortStableFunc(values, func(a, b string) int { return len(b) - len(a) })
	return values
}

// highlight cuts text at the values that stand in it.
func highlight(text string, values []string) []htmlText {
	marked := make([]bool, len(text))
	for _, value := range values {
		for at := 0; ; {
			i := strings.Index(text[at:], value)
			if i < 0 {
				break
			}
			at += i
			for j := range len(value) {
				marked[at+j] = true
			}
			at += len(value)
		}
	}
	var parts []htmlText
	start := 0
	for i := 1; i <= len(text); i++ {
		if i == len(text) || marked[i] != marked[start] {
			parts = append(parts, htmlText{text[start:i], marked[start]})
			start = i
		}
	}
	return parts
}
