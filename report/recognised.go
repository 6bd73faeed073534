package report

import (
	"strings"

	"blurt/scanner/finding"
)

// placedRecognised is which products were known of an origin, and what gave them
// away, when a target was done. It is said again only where it changed.
type placedRecognised struct {
	URL      string   `json:"url"`
	Products []string `json:"products"`
}

// recognition tells what is new of a target's products from what was said of its
// origin before.
type recognition struct{ said *saidErrors }

func newRecognition() recognition { return recognition{newSaidErrors()} }

// news returns the target's products, unless just these were said of its origin.
func (r recognition) news(t *finding.Target) (placedRecognised, bool) {
	origin, _ := splitURL(t.URL)
	products := strings.Join(t.Recognised, "\x00")
	if len(t.Recognised) == 0 || r.said.has(origin, products) {
		return placedRecognised{}, false
	}
	r.said.add(origin, products)
	return placedRecognised{t.URL, t.Recognised}, true
}
