package detect

import (
	"fmt"
	"strings"

	"blurt/scanner/finding"
)

// djangoTechnical reads the page that Django answers with when a view raises
// and DEBUG is on, in both its forms.
func djangoTechnical() Detector {
	return Detector{
		Name:  "django_technical",
		Rules: []string{"django-debug-page", "django-debug-disallowed-host"},
		Hints: []string{"Python Executable:"},
		Run:   runDjangoTechnical,
	}
}

func runDjangoTechnical(in Input) Output {
	page := in.claim().technical
	if page == nil {
		return Output{}
	}
	hit := Hit{
		Rule:       "django-debug-page",
		Category:   finding.DebugPage,
		Confidence: page.confidence(in),
		Items:      djangoItems(page, in),
		Excerpt:    page.head,
	}
	if page.exceptionType() == "DisallowedHost" {
		hit.Rule, hit.PerOrigin = "django-debug-disallowed-host", true
	}
	hit.Message = djangoMessage(page, hit.Items)
	return Output{Hits: []Hit{hit}, Products: djangoProducts(page)}
}

// djangoTechnicalOf returns the technical page that an exchange holds, or nil.
// Below status 400 only a page about this very request counts: others are kept
// as examples.
func djangoTechnicalOf(in Input) *djangoPage {
	page := parseDjango(in.Got.Body)
	if page == nil || in.Got.Status < 400 && !in.mine(page.summary["Request URL"]) {
		return nil
	}
	return page
}

func (p *djangoPage) confidence(in Input) finding.Confidence {
	if in.mine(p.summary["Request URL"]) || in.echoedWithin(Span{0, len(in.Got.Body)}) {
		return finding.Confirmed
	}
	return finding.Firm
}

func djangoMessage(p *djangoPage, items []Item) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Django %s answers with its debug page: %s", short(p.summary["Django Version"]), short(p.exceptionType()))
	if view := p.view(); view != "" {
		fmt.Fprintf(&b, " in %s", short(view))
	}
	fmt.Fprintf(&b, ", on Python %s", short(p.summary["Python Version"]))
	secrets := 0
	for _, item := range items {
		if item.Category == finding.SecretExposure {
			secrets++
		}
	}
	switch {
	case secrets == 1:
		b.WriteString("; one value on it looks like a secret")
	case secrets > 1:
		fmt.Fprintf(&b, "; %d values on it look like secrets", secrets)
	}
	if len(p.tables[settingsTable]) > 0 {
		fmt.Fprintf(&b, "; it lists %d settings", len(p.tables[settingsTable]))
	}
	b.WriteString(".")
	return b.String()
}

// short makes a name fit to stand in a sentence: one line, bounded.
func short(s string) string {
	if end := strings.IndexAny(s, "\r\n"); end >= 0 {
		s = s[:end]
	}
	if len(s) > 120 {
		return strings.ToValidUTF8(s[:120], "") + "…"
	}
	return s
}

func djangoProducts(p *djangoPage) []Product {
	products := []Product{
		{Name: "django", Version: short(p.summary["Django Version"]), Role: Framework, Why: "technical 500 page"},
		{Name: "python", Version: short(p.summary["Python Version"]), Role: Language, Why: "technical 500 page"},
	}
	for _, entry := range p.tables[metaTable] {
		if entry.name == "SERVER_SOFTWARE" {
			name, version := splitProduct(strings.Trim(entry.value, `'"`))
			if name != "" {
				products = append(products, Product{Name: name, Version: version, Role: Server, Why: "META of a technical 500 page"})
			}
		}
	}
	return products
}
