package scanner

import (
	"bytes"
	"hash"
	"hash/fnv"
	"strconv"

	"blurt/scanner/wire"
)

// grain is how closely two answers are compared. Pages that differ each time, by
// a token or the time of day, need a coarser look.
type grain uint8

const (
	exact   grain = iota // every byte of the body, canaries aside
	wordy                // words that hold a digit aside too
	outline              // status and type only
)

// signature digests what tells one answer from another.
func (x *examination) signature(got *wire.Response, g grain) uint64 {
	h := fnv.New64a()
	h.Write([]byte(strconv.Itoa(got.Status)))
	h.Write([]byte(got.Field("Content-Type")))
	h.Write([]byte{0})
	if g == outline {
		return h.Sum64()
	}
	body, at := got.Body, 0
	for _, f := range x.engine.mint.Find(body) {
		digest(h, body[at:f.Start], g)
		at = f.End
	}
	digest(h, body[at:], g)
	return h.Sum64()
}

func digest(h hash.Hash64, text []byte, g grain) {
	if g == exact {
		h.Write(text)
		return
	}
	for len(text) > 0 {
		n := bytes.IndexFunc(text, notInWord)
		if n < 0 {
			n = len(text)
		}
		if word := text[:n]; !bytes.ContainsAny(word, "0123456789") {
			h.Write(word)
		}
		if n < len(text) {
			h.Write(text[n : n+1])
			n++
		}
		text = text[n:]
	}
}

func notInWord(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '_', r == '-', r == '+', r == '/', r == '=':
		return false
	}
	return true
}

// settleGrain picks the closest look at which two answers to the control agree.
func (x *examination) settleGrain(first, second *wire.Response) grain {
	for g := exact; g < outline; g++ {
		if x.signature(first, g) == x.signature(second, g) {
			return g
		}
	}
	return outline
}
