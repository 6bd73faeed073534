package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"blurt/scanner/finding"
)

// Place is one cell of the map: who asked for what, by which way.
type Place struct {
	URL      string `json:"url"`
	Method   string `json:"method"`
	Identity string `json:"identity"`
	Way      string `json:"way,omitempty"`
}

// Opening is a cell that answers otherwise than before.
type Opening struct {
	Place
	Was    finding.Verdict `json:"was,omitempty"` // empty where the cell is new
	Is     finding.Verdict `json:"is"`
	Status int             `json:"status,omitempty"`
	Detail string          `json:"detail,omitempty"`
}

// SurfaceDifference is what changed on the map from one report to another.
type SurfaceDifference struct {
	// Opened lets somebody in who was refused before, or is a new cell that is
	// open to a client that should not be let in.
	Opened []Opening `json:"opened"`
	// Closed refuses somebody who was let in before.
	Closed []Opening `json:"closed"`
	// Changed is refused by another layer, or broken, or works again.
	Changed []Opening `json:"changed"`
	// Unknown cells are not in the newer report.
	Unknown []Place `json:"unknown"`
	Same    int     `json:"same"`
	// Complete is whether the newer report is of a complete scan.
	Complete bool `json:"complete"`
}

// DiffSurface compares the maps of two saved reports cell by cell. It keeps the
// cells of both in memory.
func DiffSurface(before, after io.Reader) (SurfaceDifference, error) {
	was, is := newSurfaceIndex(), newSurfaceIndex()
	if err := Replay(before, was); err != nil {
		return SurfaceDifference{}, fmt.Errorf("the older report: %w", err)
	}
	if err := Replay(after, is); err != nil {
		return SurfaceDifference{}, fmt.Errorf("the newer report: %w", err)
	}
	d := SurfaceDifference{Opened: []Opening{}, Closed: []Opening{}, Changed: []Opening{}, Unknown: []Place{}, Complete: is.complete}
	for place, cell := range is.cells {
		old, known := was.cells[place]
		d.place(Opening{place, old.Verdict, cell.Verdict, cell.Status, cell.Detail}, known)
	}
	for place := range was.cells {
		if _, still := is.cells[place]; !still {
			d.Unknown = append(d.Unknown, place)
		}
	}
	for _, list := range [][]Opening{d.Opened, d.Closed, d.Changed} {
		slices.SortFunc(list, func(a, b Opening) int { return comparePlaces(a.Place, b.Place) })
	}
	slices.SortFunc(d.Unknown, comparePlaces)
	return d, nil
}

func (d *SurfaceDifference) place(o Opening, known bool) {
	open := o.Is == finding.Open
	switch {
	case known && o.Was == o.Is:
		d.Same++
	case open && (isRefused(o.Was) || !known && o.Identity != callerIdentity && o.Status >= 200 && o.Status < 300):
		d.Opened = append(d.Opened, o)
	case known && o.Was == finding.Open && isRefused(o.Is):
		d.Closed = append(d.Closed, o)
	case known:
		d.Changed = append(d.Changed, o)
	default:
		d.Same++ // new, and nobody gets in
	}
}

// callerIdentity is the one that is meant to be let in.
const callerIdentity = "caller"

func isRefused(v finding.Verdict) bool {
	return v == finding.HandshakeRefused || v == finding.ProxyRefused || v == finding.AppRefused
}

func comparePlaces(a, b Place) int {
	return cmp.Or(cmp.Compare(a.URL, b.URL), cmp.Compare(a.Method, b.Method), cmp.Compare(a.Identity, b.Identity), cmp.Compare(a.Way, b.Way))
}

// surfaceIndex is a sink that keeps the cells by their place.
type surfaceIndex struct {
	cells    map[Place]finding.Surface
	complete bool
}

func newSurfaceIndex() *surfaceIndex { return &surfaceIndex{cells: map[Place]finding.Surface{}} }

// Emit implements finding.Sink. Of a cell that is there twice the open one
// counts.
func (x *surfaceIndex) Emit(e finding.Event) error {
	if e.Done != nil {
		x.complete = e.Done.Complete
	}
	if e.Target == nil {
		return nil
	}
	for _, cell := range e.Target.Surface {
		place := Place{withoutCanaries(cell.URL), cell.Method, cell.Identity, cell.Way}
		if old, twice := x.cells[place]; twice && old.Verdict == finding.Open {
			continue
		}
		x.cells[place] = finding.Surface{Verdict: cell.Verdict, Status: cell.Status, Detail: head(cell.Detail, 200)}
	}
	return nil
}

// Close implements finding.Sink.
func (x *surfaceIndex) Close() error { return nil }

// withoutCanaries makes URLs of two scans comparable that hold tokens of theirs:
// "blurt" and twenty letters or digits.
func withoutCanaries(url string) string {
	const mark, length = "blurt", 20
	var b strings.Builder
	for {
		i := strings.Index(url, mark)
		if i < 0 {
			break
		}
		end := i + len(mark)
		for end < len(url) && isTokenByte(url[end]) {
			end++
		}
		b.WriteString(url[:i+len(mark)])
		if end-i-len(mark) < length {
			b.WriteString(url[i+len(mark) : end])
		}
		url = url[end:]
	}
	b.WriteString(url)
	return b.String()
}

func isTokenByte(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }
