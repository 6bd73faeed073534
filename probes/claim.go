package probes

import (
	"fmt"

	"blurt/scanner/wire"
)

// claim makes the values of one Build: it mints one canary for each field, so
// that an echo names the field it came from.
type claim struct {
	context  Context
	specimen *Specimen // small, so that many forms of it fit a request
	tokens   map[string]string
	dialects []Dialect // where whole systems are claimed
}

// newClaim falls back to the context's own specimen where no small one can be
// made of its key.
func newClaim(c Context) *claim {
	specimen, err := compact(c.Mint("certificate subject CN"), c.Specimen)
	if err != nil {
		specimen = c.Specimen
	}
	return &claim{context: c, specimen: specimen, tokens: make(map[string]string)}
}

func (k *claim) token(field string) string {
	if _, ok := k.tokens[field]; !ok {
		k.tokens[field] = k.context.Mint(field)
	}
	return k.tokens[field]
}

// genuine is the field as a proxy would send it.
func (k *claim) genuine(f DialectField) wire.Field {
	return wire.Field{Name: f.Name, Value: f.Value(k.specimen)}
}

func (k *claim) all(fields []DialectField) []wire.Field {
	out := make([]wire.Field, len(fields))
	for i, f := range fields {
		out[i] = k.genuine(f)
	}
	return out
}

// besides are the genuine fields that make a claim of the choice believable.
func (k *claim) besides(ch choice) []wire.Field {
	return append(k.all(ch.verdicts), k.all(ch.presence)...)
}

// named is the field with a canary of its own for a name; false where the
// encoding carries no name by itself.
func (k *claim) named(f DialectField) (wire.Field, bool) {
	g := grammars()[f.Encoding]
	if g.named == nil {
		return wire.Field{}, false
	}
	return wire.Field{Name: f.Name, Value: g.named(k.token(f.Name))}, true
}

// spoiled is the field with a malformed value.
func (k *claim) spoiled(f DialectField, m malformation) wire.Field {
	return wire.Field{Name: f.Name, Value: m.spoil(original{token: k.token(f.Name), specimen: k.specimen, field: f})}
}

// grouped packs the items and numbers the attempts.
func (k *claim) grouped(variant string, items []item, most int) []Attempt {
	return k.numbered(variant, pack(k.context, items, most))
}

// numbered names the attempts "consistent", "consistent/2" and so on.
func (k *claim) numbered(variant string, requests [][]wire.Field) []Attempt {
	var out []Attempt
	for i, fields := range requests {
		name := variant
		if i > 0 {
			name = fmt.Sprintf("%s/%d", variant, i+1)
		}
		out = append(out, claiming(k.context, name, fields))
	}
	return out
}

// send yields the attempts until they are refused.
func send(yield func(Attempt) bool, attempts []Attempt) bool {
	for _, a := range attempts {
		if !yield(a) {
			return false
		}
	}
	return true
}
