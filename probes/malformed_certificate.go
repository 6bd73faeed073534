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
					groups := k.whole(all, n, w)
					if c.Profile < Thorough && len(groups) > 1 {
						groups = groups[:1]
					}
					if !send(yield, groups) {
						return
					}
				}
			}
		},
	}
}

// whole is a value that holds a whole certificate.
type whole struct {
	name  string
	value func(form certificateForm, certificate []byte, token string, key crypto.Signer) (string, error)
	// few limits the value to one field: it is as long as servers take, or longer.
	few bool
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
		{name: "trailing-data", value: func(f certificateForm, cert []byte, _ string, _ crypto.Signer) (string, error) {
			return f.certificate(append(slices.Clone(cert), 0)), nil
		}},
		unusualCertificates()[0].whole(),
		unusualCertificates()[1].whole(),
		{name: "several-certificates", value: func(f certificateForm, cert []byte, token string, key crypto.Signer) (string, error) {
			parts, err := ordinary(token, key)
			if err != nil {
				return "", err
			}
			other, err := parts.sign(key)
			return f.chained(other, cert), err // in the wrong order, too
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
		whole{name: "half", value: func(f certificateForm, cert []byte, _ string, _ crypto.Signer) (string, error) {
			return f.certificate(cert[:len(cert)/2]), nil
		}},
		whole{name: "labelled-as-key", value: func(f certificateForm, cert []byte, _ string, _ crypto.Signer) (string, error) {
			return f.labelled("PRIVATE KEY", cert), nil
		}},
		whole{name: "text-before-frame", value: func(f certificateForm, cert []byte, token string, _ crypto.Signer) (string, error) {
			if f.pem == nil {
				return token + " " + f.der(cert), nil
			}
			return f.pem("subject=CN = " + token + "\n" + frame("CERTIFICATE", cert)), nil
		}},
		whole{name: "injected-line", value: func(f certificateForm, cert []byte, token string, _ crypto.Signer) (string, error) {
			return f.certificate(cert) + encodedBreak + token, nil
		}},
	)
}

func (u unusual) whole() whole {
	return whole{name: u.name, value: func(f certificateForm, _ []byte, token string, key crypto.Signer) (string, error) {
		made, err := u.signed(token, key)
		if err != nil {
			return "", err
		}
		return f.certificate(made), nil
	}}
}

func longValue(length int) func(certificateForm, []byte, string, crypto.Signer) (string, error) {
	return func(_ certificateForm, _ []byte, token string, _ crypto.Signer) (string, error) {
		return token + strings.Repeat("A", length-len(token)), nil
	}
}

// whole returns the attempts that carry one kind of certificate.
func (k *claim) whole(known catalogue, n int, w whole) []Attempt {
	key, ok := k.specimen.Certificate.PrivateKey.(crypto.Signer)
	if !ok {
		return nil
	}
	forms, token := certificateForms(), k.token("certificate subject CN, "+w.name)
	var items []item
	for _, s := range known {
		choices := slices.DeleteFunc(s.in(certificateLane), func(ch choice) bool { return ch.field.family() != certificateFamily })
		if len(choices) == 0 {
			continue
		}
		ch := choices[n%len(choices)]
		value, err := w.value(forms[ch.field.Encoding], k.specimen.der(), token, key)
		if err != nil {
			continue // no such certificate can be made: nothing to send
		}
		field := wire.Field{Name: ch.field.Name, Value: value}
		if w.few {
			return []Attempt{claiming(k.context, w.name, []wire.Field{field})}
		}
		items = append(items, k.accompanied(field, ch, certificateLane, 0))
	}
	var out []Attempt
	for i, fields := range pack(k.context, items) {
		out = append(out, claiming(k.context, fmt.Sprintf("%s/%d", w.name, i+1), fields))
	}
	return out
}
