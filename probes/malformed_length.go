package probes

import "strings"

// longName is longer than the columns in which applications keep names: 255 and
// 512 characters are the usual ones. Servers take many such fields at a time.
const longName = 600

// overlong gives the fields that hold a subject a name that is well-formed and
// longer than applications expect: one request with the most common of them, or
// all of them in the thorough profile.
func (k *claim) overlong(known catalogue) []Attempt {
	most := 1
	if k.context.Profile == Thorough {
		most = unlimited
	}
	var items []item
	for _, s := range known {
		for _, ch := range s.in(nameLane) {
			if r := ch.field.Role; r == SubjectRole || r == CommonNameRole {
				items = append(items, k.accompanied(k.spoiled(ch.field, malformation{"long", longValueOf}), ch, nameLane, 0))
				break
			}
		}
	}
	var out []Attempt
	for _, fields := range pack(k.context, items, most) {
		out = append(out, claiming(k.context, "name-length/long", fields))
	}
	return out
}

// longValueOf is a long name in the form that the field's encoding has.
func longValueOf(o original) string {
	tail := strings.Repeat("a", longName)
	if o.field.Role == CommonNameRole {
		return o.token + tail
	}
	if o.field.Encoding == "dn-slash" || o.field.Encoding == "dn-slash-quoted" {
		return dn("/CN=TOKEN" + tail)(o)
	}
	return dn("CN=TOKEN" + tail)(o)
}
