package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"blurt/scanner/finding"
)

// htmlMaxExchanges is how many cells of the map show what was asked and answered.
const htmlMaxExchanges = 10_000

// htmlCell is one answer on the map, and what it rests on. All text in it is clean.
type htmlCell struct {
	ID, Verdict, Class, Answer, Detail, Identity, Way, Command string
	Status                                                     int
	Alike                                                      []string // other ways that were answered so, too
	Facts                                                      []htmlFact
	Asked, Answered, Note                                      string
}

func (s *htmlSurface) cell(c finding.Surface) htmlCell {
	view := htmlCell{
		ID: "c-" + s.anchor(c.URL, c.Method, c.Identity, c.Way), Verdict: cell(string(c.Verdict)), Class: verdictClass(c.Verdict), Detail: shorten(cell(c.Detail), 120),
		Identity: shorten(cell(c.Identity), 60), Way: cell(c.Way), Command: head(cell(c.Reproduce), 2000), Status: c.Status,
	}
	view.Answer = view.Verdict
	if c.Status != 0 {
		view.Answer = fmt.Sprintf("%s %d", view.Verdict, c.Status)
	}
	for _, fact := range []htmlFact{
		{"Known by", c.Detail}, {"Protocol", c.TLS}, {"Server's certificate", c.ServerCertificate},
	} {
		if fact.Value != "" {
			view.Facts = append(view.Facts, htmlFact{fact.Name, shorten(cell(fact.Value), 300)})
		}
	}
	if c.Exchange != nil && s.shown < htmlMaxExchanges {
		s.shown++
		view.Asked, view.Answered, view.Note = exchangeTexts(c.Exchange)
	}
	return view
}

// Bounds of an exchange that a cell shows. The engine keeps less; a report may
// come from elsewhere.
const (
	cellMaxText   = 2 << 10 // bytes of a message
	cellMaxFields = 12
)

// exchangeTexts writes an exchange as it went over the wire, more or less.
func exchangeTexts(e *finding.Exchange) (asked, answered, note string) {
	if e.Request != nil {
		asked = cellMessage(*e.Request)
	}
	switch {
	case e.Response != nil:
		answered = cellMessage(*e.Response)
	case e.Failure != "":
		answered = "no HTTP answer: " + shorten(cell(e.Failure), 300)
	}
	if e.BodyLeftOut != "" {
		note = "The body is left out: " + shorten(cell(e.BodyLeftOut), 120)
	}
	return asked, answered, note
}

func cellMessage(m finding.Message) string {
	m.Fields = m.Fields[:min(len(m.Fields), cellMaxFields)]
	return shorten(messageText(&m), cellMaxText)
}

// anchor names a place on the map by what it is: it is the same in each report
// of that place, so that a link to it lasts. No two places of a page share one.
func (s *htmlSurface) anchor(place ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(place, "\x00")))
	id := hex.EncodeToString(sum[:6])
	if s.ids == nil {
		s.ids = map[string]int{}
	}
	s.ids[id]++
	if n := s.ids[id]; n > 1 {
		return fmt.Sprintf("%s-%d", id, n)
	}
	return id
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
