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
	var verdicts []string
	for _, c := range cells {
		verdict := clean(c.Identity) + " " + clean(string(c.Verdict))
		if c.Status != 0 {
			verdict += fmt.Sprintf(" %d", c.Status)
		}
		if c.Detail != "" {
			verdict += " (" + clean(c.Detail) + ")"
		}
		verdicts = append(verdicts, strings.ReplaceAll(verdict, " ", unbroken))
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
	text := head(message, messageLength)
	if target != "" {
		text = target + ": " + text
	}
	lines := wrap(clean(text), p.width-4)
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
