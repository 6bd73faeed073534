package redact

import "strings"

// Bounds of what counts as a random run, in bytes.
const (
	minRandom = 32 // of letters, digits and the signs of base64
	minMixed  = 40 // of letters, digits and punctuation
)

// randomRuns hides long runs that no person has written: hexadecimal and base64
// values, and keys of mixed punctuation as Django makes them.
func randomRuns(text string) []span {
	found := runs(text, isBase64Byte, minRandom, looksRandom)
	return append(found, runs(text, isKeyByte, minMixed, looksLikeKey)...)
}

// runs cuts a text into the longest stretches of one alphabet and returns those
// that the judge condemns.
func runs(text string, in func(byte) bool, shortest int, judge func(before, run string) bool) []span {
	var found []span
	for at := 0; at < len(text); {
		if !in(text[at]) {
			at++
			continue
		}
		start := at
		for at < len(text) && in(text[at]) {
			at++
		}
		if at-start >= shortest && judge(text[max(0, start-40):start], text[start:at]) {
			found = append(found, span{start, at})
		}
	}
	return found
}

func isBase64Byte(c byte) bool {
	return isAlphanumeric(c) || c == '+' || c == '/' || c == '_' || c == '-' || c == '='
}

// isKeyByte is the alphabet of Django's secret keys.
func isKeyByte(c byte) bool {
	return isAlphanumeric(c) || strings.IndexByte("!@#$%^&*(-_=+)", c) >= 0
}

func looksRandom(before, run string) bool {
	if isCanary(run) {
		return false
	}
	longest := ""
	for piece := range strings.FieldsFuncSeq(run, func(r rune) bool { return r == '/' || r == '_' || r == '-' || r == '=' || r == '+' }) {
		if len(piece) > len(longest) && !isCanary(piece) {
			longest = piece
		}
	}
	if isHexText(longest) && len(longest) >= minRandom {
		return distinct(longest) >= 6 && !namesDigest(before, longest)
	}
	if len(longest) < 20 {
		// Base64 with many slashes, or a path. A path's parts are words.
		return strings.ContainsAny(run, "+=") && mixes(strings.Map(dropSigns, run)) || scattered(run)
	}
	return mixes(longest)
}

// scattered tells base64 that signs cut into short pieces from words between
// the same signs: most of its pieces mix letters and digits or cases.
func scattered(run string) bool {
	pieces, odd := 0, 0
	for piece := range strings.FieldsFuncSeq(run, func(r rune) bool { return r == '/' || r == '_' || r == '-' }) {
		pieces++
		if changes(piece) >= 3 {
			odd++
		}
	}
	return odd*2 > pieces
}

func dropSigns(r rune) rune {
	if r == '/' || r == '_' || r == '-' || r == '+' || r == '=' {
		return -1
	}
	return r
}

// looksLikeKey tells a key of mixed punctuation from a piece of code, whose names
// are words.
func looksLikeKey(before, run string) bool {
	if isCanary(run) || longestWord(run) > 9 {
		return false
	}
	var signs string
	for i := 0; i < len(run); i++ {
		if strings.IndexByte("!@#$%^&*()", run[i]) >= 0 && strings.IndexByte(signs, run[i]) < 0 {
			signs += run[i : i+1]
		}
	}
	return len(signs) >= 3 && distinct(run) >= 16 && changes(run) >= len(run)/4
}

// longestWord returns the length of the longest stretch of small letters.
func longestWord(s string) int {
	longest, run := 0, 0
	for i := 0; i < len(s); i++ {
		if run++; s[i] < 'a' || s[i] > 'z' {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

// mixes reports whether letters and digits change places as often as in random
// text.
func mixes(s string) bool {
	return distinct(s) >= 10 && changes(s) >= len(s)/5 && strings.ContainsAny(s, "0123456789")
}

// changes counts the places where the kind of character changes.
func changes(s string) int {
	n := 0
	for i := 1; i < len(s); i++ {
		if kind(s[i]) != kind(s[i-1]) {
			n++
		}
	}
	return n
}

func kind(c byte) int {
	switch {
	case 'a' <= c && c <= 'z':
		return 0
	case 'A' <= c && c <= 'Z':
		return 1
	case '0' <= c && c <= '9':
		return 2
	default:
		return 3
	}
}

func distinct(s string) int {
	var seen [256]bool
	n := 0
	for i := 0; i < len(s); i++ {
		if !seen[s[i]] {
			seen[s[i]] = true
			n++
		}
	}
	return n
}

func isHexText(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isHexDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// namesDigest reports whether a hexadecimal value of a digest's length stands
// behind a word that says so: a digest is public.
func namesDigest(before, value string) bool {
	if len(value) != 32 && len(value) != 40 && len(value) != 64 {
		return false
	}
	before = strings.ToLower(before)
	for _, word := range [...]string{"fingerprint", "sha", "thumbprint", "digest", "serial", "etag", "commit", "revision"} {
		if strings.Contains(before, word) {
			return true
		}
	}
	return false
}

// isCanary knows the tokens that blurt itself sends: "blurt" and twenty letters
// or digits of base32.
func isCanary(s string) bool {
	const length = 25
	if len(s) != length || !strings.EqualFold(s[:5], "blurt") {
		return false
	}
	for i := 5; i < length; i++ {
		if c := s[i] | 0x20; (c < 'a' || c > 'z') && (s[i] < '2' || s[i] > '7') {
			return false
		}
	}
	return true
}
