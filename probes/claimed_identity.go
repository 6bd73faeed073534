package probes

import (
	"crypto"
	"fmt"
	"slices"
	"strings"

	"blurt/scanner/wire"
)

// ClaimedIdentityID is the id of the family that a Claimant builds.
const ClaimedIdentityID = "claimed-identity"

// Claimant builds claims of identities that differ from one another in one thing
// alone, so that a difference between the answers is about that thing. It speaks
// to endpoints that are known to read such header fields.
type Claimant struct{ known catalogue }

// NewClaimant returns a Claimant that speaks the dialects.
func NewClaimant(dialects []Dialect) Claimant { return Claimant{newCatalogue(dialects)} }

// Probe is what the claims are reported as. It builds nothing by itself: which
// claims are worth a request depends on answers.
func (Claimant) Probe() *Probe {
	return &Probe{
		ID:      ClaimedIdentityID,
		Changes: "adds header fields that claim a client certificate, one property of it at a time",
		Claim:   wire.HeaderClaim,
	}
}

// Claimed is the identity that a claim names.
type Claimed struct {
	Subject string // RFC 4514
	Issuer  string // RFC 4514
	Expired bool   // the certificate's validity has ended
	Failed  bool   // the fields say that it could not be verified
}

// Claim puts one identity into as many of the header fields as fit one request.
// The fields of first, which are known to change answers, come before all others,
// each in the encoding that its value there has most in common with. It reports
// false where no certificate can bear the names.
func (cl Claimant) Claim(c Context, variant string, who Claimed, first []wire.Field) (Attempt, bool) {
	specimen, err := claimedSpecimen(c.Specimen, who)
	if err != nil {
		return Attempt{}, false
	}
	k := &claim{context: c, specimen: specimen, tokens: make(map[string]string)}
	var items, rest []item
	chosen := make(map[string]wire.Field)
	for _, s := range c.learnt(cl.known) {
		if sent, ok := wire.Get(first, s.name); ok {
			ch := s.closest(specimen, sent)
			field := k.genuine(ch.field)
			chosen[strings.ToLower(s.name)] = field
			items = append(items, item{field: field, companions: k.besides(ch)})
			continue
		}
		ch := s.choices[0]
		if family := ch.field.family(); family != certificateFamily && family != listFamily {
			rest = append(rest, item{field: k.genuine(ch.field), companions: k.besides(ch)})
		}
	}
	items = append(items, rest...)
	for _, it := range items {
		for i, f := range it.companions {
			if field, ok := chosen[strings.ToLower(f.Name)]; ok {
				it.companions[i] = field
			}
		}
	}
	groups := pack(c, items, 1)
	if len(groups) == 0 {
		return Attempt{}, false
	}
	fields := groups[0]
	if who.Failed {
		cl.deny(fields)
	}
	attempt := claiming(c, variant, fields)
	attempt.Group = false // what differs is judged by the engine, not sifted
	return attempt, true
}

// closest is the choice whose value begins most like the given one.
func (s slot) closest(of *Specimen, value string) choice {
	best, most := s.choices[0], -1
	for _, ch := range s.choices {
		if n := commonPrefix(ch.field.Value(of), value); n > most {
			best, most = ch, n
		}
	}
	return best
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// deny turns each verdict into its opposite.
func (cl Claimant) deny(fields []wire.Field) {
	for i, f := range fields {
		if !cl.IsVerdict(f.Name) {
			continue
		}
		switch f.Value {
		case "0":
			fields[i].Value = "18" // OpenSSL: a self-signed certificate
		case "1":
			fields[i].Value = "0"
		case "true":
			fields[i].Value = "false"
		case "false":
			fields[i].Value = "true"
		default:
			fields[i].Value = "FAILED:self-signed certificate"
		}
	}
}

// IsVerdict reports that a field of this name says whether a certificate was
// verified.
func (cl Claimant) IsVerdict(name string) bool {
	return slices.ContainsFunc(cl.known, func(s slot) bool {
		return strings.EqualFold(s.name, name) &&
			slices.ContainsFunc(s.choices, func(ch choice) bool { return ch.field.Role == VerifyRole })
	})
}

// OnlyProxySets reports that a field of this name is meant to be set by a proxy
// alone. Signed assertions may come from anybody: their signature is what counts.
// A field that no dialect has was learnt as an identity field from the target.
func (cl Claimant) OnlyProxySets(name string) bool {
	for _, s := range cl.known {
		if !strings.EqualFold(s.name, name) {
			continue
		}
		return slices.ContainsFunc(s.choices, func(ch choice) bool {
			return ch.field.Role != OtherRole && ch.field.family() != tokenFamily
		})
	}
	return true
}

// Renamed puts the values of the added fields under names that mean nothing, of
// the same length: what still changes the answer is the values' kind or their
// size, not that anything reads them as an identity.
func Renamed(a Attempt) Attempt {
	names := make(map[string]string, len(a.Added))
	added := make([]string, len(a.Added))
	for i, name := range a.Added {
		added[i] = meaningless(name, i)
		names[name] = added[i]
	}
	fields := slices.Clone(a.Request.Fields)
	for i, f := range fields {
		if to, ok := names[f.Name]; ok {
			fields[i].Name = to
		}
	}
	a.Variant += "/other-names"
	a.Request.Fields, a.Added = fields, added
	return a
}

// meaningless is a name of the given length that no server knows.
func meaningless(name string, n int) string {
	stem := fmt.Sprintf("X-Q%d-", n)
	if len(stem) >= len(name) {
		return stem + "z"
	}
	return stem + strings.Repeat("z", len(name)-len(stem))
}

// claimedSpecimen is a certificate that bears the claimed names, self-signed
// with the scan's own key whatever its issuer says.
func claimedSpecimen(base *Specimen, who Claimed) (*Specimen, error) {
	key, ok := base.Certificate.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("the specimen's key cannot sign")
	}
	// The serial number is the same for all: only the names tell them apart.
	parts, err := ordinary("claimed", key)
	if err != nil {
		return nil, err
	}
	subject, err := parseName(who.Subject)
	if err != nil {
		return nil, err
	}
	issuer, err := parseName(who.Issuer)
	if err != nil {
		return nil, err
	}
	parts.subject, parts.issuer = subject.der(), issuer.der()
	if name := subject.commonName(); strings.Contains(name, ".") && !strings.Contains(name, " ") {
		parts.extensions = [][]byte{alternativeNames(der(tagDNSName, []byte(name)))}
	}
	if who.Expired {
		parts.notAfter = der(tagUTCTime, []byte(specimenStart().AddDate(1, 0, 0).Format(utcTime)))
	}
	encoded, err := parts.sign(key)
	if err != nil {
		return nil, err
	}
	specimen, err := specimenOf(encoded, key)
	if err != nil {
		return nil, err
	}
	specimen.SubjectDN, specimen.IssuerDN, specimen.CommonName = who.Subject, who.Issuer, subject.commonName()
	return specimen, nil
}

// tagDNSName is a dNSName of a GeneralName (RFC 5280, section 4.2.1.6).
const tagDNSName = 0x82
