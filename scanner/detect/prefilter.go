package detect

import (
	"bytes"
	"encoding/binary"
)

// literals finds which of a set of texts stand in a body, in one pass that
// skips most of it: the method of Wu and Manber (1994) with blocks of three
// bytes. Each text is represented by a window of the length of the shortest;
// the last block of the text under the window says how far the window may move
// without missing any text.
type literals struct {
	texts   [][]byte
	at      []int   // where the window begins in each text
	width   int     // the window's length
	shift   []uint8 // by hash of a block
	bucket  []int32 // by hash of a block: first candidate, or -1
	next    []int32 // chains the candidates of one bucket
	tooTiny []int   // texts shorter than a block, looked for one by one
}

const (
	blockLen  = 3
	hashBits  = 15
	maxWindow = 24
)

func newLiterals(texts []string) *literals {
	l := &literals{
		width:  maxWindow,
		at:     make([]int, len(texts)),
		next:   make([]int32, len(texts)),
		shift:  make([]uint8, 1<<hashBits),
		bucket: make([]int32, 1<<hashBits),
	}
	for n, text := range texts {
		l.texts = append(l.texts, []byte(text))
		if len(text) <= blockLen {
			l.tooTiny = append(l.tooTiny, n)
		} else {
			l.width = min(l.width, len(text))
		}
	}
	for h := range l.shift {
		l.shift[h] = uint8(l.width - blockLen + 1)
		l.bucket[h] = -1
	}
	for n, text := range l.texts {
		if len(text) > blockLen {
			l.add(n, text)
		}
	}
	return l
}

func (l *literals) add(n int, text []byte) {
	l.at[n] = rarestWindow(text, l.width)
	window := text[l.at[n] : l.at[n]+l.width]
	for end := blockLen; end <= l.width; end++ {
		h := hashBlock(window[end-blockLen], window[end-blockLen+1], window[end-blockLen+2])
		l.shift[h] = min(l.shift[h], uint8(l.width-end))
	}
	h := hashBlock(window[l.width-3], window[l.width-2], window[l.width-1])
	l.next[n] = l.bucket[h]
	l.bucket[h] = int32(n)
}

// rarestWindow chooses the part of a text that ends in the block which is the
// least likely in pages: where that block is not seen, nothing is compared.
func rarestWindow(text []byte, width int) int {
	best, bestScore := 0, -1
	for at := 0; at+width <= len(text); at++ {
		score := 0
		for _, c := range text[at+width-blockLen : at+width] {
			score += rarity(c)
		}
		if score > bestScore {
			best, bestScore = at, score
		}
	}
	return best
}

func rarity(c byte) int {
	switch {
	case c == ' ' || c == 'e' || c == 't' || c == 'a' || c == 'i' || c == 'n' || c == 'o' || c == 's' || c == 'r':
		return 0
	case 'a' <= c && c <= 'z', c == '"', c == '<', c == '>', c == '/', c == '=':
		return 1
	case '0' <= c && c <= '9', c == '-', c == '.':
		return 2
	default:
		return 3
	}
}

func hashBlock(a, b, c byte) uint32 {
	return (uint32(a) | uint32(b)<<8 | uint32(c)<<16) * 0x9E3779B1 >> (32 - hashBits)
}

// lanes is how many parts of a body are gone through at the same time: the steps of
// one lane depend on each other, and the processor waits for memory in between.
const lanes = 4

// minLanes is the length from which a body is divided, in bytes.
const minLanes = 4 << 10

// find calls found once for each text that stands in the body.
func (l *literals) find(body []byte, found func(text int)) {
	for _, n := range l.tooTiny {
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

// each calls found for every place at which one of the texts stands that are longer
// than a block, in no order.
func (l *literals) each(body []byte, found func(text, at int)) {
	if len(body) < l.width {
		return
	}
	s := search{literals: l, body: body, found: found}
	at := l.width
	if len(body) >= minLanes {
		at = s.divided()
	}
	s.rest(at, len(body))
}

// search is one pass over a body. A window is known by its end.
type search struct {
	*literals
	body  []byte
	found func(text, at int)
}

// divided goes through equal parts of the body at the same time until one of them
// is done, then ends the others. It returns where the last one begins to be left.
func (s *search) divided() int {
	shift := (*[1 << hashBits]uint8)(s.shift)
	body := s.body
	part := (len(body) - s.width) / lanes
	var at, stop [lanes]int
	for n := range at {
		at[n] = s.width + n*part
		stop[n] = at[n] + part // the next lane's first window
	}
	a, b, c, d := at[0], at[1], at[2], at[3]
	for a < stop[0] && b < stop[1] && c < stop[2] && d < stop[3] {
		sa, sb, sc, sd := shift[blockAt(body, a)], shift[blockAt(body, b)], shift[blockAt(body, c)], shift[blockAt(body, d)]
		if sa == 0 {
			sa = s.compare(a)
		}
		if sb == 0 {
			sb = s.compare(b)
		}
		if sc == 0 {
			sc = s.compare(c)
		}
		if sd == 0 {
			sd = s.compare(d)
		}
		a, b, c, d = a+int(sa), b+int(sb), c+int(sc), d+int(sd)
	}
	s.rest(a, stop[0]-1)
	s.rest(b, stop[1]-1)
	s.rest(c, stop[2]-1)
	return d
}

// rest goes on from a window's end up to the last one.
func (s *search) rest(at, last int) {
	shift := (*[1 << hashBits]uint8)(s.shift)
	for at <= last {
		step := shift[blockAt(s.body, at)]
		if step == 0 {
			step = s.compare(at)
		}
		at += int(step)
	}
}

// blockAt is the hash of the block in front of a place; the load reads the byte
// before the block too, which is always there because a window is longer.
func blockAt(body []byte, end int) uint32 {
	return binary.LittleEndian.Uint32(body[end-4:end]) >> 8 * 0x9E3779B1 >> (32 - hashBits)
}

// compare looks for the texts whose window may end at a place. It returns how far
// the window may move.
func (s *search) compare(end int) uint8 {
	h := blockAt(s.body, end)
	for n := s.bucket[h]; n >= 0; n = s.next[n] {
		from := end - s.width - s.at[n]
		if from >= 0 && bytes.HasPrefix(s.body[from:], s.texts[n]) {
			s.found(int(n), from)
		}
	}
	return 1
}
