package discover

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi3"

	"blurt/scanner/route"
)

// maxReferences bounds how far a schema's references are followed.
const maxReferences = 8

// valueOf chooses a parameter's value: its own examples, those of its schema,
// or one that fits the schema's type and the parameter's name. A parameter may
// describe its value by "content" instead of "schema".
func (d *description) valueOf(p *openapi3.Parameter) string {
	if p.Example != nil {
		return text(p.Example)
	}
	for _, name := range slices.Sorted(maps.Keys(p.Examples)) {
		if e := p.Examples[name]; e != nil && e.Value != nil && e.Value.Value != nil {
			return text(e.Value.Value)
		}
	}
	if p.Schema != nil {
		return d.schemaValue(p.Schema, p.Name, 0)
	}
	for _, media := range slices.Sorted(maps.Keys(p.Content)) {
		m := p.Content[media]
		switch {
		case m == nil:
		case m.Example != nil:
			return text(m.Example)
		case m.Schema != nil:
			return d.schemaValue(m.Schema, p.Name, 0)
		}
	}
	return route.Value("", p.Name)
}

func (d *description) schemaValue(ref *openapi3.SchemaRef, name string, depth int) string {
	s := ref.Value
	if target, ok := strings.CutPrefix(ref.Ref, "#/components/schemas/"); ok && depth < maxReferences {
		if referred := d.schema(target); referred != nil {
			return d.schemaValue(referred, name, depth+1)
		}
	}
	if s == nil {
		return route.Value("", name)
	}
	for _, candidate := range slices.Concat([]any{s.Example}, s.Examples, []any{s.Default, s.Const}, s.Enum) {
		if candidate != nil {
			return text(candidate)
		}
	}
	for _, list := range []openapi3.SchemaRefs{s.AnyOf, s.OneOf, s.AllOf} {
		for _, sub := range list {
			if sub != nil && depth < maxReferences && !isNull(sub) {
				return d.schemaValue(sub, name, depth+1)
			}
		}
	}
	if s.Type != nil && slices.Contains(*s.Type, "array") && s.Items != nil && depth < maxReferences {
		return d.schemaValue(s.Items, name, depth+1)
	}
	if s.Min != nil && *s.Min > 1 {
		return text(*s.Min)
	}
	return ofType(s.Type, s.Format, s.Pattern, name)
}

// schema returns the schema of a name, or nil.
func (d *description) schema(name string) *openapi3.SchemaRef {
	s, known := d.schemas[name]
	if !known {
		if json.Unmarshal(d.Components.Schemas[name], &s) != nil {
			s = nil
		}
		d.schemas[name] = s
	}
	return s
}

func isNull(ref *openapi3.SchemaRef) bool {
	return ref.Value != nil && ref.Value.Type != nil && slices.Contains(*ref.Value.Type, "null")
}

// oldValueOf is valueOf for Swagger 2.0, where a parameter is its own schema.
func oldValueOf(p *openapi2.Parameter) string {
	for _, candidate := range slices.Concat([]any{p.Extensions["x-example"], p.Default}, p.Enum) {
		if candidate != nil {
			return text(candidate)
		}
	}
	if p.Minimum != nil && *p.Minimum > 1 {
		return text(*p.Minimum)
	}
	if p.Type != nil && slices.Contains(*p.Type, "array") && p.Items != nil && p.Items.Value != nil {
		items := p.Items.Value
		for _, candidate := range append([]any{items.Default}, items.Enum...) {
			if candidate != nil {
				return text(candidate)
			}
		}
		return ofType(items.Type, items.Format, items.Pattern, p.Name)
	}
	return ofType(p.Type, p.Format, p.Pattern, p.Name)
}

func ofType(types *openapi3.Types, format, pattern, name string) string {
	if pattern != "" {
		if value, ok := route.Match(pattern); ok {
			return value
		}
	}
	kind := ""
	if types != nil {
		for _, t := range *types {
			if t != "null" && t != "string" {
				kind = t
			}
		}
	}
	switch {
	case format != "" && kind != "integer":
		return route.Value(format, name)
	case kind == "object":
		return "{}"
	case kind == "array":
		return route.Value("", name)
	}
	return route.Value(kind, name)
}

// text spells a JSON value as a parameter's value: of an array its first
// element, of an object none of its members.
func text(value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case string:
		return value[:min(len(value), maxTarget)]
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	case bool, int, int64, uint64, json.Number:
		return fmt.Sprint(value)
	case []any:
		if len(value) == 0 {
			return ""
		}
		return text(value[0])
	}
	return "{}"
}
