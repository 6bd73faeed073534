package probes

import (
	"fmt"
	"iter"

	"blurt/scanner/wire"
)

// malformedIdentity spoils every header field that a dialect knows, many in one
// request. In each round every field has its next malformation, in the next of
// its encodings, beside what its system says of a certificate that was verified:
// code behind that check is reached, too.
func malformedIdentity(known catalogue) Probe {
	return Probe{
		ID:      "malformed-identity",
		Changes: "adds header fields whose values are malformed in the way of their encoding",
		Claim:   wire.BrokenClaim,
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				k, all := newClaim(c), c.learnt(known)
				for n := range maxMalformations {
					for _, l := range []lane{certificateLane, nameLane, verdictLane} {
						if n < rounds(c.Profile, l) && !send(yield, k.round(all, l, n)) {
							return
						}
					}
				}
				if c.Profile >= Standard && !send(yield, k.overlong(all)) {
					return
				}
				if c.Profile == Thorough {
					k.alone(all, yield)
				}
			}
		},
	}
}

// maxMalformations is more than any family has.
const maxMalformations = 32

// rounds is how many malformations of a lane a profile asks for.
func rounds(p Profile, l lane) int {
	switch p {
	case Quick:
		return [...]int{certificateLane: 3, nameLane: 2, verdictLane: 1}[l]
	case Standard:
		return [...]int{certificateLane: 9, nameLane: 8, verdictLane: 6}[l]
	}
	return maxMalformations
}

// round is the n-th malformation of every field of the lane.
func (k *claim) round(known catalogue, l lane, n int) []Attempt {
	var items []item
	name := ""
	for _, s := range known {
		ch, m, ok := s.at(l, n)
		if !ok {
			continue
		}
		if name == "" {
			name = m.name
		}
		items = append(items, k.accompanied(k.spoiled(ch.field, m), ch, l, n))
	}
	var out []Attempt
	for i, fields := range pack(k.context, items, unlimited) {
		if i > 0 && len(fields) < worthwhile && k.context.Profile < Thorough {
			continue
		}
		out = append(out, claiming(k.context, fmt.Sprintf("%s-round-%d/%d %s", l, n+1, i+1, name), fields))
	}
	return out
}

// worthwhile is how many fields a further request of a round must carry: the
// rare spelling that found no place in this one has one in the next.
const worthwhile = 4

// accompanied puts genuine fields of the same system beside one that is spoiled:
// the verdicts, and the subject where it is not the names that are spoiled.
func (k *claim) accompanied(field wire.Field, ch choice, l lane, n int) item {
	it := item{field: field}
	if l != verdictLane {
		it.companions = k.all(ch.verdicts)
	}
	if l != certificateLane || n%2 == 0 {
		it.companions = append(it.companions, k.all(ch.presence)...)
	}
	if l != nameLane {
		for _, f := range ch.subjects {
			if named, ok := k.named(f); ok {
				it.welcome = append(it.welcome, named)
			}
		}
	}
	return it
}

// maxAlone is how many malformations a field is given by itself.
const maxAlone = 3

// alone sends each field by itself, for applications that fail on one field
// only as long as another is absent.
func (k *claim) alone(known catalogue, yield func(Attempt) bool) {
	for _, s := range known {
		for n := range maxAlone {
			ch := s.choices[n%len(s.choices)]
			list := ch.field.family().malformations()
			field := k.spoiled(ch.field, list[n])
			for _, fields := range pack(k.context, []item{{field: field}}, 1) {
				if !yield(claiming(k.context, fmt.Sprintf("alone %s %s", s.name, list[n].name), fields)) {
					return
				}
			}
		}
	}
}
