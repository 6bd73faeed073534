package report

import (
	"html/template"
	"io"
	"slices"
	"strings"

	"blurt/scanner/finding"
)

// htmlMaxIdentities is how many columns the surface has.
const htmlMaxIdentities = 16

// htmlSurface is the matrix of endpoints by identities. Which identities there are
// is known only at the end, so the rows wait as values.
type htmlSurface struct {
	page       *template.Template
	rows       queue[[]finding.Surface]
	anchors    map[string][]string // of findings, by the URL of their endpoint
	identities []string
	kept, rest int
}

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
	if s.kept == htmlMaxRows {
		s.rest++
		return nil
	}
	s.kept++
	for _, c := range cells {
		if name := queued(c.Identity); !slices.Contains(s.identities, name) && len(s.identities) < htmlMaxIdentities {
			s.identities = append(s.identities, name)
		}
	}
	return s.rows.add(cells)
}

type htmlCell struct {
	Verdict, Class, Detail, Way, Command string
	Status                               int
	Alike                                []string // other ways that were answered so, too
}

// Bounds of the findings that rows lead to.
const (
	htmlMaxLinks  = 8      // of one row
	htmlMaxLinked = 20_000 // rows
)

// link notes where the exchanges of a finding stand.
func (s *htmlSurface) link(url, anchor string) {
	if s.anchors == nil {
		s.anchors = map[string][]string{}
	}
	url = queued(url)
	list, known := s.anchors[url]
	if (known || len(s.anchors) < htmlMaxLinked) && len(list) < htmlMaxLinks {
		s.anchors[url] = append(list, anchor)
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
		if err := s.writeRow(w, *cells); err != nil {
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
	_, err := io.WriteString(w, "</section>\n")
	return err
}

func (s *htmlSurface) writeRow(w io.Writer, cells []finding.Surface) error {
	row := struct {
		Place, Sensitivity, Why string
		Findings                []string
		Cells                   [][]htmlCell
	}{
		shortenMiddle(cell(cells[0].Method+" "+cells[0].URL), shownURL), cell(cells[0].Sensitivity),
		shorten(cell(strings.Join(cells[0].Why, "; ")), 300), s.anchors[cells[0].URL], make([][]htmlCell, len(s.identities)),
	}
	for _, c := range cells {
		if i := slices.Index(s.identities, c.Identity); i >= 0 {
			row.Cells[i] = addCell(row.Cells[i], htmlCell{
				Verdict: cell(string(c.Verdict)), Class: verdictClass(c.Verdict), Detail: shorten(cell(c.Detail), 120), Way: cell(c.Way),
				Command: head(cell(c.Reproduce), 2000), Status: c.Status,
			})
		}
	}
	return s.page.ExecuteTemplate(w, "row", row)
}

// addCell puts a way that was answered as the usual one with it.
func addCell(cells []htmlCell, c htmlCell) []htmlCell {
	if len(cells) > 0 && c.Way != "" {
		usual := &cells[0]
		if usual.Verdict == c.Verdict && usual.Status == c.Status && usual.Detail == c.Detail {
			usual.Alike = append(usual.Alike, c.Way)
			return cells
		}
	}
	return append(cells, c)
}

func verdictClass(v finding.Verdict) string {
	switch v {
	case finding.Open:
		return "open"
	case finding.AppRefused, finding.ProxyRefused, finding.HandshakeRefused:
		return "refused"
	default:
		return "broken"
	}
}
