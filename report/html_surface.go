package report

import (
	"html/template"
	"io"
	"slices"

	"blurt/scanner/finding"
)

// htmlMaxIdentities is how many columns the surface has.
const htmlMaxIdentities = 16

// htmlSurface is the matrix of endpoints by identities. Which identities there are
// is known only at the end, so the rows wait as values.
type htmlSurface struct {
	page       *template.Template
	rows       queue[[]finding.Surface]
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
		if !slices.Contains(s.identities, c.Identity) && len(s.identities) < htmlMaxIdentities {
			s.identities = append(s.identities, c.Identity)
		}
	}
	return s.rows.add(cells)
}

type htmlCell struct {
	Verdict, Class, Detail string
	Status                 int
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
		Place string
		Cells []htmlCell
	}{shortenMiddle(cell(cells[0].Method+" "+cells[0].URL), shownURL), make([]htmlCell, len(s.identities))}
	for _, c := range cells {
		if i := slices.Index(s.identities, c.Identity); i >= 0 {
			row.Cells[i] = htmlCell{cell(string(c.Verdict)), verdictClass(c.Verdict), shorten(cell(c.Detail), 120), c.Status}
		}
	}
	return s.page.ExecuteTemplate(w, "row", row)
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
