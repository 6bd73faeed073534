package report

import (
	"cmp"
	"errors"
	"html/template"
	"io"
	"slices"
	"strings"

	"blurt/scanner/finding"
)

const (
	htmlMaxIdentities = 16    // columns of the surface
	htmlMaxLate       = 5_000 // cells that wait for their row; by other ways, mostly
)

// htmlSurface is the matrix of endpoints by identities. Which identities there are
// is known only at the end, so the rows wait as values.
type htmlSurface struct {
	page       *template.Template
	rows       queue[[]finding.Surface]
	later      map[string][]finding.Surface // what came once its row waited, by the row
	late       int                          // cells of it
	exchanges  spool                        // what stands behind the cells
	findings   map[string][]htmlLink        // by the URL of their endpoint
	identities []string
	kept, rest int
	shown      int            // cells that show their exchange
	ids        map[string]int // how often each anchor was wanted
}

// htmlLink leads to a finding.
type htmlLink struct{ Anchor, Title string }

func (s *htmlSurface) add(cells []finding.Surface) error {
	for len(cells) > 0 {
		n := 1
		for n < len(cells) && cells[n].URL == cells[0].URL && cells[n].Method == cells[0].Method {
			n++
		}
		if err := s.row(cells[:min(n, 2*htmlMaxIdentities)]); err != nil {
			return err
		}
		cells = cells[n:]
	}
	return nil
}

func (s *htmlSurface) row(cells []finding.Surface) error {
	name := rowName(cells)
	_, waits := s.later[name]
	if waits && s.late >= htmlMaxLate || !waits && s.kept == htmlMaxRows {
		s.rest++
		return nil
	}
	for _, c := range cells {
		if name := queued(c.Identity); !slices.Contains(s.identities, name) && len(s.identities) < htmlMaxIdentities {
			s.identities = append(s.identities, name)
		}
	}
	if waits {
		s.later[name] = append(s.later[name], cells...)
		s.late += len(cells)
		return nil
	}
	if s.later == nil {
		s.later = map[string][]finding.Surface{}
	}
	s.later[name] = nil
	s.kept++
	return s.rows.add(cells)
}

func rowName(cells []finding.Surface) string {
	return queued(cells[0].Method + " " + cells[0].URL)
}

// Bounds of the findings that rows lead to.
const (
	htmlMaxLinks  = 8      // of one row
	htmlMaxLinked = 20_000 // rows
)

// link notes where a finding stands.
func (s *htmlSurface) link(url string, to htmlLink) {
	if s.findings == nil {
		s.findings = map[string][]htmlLink{}
	}
	url = queued(url)
	list, known := s.findings[url]
	if (known || len(s.findings) < htmlMaxLinked) && len(list) < htmlMaxLinks {
		s.findings[url] = append(list, to)
	}
}

func (s *htmlSurface) writeTo(w io.Writer) error {
	if s.kept == 0 {
		return nil
	}
	names := make([]string, len(s.identities))
	for i, name := range s.identities {
		names[i] = shorten(cell(name), 60)
	}
	top := struct {
		Identities []string
		Verdicts   []finding.Verdict
	}{names, []finding.Verdict{finding.Open, finding.AppRefused, finding.ProxyRefused, finding.HandshakeRefused, finding.Error}}
	if err := s.page.ExecuteTemplate(w, "matrix", top); err != nil {
		return err
	}
	for {
		cells, err := s.rows.next()
		if err != nil {
			return err
		}
		if cells == nil {
			break
		}
		if err := s.writeRow(w, append(*cells, s.later[rowName(*cells)]...)); err != nil {
			return err
		}
	}
	if _, err := io.WriteString(w, "</tbody>\n</table></div>\n"); err != nil {
		return err
	}
	if s.rest > 0 {
		if _, err := io.WriteString(w, "<p>… and "+plural(s.rest, "more row")+": the JSON report lists all</p>\n"); err != nil {
			return err
		}
	}
	if _, err := s.exchanges.WriteTo(w); err != nil {
		return err
	}
	_, err := io.WriteString(w, "</section>\n")
	return err
}

// Close frees what waits.
func (s *htmlSurface) Close() error { return errors.Join(s.rows.Close(), s.exchanges.Close()) }

func (s *htmlSurface) writeRow(w io.Writer, cells []finding.Surface) error {
	row := struct {
		ID, Place, Sensitivity, Why string
		Findings                    []htmlLink
		Columns                     [][]htmlCell
	}{
		s.anchor(cells[0].URL, cells[0].Method), shortenMiddle(cell(cells[0].Method+" "+cells[0].URL), shownURL), cell(cells[0].Sensitivity),
		shorten(cell(strings.Join(cells[0].Why, "; ")), 300), s.findings[cells[0].URL], make([][]htmlCell, len(s.identities)),
	}
	// The usual way comes first: the others are held against it.
	slices.SortStableFunc(cells, func(a, b finding.Surface) int {
		return cmp.Compare(min(len(a.Way), 1), min(len(b.Way), 1))
	})
	for _, c := range cells {
		if i := slices.Index(s.identities, c.Identity); i >= 0 {
			row.Columns[i] = addCell(row.Columns[i], s.cell(c))
		}
	}
	if err := s.page.ExecuteTemplate(w, "row", row); err != nil {
		return err
	}
	return s.page.ExecuteTemplate(&s.exchanges, "exchanges", row)
}
