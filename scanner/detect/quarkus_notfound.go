package detect

import (
	"encoding/json"
	"fmt"

	"blurt/scanner/finding"
)

// quarkusNotFound reads the routes with which Quarkus answers in its mode for
// development where a client wants JSON.
func quarkusNotFound() Detector {
	return Detector{Name: "quarkus_notfound", Rules: []string{"framework-debug-page"}, Hints: []string{`"Resource Endpoints"`}, Run: runQuarkusNotFound}
}

// quarkusRoute is an entry of either list.
type quarkusRoute struct {
	URI         string `json:"uri"`
	Description string `json:"description"`
}

func runQuarkusNotFound(in Input) Output {
	var routes struct {
		Resources  []quarkusRoute `json:"Resource Endpoints"`
		Additional []quarkusRoute `json:"Additional endpoints"`
	}
	if in.Got.Status < 400 || formOf(in.Got) != dataForm || len(in.Got.Body) > maxObjects || json.Unmarshal(in.Got.Body, &routes) != nil {
		return Output{}
	}
	if len(routes.Resources)+len(routes.Additional) == 0 {
		return Output{}
	}
	list := itemList{in: in}
	for _, r := range routes.Resources {
		list.add(Item{Category: finding.APIInventory, Name: "route " + r.Description, Value: r.URI, Location: "Resource Endpoints"})
	}
	for _, r := range routes.Additional {
		list.add(Item{Category: finding.APIInventory, Name: "route " + r.Description, Value: r.URI, Location: "Additional endpoints"})
	}
	return Output{
		Hits: []Hit{{
			Rule: "framework-debug-page", Category: finding.DebugPage, Confidence: finding.Firm, Items: list.items, Excerpt: Span{0, len(in.Got.Body)},
			Message: fmt.Sprintf("Quarkus answers as in its mode for development: %d routes.", len(routes.Resources)+len(routes.Additional)),
		}},
		Products: []Product{{Name: "quarkus", Role: Framework, Why: "list of routes"}, {Name: "java", Role: Language, Why: "list of routes"}},
	}
}
