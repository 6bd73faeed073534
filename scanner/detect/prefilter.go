package detect

import (
	"bytes"
	"encoding/binary"
)

// literals finds which of a set of texts stand in a body. It goes through the body
// in steps and looks at a block of four bytes in each: a text of n bytes holds n-3
// blocks in a row, so steps of up to n-3 bytes meet one of them wherever the text
// stands. Only a block that belongs to a text leads to a comparison.
//
// A text longer than that is looked for by the part of it that pages are the least
// likely to hold.
type literals struct {
	texts      [][]byte
	tiny       []int // texts shorter than a block, looked for one by one
	step       int   // from one block to the next
	isBlock    [1 << hashBits / 64]uint64
	first      [1 << bucketBits]int32 // the first candidate of a bucket, or -1
	candidates []candidate
}

// candidate is a text that a block may be part of.
type candidate struct {
	block uint32
	text  int32
	at    int32 // where the block stands in the text
	next  int32 // another candidate of the same bucket, or -1
}

const (
	blockLen   = 4
	maxStep    = 4  // longer steps would need texts of more than seven bytes
	hashBits   = 18 // so sparse that one block in two hundred is taken for another
	bucketBits = 12
)

func newLiterals(texts []string) *literals {
	l := &literals{step: maxStep}
	for n := range l.first {
		l.first[n] = -1
	}
	for n, text := range texts {
		l.texts = append(l.texts, []byte(text))
		if len(text) < blockLen {
			l.tiny = append(l.tiny, n)
		} else {
			l.step = min(l.step, len(text)-blockLen+1)
		}
	}
	for n, text := range l.texts {
		if len(text) >= blockLen {
			l.add(n, text)
		}
	}
	return l
}

// add files as many blocks in a row as there are bytes in a step.
func (l *literals) add(n int, text []byte) {
	start := rarestPart(text, l.step)
	for at := start; at < start+l.step; at++ {
		block := blockAt(text[at:])
		hash := hashOf(block)
		l.isBlock[hash/64] |= 1 << (hash % 64)
		bucket := &l.first[hash>>(hashBits-bucketBits)]
		l.candidates = append(l.candidates, candidate{block, int32(n), int32(at), *bucket})
		*bucket = int32(len(l.candidates) - 1)
	}
}

// blockAt is the block that a text begins with.
func blockAt(text []byte) uint32 { return binary.LittleEndian.Uint32(text) }

func hashOf(block uint32) uint32 { return block * 0x9E3779B1 >> (32 - hashBits) }

// find calls found once for each text that stands in the body.
func (l *literals) find(body []byte, found func(text int)) {
	for _, n := range l.tiny {
		if bytes.Contains(body, l.texts[n]) {
			found(n)
		}
	}
	seen := make([]bool, len(l.texts))
	l.each(body, func(text, _ int) {
		if !seen[text] {
			seen[text] = true
			found(text)
		}
	})
}

// each calls found once for every place at which one of the texts stands that are
// no shorter than a block, in no order.
func (l *literals) each(body []byte, found func(text, at int)) {
	s := search{l, body, found}
	at := 0
	if l.step == maxStep {
		at = s.stretches()
	}
	for ; at+blockLen <= len(body); at += l.step {
		if hash := hashOf(blockAt(body[at:])); l.isBlock[hash/64]>>(hash%64)&1 != 0 {
			s.compare(at)
		}
	}
}

// search is one pass over a body.
type search struct {
	*literals
	body  []byte
	found func(text, at int)
}

// stretches looks at four blocks at a time, which is what the processor does best.
// It returns where the rest begins.
func (s *search) stretches() int {
	at := 0
	isBlock := &s.isBlock
	for ; at+16 <= len(s.body); at += 16 {
		part := (*[16]byte)(s.body[at:])
		a, b := hashOf(blockAt(part[0:])), hashOf(blockAt(part[4:]))
		c, d := hashOf(blockAt(part[8:])), hashOf(blockAt(part[12:]))
		if isBlock[a/64]>>(a%64)&1 != 0 {
			s.compare(at)
		}
		if isBlock[b/64]>>(b%64)&1 != 0 {
			s.compare(at + 4)
		}
		if isBlock[c/64]>>(c%64)&1 != 0 {
			s.compare(at + 8)
		}
		if isBlock[d/64]>>(d%64)&1 != 0 {
			s.compare(at + 12)
		}
	}
	return at
}

// compare looks for the texts that the block at a place may be part of.
func (s *search) compare(at int) {
	block := blockAt(s.body[at:])
	for n := s.first[hashOf(block)>>(hashBits-bucketBits)]; n >= 0; n = s.candidates[n].next {
		c := s.candidates[n]
		start := at - int(c.at)
		if c.block == block && start >= 0 && bytes.HasPrefix(s.body[start:], s.texts[c.text]) {
			s.found(int(c.text), start)
		}
	}
}
