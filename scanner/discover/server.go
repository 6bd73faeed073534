package discover

import (
	"encoding/json"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"blurt/scanner/wire"
)

// maxServers bounds the servers of one operation.
const maxServers = 4

// server is where an API is served: an absolute URL or one relative to the
// description.
type server string

// serversOf reads a list of servers; none stands for "/".
func serversOf(list openapi3.Servers, otherwise []server) []server {
	var out []server
	for _, s := range list {
		if s == nil || len(out) == maxServers {
			continue
		}
		url := s.URL
		for name, variable := range s.Variables {
			if variable == nil {
				continue
			}
			value := variable.Default
			if value == "" && len(variable.Enum) > 0 {
				value = variable.Enum[0]
			}
			if len(url) <= maxTarget {
				url = strings.ReplaceAll(url, "{"+name+"}", value)
			}
		}
		if len(url) <= maxTarget && !strings.ContainsAny(url, "{}") {
			out = append(out, server(url))
		}
	}
	if len(out) == 0 {
		return otherwise
	}
	return out
}

func readServers(raw json.RawMessage) []server {
	var list openapi3.Servers
	if len(raw) > 0 && json.Unmarshal(raw, &list) != nil {
		list = nil
	}
	return serversOf(list, []server{"/"})
}

// endpoint returns the endpoint of a target below the server's path.
func (s server) endpoint(base wire.Endpoint, target string) (wire.Endpoint, bool) {
	prefix := string(s)
	absolute := strings.Contains(prefix, "://") || strings.HasPrefix(prefix, "//")
	if absolute {
		if strings.HasPrefix(prefix, "//") {
			prefix = first(base.Origin.Scheme, "https") + ":" + prefix
		}
		to, err := wire.ParseEndpoint(prefix)
		if err != nil {
			return wire.Endpoint{}, false
		}
		if base.Origin == (wire.Origin{}) {
			base = to
		}
		prefix = to.Path()
	}
	if base.Origin == (wire.Origin{}) {
		return wire.Endpoint{}, false
	}
	if end := strings.IndexAny(prefix, "?#"); end >= 0 {
		prefix = prefix[:end] // a server's URL has neither query nor fragment
	}
	if !strings.HasPrefix(prefix, "/") {
		path := first(base.Path(), "/")
		prefix = path[:strings.LastIndexByte(path, '/')+1] + prefix
	}
	path, ok := spell(strings.TrimRight(withoutDots(prefix), "/") + target)
	return base.WithTarget(path), ok
}
