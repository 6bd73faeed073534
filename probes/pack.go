package probes

import (
	"slices"
	"strings"

	"blurt/scanner/wire"
)

// item is a field to send, with those that go with it.
type item struct {
	field wire.Field
	// companions must go with it, unless the request has another spelling of them:
	// only the thorough profile spends a request on telling those apart.
	companions []wire.Field
	// welcome ones go with it where there is room.
	welcome []wire.Field
}

// pack distributes the items over as few requests as the limits allow, the first
// ones first. An item that fits no request by itself is left out, and so is what
// would need more requests than the most.
//
// Two fields whose names a WSGI server would merge never share a request: the
// value that the application sees would be neither of them.
func pack(c Context, items []item, most int) [][]wire.Field {
	p := newPacker(c, most)
	p.add(items)
	return p.requests()
}

type packer struct {
	limits Limits
	strict bool
	most   int
	groups []*group
}

func newPacker(c Context, most int) *packer {
	return &packer{limits: c.room(), strict: c.Profile == Thorough, most: most}
}

func (p *packer) add(items []item) {
	for _, it := range items {
		if slices.ContainsFunc(p.groups, func(g *group) bool { return g.take(it, p.limits) }) || len(p.groups) == p.most {
			continue
		}
		if g := newGroup(p.strict); g.take(it, p.limits) {
			p.groups = append(p.groups, g)
		}
	}
}

// has reports that a request has the field already.
func (p *packer) has(f wire.Field) bool {
	return slices.ContainsFunc(p.groups, func(g *group) bool { return same(g.merged[conflated(f.Name)], f) })
}

func (p *packer) requests() [][]wire.Field {
	out := make([][]wire.Field, len(p.groups))
	for i, g := range p.groups {
		out[i] = g.fields
	}
	return out
}

// same compares names without regard to case.
func same(a, b wire.Field) bool { return a.Value == b.Value && strings.EqualFold(a.Name, b.Name) }

// room is what the limits leave beside the control's own fields.
func (c Context) room() Limits {
	limits := c.Limits
	if limits == (Limits{}) {
		limits = DefaultLimits()
	}
	limits.Fields -= len(c.Control.Fields)
	for _, f := range c.Control.Fields {
		limits.Total -= size(f)
	}
	return limits
}

// unlimited is as many requests as are needed.
const unlimited = -1

// size is what a field takes in a header section: name, colon, space, value and
// line break.
func size(f wire.Field) int { return len(f.Name) + len(f.Value) + 4 }

type group struct {
	strict bool // another spelling of a companion must have its value
	fields []wire.Field
	merged map[string]wire.Field // by conflated name
	size   int
}

func newGroup(strict bool) *group {
	return &group{strict: strict, merged: make(map[string]wire.Field)}
}

// take adds an item with its companions, or reports that it has no place here.
func (g *group) take(it item, limits Limits) bool {
	own, ok := g.merged[conflated(it.field.Name)]
	if ok && !same(own, it.field) {
		return false
	}
	more := []wire.Field{it.field}
	if ok {
		more = nil
	}
	for _, f := range it.companions {
		if same(f, it.field) {
			continue
		}
		old, ok := g.merged[conflated(f.Name)]
		switch {
		case !ok:
			more = append(more, f)
		case old.Value != f.Value && (g.strict || strings.EqualFold(old.Name, f.Name)):
			return false
		}
	}
	if !g.add(more, limits) {
		return false
	}
	for _, f := range it.welcome {
		if _, ok := g.merged[conflated(f.Name)]; !ok {
			g.add([]wire.Field{f}, limits)
		}
	}
	return true
}

// add reports whether there was room for all of the fields.
func (g *group) add(fields []wire.Field, limits Limits) bool {
	total := g.size
	for _, f := range fields {
		if size(f) > limits.Line {
			return false
		}
		total += size(f)
	}
	if len(g.fields)+len(fields) > limits.Fields || total > limits.Total {
		return false
	}
	for _, f := range fields {
		g.merged[conflated(f.Name)] = f
	}
	g.fields, g.size = append(g.fields, fields...), total
	return true
}

// claiming returns an attempt that adds the fields to the control.
func claiming(c Context, variant string, fields []wire.Field) Attempt {
	var added []string
	for _, f := range fields {
		if !slices.Contains(added, f.Name) {
			added = append(added, f.Name)
		}
	}
	return Attempt{Variant: variant, Request: c.Control.With(fields...), Added: added, Group: len(added) > 1}
}
