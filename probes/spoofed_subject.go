package probes

import (
	"iter"

	"blurt/scanner/wire"
)

// spoofedSubject claims an identity in header fields, as a proxy would after it
// verified a certificate: in every dialect, consistently and not, and in the
// spellings that pass a proxy which overwrites its own.
func spoofedSubject(known catalogue) Probe {
	return Probe{
		ID:      "spoofed-subject",
		Changes: "adds header fields that claim a verified client certificate and its subject",
		Claim:   wire.HeaderClaim,
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				k, all := newClaim(c), c.learnt(known)
				for _, s := range spoofs() {
					if s.least > c.Profile {
						continue
					}
					attempts := s.build(k, all)
					if limit := s.limit(c.Profile); len(attempts) > limit {
						attempts = attempts[:limit]
					}
					if !send(yield, attempts) {
						return
					}
				}
			}
		},
	}
}

// spoof is one way to claim an identity.
type spoof struct {
	least Profile
	build func(*claim, catalogue) []Attempt
	// most bounds the requests of the quick and the standard profile.
	most [2]int
}

func (s spoof) limit(p Profile) int {
	if int(p) < len(s.most) {
		return s.most[p]
	}
	return maxSpoofs
}

const maxSpoofs = 64

func spoofs() []spoof {
	return []spoof{
		{build: (*claim).consistent, most: [2]int{2, 6}},
		{build: (*claim).namesOnly, most: [2]int{1, 2}},
		{build: (*claim).underscores, most: [2]int{1, 1}},
		{build: (*claim).failed, most: [2]int{1, 1}},
		{least: Standard, build: (*claim).generous, most: [2]int{0, 1}},
		{least: Standard, build: (*claim).verifyZero, most: [2]int{0, 1}},
		{least: Standard, build: (*claim).literals, most: [2]int{0, 2}},
		{least: Standard, build: (*claim).duplicated, most: [2]int{0, 1}},
		{least: Standard, build: (*claim).joined, most: [2]int{0, 1}},
		{least: Standard, build: (*claim).otherCase, most: [2]int{0, 1}},
		{least: Standard, build: (*claim).removed, most: [2]int{0, 1}},
		{build: (*claim).knownNames, most: [2]int{1, 2}},
	}
}

// consistent claims everything of one certificate: certificate, subject, issuer,
// fingerprint and verdict agree.
func (k *claim) consistent(known catalogue) []Attempt {
	var items []item
	for _, s := range known {
		seen := make(map[Encoding]bool)
		for _, ch := range s.choices {
			if e := ch.field.Encoding.readLike(); !seen[e] {
				seen[e] = true
				items = append(items, item{field: k.genuine(ch.field), companions: k.besides(ch)})
			}
		}
	}
	return k.grouped("consistent", items)
}

// readLike is the encoding whose parsers read this one's genuine values, too.
func (e Encoding) readLike() Encoding {
	switch e {
	case "pem-percent-plus", "pem-percent-lower":
		return "pem-percent"
	case "pem-base64", "pem-base64-percent":
		return "der-base64"
	}
	return e
}

// namesOnly gives each field a name of its own, so that an echo tells the field
// it came from, and so that no two fields agree.
func (k *claim) namesOnly(known catalogue) []Attempt {
	return k.grouped("names-only", k.nameItems(known, k.named, true))
}

// nameItems returns the fields that carry a name, filled by the function.
func (k *claim) nameItems(known catalogue, fill func(DialectField) (wire.Field, bool), verdicts bool) []item {
	var out []item
	for _, s := range known {
		for _, ch := range s.choices {
			field, ok := fill(ch.field)
			if !ok {
				continue
			}
			it := item{field: field}
			if verdicts {
				it.companions = k.besides(ch)
			}
			out = append(out, it)
			break
		}
	}
	return out
}
