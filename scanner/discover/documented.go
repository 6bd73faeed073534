package discover

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"blurt/scanner/sensitivity"
)

// Bounds of what is read of one operation.
const (
	maxText     = 4 << 10 // bytes of its summary and description
	maxTags     = 10
	maxMarks    = 3
	maxListed   = 50  // responses, media types, parameters
	maxTelling  = 64  // members of schemas that are worth a reason
	maxSchemas  = 300 // schemas that it refers to, and those refer to
	maxInline   = 12  // levels of schemas within schemas
	maxProperty = 2000
)

// maxVisits bounds the schemas, and the members of them, that are looked at for
// all operations of one description.
const maxVisits = 1 << 20

// reader reads what a description says of its operations. Unlike the library it
// forgives: one mistake costs the part that it is in. What is referred to is read
// once.
type reader struct {
	description *description
	global      security
	schemes     map[string]scheme
	schemas     map[string]json.RawMessage
	read        map[string]*schema
	responses   object
	bodies      object
	left        int // of maxVisits
}

// object is a JSON object of which nothing else is known.
type object map[string]json.RawMessage

// objectOf returns nil for what is no object.
func objectOf(raw json.RawMessage) object {
	var o object
	if len(raw) == 0 || json.Unmarshal(raw, &o) != nil {
		return nil
	}
	return o
}

func (o object) text(name string) string {
	var text string
	if json.Unmarshal(o[name], &text) != nil {
		return ""
	}
	return text
}

func (o object) is(name string) bool { return string(o[name]) == "true" }

func newReader(d *description) *reader {
	r := &reader{
		description: d, schemas: d.Definitions, read: make(map[string]*schema), left: maxVisits,
		responses: objectOf(d.Responses), schemes: readSchemes(d.SecurityDefinitions),
	}
	if d.OpenAPI != "" {
		r.schemas, r.responses, r.bodies = d.Components.Schemas, objectOf(d.Components.Responses), objectOf(d.Components.RequestBodies)
		r.schemes = readSchemes(d.Components.SecuritySchemes)
	}
	r.global = r.readSecurity(d.Security)
	return r
}

// methods are those of a path item, the one first that is asked.
func methods() []string { return []string{"get", "head", "post", "put", "patch", "delete", "options"} }

// operation returns what is said of a path: of GET where it has that, and what
// all its methods take. It reports false where it has none.
func (r *reader) operation(raw json.RawMessage) (sensitivity.Operation, bool) {
	item := objectOf(raw)
	if name, ok := strings.CutPrefix(item.text("$ref"), "#/components/pathItems/"); ok {
		item = objectOf(r.description.Components.PathItems[unescape(name)])
	}
	var out sensitivity.Operation
	for _, method := range methods() {
		op := objectOf(item[method])
		if op == nil {
			continue
		}
		if out.Method == "" {
			out = r.front(strings.ToUpper(method), op)
			out.Takes = r.parameters(out.Takes, item["parameters"])
		}
		out.Takes = r.parameters(out.Takes, op["parameters"])
		out.Takes = r.body(out.Takes, op["requestBody"])
	}
	return out, out.Method != ""
}

// front reads all of an operation but what it takes.
func (r *reader) front(method string, op object) sensitivity.Operation {
	out := sensitivity.Operation{Method: method, Text: head(op.text("summary")) + " " + head(op.text("description")), Marks: marks(op)}
	own, said := r.global, false
	if raw := op["security"]; len(raw) > 0 && string(raw) != "null" {
		own, said = r.readSecurity(raw), true
	}
	out.Demands, out.MutualTLS = own.demands(), own.mutualTLS()
	out.Public = said && own.isOpen()
	var tags []string
	if json.Unmarshal(op["tags"], &tags) == nil {
		out.Tags = tags[:min(len(tags), maxTags)]
	}
	answers := objectOf(op["responses"])
	for _, status := range []string{"401", "403"} {
		if _, listed := answers[status]; listed {
			out.Refuses = append(out.Refuses, status)
		}
	}
	out.Answers = r.answers(answers)
	return out
}

func head(text string) string { return text[:min(len(text), maxText)] }

// answers returns what the schemas of successful answers hold that is worth a
// reason.
func (r *reader) answers(all object) []sensitivity.Member {
	var out []sensitivity.Member
	success := func(status string) bool { return len(status) == 3 && status[0] == '2' }
	statuses := slices.Sorted(maps.Keys(all))
	if !slices.ContainsFunc(statuses, success) {
		success = func(status string) bool { return status == "default" }
	}
	for _, status := range statuses[:min(len(statuses), maxListed)] {
		if !success(status) {
			continue
		}
		answer := objectOf(all[status])
		if reference := answer.text("$ref"); reference != "" {
			answer = objectOf(r.responses[nameOf(reference)])
		}
		out = r.members(out, answer["schema"])
		out = r.content(out, answer["content"])
	}
	return out
}

// content reads the schema of each media type.
func (r *reader) content(out []sensitivity.Member, raw json.RawMessage) []sensitivity.Member {
	content := objectOf(raw)
	for i, media := range slices.Sorted(maps.Keys(content)) {
		if i < maxListed {
			out = r.members(out, objectOf(content[media])["schema"])
		}
	}
	return out
}

// body reads what a request holds (OpenAPI 3).
func (r *reader) body(out []sensitivity.Member, raw json.RawMessage) []sensitivity.Member {
	body := objectOf(raw)
	if reference := body.text("$ref"); reference != "" {
		body = objectOf(r.bodies[nameOf(reference)])
	}
	return r.content(out, body["content"])
}

// parameters reads parts of the path, and in Swagger 2.0 the body and the fields
// of forms.
func (r *reader) parameters(out []sensitivity.Member, raw json.RawMessage) []sensitivity.Member {
	var list []json.RawMessage
	if len(raw) == 0 || json.Unmarshal(raw, &list) != nil {
		return out
	}
	for _, one := range list[:min(len(list), maxListed)] {
		p := objectOf(one)
		if name, ok := strings.CutPrefix(p.text("$ref"), "#/parameters/"); ok {
			p = objectOf(r.description.Parameters[unescape(name)])
		} else if name, ok := strings.CutPrefix(p.text("$ref"), "#/components/parameters/"); ok {
			p = objectOf(r.description.Components.Parameters[unescape(name)])
		}
		switch p.text("in") {
		case "body":
			out = r.members(out, p["schema"])
		case "path", "formData":
			out = keepMember(out, memberOf(p.text("name"), p))
		}
	}
	return out
}

// nameOf returns the last part of a reference.
func nameOf(reference string) string {
	return unescape(reference[strings.LastIndexByte(reference, '/')+1:])
}

// unescape follows RFC 6901, section 4.
func unescape(name string) string { return strings.NewReplacer("~1", "/", "~0", "~").Replace(name) }
