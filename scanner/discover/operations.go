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
func (d *description) readOpenAPI(raw json.RawMessage) []operation {
	servers := d.servers
	var item openapi3.PathItem
	if json.Unmarshal(raw, &item) != nil {
		return []operation{{safe: saysGet(raw), servers: servers}}
	}
	if item.Ref != "" {
		if referred := d.pathItem(item.Ref); referred != nil {
			item = *referred
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
	name, ok := strings.CutPrefix(ref.Ref, "#/components/parameters/")
	if !ok {
		op.keep(readParameter(d, ref.Value))
		return
	}
	p, known := d.parameters[name]
	if !known {
		var referred *openapi3.Parameter
		if json.Unmarshal(d.Components.Parameters[name], &referred) == nil {
			p = readParameter(d, referred)
		}
		d.parameters[name] = p
	}
	op.keep(p)
}

// maxParameters bounds the parameters of one operation.
const maxParameters = 50

// keep takes a parameter that the target needs: one of the path or a required
// one of the query.
func (op *operation) keep(p parameter) {
	if p.in != "" && len(op.parameters) < maxParameters {
		op.parameters = append(op.parameters, p)
	}
}

// readParameter gives a parameter its value; what the target does not need is
// left empty.
func readParameter(d *description, p *openapi3.Parameter) parameter {
	if p == nil || p.In != "path" && (p.In != "query" || !p.Required) {
		return parameter{}
	}
	return parameter{in: p.In, name: p.Name, value: d.valueOf(p)}
}

// pathItem returns the path item that a reference names, or nil.
func (d *description) pathItem(reference string) *openapi3.PathItem {
	name, _ := strings.CutPrefix(reference, "#/components/pathItems/")
	item, known := d.pathItems[name]
	if !known {
		if json.Unmarshal(d.Components.PathItems[name], &item) != nil {
			item = nil
		}
		d.pathItems[name] = item
	}
	return item
}

// readSwagger returns the operations of one path of a Swagger 2.0 description.
func (d *description) readSwagger(raw json.RawMessage) []operation {
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
		known, ok := d.parameters[name]
		if !ok {
			var referred *openapi2.Parameter
			if json.Unmarshal(d.Parameters[name], &referred) == nil {
				known = readOld(referred)
			}
			d.parameters[name] = known
		}
		op.keep(known)
		return
	}
	op.keep(readOld(p))
}

func readOld(p *openapi2.Parameter) parameter {
	if p == nil || p.In != "path" && (p.In != "query" || !p.Required) {
		return parameter{}
	}
	return parameter{in: p.In, name: p.Name, value: oldValueOf(p)}
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
		if len(path) > maxTarget {
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
