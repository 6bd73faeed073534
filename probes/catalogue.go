package probes

import (
	"slices"
	"strings"
)

// lane is a part of the catalogue that is spoiled by itself, beside genuine
// values of the others: code that reads the certificate often stands behind a
// check of the names, and the other way round.
type lane uint8

const (
	certificateLane lane = iota // whole certificates, and what stands for itself: users, tokens, flags
	nameLane                    // the parts of a certificate
	verdictLane                 // whether it was verified
)

func (l lane) String() string {
	return [...]string{"certificate", "name", "verdict"}[l]
}

func (r Role) lane() lane {
	switch r {
	case SubjectRole, IssuerRole, CommonNameRole, SANRole, SPIFFERole, SerialRole, FingerprintRole, KeyIdentifierRole,
		NotBeforeRole, NotAfterRole, ValidityRole:
		return nameLane
	case VerifyRole:
		return verdictLane
	}
	return certificateLane
}

// slot is one header name with the ways in which systems fill it.
type slot struct {
	name    string
	choices []choice
	// turn of turns: spellings that servers merge cannot share a request; in a
	// lane of few fields they take turns, which costs no second one.
	turn, turns int
}

// choice is one way to fill a name, and what the system says beside it.
type choice struct {
	system string // in lower case
	field  DialectField
	beside
}

// beside are the fields that make a claim of a system believable.
type beside struct {
	verdicts []DialectField // that a certificate was verified
	presence []DialectField // that there was one
	subjects []DialectField
}

// isPresence reports that the role goes with a verdict and is none.
func (r Role) isPresence() bool { return r == PresentRole || r == ErrorRole }

// maxSubjects bounds the names that accompany a certificate: each takes room
// from what is tested.
const maxSubjects = 2

// catalogue is the dialects by header name, each spelling once. Field names are
// compared without regard to case (RFC 9110, section 5.1).
type catalogue []slot

func newCatalogue(dialects []Dialect) catalogue {
	var out catalogue
	at := make(map[string]int)
	for _, d := range dialects {
		companions := d.companions()
		for _, f := range d.Fields {
			key := strings.ToLower(f.Name)
			i, ok := at[key]
			if !ok {
				i = len(out)
				at[key] = i
				out = append(out, slot{name: f.Name})
			}
			out[i].add(choice{system: strings.ToLower(d.System), field: f, beside: companions})
		}
	}
	out.takeTurns()
	return out
}

func (k catalogue) takeTurns() {
	spellings := make(map[string]int)
	for i := range k {
		key := conflated(k[i].name)
		k[i].turn = spellings[key]
		spellings[key]++
	}
	for i := range k {
		k[i].turns = spellings[conflated(k[i].name)]
	}
}

func (d Dialect) companions() beside {
	var out beside
	for _, f := range d.Fields {
		switch {
		case f.Role == VerifyRole:
			out.verdicts = append(out.verdicts, f)
		case f.Role.isPresence():
			out.presence = append(out.presence, f)
		case (f.Role == SubjectRole || f.Role == CommonNameRole) && len(out.subjects) < maxSubjects:
			out.subjects = append(out.subjects, f)
		}
	}
	return out
}

// add keeps each role and encoding of a name once, beside the verdicts of every
// system that has it; and once more for a system whose verdict would contradict
// the others'.
func (s *slot) add(c choice) {
	for i := range s.choices {
		old := &s.choices[i]
		if old.field.Encoding == c.field.Encoding && old.field.Role == c.field.Role && !old.contradicts(c.beside) {
			old.verdicts = union(old.verdicts, c.verdicts)
			old.presence = union(old.presence, c.presence)
			return
		}
	}
	s.choices = append(s.choices, c)
}

// union leaves the first of each name.
func union(fields, more []DialectField) []DialectField {
	out := slices.Clone(fields)
	for _, f := range more {
		if !slices.ContainsFunc(out, func(o DialectField) bool { return conflated(o.Name) == conflated(f.Name) }) {
			out = append(out, f)
		}
	}
	return out
}

// contradicts reports that a name has another encoding in the verdicts of the
// two.
func (b beside) contradicts(other beside) bool {
	for _, f := range b.verdicts {
		for _, g := range other.verdicts {
			if conflated(f.Name) == conflated(g.Name) && f.Value(nil) != g.Value(nil) {
				return true
			}
		}
	}
	return false
}

// at returns what the slot sends in the n-th round of a lane: the next of its
// encodings each time, and nothing when it is another spelling's turn. What says
// that there was a certificate is spoiled in every other round, so that the rest
// is tested beside the genuine one, too.
func (s slot) at(l lane, n int) (choice, malformation, bool) {
	choices := s.in(l)
	if len(choices) == 0 {
		return choice{}, malformation{}, false
	}
	visit, which := n, n
	switch {
	case l == verdictLane && n%s.turns != s.turn, choices[0].field.Role.isPresence() && n%2 == 0:
		return choice{}, malformation{}, false
	case l == verdictLane:
		visit = n / s.turns
	case choices[0].field.Role.isPresence():
		visit, which = n/2, n/2
	}
	ch := choices[visit%len(choices)]
	list := ch.field.family().malformations()
	if which >= len(list) {
		return choice{}, malformation{}, false
	}
	return ch, list[which], true
}

// in returns the ways of the slot that belong to a lane.
func (s slot) in(l lane) []choice {
	var out []choice
	for _, c := range s.choices {
		if c.field.Role.lane() == l {
			out = append(out, c)
		}
	}
	return out
}
