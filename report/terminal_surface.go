package report

import (
	"fmt"
	"slices"
	"strings"

	"blurt/scanner/finding"
)

// Bounds of the map for people. Its cells wait in memory, because the columns are
// known when all is known; the JSON report has no bound.
const (
	shownRows       = 40     // unless all are wanted
	keptRows        = 10_000 // where all are wanted; as many other ways in
	keptIdentities  = 16     // of one origin
	keptReasons     = 6      // of one verdict
	longestReason   = 160    // characters
	longestIdentity = 24     // characters
)

// surfaceMap collects which layer answered whom: a table for each origin, and below
// it where other ways in led, and what the verdicts rest on.
type surfaceMap struct {
	page
	all          bool
	origins      []*originMap
	byName       map[string]*originMap
	rows, hidden int // hidden are cells
}

// originMap is what is known of one origin.
type originMap struct {
	name       string
	identities []string
	rows       []*mapRow
	byPlace    map[string]*mapRow
	ways       []mapWay
	verdicts   []*mapVerdict
}

// mapRow is one method and path, and how each identity fared by the usual way.
type mapRow struct {
	place string
	cells map[string]string
	worth string // why it should perhaps not be open
}

// mapWay is where another way in led.
type mapWay struct{ place, identity, way, verdict, detail, worth string }

// mapVerdict is one verdict of an origin, and what it rests on.
type mapVerdict struct {
	text, meaning string
	reasons       []string
}

func newSurfaceMap(p page, all bool) *surfaceMap {
	return &surfaceMap{page: p, all: all, byName: map[string]*originMap{}}
}

func (m *surfaceMap) add(cells []finding.Surface) {
	for i := range cells {
		if !m.keep(&cells[i]) {
			m.hidden++
		}
	}
}

// keep notes a cell, and reports false where there is no more room.
func (m *surfaceMap) keep(c *finding.Surface) bool {
	limit := shownRows
	if m.all {
		limit = keptRows
	}
	origin, path := splitURL(clean(c.URL))
	o := m.byName[origin]
	if o == nil {
		if len(m.origins) == limit {
			return false
		}
		o = &originMap{name: origin, byPlace: map[string]*mapRow{}}
		m.origins, m.byName[origin] = append(m.origins, o), o
	}
	place := clean(c.Method) + " " + path
	identity := shorten(cell(c.Identity), longestIdentity)
	if c.Way != "" {
		if len(o.ways) == limit {
			return false
		}
		o.ways = append(o.ways, mapWay{place, identity, cell(c.Way), verdictText(c), shorten(cell(c.Detail), longestReason), worthProtecting(c)})
		return true
	}
	if !slices.Contains(o.identities, identity) {
		if len(o.identities) == keptIdentities {
			return false
		}
		o.identities = append(o.identities, identity)
	}
	row := o.byPlace[place]
	if row == nil {
		if m.rows == limit {
			return false
		}
		m.rows++
		row = &mapRow{place: place, cells: map[string]string{}}
		o.rows, o.byPlace[place] = append(o.rows, row), row
	}
	row.cells[identity] = verdictText(c)
	if row.worth == "" {
		row.worth = worthProtecting(c)
	}
	o.explain(c)
	return true
}

// verdictText tells a verdict in a word, with the status if there was one.
func verdictText(c *finding.Surface) string {
	text := clean(string(c.Verdict))
	switch c.Verdict {
	case finding.HandshakeRefused:
		text = "handshake"
	case finding.ProxyRefused:
		text = "proxy"
	case finding.AppRefused:
		text = "app"
	}
	if c.Status != 0 {
		text += fmt.Sprintf(" %d", c.Status)
	}
	return shorten(text, longestIdentity)
}

// verdictMeaning says in words who answered.
func verdictMeaning(v finding.Verdict) string {
	switch v {
	case finding.HandshakeRefused:
		return "refused in the TLS handshake"
	case finding.ProxyRefused:
		return "refused by the proxy"
	case finding.AppRefused:
		return "refused by the application"
	case finding.Error:
		return "neither let in nor refused"
	default:
		return ""
	}
}

// explain notes what a verdict rests on.
func (o *originMap) explain(c *finding.Surface) {
	text := verdictText(c)
	i := slices.IndexFunc(o.verdicts, func(v *mapVerdict) bool { return v.text == text })
	if i < 0 {
		i = len(o.verdicts)
		o.verdicts = append(o.verdicts, &mapVerdict{text: text, meaning: verdictMeaning(c.Verdict)})
	}
	v := o.verdicts[i]
	for reason := range strings.SplitSeq(c.Detail, "; ") {
		reason = shorten(cell(reason), longestReason)
		if reason != "" && !slices.Contains(v.reasons, reason) && len(v.reasons) < keptReasons {
			v.reasons = append(v.reasons, reason)
		}
	}
}

// worthProtecting says why what is open to strangers should perhaps not be.
func worthProtecting(c *finding.Surface) string {
	if c.Verdict == finding.Open && c.Status >= 200 && c.Status < 300 && c.Identity != callerIdentity && c.Sensitivity == "high" && len(c.Why) > 0 {
		return shorten(cell(c.Why[0]), longestReason)
	}
	return ""
}
