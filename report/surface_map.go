package report

import (
	"errors"
	"fmt"
	"io"

	"blurt/scanner/finding"
)

// WriteSurface writes the map of a saved report, and nothing else of it: for
// people as the terminal report shows it, whole, or for tools as JSON.
func WriteSurface(saved io.Reader, w io.Writer, o Options, asJSON bool) error {
	sink := &surfaceSink{cells: newSpooled("  ")}
	if !asJSON {
		sink.people = newSurfaceMap(newPage(o), true)
	}
	err := Replay(saved, sink)
	if err == nil {
		err = sink.writeTo(w)
	}
	return errors.Join(err, sink.cells.Close())
}

// surfaceSink keeps the cells of a report.
type surfaceSink struct {
	people *surfaceMap // nil where tools read
	cells  *spooled
	count  int
}

// Emit implements finding.Sink.
func (s *surfaceSink) Emit(e finding.Event) error {
	if e.Target == nil {
		return nil
	}
	s.count += len(e.Target.Surface)
	if s.people != nil {
		s.people.add(e.Target.Surface)
		return nil
	}
	for _, cell := range e.Target.Surface {
		if err := s.cells.add(cell); err != nil {
			return err
		}
	}
	return nil
}

// Close implements finding.Sink.
func (s *surfaceSink) Close() error { return nil }

func (s *surfaceSink) writeTo(w io.Writer) error {
	if s.people == nil {
		if _, err := io.WriteString(w, "["); err != nil {
			return err
		}
		if err := s.cells.copyTo(w, ""); err != nil {
			return err
		}
		_, err := io.WriteString(w, "\n")
		return err
	}
	if s.count == 0 {
		_, err := io.WriteString(w, "The report has no map.\n")
		return err
	}
	if err := s.people.writeTo(w); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "%s, %s\n", plural(s.people.rows, "row"), plural(s.count, "cell"))
	return err
}
