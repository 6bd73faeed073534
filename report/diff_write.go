package report

import (
	"fmt"
	"io"
	"strings"

	"blurt/scanner/finding"
)

// Worse counts the findings from a severity up that are new or got worse.
func (d Difference) Worse(from finding.Severity) int {
	n := 0
	for _, entry := range d.New {
		if entry.Severity >= from {
			n++
		}
	}
	for _, change := range d.Changed {
		if change.Severity >= from && change.Severity > change.Was {
			n++
		}
	}
	return n
}

// WriteJSON writes the difference for tools.
func (d Difference) WriteJSON(w io.Writer) error {
	text, err := encode(d, "")
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// WriteText writes the difference for people.
func (d Difference) WriteText(w io.Writer) error {
	var b strings.Builder
	for _, part := range []struct {
		title string
		list  []Entry
	}{{"New", d.New}, {"Fixed", d.Fixed}, {"Not seen, but not examined again either", d.Unknown}} {
		if len(part.list) == 0 {
			continue
		}
		fmt.Fprintf(&b, "%s: %s\n", part.title, plural(len(part.list), "finding"))
		for _, entry := range part.list {
			fmt.Fprintf(&b, "  %s\n", entry.line(entry.Severity.String()))
		}
		b.WriteByte('\n')
	}
	if len(d.Changed) > 0 {
		fmt.Fprintf(&b, "Changed: %s\n", plural(len(d.Changed), "finding"))
		for _, change := range d.Changed {
			fmt.Fprintf(&b, "  %s\n", change.line(change.Was.String()+" → "+change.Severity.String()))
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%d new, %d fixed, %d unknown, %d changed, %d the same\n", len(d.New), len(d.Fixed), len(d.Unknown), len(d.Changed), d.Same)
	if d.Suppressed > 0 {
		fmt.Fprintf(&b, "%s of the newer report suppressed\n", plural(d.Suppressed, "finding"))
	}
	if !d.Complete {
		b.WriteString("The newer report is of an incomplete scan.\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// line is an entry on a line of a terminal.
func (e Entry) line(severity string) string {
	return clean(pad(severity, 8) + "  " + e.Rule + "  " + e.URL + "  [" + e.Fingerprint + "]")
}
