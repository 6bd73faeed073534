package detect

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"blurt/scanner/finding"
)

// aspnetCoreRequest lists what the developer exception page of ASP.NET Core tells
// of the request where it answers with text or with problem details (RFC 9457):
// every header field, and the endpoint that was chosen.
func (l *itemList) aspnetCoreRequest(end int) {
	body := l.in.Got.Body
	if _, fields, found := bytes.Cut(body[min(end, len(body)):], []byte("HEADERS")); found {
		l.aspnetCoreFields(string(head(fields, 16<<10)))
		return
	}
	var problem struct {
		Exception struct {
			Headers     map[string][]string `json:"headers"`
			Path        string              `json:"path"`
			Endpoint    string              `json:"endpoint"`
			RouteValues map[string]any      `json:"routeValues"`
		} `json:"exception"`
	}
	if len(body) > maxObjects || !bytes.Contains(body, []byte(`"routeValues"`)) || json.Unmarshal(body, &problem) != nil {
		return
	}
	l.add(Item{Category: finding.APIInventory, Name: "endpoint", Value: problem.Exception.Endpoint, Location: "exception"})
	for _, name := range slices.Sorted(maps.Keys(problem.Exception.RouteValues)) {
		if value, isText := problem.Exception.RouteValues[name].(string); isText {
			l.add(Item{Category: finding.APIInventory, Name: "route value " + name, Value: value, Location: "exception.routeValues"})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(problem.Exception.Headers)) {
		l.requestField(name, strings.Join(problem.Exception.Headers[name], ", "), "exception.headers")
	}
}

// aspnetCoreFields reads "name: value" lines below a line of equals signs.
func (l *itemList) aspnetCoreFields(text string) {
	_, text, found := strings.Cut(text, "=======")
	if !found {
		return
	}
	for line := range strings.Lines(strings.TrimLeft(text, "\r\n")) {
		name, value, found := strings.Cut(strings.TrimSpace(line), ": ")
		if !found || strings.ContainsAny(name, " \t") {
			return
		}
		l.requestField(name, value, "HEADERS")
	}
}

func (l *itemList) requestField(name, value, location string) {
	item := Item{Category: finding.DebugPage, Name: name, Value: value, Location: location}
	l.classify(&item)
	l.add(item)
}
