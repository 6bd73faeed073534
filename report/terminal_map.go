package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"blurt/scanner/finding"
)

const (
	mapIndent = 2
	mapGap    = 2
	notAsked  = "–"

	looksWorth = " looks worth protecting: "
)

func (m *surfaceMap) writeTo(w io.Writer) error {
	if len(m.origins) == 0 {
		return nil
	}
	var b strings.Builder
	b.WriteString(m.bold("Who was answered by which layer") + "\n")
	for _, o := range m.origins {
		block(&b, mapIndent, []string{m.bold(shortenMiddle(o.name, m.width-mapIndent))})
		m.tables(&b, o)
		for _, line := range o.remarks() {
			lines := wrap(line, m.width-3*mapIndent)
			block(&b, 2*mapIndent, lines[:1])
			block(&b, 3*mapIndent, lines[1:])
		}
		b.WriteByte('\n')
	}
	if m.hidden > 0 {
		block(&b, mapIndent, append(wrap("… and "+plural(m.hidden, "more cell")+": the JSON report has all", m.width-mapIndent), ""))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// mapColumn is a column: identities that fared alike everywhere.
type mapColumn struct {
	identities []string
	width      int
}

// columns puts identities together whose column would be the same.
func (o *originMap) columns() []mapColumn {
	var columns []mapColumn
	for _, identity := range o.identities {
		name := strings.TrimSuffix(identity, "-certificate")
		width := utf8.RuneCountInString(name)
		for _, row := range o.rows {
			width = max(width, utf8.RuneCountInString(row.cells[identity]))
		}
		i := slices.IndexFunc(columns, func(c mapColumn) bool {
			return !slices.ContainsFunc(o.rows, func(r *mapRow) bool { return r.cells[c.identities[0]] != r.cells[identity] })
		})
		if i < 0 {
			i = len(columns)
			columns = append(columns, mapColumn{})
		}
		columns[i].identities = append(columns[i].identities, identity)
		columns[i].width = max(columns[i].width, width)
	}
	return columns
}

// tables writes the rows of an origin, again for the columns that the page is not
// wide enough for.
func (m *surfaceMap) tables(b *strings.Builder, o *originMap) {
	if len(o.rows) == 0 {
		return
	}
	first := 0
	for _, row := range o.rows {
		first = max(first, utf8.RuneCountInString(row.place))
	}
	columns := o.columns()
	need := 0
	for _, c := range columns {
		need += mapGap + c.width
	}
	room := m.width - 2*mapIndent
	first = min(first, max(room-need, room*2/5))
	for len(columns) > 0 {
		n, used := 1, first+mapGap+columns[0].width
		for n < len(columns) && used+mapGap+columns[n].width <= room {
			used += mapGap + columns[n].width
			n++
		}
		m.table(b, o.rows, columns[:n], first)
		columns = columns[n:]
	}
}

func (m *surfaceMap) table(b *strings.Builder, rows []*mapRow, columns []mapColumn, first int) {
	line := func(place string, text func(mapColumn) string) {
		out := pad(shortenMiddle(place, first), first)
		for _, c := range columns {
			field := pad(text(c), c.width)
			if strings.HasPrefix(field, string(finding.Open)+" ") {
				field = m.bold(field)
			}
			out += strings.Repeat(" ", mapGap) + field
		}
		block(b, 2*mapIndent, []string{strings.TrimRight(out, " ")})
	}
	height := 0
	for _, c := range columns {
		height = max(height, len(c.identities))
	}
	for i := range height {
		line("", func(c mapColumn) string {
			if i >= len(c.identities) {
				return ""
			}
			return strings.TrimSuffix(c.identities[i], "-certificate")
		})
	}
	for _, row := range rows {
		line(row.place, func(c mapColumn) string {
			if text := row.cells[c.identities[0]]; text != "" {
				return text
			}
			return notAsked
		})
	}
}

// remarks are the lines below the table of an origin.
func (o *originMap) remarks() []string {
	var lines []string
	for _, row := range o.rows {
		if row.worth != "" {
			lines = append(lines, row.place+" is open, and"+looksWorth+row.worth)
		}
	}
	lines = append(lines, o.otherWays()...)
	for _, v := range o.verdicts {
		text, why := v.meaning, strings.Join(v.reasons, "; ")
		if text != "" && why != "" {
			why = " (" + why + ")"
		}
		if text += why; text != "" {
			lines = append(lines, v.text+": "+text)
		}
	}
	return lines
}

// otherWays tells where other ways in led: those that changed nothing in one line.
func (o *originMap) otherWays() []string {
	var same, lines []string
	for _, w := range o.ways {
		usual := ""
		if row := o.byPlace[w.place]; row != nil {
			usual = row.cells[w.identity]
		}
		if usual == w.verdict {
			if !slices.Contains(same, w.way) {
				same = append(same, w.way)
			}
			continue
		}
		line := fmt.Sprintf("%s as %s by %s: %s", w.place, w.identity, w.way, w.verdict)
		if usual != "" {
			line += ", otherwise " + usual
		}
		if w.detail != "" {
			line += " (" + w.detail + ")"
		}
		if w.worth != "" {
			line += "," + looksWorth + w.worth
		}
		lines = append(lines, line)
	}
	if len(same) > 0 {
		for i, way := range same {
			same[i] = strings.ReplaceAll(way, " ", unbroken)
		}
		lines = append(lines, "the same by "+strings.Join(same, ", "))
	}
	return lines
}
