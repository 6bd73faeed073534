package discover

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"blurt/scanner/sensitivity"
	"blurt/scanner/wire"
)

// API is what an API description tells: the endpoints, and what it says of each.
// It is safe for concurrent use.
type API struct {
	// Endpoints are those that OpenAPI returns.
	Endpoints []wire.Endpoint

	said      map[wire.Endpoint]*sensitivity.Document // by the endpoint without its query
	templates map[int][]pathTemplate                  // by the number of segments
}

// pathTemplate is a path with parameters, and what is said of it.
type pathTemplate struct {
	origin   wire.Origin
	segments []string // empty for a parameter
	said     *sensitivity.Document
}

// ReadAPI reads an API description as OpenAPI does, and with it what it says of
// each endpoint: which security it demands, and what its schemas hold. given says
// that the caller handed the description in; else a server did.
func ReadAPI(data []byte, base wire.Endpoint, o Options, given bool) (*API, error) {
	d, err := readDescription(data)
	if err != nil {
		return nil, fmt.Errorf("API description: %w", err)
	}
	api := &API{said: make(map[wire.Endpoint]*sensitivity.Document), templates: make(map[int][]pathTemplate)}
	if api.Endpoints, err = d.endpoints(base, o); err != nil {
		return nil, err
	}
	r := newReader(d)
	for _, path := range d.sortedPaths() {
		if len(api.said) >= MaxEndpoints {
			break
		}
		ops := d.read(d.Paths[path])
		if len(ops) == 0 {
			continue
		}
		operation, ok := r.operation(d.Paths[path])
		if !ok {
			continue
		}
		said := sensitivity.NewDocument(operation, given)
		target, ok := ops[0].target(path)
		for _, server := range ops[0].servers {
			if e, fits := server.endpoint(base, target); ok && fits {
				api.keep(server, base, path, e, said)
			}
		}
	}
	return api, nil
}

// MayDescribe tells at little cost that an answer cannot be an API description.
func MayDescribe(at wire.Endpoint, got *wire.Response) bool {
	if got == nil || got.Status != 200 || got.Cut || len(got.Body) > maxBody || !looksDescribed(got.Body) {
		return false
	}
	switch kindOf(at, got.Field("Content-Type"), got.Body) {
	case jsonKind, yamlKind:
		return true
	}
	return false
}

// Described returns what an answer tells that is an API description; nil where
// it is none.
func Described(at wire.Endpoint, got *wire.Response) *API {
	if !MayDescribe(at, got) {
		return nil
	}
	api, err := ReadAPI(got.Body, at, Options{Unsafe: true}, false)
	if err != nil || len(api.said) == 0 {
		return nil
	}
	return api
}

// looksDescribed tells at little cost that a body cannot be an API description.
func looksDescribed(body []byte) bool {
	start := body[:min(len(body), 4<<10)]
	return bytes.Contains(start, []byte("openapi")) || bytes.Contains(start, []byte("swagger"))
}

func (a *API) keep(at server, base wire.Endpoint, path string, e wire.Endpoint, said *sensitivity.Document) {
	e.Target = e.Path()
	if _, twice := a.said[e]; twice {
		return
	}
	a.said[e] = said
	if !strings.Contains(path, "{") {
		return
	}
	front, ok := at.endpoint(base, "/")
	if !ok {
		return
	}
	segments := segmentsOf(strings.TrimRight(front.Path(), "/") + path)
	for i, segment := range segments {
		if strings.Contains(segment, "{") {
			segments[i] = ""
		}
	}
	a.templates[len(segments)] = append(a.templates[len(segments)], pathTemplate{e.Origin, segments, said})
}

func segmentsOf(path string) []string { return strings.Split(strings.Trim(path, "/"), "/") }

// Of returns what the description says of an endpoint, or nil. A path that fits
// no endpoint as it stands may still fit one with parameters; the one with the
// fewest speaks for it.
func (a *API) Of(e wire.Endpoint) *sensitivity.Document {
	e.Target = e.Path()
	if said, ok := a.said[e]; ok {
		return said
	}
	segments := segmentsOf(e.Target)
	var best *sensitivity.Document
	most := -1
	for _, t := range a.templates[len(segments)] {
		if literal, ok := t.fits(e.Origin, segments); ok && literal > most {
			best, most = t.said, literal
		}
	}
	return best
}

// fits reports whether the segments of a path are such as the template has, and
// how many of them it spells out.
func (t pathTemplate) fits(origin wire.Origin, segments []string) (literal int, ok bool) {
	if t.origin != origin {
		return 0, false
	}
	ok = !slices.ContainsFunc(segments, func(s string) bool { return s == "" })
	for i, segment := range t.segments {
		if segment == "" {
			continue
		}
		if segment != segments[i] {
			return 0, false
		}
		literal++
	}
	return literal, ok
}
