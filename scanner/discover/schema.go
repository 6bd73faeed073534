package discover

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"blurt/scanner/sensitivity"
)

// schema is what one schema holds by itself that is worth a reason, and which
// others it refers to.
type schema struct {
	members    []sensitivity.Member
	references []string
}

// members adds what a schema holds, and the schemas that it refers to. Each is
// looked at once for an operation, so that references in a circle end.
func (r *reader) members(out []sensitivity.Member, raw json.RawMessage) []sensitivity.Member {
	if len(raw) == 0 {
		return out
	}
	own := &schema{}
	own.read(objectOf(raw), 0)
	seen := make(map[string]bool)
	for queue := []*schema{own}; len(queue) > 0; queue = queue[1:] {
		if r.left -= len(queue[0].members) + 1; r.left < 0 {
			return out
		}
		for _, m := range queue[0].members {
			out = keepMember(out, m)
		}
		for _, name := range queue[0].references {
			if !seen[name] && len(seen) < maxSchemas {
				seen[name] = true
				queue = append(queue, r.component(name))
			}
		}
	}
	return out
}

// component returns the schema of a name.
func (r *reader) component(name string) *schema {
	known, ok := r.read[name]
	if !ok {
		known = &schema{}
		known.read(objectOf(r.schemas[name]), 0)
		r.read[name] = known
	}
	return known
}

// read looks at a schema and at those that are written into it.
func (s *schema) read(o object, depth int) {
	if o == nil || depth > maxInline {
		return
	}
	if name, ok := schemaName(o.text("$ref")); ok && len(s.references) < maxSchemas && !slices.Contains(s.references, name) {
		s.references = append(s.references, name)
	}
	properties := objectOf(o["properties"])
	for i, name := range slices.Sorted(maps.Keys(properties)) {
		if i == maxProperty {
			break
		}
		property := objectOf(properties[name])
		s.members = keepMember(s.members, memberOf(name, property))
		s.read(property, depth+1)
	}
	for _, name := range []string{"items", "additionalProperties"} {
		s.read(objectOf(o[name]), depth+1)
	}
	for _, name := range []string{"allOf", "anyOf", "oneOf", "prefixItems"} {
		var list []json.RawMessage
		if len(o[name]) == 0 || json.Unmarshal(o[name], &list) != nil {
			continue
		}
		for _, one := range list[:min(len(list), maxListed)] {
			s.read(objectOf(one), depth+1)
		}
	}
}

func schemaName(reference string) (string, bool) {
	for _, place := range [...]string{"#/components/schemas/", "#/definitions/"} {
		if name, ok := strings.CutPrefix(reference, place); ok {
			return unescape(name), true
		}
	}
	return "", false
}

func memberOf(name string, o object) sensitivity.Member {
	return sensitivity.Member{Name: name, Format: o.text("format"), WriteOnly: o.is("writeOnly"), Marked: len(marks(o)) > 0}
}

// keepMember takes a member that is worth a reason, each name once.
func keepMember(list []sensitivity.Member, m sensitivity.Member) []sensitivity.Member {
	if len(list) >= maxTelling || m.Kind() == sensitivity.Ordinary ||
		slices.ContainsFunc(list, func(known sensitivity.Member) bool { return known.Name == m.Name }) {
		return list
	}
	return append(list, m)
}

// marks returns the extensions by which a description calls something internal,
// personal or secret.
func marks(o object) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if strings.HasPrefix(name, "x-") && len(out) < maxMarks && isMark(strings.ToLower(name), o[name]) {
			out = append(out, name)
		}
	}
	return out
}

// isMark reads the value of an extension: a classification may say public.
func isMark(name string, value json.RawMessage) bool {
	has := func(words ...string) bool {
		return slices.ContainsFunc(strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || r == '.' }),
			func(word string) bool { return slices.Contains(words, word) })
	}
	text := object{"": value}.text("")
	switch {
	case has("pii", "phi", "sensitive", "personal", "gdpr", "confidential", "internal"):
		switch strings.ToLower(text) {
		case "":
			return string(value) == "true" || len(value) > 2 && (value[0] == '{' || value[0] == '[')
		case "false", "no", "none", "public", "low", "non-pii":
			return false
		}
		return true
	case has("classification", "sensitivity", "privacy"):
		switch strings.ToLower(text) {
		case "pii", "phi", "personal", "sensitive", "confidential", "restricted", "secret", "private", "high", "internal":
			return true
		}
	}
	return false
}
