package probes

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Bounds of a file of dialects. A field more than these would be sent to every
// endpoint, and hardly by intent.
const (
	maxDialectBytes  = 1 << 20
	maxDialectFields = 2000
	maxDialectName   = 128 // bytes of a field name
)

// ParseDialects reads a list of dialects in the form of dialects.yaml. It takes
// nothing that it does not know; an error says the line. The name stands in
// errors.
func ParseDialects(data []byte, name string) ([]Dialect, error) {
	if len(data) > maxDialectBytes {
		return nil, fmt.Errorf("%s: longer than %d bytes", name, maxDialectBytes)
	}
	var document yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: more than one document", name)
	}
	if len(document.Content) == 1 && document.Content[0].Tag == "!!null" {
		return nil, nil
	}
	l := dialectLoader{name: name}
	var out []Dialect
	for _, node := range l.list(document.Content[0], "the file") {
		out = append(out, l.dialect(node))
	}
	l.unique(out, document.Content[0])
	if l.err != nil {
		return nil, l.err
	}
	return out, nil
}

// dialectLoader keeps the first error, so that the readers below can go on.
type dialectLoader struct {
	name   string
	fields int
	err    error
}

func (l *dialectLoader) fail(node *yaml.Node, format string, args ...any) {
	if l.err == nil {
		l.err = fmt.Errorf("%s, line %d: %w", l.name, node.Line, fmt.Errorf(format, args...))
	}
}

func (l *dialectLoader) list(node *yaml.Node, what string) []*yaml.Node {
	if node.Kind != yaml.SequenceNode {
		l.fail(node, "%s is not a list", what)
		return nil
	}
	return node.Content
}

// mapping returns the values by their keys, which must be among those known.
func (l *dialectLoader) mapping(node *yaml.Node, what string, known ...string) map[string]*yaml.Node {
	if node.Kind != yaml.MappingNode {
		l.fail(node, "%s is not a mapping", what)
		return nil
	}
	out := make(map[string]*yaml.Node)
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		switch {
		case !slices.Contains(known, key.Value):
			l.fail(key, "%s has no %q", what, key.Value)
		case out[key.Value] != nil:
			l.fail(key, "%q stands twice", key.Value)
		}
		out[key.Value] = node.Content[i+1]
	}
	return out
}

func (l *dialectLoader) text(parent *yaml.Node, values map[string]*yaml.Node, key string) string {
	node := values[key]
	if node == nil || node.Kind == yaml.ScalarNode && node.Value == "" {
		l.fail(parent, "no %s", key)
		return ""
	}
	if node.Kind != yaml.ScalarNode {
		l.fail(node, "%s is not a text", key)
	}
	return node.Value
}

func (l *dialectLoader) dialect(node *yaml.Node) Dialect {
	values := l.mapping(node, "a system", "system", "source", "fields")
	if l.err != nil {
		return Dialect{}
	}
	d := Dialect{System: l.text(node, values, "system")}
	if values["source"] != nil {
		d.Source = l.text(node, values, "source")
	}
	if values["fields"] == nil {
		l.fail(node, "system %q has no fields", d.System)
		return d
	}
	for _, f := range l.list(values["fields"], "fields") {
		d.Fields = append(d.Fields, l.field(f))
	}
	return d
}

func (l *dialectLoader) field(node *yaml.Node) DialectField {
	values := l.mapping(node, "a field", "name", "role", "encoding")
	if l.err != nil {
		return DialectField{}
	}
	f := DialectField{
		Name:     l.text(node, values, "name"),
		Role:     Role(l.text(node, values, "role")),
		Encoding: Encoding(l.text(node, values, "encoding")),
	}
	if l.err != nil {
		return f
	}
	if l.fields++; l.fields > maxDialectFields {
		l.fail(node, "more than %d fields", maxDialectFields)
	}
	if !isFieldName(f.Name) {
		l.fail(node, "%.40q is no field name (RFC 9110, section 5.1)", f.Name)
	}
	if reserved(f.Name) {
		l.fail(node, "%q frames or routes the request and cannot be a dialect's", f.Name)
	}
	if !slices.Contains(Roles(), f.Role) {
		l.fail(node, "unknown role %.40q", f.Role)
	}
	g, ok := grammars()[f.Encoding]
	if !ok {
		l.fail(node, "unknown encoding %.40q", f.Encoding)
	} else if len(g.roles) > 0 && !slices.Contains(g.roles, f.Role) {
		l.fail(node, "encoding %q cannot carry the role %q", f.Encoding, f.Role)
	}
	return f
}

// unique refuses two systems of one name: one of them would be lost in a merge.
func (l *dialectLoader) unique(dialects []Dialect, node *yaml.Node) {
	seen := make(map[string]bool)
	for i, d := range dialects {
		if seen[d.System] {
			l.fail(node.Content[i], "system %q stands twice", d.System)
		}
		seen[d.System] = true
	}
}

func isFieldName(name string) bool {
	for i := range len(name) {
		c := name[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case bytes.IndexByte([]byte("!#$%&'*+-.^_`|~"), c) >= 0:
		default:
			return false
		}
	}
	return name != "" && len(name) <= maxDialectName
}

// reserved fields say where the request goes and where it ends.
func reserved(name string) bool {
	switch conflated(name) {
	case "HOST", "CONTENT_LENGTH", "TRANSFER_ENCODING", "CONNECTION", "UPGRADE", "TE", "TRAILER", "KEEP_ALIVE",
		"PROXY_CONNECTION", "EXPECT", "USER_AGENT", "ACCEPT":
		return true
	}
	return false
}
