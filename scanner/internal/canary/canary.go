// Package canary mints and recognises the random tokens that blurt puts into
// every certificate field and header value it sends. A token that comes back is
// a fact: it says which scan, probe and field it came from.
package canary

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strings"
	"sync"
)

// A token is the prefix and 20 letters or digits of base32: two bytes of probe
// number, two of field number, three of sequence, five of HMAC-SHA256. It holds
// nothing that any encoding on its way would change but its case.
const (
	prefix   = "blurt"
	encoded  = 20
	size     = 12
	macStart = 7

	// Len is the length of a token in bytes.
	Len = len(prefix) + encoded

	maxFound = 64 // echoes reported for one answer
)

var encoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Mint makes the tokens of one scan and recognises them again. It is safe for
// concurrent use.
type Mint struct {
	key []byte

	mu       sync.Mutex
	sequence uint32
	probes   table
	fields   table
}

// table numbers names in the order of their first use.
type table struct {
	names   []string
	numbers map[string]uint16
}

func (t *table) number(name string) uint16 {
	if n, ok := t.numbers[name]; ok {
		return n
	}
	if t.numbers == nil {
		t.numbers = make(map[string]uint16)
	}
	n := uint16(len(t.names))
	t.names = append(t.names, name)
	t.numbers[name] = n
	return n
}

func (t *table) name(n uint16) (string, bool) {
	if int(n) >= len(t.names) {
		return "", false
	}
	return t.names[n], true
}

// New returns a mint whose tokens are told from those of other keys.
func New(key []byte) *Mint { return &Mint{key: bytes.Clone(key)} }

// Token returns a new token for a field of a probe.
func (m *Mint) Token(probe, field string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var raw [size]byte
	binary.BigEndian.PutUint16(raw[0:], m.probes.number(probe))
	binary.BigEndian.PutUint16(raw[2:], m.fields.number(field))
	raw[4], raw[5], raw[6] = byte(m.sequence>>16), byte(m.sequence>>8), byte(m.sequence)
	m.sequence++
	copy(raw[macStart:], m.mac(raw[:macStart]))
	return prefix + encoding.EncodeToString(raw[:])
}

func (m *Mint) mac(payload []byte) []byte {
	h := hmac.New(sha256.New, m.key)
	h.Write(payload)
	return h.Sum(nil)[:size-macStart]
}

// Found is a token that stands in a text.
type Found struct {
	Token      string // in lower case
	Probe      string
	Field      string
	Start, End int
}

// Find returns the tokens of this mint in text, in order, at most a few dozen.
// A server that changes case changes all of it, so the prefix is looked for as
// it was sent and in capitals.
func (m *Mint) Find(text []byte) []Found {
	var found []Found
	lower, upper := finder{pattern: []byte(prefix)}, finder{pattern: []byte(strings.ToUpper(prefix))}
	for at := 0; len(found) < maxFound; {
		at = min(lower.next(text, at), upper.next(text, at))
		if at+Len > len(text) {
			break
		}
		if f, ok := m.read(text[at : at+Len]); ok {
			f.Start, f.End = at, at+Len
			found = append(found, f)
			at += Len
			continue
		}
		at += len(prefix)
	}
	return found
}

// finder remembers where its pattern stands next, so that looking for several
// of them stays linear in the text.
type finder struct {
	pattern []byte
	at      int
	looked  bool
}

// next returns the first place at or after from, or the text's length.
func (f *finder) next(text []byte, from int) int {
	if f.looked && f.at >= from {
		return f.at
	}
	f.looked = true
	f.at = len(text)
	if i := bytes.Index(text[from:], f.pattern); i >= 0 {
		f.at = from + i
	}
	return f.at
}

func (m *Mint) read(token []byte) (Found, bool) {
	token = bytes.ToLower(token)
	var raw [size]byte
	if n, err := encoding.Decode(raw[:], token[len(prefix):]); err != nil || n != size {
		return Found{}, false
	}
	// The numbers are looked up first: what was never minted costs no digest.
	f, ok := m.lookUp(raw)
	if !ok || !hmac.Equal(raw[macStart:], m.mac(raw[:macStart])) {
		return Found{}, false
	}
	f.Token = string(token)
	return f, true
}

func (m *Mint) lookUp(raw [size]byte) (Found, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	probe, known := m.probes.name(binary.BigEndian.Uint16(raw[0:]))
	field, alsoKnown := m.fields.name(binary.BigEndian.Uint16(raw[2:]))
	return Found{Probe: probe, Field: field}, known && alsoKnown
}
