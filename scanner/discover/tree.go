package discover

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"

	"encoding/json"

	"go.yaml.in/yaml/v3"
)

// asJSON turns YAML to JSON and leaves JSON as it is.
func asJSON(data []byte) ([]byte, error) {
	trimmed := bytes.TrimLeft(data, "\ufeff \t\r\n")
	if len(trimmed) == 0 {
		return nil, errors.New("it is empty")
	}
	if trimmed[0] == '{' {
		return trimmed, nil
	}
	var tree any
	if err := yaml.Unmarshal(trimmed, &tree); err != nil {
		return nil, errors.New(oneLine(err))
	}
	p := plainer{left: maxNodes}
	tree = p.plain(tree, 0)
	if p.left <= 0 {
		return nil, errors.New("too large, or its aliases make it so")
	}
	out, err := json.Marshal(tree)
	if err != nil {
		return nil, errors.New(oneLine(err))
	}
	return out, nil
}

// maxNodes bounds what aliases may blow a YAML document up to.
const maxNodes = 2 << 20

// plainer copies a YAML tree to what JSON can say.
type plainer struct{ left int }

func (p *plainer) plain(tree any, depth int) any {
	if p.left--; p.left <= 0 || depth > maxDepth {
		return nil
	}
	switch tree := tree.(type) {
	case map[string]any:
		out := make(map[string]any, len(tree))
		for name, child := range tree {
			out[name] = p.plain(child, depth+1)
		}
		return out
	case map[any]any: // some name is no text: 200 among the responses
		out := make(map[string]any, len(tree))
		for name, child := range tree {
			out[fmt.Sprint(name)] = p.plain(child, depth+1)
		}
		return out
	case []any:
		out := make([]any, len(tree))
		for i, child := range tree {
			out[i] = p.plain(child, depth+1)
		}
		return out
	case float64:
		if math.IsNaN(tree) || math.IsInf(tree, 0) {
			return nil
		}
	}
	return tree
}

// nesting returns how deep the objects and arrays of a JSON text nest.
func nesting(data []byte) int {
	depth, deepest, inString := 0, 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case inString:
			if c == '\\' {
				i++
			} else if c == '"' {
				inString = false
			}
		case c == '"':
			inString = true
		case c == '{', c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}', c == ']':
			depth--
		}
	}
	return deepest
}

// oneLine makes a library's error fit to print: it may quote the document.
func oneLine(err error) string {
	text := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return ' '
		}
		return r
	}, err.Error())
	text = strings.Join(strings.Fields(text), " ")
	return text[:min(len(text), 200)]
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
