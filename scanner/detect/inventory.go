package detect

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

const (
	maxOperations = 100     // of an API description that are listed
	maxPairValues = 400     // names and values of one body that are judged
	maxTree       = 1 << 20 // bytes of a body that is parsed for its members
)

// operationsIn lists the operations of an API description in JSON, as "GET
// /users/{id}".
func operationsIn(body []byte) []string {
	if len(body) > maxTree {
		return nil
	}
	var description struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if json.Unmarshal(body, &description) != nil {
		return nil
	}
	var out []string
	for _, path := range slices.Sorted(maps.Keys(description.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(description.Paths[path])) {
			switch method {
			case "get", "put", "post", "delete", "options", "head", "patch", "trace":
				out = append(out, strings.ToUpper(method)+" "+path)
			}
			if len(out) == maxOperations {
				return out
			}
		}
	}
	return out
}

// namedValue is a name and its value, as configuration has them.
type namedValue struct{ name, value string }

// pairsIn reads names and values: "lines" of NAME=value, or the members of a
// "json" document.
func pairsIn(kind string, body []byte) []namedValue {
	body = head(body, maxTree)
	switch kind {
	case "lines":
		return linePairs(body)
	case "json":
		return memberPairs(body)
	}
	return nil
}

func linePairs(body []byte) []namedValue {
	var out []namedValue
	for line := range bytes.Lines(body) {
		text := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(string(head(line, maxText))), "export "))
		name, value, found := strings.Cut(text, "=")
		name, value = strings.TrimSpace(name), strings.Trim(strings.TrimSpace(value), `"'`)
		if found && !strings.HasPrefix(name, "#") && value != "" && len(out) < maxPairValues {
			out = append(out, namedValue{name, value})
		}
	}
	return out
}

// memberPairs reads the strings of a JSON document with the names of their
// members. Spring wraps each value in a member called "value": there the name
// around it counts.
func memberPairs(body []byte) []namedValue {
	decoder := json.NewDecoder(bytes.NewReader(body))
	var out []namedValue
	var names []string
	var objects []bool
	name, expectName := "", false
	for len(out) < maxPairValues {
		token, err := decoder.Token()
		if err != nil {
			break
		}
		switch token := token.(type) {
		case json.Delim:
			if token == '{' || token == '[' {
				names, objects = append(names, name), append(objects, token == '{')
				expectName = token == '{'
				continue
			}
			name = names[len(names)-1]
			names, objects = names[:len(names)-1], objects[:len(objects)-1]
		case string:
			if expectName {
				name, expectName = token, false
				continue
			}
			owner := name
			if name == "value" && len(names) > 0 {
				owner = names[len(names)-1]
			}
			if token != "" {
				out = append(out, namedValue{owner, token})
			}
		}
		expectName = len(objects) > 0 && objects[len(objects)-1]
	}
	return out
}
