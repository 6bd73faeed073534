package detect

import (
	"fmt"
	"strings"

	"blurt/scanner/finding"
)

// materials are the keys, certificates and secrets of one answer, worked out
// once.
type materials struct {
	blocksKnown bool
	blocks      []armoured
	live        parts
}

// blocks returns what is armoured in the body, or DER in base64.
func (in Input) blocks() []armoured {
	m := &materials{}
	if in.claims != nil {
		m = &in.claims.materials
	}
	if !m.blocksKnown {
		m.blocksKnown = true
		m.blocks = armouredIn(in.Got.Body)
		for _, b := range derIn(in.Got.Body) {
			if !coveredBy(m.blocks, b.span) {
				m.blocks = append(m.blocks, b)
			}
		}
	}
	return m.blocks
}

// isAnswered reports whether there is an answer with a body to judge.
func (in Input) isAnswered() bool {
	return in.Got != nil && in.Got.Status != 0 && len(in.Got.Body) > 0
}

// secretHit makes the hit of secrets that were found; ok is false where there are
// none.
func (in Input) secretHit(found []secret) (hit Hit, ok bool) {
	list := itemList{in: in}
	var kinds []string
	hit = Hit{Rule: "secret-exposure", Category: finding.SecretExposure, Confidence: finding.Tentative, isMaterial: true}
	for _, s := range found {
		value := string(in.Got.Body[s.span.Start:s.span.End])
		where := in.settingAt(s.span)
		if in.wasSent(value) || where == prose && !s.certain {
			continue
		}
		if len(list.items) == 0 {
			hit.Excerpt = in.excerptAround(s.span)
		}
		if where == live || s.certain {
			hit.Confidence = finding.Firm
		}
		list.add(Item{
			Category: finding.SecretExposure, Name: s.kind, Value: value, Sensitive: true,
			Location: fmt.Sprintf("body, byte %d", s.span.Start),
		})
		kinds = appendNew(kinds, s.kind)
	}
	if len(list.items) == 0 {
		return Hit{}, false
	}
	hit.Items = list.items
	hit.Message = "The answer holds " + countOf(len(list.items), "secret") + ": " + enumerate(kinds) + "."
	return hit, true
}

// excerptAround widens a span by what shows where it stands.
func (in Input) excerptAround(span Span) Span {
	const reach = 60
	return Span{max(0, span.Start-reach), min(len(in.Got.Body), span.End+reach/3)}
}

func countOf(n int, noun string) string {
	if n == 1 {
		return "a " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func appendNew(list []string, s string) []string {
	for _, known := range list {
		if known == s {
			return list
		}
	}
	return append(list, s)
}

// enumerate writes the first of a list, and how many more there are.
func enumerate(words []string) string {
	const shown = 3
	if len(words) > shown {
		return strings.Join(words[:shown], ", ") + fmt.Sprintf(" and %d more kinds", len(words)-shown)
	}
	return strings.Join(words, ", ")
}
