package detect

import (
	"bytes"
	"fmt"
	"strings"

	"blurt/scanner/finding"
	patterns "blurt/scanner/route"

	"golang.org/x/net/html"
)

// djangoNotFound reads the page that Django answers with when no route fits and
// DEBUG is on. It lists the routes.
func djangoNotFound() Detector {
	return Detector{
		Name:  "django_notfound",
		Rules: []string{"django-debug-404"},
		Hints: []string{"Using the URLconf defined in", "Page not found <s"},
		Run:   runDjangoNotFound,
	}
}

// notFoundPage is what a technical 404 page says.
type notFoundPage struct {
	url     string
	raised  string // the view that raised the 404, where one did
	urlconf string
	routes  []route
	head    Span
}

// route is one URL pattern, its parts joined, with the name it has.
type route struct{ parts, label string }

func runDjangoNotFound(in Input) Output {
	p := in.claim().notFound
	if p == nil {
		return Output{}
	}
	hit := Hit{
		Rule:       "django-debug-404",
		Category:   finding.DebugPage,
		Message:    p.message(),
		Confidence: finding.Firm,
		Excerpt:    p.head,
	}
	if in.mine(p.url) {
		hit.Confidence = finding.Confirmed
	}
	list := itemList{in: in}
	list.add(Item{Category: finding.DebugPage, Name: "URLconf", Value: p.urlconf, Location: "info"})
	list.add(Item{Category: finding.DebugPage, Name: "Raised by", Value: p.raised, Location: "summary"})
	var leads []string
	for _, r := range p.routes {
		name := "route"
		if r.label != "" {
			name = "route " + r.label
		}
		list.add(Item{Category: finding.APIInventory, Name: name, Value: r.parts, Location: "URL patterns"})
		if lead, ok := r.lead(); ok {
			leads = append(leads, lead)
		}
	}
	hit.Items = list.items
	hit.PerOrigin, hit.Key = true, p.urlconf
	return Output{
		Hits:     []Hit{hit},
		Products: []Product{{Name: "django", Role: Framework, Why: "technical 404 page"}},
		Leads:    leads,
	}
}

func (p *notFoundPage) message() string {
	if p.urlconf == "" {
		return "Django answers with its debug 404 page."
	}
	routes := fmt.Sprintf("%d routes", len(p.routes))
	if len(p.routes) == 1 {
		routes = "one route"
	}
	return fmt.Sprintf("Django answers with its debug 404 page, which lists %s of %s.", routes, short(p.urlconf))
}

// djangoNotFoundOf returns the technical 404 page that an exchange holds, or
// nil.
func djangoNotFoundOf(in Input) *notFoundPage {
	start := bytes.TrimLeft(head(in.Got.Body, 4<<10), "\ufeff \t\r\n")
	for _, sign := range [...]string{"<title>Page not found at ", `<meta name="robots" content="NONE,NOARCHIVE">`} {
		if !bytes.Contains(start, []byte(sign)) {
			return nil
		}
	}
	p, debug := parseNotFound(in.Got.Body)
	if p.url == "" || !debug || in.Got.Status < 400 && !in.mine(p.url) {
		return nil
	}
	return p
}

// parseNotFound reads the document; debug says that it ends with the paragraph
// that explains DEBUG.
func parseNotFound(body []byte) (p *notFoundPage, debug bool) {
	p = &notFoundPage{}
	z := html.NewTokenizer(bytes.NewReader(body))
	z.SetMaxBuf(1 << 20)
	var section, element, label string
	at := 0
	for {
		kind := z.Next()
		start := at
		at += len(z.Raw())
		switch kind {
		case html.ErrorToken:
			return p, debug
		case html.StartTagToken:
			name, more := z.TagName()
			element = string(name)
			for more {
				var key, value []byte
				key, value, more = z.TagAttr()
				if string(key) == "id" {
					section = string(value)
				}
			}
			switch {
			case section == "summary" && (element == "div" || element == "header"):
				p.head = Span{start, at}
			case section == "info" && element == "li" && len(p.routes) < maxPairs:
				p.routes = append(p.routes, route{})
			}
		case html.EndTagToken:
			switch name, _ := z.TagName(); {
			case section == "summary" && string(name) == "table":
				p.head.End = at
			case section == "info" && string(name) == "ol":
				section = "after"
			}
			if element == "th" {
				element = "" // the blank between two cells is no cell
			}
		case html.TextToken:
			text := strings.TrimSpace(string(head(z.Text(), maxText)))
			if text == "" {
				continue
			}
			debug = p.text(section, element, text, &label) || debug
		}
	}
}

// text takes one piece of text and reports whether it is the one about DEBUG.
func (p *notFoundPage) text(section, element, text string, label *string) bool {
	switch section {
	case "summary":
		switch {
		case element == "th":
			*label = text
		case element == "td" && *label == "Request URL:":
			p.url = text
		case element == "td" && *label == "Raised by:":
			p.raised = text
		}
	case "info":
		switch {
		case element == "code" && p.urlconf == "" && len(p.routes) == 0:
			p.urlconf = text
		case len(p.routes) > 0 && (element == "li" || element == "code"):
			p.routes[len(p.routes)-1].add(text)
		}
	case "explanation":
		return strings.Contains(text, "DEBUG = True")
	}
	return false
}

// add takes a part of a pattern, or several with blanks between them as before
// Django 3.2, and the route's name.
func (r *route) add(text string) {
	for part := range strings.FieldsSeq(text) {
		switch {
		case strings.HasPrefix(part, "[name=") || r.label != "" && !strings.HasSuffix(r.label, "]"):
			r.label += part
		case len(r.parts) < maxText:
			r.parts += part
		}
	}
}

// lead returns a path that fits the pattern, where one can be told.
func (r route) lead() (string, bool) { return patterns.Fill(r.parts) }
