package detect

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"strings"
)

// minRun is the length of the shortest token that is looked for, in bytes.
const minRun = 20

// tokenRuns calls found for each stretch of at least minRun letters, digits, "_"
// and "-". Wherever such a stretch lies, eight bytes of it begin at one of the
// places that are runStep apart.
func tokenRuns(text []byte, found func(start, end int)) {
	for at := 0; at+8 <= len(text); at += runStep {
		word := wordAt(text, at)
		if holdsBlank(word) || otherBytes(word) != 0 || isShortRun(text, at) {
			continue
		}
		start, end := at, at
		for end < len(text) && isRunByte[text[end]] {
			end++
		}
		if end < at+8 {
			continue
		}
		for start > 0 && isRunByte[text[start-1]] {
			start--
		}
		if end-start >= minRun {
			found(start, end)
		}
		at = max(at, end-runStep+1)
	}
}

const runStep = minRun - 8 + 1

func wordAt(text []byte, at int) uint64 { return binary.LittleEndian.Uint64(text[at:]) }

// isShortRun reports whether the stretch that eight bytes are part of can be seen
// to be too short: it begins and ends within the eight before and behind them.
func isShortRun(text []byte, at int) bool {
	if at < 8 || at+16 > len(text) {
		return false
	}
	before := bits.LeadingZeros64(otherBytes(wordAt(text, at-8))) / 8
	behind := bits.TrailingZeros64(otherBytes(wordAt(text, at+8))) / 8
	return before < 8 && behind < 8 && before+8+behind < minRun
}

// Eight bytes at once: a byte repeated, and the highest bit of each.
const (
	eachByte = 0x0101010101010101
	highBits = 0x8080808080808080
)

// holdsBlank reports whether one of eight bytes is less than "-", as blanks, quotes
// and commas are: the quickest way to say that they are no part of a token.
func holdsBlank(word uint64) bool { return (word-'-'*eachByte)&^word&highBits != 0 }

// otherBytes marks, by its highest bit, each of eight bytes that is no letter,
// digit, "_" or "-", but for a few signs between and behind the letters. A sum
// reaches the highest bit from a certain byte on.
func otherBytes(word uint64) uint64 {
	low := word &^ highBits
	below := ^(low + (0x80-'-')*eachByte)
	between := (low + (0x7f-'-')*eachByte) &^ (low + (0x80-'0')*eachByte)
	above := (low + (0x7f-'9')*eachByte) &^ (low + (0x80-'A')*eachByte)
	return (below | between | above | word) & highBits
}

// isRunByte marks the letters of base64url.
var isRunByte = [256]bool{
	'-': true, '_': true, '0': true, '1': true, '2': true, '3': true, '4': true, '5': true, '6': true, '7': true, '8': true, '9': true,
	'A': true, 'B': true, 'C': true, 'D': true, 'E': true, 'F': true, 'G': true, 'H': true, 'I': true, 'J': true, 'K': true, 'L': true, 'M': true,
	'N': true, 'O': true, 'P': true, 'Q': true, 'R': true, 'S': true, 'T': true, 'U': true, 'V': true, 'W': true, 'X': true, 'Y': true, 'Z': true,
	'a': true, 'b': true, 'c': true, 'd': true, 'e': true, 'f': true, 'g': true, 'h': true, 'i': true, 'j': true, 'k': true, 'l': true, 'm': true,
	'n': true, 'o': true, 'p': true, 'q': true, 'r': true, 's': true, 't': true, 'u': true, 'v': true, 'w': true, 'x': true, 'y': true, 'z': true,
}

// tokensIn returns the tokens of known issuers in a text.
func tokensIn(text []byte) []secret {
	var found []secret
	var buffer [5]int
	tokenRuns(text, func(start, end int) {
		if len(found) >= maxItems {
			return
		}
		for _, from := range tokenStarts(buffer[:0], text, start) {
			if k, stop := tokenAt(text, from); k != nil {
				found = append(found, secret{kind: k.name, span: Span{from, stop}, certain: k.valid != nil})
				return
			}
		}
		if s, ok := amazonKey(text, start, end); ok {
			found = append(found, s)
		}
	})
	return found
}

// tokenStarts appends where a token may begin in a stretch: at its start, behind
// the rest of an escape, before it where a dot belongs to the prefix.
func tokenStarts(starts []int, text []byte, start int) []int {
	starts = append(starts, start)
	if start >= 1 && text[start-1] == '%' && start+2 < len(text) && isHex(text[start]) && isHex(text[start+1]) {
		starts = append(starts, start+2)
	}
	if start >= 1 && text[start-1] == '\\' {
		starts = append(starts, start+1, start+5)
	}
	for _, prefix := range [...]string{"SG.", "hvs."} {
		if start >= len(prefix) && string(text[start-len(prefix):start]) == prefix {
			starts = append(starts, start-len(prefix))
		}
	}
	return starts
}

// amazonKey reads an access key of AWS: the identifier is public by itself, the
// secret is forty characters near it.
func amazonKey(text []byte, start, end int) (secret, bool) {
	if end-start != 20 {
		return secret{}, false
	}
	id := string(text[start:end])
	if !strings.HasPrefix(id, "AKIA") && !strings.HasPrefix(id, "ASIA") || strings.Trim(id, upper36) != "" || isMadeUp(id) {
		return secret{}, false
	}
	const reach, length = 300, 40
	from := max(0, start-reach)
	near := text[from:min(len(text), end+reach)]
	for at := 0; at+length <= len(near); at++ {
		size := 0
		for at+size < len(near) && (isBase64(near[at+size])) {
			size++
		}
		candidate := string(near[at : at+size])
		if size == length && !isMadeUp(candidate) && entropy(candidate) > 4 && strings.ContainsAny(candidate, digits) {
			return secret{kind: "AWS secret access key", span: Span{from + at, from + at + size}, certain: true}, true
		}
		at += size
	}
	return secret{}, false
}

// passwordHashes are how the hash of a password begins, and the least length of
// one.
var passwordHashes = [...]struct {
	sign string
	min  int
}{
	{"$2a$10$", 60}, {"$2b$10$", 60}, {"$2y$10$", 60}, {"$2a$12$", 60}, {"$2b$12$", 60}, {"$2y$12$", 60}, {"$2b$11$", 60}, {"$2y$11$", 60}, {"$2a$11$", 60},
	{"$argon2id$", 60}, {"$argon2i$", 60}, {"pbkdf2_sha", 60}, {"scrypt:32768", 80},
}

// maxHash is how long the hash of a password may be, in bytes.
const maxHash = 1 << 10

// hashAt reads the hash of a password whose sign stands at a place.
func hashAt(text []byte, start int) (secret, bool) {
	for _, h := range passwordHashes {
		if !bytes.HasPrefix(text[start:], []byte(h.sign)) {
			continue
		}
		at := start + len(h.sign)
		for at < len(text) && at-start < maxHash && (isBase64(text[at]) || strings.IndexByte("$.=,_:\\", text[at]) >= 0) {
			at++
		}
		if at-start >= h.min && !isMadeUp(string(text[start+len(h.sign):at])) {
			return secret{kind: "hash of a password", span: Span{start, at}}, true
		}
	}
	return secret{}, false
}
