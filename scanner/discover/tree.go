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
	// Decoding into maps compares all names of a mapping with each other.
	var document yaml.Node
	if err := yaml.Unmarshal(trimmed, &document); err != nil {
		return nil, errors.New(oneLine(err))
	}
	p := plainer{left: maxNodes}
	tree, err := p.plain(&document, 0)
	if err != nil {
		return nil, errors.New(oneLine(err))
	}
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

// plainer turns a YAML tree to what JSON can say.
type plainer struct{ left int }

func (p *plainer) plain(n *yaml.Node, depth int) (any, error) {
	if p.left--; p.left <= 0 || depth > maxDepth {
		return nil, nil
	}
	switch n.Kind {
	case yaml.DocumentNode:
		return p.plain(n.Content[0], depth)
	case yaml.AliasNode:
		return p.plain(n.Alias, depth+1)
	case yaml.MappingNode:
		return p.mapping(n, depth)
	case yaml.SequenceNode:
		out := make([]any, len(n.Content))
		for i, child := range n.Content {
			var err error
			if out[i], err = p.plain(child, depth+1); err != nil {
				return nil, err
			}
		}
		return out, nil
	case yaml.ScalarNode:
		return scalar(n)
	}
	return nil, nil
}

// mapping reads the members of a mapping. What is merged into it (the name <<)
// gives way to its own members, and to what was merged before.
func (p *plainer) mapping(n *yaml.Node, depth int) (map[string]any, error) {
	out := make(map[string]any, len(n.Content)/2)
	var merged []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.ShortTag() == "!!merge" {
			merged = append(merged, value)
			continue
		}
		name, err := memberName(key)
		if err != nil {
			return nil, err
		}
		if _, again := out[name]; again {
			return nil, fmt.Errorf("line %d: mapping key %q already defined", key.Line, name)
		}
		if out[name], err = p.plain(value, depth+1); err != nil {
			return nil, err
		}
	}
	for _, from := range merged {
		if err := p.merge(out, from, depth+1); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// merge adds the members of a mapping, or of several, that are not there yet.
func (p *plainer) merge(into map[string]any, from *yaml.Node, depth int) error {
	if from.Kind == yaml.SequenceNode {
		for _, one := range from.Content {
			if err := p.merge(into, one, depth); err != nil {
				return err
			}
		}
		return nil
	}
	tree, err := p.plain(from, depth)
	if err != nil {
		return err
	}
	members, isMapping := tree.(map[string]any)
	if !isMapping && tree != nil {
		return fmt.Errorf("line %d: map merge requires map or sequence of maps as the value", from.Line)
	}
	for name, value := range members {
		if _, has := into[name]; !has {
			into[name] = value
		}
	}
	return nil
}

// memberName spells the name of a member, which may be no text: 200 among the
// responses.
func memberName(key *yaml.Node) (string, error) {
	if key.Kind == yaml.AliasNode {
		key = key.Alias
	}
	if key.Kind != yaml.ScalarNode {
		return "", fmt.Errorf("line %d: a mapping or a sequence is no name", key.Line)
	}
	name, err := scalar(key)
	if err != nil {
		return "", err
	}
	return fmt.Sprint(name), nil
}

func scalar(n *yaml.Node) (any, error) {
	if n.ShortTag() == "!!str" {
		return n.Value, nil
	}
	var value any
	if err := n.Decode(&value); err != nil {
		return nil, err
	}
	if number, ok := value.(float64); ok && (math.IsNaN(number) || math.IsInf(number, 0)) {
		return nil, nil
	}
	return value, nil
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
