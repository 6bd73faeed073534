package probes

import (
	"fmt"

	"blurt/scanner/wire"
)

// Values of the Accept field that make servers choose their error page.
const (
	acceptAny     = "*/*"
	acceptBrowser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	acceptJSON    = "application/json"
)

// Control returns the benign request that everything is compared with: a plain
// GET. The user agent names the tool and the scan, so that the owner of the
// target can find blurt's requests in the logs.
func Control(e wire.Endpoint, version, scanID string) wire.Request {
	return wire.Request{
		Method: "GET",
		Target: e.Target,
		Fields: []wire.Field{
			{Name: "Host", Value: e.Origin.Authority()},
			{Name: "User-Agent", Value: fmt.Sprintf("blurt/%s scan/%s", version, scanID)},
			{Name: "Accept", Value: acceptAny},
		},
	}
}

// Form is a request for another representation of the same thing.
type Form struct {
	Name    string // "browser", "json"
	Request wire.Request
}

// Representations returns the request in the forms that it does not have yet:
// an error page that is plain for one client is a debug page for another.
func Representations(r wire.Request) []Form {
	current, _ := wire.Get(r.Fields, "Accept")
	var out []Form
	for _, f := range []struct{ name, accept string }{{"browser", acceptBrowser}, {"json", acceptJSON}} {
		if f.accept != current {
			out = append(out, Form{Name: f.name, Request: r.Set("Accept", f.accept)})
		}
	}
	return out
}
