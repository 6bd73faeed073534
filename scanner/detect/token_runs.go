package detect

import (
	"bytes"
	"strings"
)

// minRun is the length of the shortest token that is looked for, in bytes.
const minRun = 20

// tokenRuns calls found for each stretch of at least minRun letters, digits, "_"
// and "-". It looks at every twentieth byte only, and at more where that may
// belong to a stretch.
func tokenRuns(text []byte, found func(start, end int)) {
	for at := minRun - 1; at < len(text); {
		if !isRunByte[text[at]] {
			at += minRun
			continue
		}
		start := at
		floor := at - minRun + 1
		for start > floor && isRunByte[text[start-1]] {
			start--
		}
		if start > floor {
			at = start + minRun - 1 // the first end of a stretch that begins there
			continue
		}
		for start > 0 && isRunByte[text[start-1]] {
			start--
		}
		end := at
		for end < len(text) && isRunByte[text[end]] {
			end++
		}
		found(start, end)
		at = end + minRun
	}
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
	tokenRuns(text, func(start, end int) {
		if len(found) >= maxItems {
			return
		}
		for _, from := range tokenStarts(text, start) {
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

// tokenStarts returns where a token may begin in a stretch: at its start, behind
// the rest of an escape, before it where a dot belongs to the prefix.
func tokenStarts(text []byte, start int) []int {
	starts := []int{start}
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
	id := string(text[start:end])
	if len(id) != 20 || !strings.HasPrefix(id, "AKIA") && !strings.HasPrefix(id, "ASIA") || strings.Trim(id, upper36) != "" || isMadeUp(id) {
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

// hashAt reads the hash of a password whose sign stands at a place.
func hashAt(text []byte, start int) (secret, bool) {
	for _, h := range passwordHashes {
		if !bytes.HasPrefix(text[start:], []byte(h.sign)) {
			continue
		}
		at := start + len(h.sign)
		for at < len(text) && (isBase64(text[at]) || strings.IndexByte("$.=,_:\\", text[at]) >= 0) {
			at++
		}
		if at-start >= h.min && !isMadeUp(string(text[start+len(h.sign):at])) {
			return secret{kind: "hash of a password", span: Span{start, at}}, true
		}
	}
	return secret{}, false
}
