package report

import (
	"fmt"
	"io"
	"strings"
)

// WriteJSON writes the difference for tools.
func (d SurfaceDifference) WriteJSON(w io.Writer) error {
	text, err := encode(d, "")
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// WriteText writes the difference for people.
func (d SurfaceDifference) WriteText(w io.Writer) error {
	var b strings.Builder
	for _, part := range []struct {
		title string
		list  []Opening
	}{{"Opened", d.Opened}, {"Closed", d.Closed}, {"Changed", d.Changed}} {
		if len(part.list) == 0 {
			continue
		}
		fmt.Fprintf(&b, "%s: %s\n", part.title, plural(len(part.list), "cell"))
		for _, o := range part.list {
			fmt.Fprintf(&b, "  %s\n", o.line())
		}
		b.WriteByte('\n')
	}
	if len(d.Unknown) > 0 {
		fmt.Fprintf(&b, "Not asked again: %s\n", plural(len(d.Unknown), "cell"))
		for _, place := range d.Unknown {
			fmt.Fprintf(&b, "  %s\n", place.line())
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%d opened, %d closed, %d changed, %d not asked again, %d the same\n",
		len(d.Opened), len(d.Closed), len(d.Changed), len(d.Unknown), d.Same)
	if !d.Complete {
		b.WriteString("The newer report is of an incomplete scan.\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (p Place) line() string {
	text := p.Method + " " + p.URL + "  as " + p.Identity
	if p.Way != "" {
		text += ", " + p.Way
	}
	return clean(text)
}

func (o Opening) line() string {
	was := string(o.Was)
	if was == "" {
		was = "not known"
	}
	text := o.Place.line() + ": " + clean(was) + " → " + clean(string(o.Is))
	if o.Status != 0 {
		text += fmt.Sprintf(" %d", o.Status)
	}
	if o.Detail != "" {
		text += clean(" (" + o.Detail + ")")
	}
	return text
}
