package report

import (
	"html/template"
	"io"

	"blurt/scanner/finding"
)

// htmlProducts is the table of the software that was recognised at each origin.
type htmlProducts struct {
	page    *template.Template
	origins []string // in the order in which they came
	last    map[string][]string
	hidden  bool
}

const htmlMaxOrigins = 200

func newHTMLProducts(page *template.Template) *htmlProducts {
	return &htmlProducts{page: page, last: map[string][]string{}}
}

// note keeps what is known of a target's origin: the last target knows most.
func (p *htmlProducts) note(t *finding.Target) {
	const longest, most = 300, 20 // characters of a product, products
	if len(t.Recognised) == 0 {
		return
	}
	origin, _ := splitURL(t.URL)
	origin = shorten(cell(origin), 100)
	if _, known := p.last[origin]; !known {
		if len(p.origins) == htmlMaxOrigins {
			p.hidden = true
			return
		}
		p.origins = append(p.origins, origin)
	}
	products := make([]string, 0, len(t.Recognised))
	for _, product := range t.Recognised[:min(len(t.Recognised), most)] {
		products = append(products, shorten(cell(product), longest))
	}
	p.last[origin] = products
}

func (p *htmlProducts) writeTo(w io.Writer) error {
	if len(p.origins) == 0 {
		return nil
	}
	type row struct {
		Origin   string
		Products []string
	}
	view := struct {
		Rows   []row
		Hidden bool
	}{Hidden: p.hidden}
	for _, origin := range p.origins {
		view.Rows = append(view.Rows, row{origin, p.last[origin]})
	}
	return p.page.ExecuteTemplate(w, "products", view)
}
