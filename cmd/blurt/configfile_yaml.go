package main

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// yamlPair is a key of a mapping with its value.
type yamlPair struct{ key, value *yaml.Node }

// mapping returns the pairs of a mapping. A key that is none of the known ones,
// or that comes twice, is an error.
func (r *configReader) mapping(node *yaml.Node, what string, known []string) ([]yamlPair, error) {
	if node.Kind != yaml.MappingNode {
		return nil, r.fail(node, what+" is no list of keys and values", "write for example rate: 20")
	}
	var pairs []yamlPair
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if !slices.Contains(known, key.Value) {
			return nil, r.unknownKey(key, known)
		}
		if seen[key.Value] {
			return nil, r.fail(key, strconv.Quote(key.Value)+" is given twice", "keep one of them")
		}
		seen[key.Value] = true
		pairs = append(pairs, yamlPair{key, node.Content[i+1]})
	}
	return pairs, nil
}

func (r *configReader) unknownKey(key *yaml.Node, known []string) error {
	mend := "keys are " + strings.Join(known, ", ")
	if len(known) > 10 {
		mend = "see docs/configuration.md, or blurt scan --help: each flag is a key"
	}
	name := strings.TrimLeft(key.Value, "-")
	if near, found := nearest(strings.ReplaceAll(name, "_", "-"), known); found {
		mend = "did you mean " + near + "? " + mend
	}
	return r.fail(key, "there is no key "+strconv.Quote(shorten(key.Value)), mend)
}

// texts reads a list of texts; one text alone is a list of one.
func (r *configReader) texts(pair yamlPair) ([]setting, error) {
	nodes := []*yaml.Node{pair.value}
	switch {
	case isNull(pair.value):
		return nil, nil
	case pair.value.Kind == yaml.SequenceNode:
		nodes = pair.value.Content
	}
	var list []setting
	for _, node := range nodes {
		one, err := r.text(pair.key.Value, node)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

// text reads a single value, in which ${NAME} stands for an environment variable.
func (r *configReader) text(key string, node *yaml.Node) (setting, error) {
	switch {
	case node.Kind == yaml.AliasNode || node.Anchor != "":
		return setting{}, r.fail(node, "aliases are not read", "write the value itself")
	case node.Kind == yaml.MappingNode:
		return setting{}, r.fail(node, key+" is a text, not a mapping", "put quotes around it, as in \"X-Tenant: acme\"")
	case node.Kind != yaml.ScalarNode:
		return setting{}, r.fail(node, key+" takes a single value", "write it on the same line")
	case isNull(node) || node.Value == "":
		return setting{}, r.fail(node, key+" has no value", "write one, or leave the key out")
	case strings.ContainsAny(node.Value, "\r\n"):
		return setting{}, r.fail(node, key+" has a line break in it", "write it on one line")
	}
	value, missing := expandVariables(node.Value, r.env)
	if missing != "" {
		return setting{}, r.fail(node, "the environment variable "+shorten(missing)+" is not set, or empty", "set it, or write $${ for a literal ${")
	}
	return setting{value: value, source: r.at(node) + ": " + key}, nil
}

func (r *configReader) at(node *yaml.Node) string {
	return r.path + ":" + strconv.Itoa(node.Line) + ":" + strconv.Itoa(node.Column)
}

func isNull(node *yaml.Node) bool { return node.Kind == yaml.ScalarNode && node.Tag == "!!null" }

// expandVariables replaces ${NAME} by environment variables; $${ stands for ${. missing is
// the name of one that is not set.
func expandVariables(text string, env environment) (expanded, missing string) {
	var b strings.Builder
	for {
		at := strings.Index(text, "${")
		if at < 0 {
			b.WriteString(text)
			return b.String(), ""
		}
		if at > 0 && text[at-1] == '$' {
			b.WriteString(text[:at-1] + "${")
			text = text[at+2:]
			continue
		}
		name, rest, closed := strings.Cut(text[at+2:], "}")
		if !closed || env[name] == "" {
			return "", name
		}
		b.WriteString(text[:at] + env[name])
		text = rest
	}
}
