package probes

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// distinguishedName is a name in its parts, in the order of RFC 4514: the most
// specific first.
type distinguishedName []namePart

type namePart struct{ kind, value string }

// maxNameParts bounds what a target's own names may cost.
const maxNameParts = 16

// parseName reads the string form of a name (RFC 4514). Several attributes in
// one relative name are read as one each; a name without a part that a
// certificate can bear is an error.
func parseName(text string) (distinguishedName, error) {
	var out distinguishedName
	for _, part := range splitEscaped(text) {
		kind, value, ok := strings.Cut(part, "=")
		if !ok || len(out) == maxNameParts {
			return nil, fmt.Errorf("%q is no distinguished name", text)
		}
		out = append(out, namePart{strings.ToUpper(strings.TrimSpace(kind)), unescapeName(strings.TrimSpace(value))})
	}
	if len(out.der()) <= 2 {
		return nil, fmt.Errorf("%q names nobody", text)
	}
	return out, nil
}

// splitEscaped cuts at commas and plus signs that no backslash precedes.
func splitEscaped(text string) []string {
	var out []string
	start := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case ',', '+':
			out = append(out, text[start:i])
			start = i + 1
		}
	}
	return append(out, text[start:])
}

func unescapeName(value string) string {
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		if value[i] == '\\' && i+1 < len(value) {
			i++
		}
		b.WriteByte(value[i])
	}
	return b.String()
}

func escapeName(value string) string {
	var b strings.Builder
	for i := range len(value) {
		if strings.IndexByte(`,+"\<>;=`, value[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(value[i])
	}
	return b.String()
}

// String returns the form of RFC 4514.
func (n distinguishedName) String() string {
	parts := make([]string, len(n))
	for i, p := range n {
		parts[i] = p.kind + "=" + escapeName(p.value)
	}
	return strings.Join(parts, ",")
}

func (n distinguishedName) first(kind string) string {
	for _, p := range n {
		if p.kind == kind {
			return p.value
		}
	}
	return ""
}

// commonName is the name by which an application would know the subject.
func (n distinguishedName) commonName() string {
	if name := n.first("CN"); name != "" || len(n) == 0 {
		return name
	}
	return n[0].value
}

// arcOf returns the last arc of an attribute type below 2.5.4.
func arcOf(kind string) (int, bool) {
	switch kind {
	case "CN":
		return commonNameArc, true
	case "SERIALNUMBER":
		return serialNumberArc, true
	case "C":
		return 6, true
	case "L":
		return 7, true
	case "ST":
		return 8, true
	case "O":
		return organisationArc, true
	case "OU":
		return 11, true
	}
	return 0, false
}

// der encodes the name, its most significant part first; parts of a rarer type
// are left out.
func (n distinguishedName) der() []byte {
	var relative [][][]byte
	for _, p := range slices.Backward(n) {
		if arc, ok := arcOf(p.kind); ok && p.value != "" {
			tag := byte(tagUTF8String)
			if p.kind == "C" {
				tag = tagPrintableString
			}
			relative = append(relative, [][]byte{attribute(arc, tag, p.value)})
		}
	}
	return rdnSequence(relative...)
}

// minTwinLetters is how many letters a name must have to be told from a random
// one of its shape: of fewer, a real one could be met by chance.
const minTwinLetters = 6

// Twin returns a made-up name of the same shape: each letter is another letter
// of its case, each digit another digit, and punctuation, lengths, attribute
// types, countries and the last label of a host name stay. The same seed gives
// the same twin. It reports false for a name that is too short to have one.
func Twin(name, seed string) (string, bool) {
	parsed, err := parseName(name)
	if err != nil {
		return "", false
	}
	sum := sha256.Sum256([]byte("twin " + seed + " " + name))
	random := rand.New(rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16]))) //nolint:gosec // a made-up name is no secret
	letters := 0
	for i, p := range parsed {
		if p.kind == "C" {
			continue
		}
		var n int
		parsed[i].value, n = reshaped(p.value, random)
		letters += n
	}
	return parsed.String(), letters >= minTwinLetters
}

// reshaped replaces letters and digits and counts them.
func reshaped(value string, random *rand.Rand) (string, int) {
	keep := len(value)
	if dot := strings.LastIndexByte(value, '.'); dot > 0 && !strings.Contains(value, " ") {
		keep = dot
	}
	out := []byte(value)
	n := 0
	for i := range keep {
		switch c := out[i]; {
		case 'a' <= c && c <= 'z':
			out[i] = 'a' + byte(random.IntN(26))
		case 'A' <= c && c <= 'Z':
			out[i] = 'A' + byte(random.IntN(26))
		case '0' <= c && c <= '9':
			out[i] = '0' + byte(random.IntN(10))
		default:
			continue
		}
		n++
	}
	return string(out), n
}

// WithOrganisation returns the name with the organisation of another one. It
// reports false where the other has none.
func WithOrganisation(name, of string) (string, bool) {
	parsed, err := parseName(name)
	if err != nil {
		return "", false
	}
	other, err := parseName(of)
	if err != nil || other.first("O") == "" {
		return "", false
	}
	for i, p := range parsed {
		if p.kind == "O" {
			parsed[i].value = other.first("O")
			return parsed.String(), true
		}
	}
	return append(parsed, namePart{"O", other.first("O")}).String(), true
}

// IsName reports that a text is a distinguished name that a claim can hold: of
// bounded length and printable.
func IsName(text string) bool {
	_, err := parseName(text)
	return err == nil && len(text) <= maxLearntNameLen && isPrintable(text)
}
