package discover

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// scheme is how clients prove who they are.
type scheme struct {
	words  string // for people, as "http bearer"
	mutual bool
}

// Bounds of security requirements.
const (
	maxSchemes      = 200
	maxAlternatives = 10 // that are read
	maxNamed        = 3  // that are named
)

// readSchemes reads security schemes (OpenAPI 3) or definitions (Swagger 2.0).
func readSchemes(raw json.RawMessage) map[string]scheme {
	out := make(map[string]scheme)
	all := objectOf(raw)
	for i, name := range slices.Sorted(maps.Keys(all)) {
		if i == maxSchemes {
			break
		}
		one := objectOf(all[name])
		if reference := one.text("$ref"); reference != "" {
			one = objectOf(all[nameOf(reference)])
		}
		out[name] = schemeOf(one)
	}
	return out
}

func schemeOf(one object) scheme {
	switch strings.ToLower(one.text("type")) {
	case "mutualtls":
		return scheme{"mutualTLS", true}
	case "http":
		return scheme{strings.TrimSpace("http " + plainToken(strings.ToLower(one.text("scheme")))), false}
	case "basic":
		return scheme{"http basic", false}
	case "apikey":
		if name := plainToken(one.text("name")); name != "" {
			return scheme{"apiKey " + name, false}
		}
		return scheme{"apiKey", false}
	case "oauth2":
		return scheme{"oauth2", false}
	case "openidconnect":
		return scheme{"openIdConnect", false}
	}
	return scheme{"a scheme of its own", false}
}

// plainToken returns a name that is a token of HTTP, and short; else nothing.
func plainToken(name string) string {
	if len(name) > 40 || strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	}) {
		return ""
	}
	return name
}

// security is a list of alternatives, each of them all the schemes that are
// demanded together. Nil says nothing.
type security [][]scheme

// readSecurity reads the requirements of a document or an operation. What is
// malformed says nothing.
func (r *reader) readSecurity(raw json.RawMessage) security {
	var list []map[string]json.RawMessage
	if len(raw) == 0 || json.Unmarshal(raw, &list) != nil || list == nil {
		return nil
	}
	out := security{}
	for _, requirement := range list[:min(len(list), maxAlternatives)] {
		together := []scheme{}
		for _, name := range slices.Sorted(maps.Keys(requirement)) {
			known, ok := r.schemes[name]
			if !ok {
				known = scheme{words: "a scheme that it does not define"}
			}
			if len(together) < maxAlternatives {
				together = append(together, known)
			}
		}
		slices.SortStableFunc(together, func(a, b scheme) int { return mutualFirst(a) - mutualFirst(b) })
		out = append(out, together)
	}
	if len(list) > maxAlternatives {
		out = append(out, []scheme{{words: "others"}})
	}
	return out
}

func mutualFirst(s scheme) int {
	if s.mutual {
		return 0
	}
	return 1
}

// isOpen reports that nothing at all is demanded, and that in so many words.
func (s security) isOpen() bool {
	return s != nil && !slices.ContainsFunc(s, func(together []scheme) bool { return len(together) > 0 })
}

// mutualTLS reports that there is no way without a client certificate.
func (s security) mutualTLS() bool {
	return len(s) > 0 && !slices.ContainsFunc(s, func(together []scheme) bool {
		return !slices.ContainsFunc(together, func(one scheme) bool { return one.mutual })
	})
}

// demands names what is demanded; nothing where one alternative is to prove
// nothing.
func (s security) demands() string {
	var ways []string
	for _, together := range s {
		if len(together) == 0 {
			return ""
		}
		var words []string
		for _, one := range together {
			if !slices.Contains(words, one.words) && len(words) < maxNamed {
				words = append(words, one.words)
			}
		}
		if way := strings.Join(words, " and "); !slices.Contains(ways, way) && len(ways) < maxNamed {
			ways = append(ways, way)
		}
	}
	return strings.Join(ways, " or ")
}
