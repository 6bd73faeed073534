package discover

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"blurt/scanner/wire"
)

// maxDepth bounds how deep an API description nests. Reading it costs its
// length times its depth.
const maxDepth = 100

// description is the skeleton of an API description. Its parts are read one by
// one, so that a mistake in one of them costs that one only.
type description struct {
	OpenAPI  string                     `json:"openapi"`
	Swagger  string                     `json:"swagger"`
	Servers  json.RawMessage            `json:"servers"`
	BasePath string                     `json:"basePath"`
	Host     string                     `json:"host"`
	Schemes  []string                   `json:"schemes"`
	Paths    map[string]json.RawMessage `json:"paths"`

	Security json.RawMessage `json:"security"`

	Parameters          map[string]json.RawMessage `json:"parameters"`          // Swagger 2.0
	Definitions         map[string]json.RawMessage `json:"definitions"`         // Swagger 2.0
	Responses           json.RawMessage            `json:"responses"`           // Swagger 2.0
	SecurityDefinitions json.RawMessage            `json:"securityDefinitions"` // Swagger 2.0
	Components          struct {
		Parameters      map[string]json.RawMessage `json:"parameters"`
		Schemas         map[string]json.RawMessage `json:"schemas"`
		PathItems       map[string]json.RawMessage `json:"pathItems"`
		Responses       json.RawMessage            `json:"responses"`
		RequestBodies   json.RawMessage            `json:"requestBodies"`
		SecuritySchemes json.RawMessage            `json:"securitySchemes"`
	} `json:"components"`

	// What is referred to is read once, however often that is.
	servers    []server
	parameters map[string]parameter
	schemas    map[string]*openapi3.SchemaRef
	pathItems  map[string]*openapi3.PathItem
}

// OpenAPI returns the endpoints of an API description: OpenAPI 3.x or Swagger
// 2.0, in JSON or YAML. Parameters of paths and required ones of queries are
// given sensible values: the description's own examples and defaults, else by
// type and name.
//
// base is where the description was read, or which API it is about: its origin
// takes the place of every server's, whose paths are kept. Where base is the
// zero value, the description has to name a server by an absolute URL.
//
// Operations of other methods than GET and HEAD become endpoints only where
// o.Unsafe is set.
func OpenAPI(data []byte, base wire.Endpoint, o Options) ([]wire.Endpoint, error) {
	d, err := readDescription(data)
	if err != nil {
		return nil, fmt.Errorf("API description: %w", err)
	}
	return d.endpoints(base, o)
}

// endpoints returns those of a description, each once.
func (d *description) endpoints(base wire.Endpoint, o Options) ([]wire.Endpoint, error) {
	c := newCollector(MaxEndpoints)
	for _, path := range d.sortedPaths() {
		if c.full() {
			break
		}
		for _, op := range d.read(d.Paths[path]) {
			if !o.Unsafe && !op.safe {
				continue
			}
			target, ok := op.target(path)
			if !ok {
				continue
			}
			for _, server := range op.servers {
				if e, ok := server.endpoint(base, target); ok {
					c.add(e)
				}
			}
		}
	}
	if len(c.found) == 0 && base.Origin == (wire.Origin{}) && len(d.Paths) > 0 {
		return nil, errors.New("API description: it names no server by an absolute URL: say which server it is about")
	}
	return c.found, nil
}

// sortedPaths returns the paths that can be asked for.
func (d *description) sortedPaths() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(d.Paths)), func(path string) bool {
		return !strings.HasPrefix(path, "/") || len(path) > maxTarget
	})
}

// read returns the operations of a path, of which one stands for all.
func (d *description) read(raw json.RawMessage) []operation {
	if d.OpenAPI != "" {
		return d.readOpenAPI(raw)
	}
	return d.readSwagger(raw)
}

// operation is one way to ask for a path.
type operation struct {
	safe       bool
	servers    []server
	parameters []parameter
}

// parameter is a parameter of a path or a required one of a query.
type parameter struct{ in, name, value string }

func readDescription(data []byte) (*description, error) {
	if len(data) > MaxDocument {
		return nil, fmt.Errorf("longer than %d MiB", MaxDocument>>20)
	}
	data, err := asJSON(data)
	if err != nil {
		return nil, err
	}
	if nesting(data) > maxDepth {
		return nil, fmt.Errorf("nests deeper than %d levels", maxDepth)
	}
	d := &description{}
	if err := json.Unmarshal(data, d); err != nil {
		return nil, errors.New(oneLine(err))
	}
	switch {
	case strings.HasPrefix(d.OpenAPI, "3."), d.OpenAPI == "" && strings.HasPrefix(d.Swagger, "2."):
		d.servers = readServers(d.Servers)
		d.parameters = make(map[string]parameter)
		d.schemas = make(map[string]*openapi3.SchemaRef)
		d.pathItems = make(map[string]*openapi3.PathItem)
		return d, nil
	case d.OpenAPI == "" && d.Swagger == "":
		return nil, errors.New(`neither "openapi" nor "swagger" at the top: is this an API description?`)
	}
	return nil, fmt.Errorf("version %q: OpenAPI 3.x and Swagger 2.0 are read", first(d.OpenAPI, d.Swagger))
}
