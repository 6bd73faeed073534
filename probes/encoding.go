package probes

import (
	"maps"
	"slices"
	"sync"
)

// Encoding is how a field spells its value. docs/dialects.md describes each.
type Encoding string

// family is a group of encodings that the same mistakes break.
type family uint8

const (
	certificateFamily family = iota // a certificate, framed in one way or another
	listFamily                      // pairs of keys and values
	nameFamily                      // a distinguished name
	textFamily                      // a name without structure
	sanFamily                       // a subjectAltName
	serialFamily
	fingerprintFamily
	timeFamily
	verifyFamily // a result or a flag
	tokenFamily  // JSON and signed tokens
	numberFamily
)

// grammar is one encoding.
type grammar struct {
	family family
	// roles are those that the encoding can carry; none means any.
	roles []Role
	// genuine is what a proxy would send for the specimen.
	genuine func(*Specimen, Role) string
	// named is a value that carries one name and no certificate; nil where a name
	// alone makes no value.
	named func(name string) string
}

// grammars returns every encoding that a dialect may name.
var grammars = sync.OnceValue(func() map[Encoding]grammar {
	all := make(map[Encoding]grammar)
	for _, some := range []map[Encoding]grammar{
		certificateGrammars(), listGrammars(), nameGrammars(), numberGrammars(), timeGrammars(), verifyGrammars(),
	} {
		maps.Copy(all, some)
	}
	return all
})

// Encodings returns the names of all encodings, sorted.
func Encodings() []Encoding { return slices.Sorted(maps.Keys(grammars())) }

// Value returns the field's value as a genuine proxy would send it for the
// specimen.
func (f DialectField) Value(s *Specimen) string { return grammars()[f.Encoding].genuine(s, f.Role) }

func (f DialectField) family() family { return grammars()[f.Encoding].family }
