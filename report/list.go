package report

import (
	"fmt"
	"io"
)

// list writes the elements of a JSON array one by one.
type list struct {
	out    io.Writer
	prefix string
	begun  bool
}

func (l *list) add(v any) error {
	text, err := encode(v, l.prefix)
	if err != nil {
		return err
	}
	if l.begun {
		if _, err := io.WriteString(l.out, ","); err != nil {
			return err
		}
	}
	l.begun = true
	_, err = fmt.Fprintf(l.out, "\n%s%s", l.prefix, text)
	return err
}

// end closes the array; the prefix is that of its closing bracket.
func (l *list) end(prefix string) error {
	closing := "]"
	if l.begun {
		closing = "\n" + prefix + "]"
	}
	_, err := io.WriteString(l.out, closing)
	return err
}

// spooled is a list that waits.
type spooled struct {
	spool
	list
}

func newSpooled(prefix string) *spooled {
	s := &spooled{list: list{prefix: prefix}}
	s.list.out = &s.spool
	return s
}

func (s *spooled) copyTo(w io.Writer, prefix string) error {
	if err := s.list.end(prefix); err != nil {
		return err
	}
	_, err := s.spool.WriteTo(w)
	return err
}
