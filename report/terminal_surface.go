package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"blurt/scanner/finding"
)

// shownRows is how many rows of the surface, and how many errors, are shown
// unless the report is verbose.
const shownRows = 40

// surfaceMap collects which layer answered whom, a row for a method and URL.
type surfaceMap struct {
	page
	spool
	all          bool
	rows, hidden int
}

func (m *surfaceMap) add(cells []finding.Surface) error {
	for len(cells) > 0 {
		n := 1
		for n < len(cells) && cells[n].URL == cells[0].URL && cells[n].Method == cells[0].Method {
			n++
		}
		if err := m.row(cells[:n]); err != nil {
			return err
		}
		cells = cells[n:]
	}
	return nil
}

func (m *surfaceMap) row(cells []finding.Surface) error {
	m.rows++
	if !m.all && m.rows > shownRows {
		m.hidden++
		return nil
	}
	const indent = 2
	verdicts := sameVerdicts(cells)
	for i, verdict := range verdicts {
		if utf8.RuneCountInString(verdict) <= m.width-3*indent-2 {
			verdicts[i] = strings.ReplaceAll(verdict, " ", unbroken)
		}
	}
	if worth := worthProtecting(cells); worth != "" {
		verdicts = append(verdicts, cell(worth))
	}
	head := shortenMiddle(clean(cells[0].Method+" "+cells[0].URL), m.width-indent)
	tail := strings.Join(verdicts, " · ")
	var b strings.Builder
	if indent+utf8.RuneCountInString(head)+2+utf8.RuneCountInString(tail) <= m.width {
		block(&b, indent, []string{head + "  " + strings.ReplaceAll(tail, unbroken, " ")})
	} else {
		block(&b, indent, []string{head})
		block(&b, 2*indent+2, wrap(tail, m.width-2*indent-2))
	}
	_, err := io.WriteString(&m.spool, b.String())
	return err
}

// sameVerdicts tells the cells of a row, those that fared alike together:
// "none, self-signed proxy-refused 403 (nginx)".
func sameVerdicts(cells []finding.Surface) []string {
	var how []string
	who := make(map[string][]string)
	for _, c := range cells {
		verdict := clean(string(c.Verdict))
		if c.Status != 0 {
			verdict += fmt.Sprintf(" %d", c.Status)
		}
		if c.Detail != "" {
			verdict += " (" + cell(c.Detail) + ")"
		}
		name := cell(c.Identity)
		if c.Way != "" {
			name += " by " + cell(c.Way)
		}
		if _, again := who[verdict]; !again {
			how = append(how, verdict)
		}
		who[verdict] = append(who[verdict], name)
	}
	for i, verdict := range how {
		how[i] = strings.Join(who[verdict], ", ") + " " + verdict
	}
	return how
}

// worthProtecting says why a row that is open to strangers should perhaps not be.
func worthProtecting(cells []finding.Surface) string {
	for _, c := range cells {
		if c.Verdict == finding.Open && c.Status >= 200 && c.Status < 300 && c.Identity != callerIdentity && c.Sensitivity == "high" && len(c.Why) > 0 {
			return "open, and looks worth protecting: " + c.Why[0]
		}
	}
	return ""
}

func (m *surfaceMap) writeTo(w io.Writer) error {
	if m.rows == 0 {
		return nil
	}
	fmt.Fprintf(w, "%s\n", m.bold("Who was answered by which layer"))
	if _, err := m.spool.WriteTo(w); err != nil {
		return err
	}
	return more(w, m.hidden)
}

// errorList collects what could not be done.
type errorList struct {
	spool
	said          *saidErrors
	count, hidden int
}

func (l *errorList) add(target, message string, p page) error {
	if message == "" || l.said.has(target, message) {
		return nil
	}
	l.said.add(target, message)
	l.count++
	if l.count > shownRows {
		l.hidden++
		return nil
	}
	text := clean(head(message, messageLength))
	if target != "" {
		text = cell(target) + ": " + text
	}
	lines := wrap(text, p.width-4)
	var b strings.Builder
	block(&b, 2, lines[:min(len(lines), 1)])
	block(&b, 4, lines[min(len(lines), 1):])
	_, err := io.WriteString(&l.spool, b.String())
	return err
}

func (l *errorList) writeTo(w io.Writer, p page) error {
	if l.count == 0 {
		return nil
	}
	fmt.Fprintf(w, "%s\n", p.warn("Could not be examined ("+plural(l.count, "error")+")"))
	if _, err := l.spool.WriteTo(w); err != nil {
		return err
	}
	return more(w, l.hidden)
}

func more(w io.Writer, hidden int) error {
	text := "\n"
	if hidden > 0 {
		text = fmt.Sprintf("  … and %d more: the JSON report lists all\n\n", hidden)
	}
	_, err := io.WriteString(w, text)
	return err
}
