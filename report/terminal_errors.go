package report

import (
	"fmt"
	"io"
	"strings"
)

// shownErrors is how many errors are shown.
const shownErrors = 40

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
	if l.count > shownErrors {
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
