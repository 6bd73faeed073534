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

// find calls found once for each text that stands in the body.
func (l *literals) find(body []byte, found func(text int)) {
	seen := make([]bool, len(l.texts))
	left := len(l.texts)
	for _, n := range l.tooTiny {
		left--
		if bytes.Contains(body, l.texts[n]) {
			found(n)
		}
	}
	if left == 0 || len(body) < l.width {
		return
	}
	shift := (*[1 << hashBits]uint8)(l.shift)
	// end is where the window ends; the load reads the byte before the block too,
	// which is always there because a window is longer than a block.
	for end := l.width; end <= len(body); {
		h := binary.LittleEndian.Uint32(body[end-4:end]) >> 8 * 0x9E3779B1 >> (32 - hashBits)
		if s := shift[h]; s != 0 {
			end += int(s)
			continue
		}
		for n := l.bucket[h]; n >= 0; n = l.next[n] {
			from := end - l.width - l.at[n]
			if seen[n] || from < 0 || !bytes.HasPrefix(body[from:], l.texts[n]) {
				continue
			}
			seen[n] = true
			found(int(n))
			if left--; left == 0 {
				return
			}
		}
		end++
	}
}
