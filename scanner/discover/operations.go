package discover

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi3"

	"blurt/scanner/route"
)

// readOpenAPI returns the operations of one path of an OpenAPI 3.x description.
// An item that cannot be read still tells its path.
func (d *description) readOpenAPI(_ string, raw json.RawMessage) []operation {
	servers := readServers(d.Servers)
	var item openapi3.PathItem
	if json.Unmarshal(raw, &item) != nil {
		return []operation{{safe: saysGet(raw), servers: servers}}
	}
	if item.Ref != "" {
		referred := openapi3.PathItem{}
		name, _ := strings.CutPrefix(item.Ref, "#/components/pathItems/")
		if json.Unmarshal(d.Components.PathItems[name], &referred) == nil {
			item = referred
		}
	}
	servers = serversOf(item.Servers, servers)
	var out []operation
	for method, o := range item.Operations() {
		if o == nil {
			continue
		}
		op := operation{safe: method == "GET" || method == "HEAD", servers: servers}
		if o.Servers != nil {
			op.servers = serversOf(*o.Servers, servers)
		}
		for _, list := range []openapi3.Parameters{o.Parameters, item.Parameters} {
			for _, p := range list {
				op.addParameter(d, p)
			}
		}
		out = append(out, op)
	}
	return safeFirst(out)
}

func (op *operation) addParameter(d *description, ref *openapi3.ParameterRef) {
	if ref == nil {
		return
	}
	p := ref.Value
	if name, ok := strings.CutPrefix(ref.Ref, "#/components/parameters/"); ok {
		p = nil
		if json.Unmarshal(d.Components.Parameters[name], &p) != nil {
			return
		}
	}
	if p == nil || p.In != "path" && (p.In != "query" || !p.Required) {
		return
	}
	op.parameters = append(op.parameters, parameter{in: p.In, name: p.Name, value: d.valueOf(p)})
}

// readSwagger returns the operations of one path of a Swagger 2.0 description.
func (d *description) readSwagger(_ string, raw json.RawMessage) []operation {
	servers := []server{server(first(d.BasePath, "/"))}
	if d.Host != "" {
		scheme := "https"
		if len(d.Schemes) > 0 && !contains(d.Schemes, "https") {
			scheme = d.Schemes[0]
		}
		servers = []server{server(scheme + "://" + d.Host + d.BasePath)}
	}
	var item openapi2.PathItem
	if json.Unmarshal(raw, &item) != nil {
		return []operation{{safe: saysGet(raw), servers: servers}}
	}
	var out []operation
	for method, o := range item.Operations() {
		if o == nil {
			continue
		}
		op := operation{safe: method == "GET" || method == "HEAD", servers: servers}
		for _, list := range []openapi2.Parameters{o.Parameters, item.Parameters} {
			for _, p := range list {
				op.addOldParameter(d, p)
			}
		}
		out = append(out, op)
	}
	return safeFirst(out)
}

func (op *operation) addOldParameter(d *description, p *openapi2.Parameter) {
	if p == nil {
		return
	}
	if name, ok := strings.CutPrefix(p.Ref, "#/parameters/"); ok {
		var referred *openapi2.Parameter
		if json.Unmarshal(d.Parameters[name], &referred) != nil || referred == nil {
			return
		}
		p = referred
	}
	if p.In != "path" && (p.In != "query" || !p.Required) {
		return
	}
	op.parameters = append(op.parameters, parameter{in: p.In, name: p.Name, value: oldValueOf(p)})
}

// safeFirst keeps one operation for a path, a safe one where there is any: all
// of them lead to the same endpoint but for its parameters.
func safeFirst(all []operation) []operation {
	best := -1
	for i, op := range all {
		if best < 0 || op.safe && !all[best].safe || op.safe == all[best].safe && len(op.parameters) > len(all[best].parameters) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	return all[best : best+1]
}

// saysGet looks for GET in a path item that the library could not read.
func saysGet(raw json.RawMessage) bool {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return false
	}
	_, get := members["get"]
	return get
}

// target fills the path's parameters and appends the query's.
func (op operation) target(path string) (string, bool) {
	var query []string
	for _, p := range op.parameters {
		switch p.in {
		case "path":
			value := url.PathEscape(p.value)
			if value == "" || value == "." || value == ".." {
				value = route.Value("", p.name)
			}
			path = strings.ReplaceAll(path, "{"+p.name+"}", value)
		case "query":
			query = append(query, url.QueryEscape(p.name)+"="+url.QueryEscape(p.value))
		}
		if len(path) > maxTarget || len(query) > 50 {
			return "", false
		}
	}
	path, _, _ = strings.Cut(path, "#")
	if len(query) > 0 {
		separator := "?"
		if strings.Contains(path, "?") {
			separator = "&"
		}
		path += separator + strings.Join(query, "&")
	}
	return path, true
}

func contains(list []string, want string) bool {
	for _, s := range list {
		if strings.EqualFold(s, want) {
			return true
		}
	}
	return false
}
