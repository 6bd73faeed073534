package detect

import (
	"bytes"
	"sync"
)

// derSigns are how DER in base64 goes on after its first bytes: those hold the
// length, which differs; what follows does not. Base64 puts three bytes into
// four letters, so the signs stand at a fixed distance from the beginning.
var derSigns = [...]struct {
	letters string
	reach   int // from the beginning of the base64 to the sign, at the most
}{
	{"gAwIBAgI", 16},                // a certificate of version 3: [0] { 2 }, the serial number
	{"ADAgECAg", 16},                // the same, short
	{"ADANBgkqhkiG9w0BAQEF", 12},    // PKCS #8 with an RSA key
	{"AgEAMA0GCSqGSIb3DQEBAQUA", 8}, // the same, short
	{"AgEAMBMGByqGSM49AgEG", 8},     // PKCS #8 with a key on an elliptic curve
	{"AgEAMBAGByqGSM49AgEG", 8},
	{"IBAAKCAQEA", 10},           // PKCS #1, 2048 bits
	{"IBAAKCAgEA", 10},           // 4096 bits
	{"IBAAKCAYEA", 10},           // 3072 bits
	{"IBAAKBgQ", 10},             // 1024 bits
	{"MHcCAQEEI", 4},             // SEC 1, P-256
	{"MIGkAgEBBD", 4},            // P-384
	{"MC4CAQAwBQYDK2VwBCIEI", 4}, // PKCS #8 with Ed25519
	{"GCSqGSIb3DQEHAaCC", 20},    // PKCS #12: its contents are of the type data
}

var derLiterals = sync.OnceValue(func() *literals {
	var texts []string
	for _, sign := range derSigns {
		texts = append(texts, sign.letters)
	}
	return newLiterals(texts)
})

// derIn returns DER that stands in a text as base64 without armour, and the body
// itself where that is DER.
func derIn(text []byte) []armoured {
	var found []armoured
	if whole := derLength(text); whole > 0 && whole <= len(text) && isWholeDER(text[:whole]) {
		found = append(found, armoured{der: text[:whole], span: Span{0, whole}})
	}
	var held [len(derSigns)]bool
	derLiterals().find(text, func(n int) { held[n] = true })
	r := derReader{text: text}
	for n, sign := range derSigns {
		for at := 0; held[n] && len(found) < maxArmoured; {
			i := bytes.Index(text[at:], []byte(sign.letters))
			if i < 0 {
				break
			}
			at += i
			next := at + len(sign.letters)
			if end := endOfBlock(found, at); end > at {
				next = max(next, end) // what stands in another block is a part of it
			} else if block, ok := r.around(at, sign.reach); ok && !coveredBy(found, block.span) {
				found = append(found, block)
				next = max(next, block.span.End)
			}
			at = next
		}
	}
	return found
}

// endOfBlock returns where the block ends that a place stands in, or 0.
func endOfBlock(blocks []armoured, at int) int {
	for _, b := range blocks {
		if b.span.Start <= at && at < b.span.End {
			return b.span.End
		}
	}
	return 0
}

// derReader reads base64 that may be DER. It remembers the last run of letters that
// was too short, so that a run with many beginnings of DER is read once.
type derReader struct {
	text  []byte
	short Span
	// before is how many letters of the run stand before each place in it, and, as
	// the last one, in all of it.
	before []int32
}

// around looks for the beginning of DER shortly before a sign of it.
func (r *derReader) around(sign, reach int) (armoured, bool) {
	text := r.text
	for start := sign; start >= 0 && start >= sign-3*reach; start-- {
		if text[start] != 'M' || start > 0 && isBase64(text[start-1]) && !isEscapeEnd(text, start) {
			continue
		}
		head, _ := readBase64(text, start, 8)
		length := derLength(head)
		if length < minBlock || length > maxArmour {
			continue
		}
		letters := (length*4 + 2) / 3
		if r.isShort(start, letters) {
			continue
		}
		der, end := readBase64(text, start, letters)
		if len(der) >= length && isWholeDER(der[:length]) {
			return armoured{der: der[:length], span: Span{start, end}}, true
		}
		r.remember(start, end)
	}
	return armoured{}, false
}

// isShort reports whether a place stands in the run that is known to be short, with
// fewer letters behind it than wanted.
func (r *derReader) isShort(start, letters int) bool {
	if start < r.short.Start || start >= r.short.End {
		return false
	}
	return int(r.before[len(r.before)-1]-r.before[start-r.short.Start]) < letters
}

// remember counts the letters of a run that was too short.
func (r *derReader) remember(start, end int) {
	r.short, r.before = Span{start, end}, r.before[:0]
	letters := int32(0)
	for at := start; at < end; {
		c, size := nextPlain(r.text, at)
		for range min(size, end-at) {
			r.before = append(r.before, letters)
		}
		if isBase64(c) || c == '-' || c == '_' {
			letters++
		}
		at += size
	}
	r.before = append(r.before, letters)
}

// isEscapeEnd reports whether the letter before a place belongs to an escape, as
// in "\nMII" or "%3AMII".
func isEscapeEnd(text []byte, at int) bool {
	return at >= 2 && text[at-2] == '\\' || at >= 3 && text[at-3] == '%' && isHex(text[at-2]) && isHex(text[at-1]) ||
		at >= 6 && text[at-6] == '\\' && text[at-5] == 'u'
}

// derLength returns the length of the sequence that a text begins with, its tag
// and length included, and 0 where it begins with none (X.690, section 8.1).
func derLength(der []byte) int {
	if len(der) < 2 || der[0] != 0x30 {
		return 0
	}
	switch n := int(der[1]); {
	case n < 0x80:
		return 2 + n
	case n == 0x81 && len(der) >= 3:
		return 3 + int(der[2])
	case n == 0x82 && len(der) >= 4:
		return 4 + int(der[2])<<8 + int(der[3])
	}
	return 0
}

// isWholeDER reports whether bytes are one sequence and nothing else.
func isWholeDER(der []byte) bool {
	n := derLength(der)
	return n > 0 && n == len(der)
}

func coveredBy(blocks []armoured, span Span) bool {
	for _, b := range blocks {
		if span.Start >= b.span.Start && span.End <= b.span.End {
			return true
		}
	}
	return false
}
