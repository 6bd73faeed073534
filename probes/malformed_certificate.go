package probes

import (
	"crypto"
	"fmt"
	"iter"
	"slices"
	"strings"

	"blurt/scanner/wire"
)

// malformedCertificate puts whole certificates where a certificate is expected:
// some broken at the end, most of them in order and out of the ordinary. They
// are long, so only the most common fields of each encoding get them, unless the
// profile is thorough.
func malformedCertificate(known catalogue) Probe {
	return Probe{
		ID:      "malformed-certificate",
		Changes: "adds certificate header fields that hold a broken or an unusual certificate",
		Claim:   wire.BrokenClaim,
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				k, all := newClaim(c), c.learnt(known)
				for n, w := range wholes(c.Profile) {
					if !send(yield, k.whole(all, n, w)) {
						return
					}
				}
			}
		},
	}
}

// whole is a value that holds a whole certificate.
type whole struct {
	name string
	// other makes the certificate that the value holds, once for all fields; nil
	// is the ordinary one.
	other func(token string, key crypto.Signer) ([]byte, error)
	// value writes it in a form; nil is the form's own way.
	value func(form certificateForm, k wholeParts) string
	// few limits the value to one field: it is as long as servers take, or longer.
	few bool
}

// wholeParts is what a value is made of.
type wholeParts struct {
	ordinary, other []byte
	token           string
}

// wholes returns what a profile sends.
func wholes(p Profile) []whole {
	all := slices.Concat(brokenCertificates(), rareCertificates())
	switch p {
	case Quick:
		return all[:3]
	case Standard:
		return all[:len(all)-thoroughOnly]
	}
	return all
}

// thoroughOnly is how many of the last entries only the thorough profile sends.
const thoroughOnly = 12

func brokenCertificates() []whole {
	return []whole{
		{name: "trailing-data", value: func(f certificateForm, k wholeParts) string {
			return f.certificate(append(slices.Clone(k.ordinary), 0))
		}},
		unusualCertificates()[0].whole(),
		unusualCertificates()[1].whole(),
		{name: "several-certificates", other: another, value: func(f certificateForm, k wholeParts) string {
			return f.chained(k.other, k.ordinary) // in the wrong order, too
		}},
		// Just below the limits of nginx (8 KiB a line) and gunicorn (8,190 bytes a
		// field), and beyond them.
		{name: "long", few: true, value: longValue(7800)},
		{name: "over-long", few: true, value: longValue(8400)},
	}
}

func rareCertificates() []whole {
	var out []whole
	for _, u := range unusualCertificates()[2:] {
		out = append(out, u.whole())
	}
	return append(out,
		whole{name: "half", value: func(f certificateForm, k wholeParts) string {
			return f.certificate(k.ordinary[:len(k.ordinary)/2])
		}},
		whole{name: "labelled-as-key", value: func(f certificateForm, k wholeParts) string {
			return f.labelled("PRIVATE KEY", k.ordinary)
		}},
		whole{name: "text-before-frame", value: func(f certificateForm, k wholeParts) string {
			if f.pem == nil {
				return k.token + " " + f.der(k.ordinary)
			}
			return f.pem("subject=CN = " + k.token + "\n" + frame("CERTIFICATE", k.ordinary))
		}},
		whole{name: "injected-line", value: func(f certificateForm, k wholeParts) string {
			return f.certificate(k.ordinary) + encodedBreak + k.token
		}},
	)
}

func (u unusual) whole() whole { return whole{name: u.name, other: u.signed} }

// another is a second certificate that is like any other.
func another(token string, key crypto.Signer) ([]byte, error) {
	parts, err := ordinary(token, key)
	if err != nil {
		return nil, err
	}
	return parts.sign(key)
}

func longValue(length int) func(certificateForm, wholeParts) string {
	return func(_ certificateForm, k wholeParts) string {
		return k.token + strings.Repeat("A", max(0, length-len(k.token)))
	}
}

// whole returns the attempts that carry one kind of certificate; none where it
// cannot be made.
func (k *claim) whole(known catalogue, n int, w whole) []Attempt {
	key, ok := k.specimen.Certificate.PrivateKey.(crypto.Signer)
	if !ok {
		return nil
	}
	parts := wholeParts{ordinary: k.specimen.der(), token: k.token("certificate subject CN, " + w.name)}
	parts.other = parts.ordinary
	if w.other != nil {
		var err error
		if parts.other, err = w.other(parts.token, key); err != nil {
			return nil
		}
	}
	var items []item
	for _, s := range known {
		choices := slices.DeleteFunc(s.in(certificateLane), func(ch choice) bool { return ch.field.family() != certificateFamily })
		if len(choices) == 0 {
			continue
		}
		ch := choices[n%len(choices)]
		field := wire.Field{Name: ch.field.Name, Value: w.write(ch.field.Encoding, parts)}
		if w.few {
			return []Attempt{claiming(k.context, w.name, []wire.Field{field})}
		}
		items = append(items, k.accompanied(field, ch, certificateLane, 0))
	}
	most := 1
	if k.context.Profile == Thorough {
		most = unlimited
	}
	var out []Attempt
	for i, fields := range pack(k.context, items, most) {
		out = append(out, claiming(k.context, fmt.Sprintf("%s/%d", w.name, i+1), fields))
	}
	return out
}

func (w whole) write(e Encoding, parts wholeParts) string {
	form := certificateForms()[e]
	if w.value == nil {
		return form.certificate(parts.other)
	}
	return w.value(form, parts)
}
