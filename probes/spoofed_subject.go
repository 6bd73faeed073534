package probes

import (
	"iter"

	"blurt/scanner/wire"
)

// spoofedSubject claims an identity in header fields, as a proxy would after it
// verified a certificate: in every dialect, consistently and not, and in the
// spellings that pass a proxy which overwrites its own.
func spoofedSubject(dialects []Dialect, known catalogue) Probe {
	return Probe{
		ID:      "spoofed-subject",
		Changes: "adds header fields that claim a verified client certificate and its subject",
		Claim:   wire.HeaderClaim,
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				k, all := newClaim(c), c.learnt(known)
				k.dialects = dialects
				for _, s := range spoofs() {
					if s.least > c.Profile {
						continue
					}
					if !send(yield, s.build(k, all, s.limit(c.Profile))) {
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
	// build makes at most so many attempts.
	build func(k *claim, known catalogue, most int) []Attempt
	// most is the bound of the quick and the standard profile.
	most [2]int
}

func (s spoof) limit(p Profile) int {
	if int(p) < len(s.most) {
		return s.most[p]
	}
	return unlimited
}

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
// fingerprint and verdict agree. All that one system says stands in one request,
// where there is room; further encodings of a name stand beside its verdicts.
func (k *claim) consistent(known catalogue, most int) []Attempt {
	p := newPacker(k.context, most)
	for _, d := range k.dialects {
		p.add(k.system(d))
	}
	for _, s := range known {
		seen := make(map[Encoding]bool)
		for _, ch := range s.choices {
			e := ch.field.Encoding.readLike()
			if field := k.genuine(ch.field); !seen[e] && !p.has(field) {
				p.add([]item{{field: field, companions: k.besides(ch)}})
			}
			seen[e] = true
		}
	}
	return k.numbered("consistent", p.requests())
}

// system is one item of all the names of a system, or none where they do not fit
// one request.
func (k *claim) system(d Dialect) []item {
	var fields []wire.Field
	names := make(map[string]bool)
	for _, f := range d.Fields {
		if key := conflated(f.Name); !names[key] {
			names[key] = true
			f.Encoding = f.Encoding.readLike()
			fields = append(fields, k.genuine(f))
		}
	}
	if len(fields) == 0 || !newGroup(false).add(fields, k.context.room()) {
		return nil
	}
	return []item{{field: fields[0], companions: fields[1:]}}
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
func (k *claim) namesOnly(known catalogue, most int) []Attempt {
	return k.grouped("names-only", k.nameItems(known, k.named, true), most)
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
