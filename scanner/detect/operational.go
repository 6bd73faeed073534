package detect

import (
	"bytes"
	"fmt"
	"strings"

	"blurt/scanner/finding"
	"blurt/scanner/operational"
)

// operationalEndpoint recognises what is made for operators: metrics, profilers,
// logs, configuration, admin planes, API descriptions. It looks at answers from
// where such things are expected, and at how a body begins.
func operationalEndpoint() Detector {
	return Detector{
		Name:  "operational",
		Rules: []string{"debug-endpoint", "api-inventory", "version-banner"},
		Run:   runOperational,
	}
}

func runOperational(in Input) Output {
	if len(in.Got.Body) == 0 || in.Got.Status == 0 {
		return Output{}
	}
	e, start, end, ok := operational.FindExpected(in.operational())
	if !ok {
		return Output{}
	}
	return in.showsEndpoint(e, start, end)
}

func (in Input) operational() operational.Answer {
	return operational.Answer{
		Target: in.Asked.Target, Status: in.Got.Status, Type: in.Got.Field("Content-Type"), Body: in.Got.Body, Cut: in.Got.Cut,
	}
}

// isOperational reports whether the answer is an operators' endpoint.
func (in Input) isOperational() bool {
	return in.once(func(c *claims) *answered { return &c.isOperational }, func() bool {
		e, _, _, ok := operational.FindExpected(in.operational())
		if !ok {
			e, _, _, ok = operational.FindAnywhere(in.operational())
		}
		return ok && !e.Elsewhere && e.Rule != "api-inventory" && !in.likeControl()
	})
}

// showsEndpoint makes the hit of an entry that knows the answer.
func (in Input) showsEndpoint(e *operational.Entry, start, end int) Output {
	if e.Elsewhere || in.likeControl() {
		return Output{}
	}
	hit := Hit{
		Rule:       e.Rule,
		Category:   categoryOf(e.Rule),
		Message:    fmt.Sprintf("An endpoint (%s) answers to a client that has not proved who it is.", e.Title),
		Confidence: finding.Firm,
		Excerpt:    Span{start, min(end, start+maxOperationalExcerpt)},
		Key:        e.ID,
	}
	shows := hit.Category
	if e.Shows != "" {
		shows = finding.Category(e.Shows)
	}
	path, _, _ := strings.Cut(in.Asked.Target, "?")
	list := itemList{in: in}
	list.add(Item{Category: shows, Name: e.Title, Value: path, Location: "request target"})
	for _, p := range pairsIn(e.Pairs, in.Got.Body) {
		item := Item{Category: hit.Category, Name: p.name, Value: p.value, Location: "body"}
		list.classify(&item)
		if item.Category != hit.Category {
			list.add(item)
		}
	}
	if e.Rule == "api-inventory" {
		for _, operation := range operationsIn(in.Got.Body) {
			list.add(Item{Category: finding.APIInventory, Name: "operation", Value: operation, Location: "body"})
		}
	}
	var leads []string
	for _, lead := range e.LeadsIn(in.Got.Body) {
		if sameBut(lead, in.To.Path()) {
			continue // the endpoint itself, as a probe has spelled it
		}
		leads = append(leads, lead)
		list.add(Item{Category: finding.APIInventory, Name: "path", Value: lead, Location: "body"})
	}
	hit.Items = list.items
	out := Output{Hits: []Hit{hit}, Leads: leads}
	if e.Product != "" {
		out.Products = []Product{{Name: e.Product, Role: operationalRole(e.Product), Why: e.Title}}
	}
	return out
}

// sameBut reports whether two paths differ in no more than case, slashes and a
// suffix.
func sameBut(a, b string) bool {
	bare := func(path string) string {
		path = strings.Trim(strings.ToLower(path), "/")
		return strings.Trim(strings.TrimSuffix(path, ".json"), "/")
	}
	return bare(a) == bare(b)
}

const maxOperationalExcerpt = 300

func categoryOf(rule string) finding.Category {
	switch rule {
	case "api-inventory":
		return finding.APIInventory
	case "version-banner":
		return finding.VersionBanner
	}
	return finding.DebugEndpoint
}

// likeControl reports whether the request made no difference: the control has
// the same answer, but for the target where a page repeats it.
func (in Input) likeControl() bool {
	if in.Control == nil || in.Control.Status != in.Got.Status {
		return false
	}
	if bytes.Equal(in.Control.Body, in.Got.Body) {
		return true
	}
	path, _, _ := strings.Cut(in.Asked.Target, "?")
	if len(path) < 2 || len(in.Got.Body) > maxStockPage {
		return false
	}
	// A page for everything that repeats the target differs from the control's
	// only where the target stands.
	pieces := bytes.Split(in.Got.Body, []byte(path))
	if len(pieces) < 2 {
		return false
	}
	rest := in.Control.Body
	for i, piece := range pieces {
		at := bytes.Index(rest, piece)
		if i == len(pieces)-1 && bytes.HasSuffix(rest, piece) {
			at = len(rest) - len(piece)
		}
		if at < 0 || i == 0 && at > 0 || at > maxTarget {
			return false
		}
		rest = rest[at+len(piece):]
	}
	return len(rest) == 0
}

// maxTarget is how long a target in a page may be, in bytes.
const maxTarget = 2000

func operationalRole(product string) Role {
	switch product {
	case "django", "flask", "spring", "rails", "laravel", "symfony", "werkzeug", "express", "asp.net":
		return Framework
	case "go", "java", "php":
		return Language
	case "nginx", "haproxy", "traefik", "envoy", "caddy", "kong":
		return Proxy
	}
	return Server
}
