package detect

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// armoured is binary material that stands in a text: a block of RFC 7468, or DER
// in base64.
type armoured struct {
	label string // "CERTIFICATE", "RSA PRIVATE KEY"; empty for DER without armour
	der   []byte
	span  Span // of the whole block as it stands in the text
	// encrypted says that the block's own header fields say so (RFC 1421).
	encrypted bool
}

// Bounds of what is read, in bytes.
const (
	maxArmour   = 64 << 10 // of one block's text
	maxArmoured = 40       // in one answer
	minBlock    = 40       // of decoded material
	maxLabel    = 40
	maxHeaders  = 400
)

// armouredIn returns the blocks of a text, in whatever escaping they stand: each
// is read character by character and what folds its lines is left out.
func armouredIn(text []byte) []armoured { return armouredAt(text, 0) }

func armouredAt(text []byte, depth int) []armoured {
	var found []armoured
	for at := 0; len(found) < maxArmoured; {
		i := bytes.Index(text[at:], []byte("BEGIN"))
		if i < 0 {
			break
		}
		at += i
		block, ok := armourAt(text, at)
		at += len("BEGIN")
		if ok {
			found = append(found, block)
			at = block.span.End
		}
	}
	if depth > 0 {
		return found
	}
	// Base64 of a whole PEM file begins with that of "-----BEGIN ".
	for at := 0; len(found) < maxArmoured; {
		i := bytes.Index(text[at:], []byte("LS0tLS1CRUdJTi"))
		if i < 0 {
			break
		}
		at += i
		plain, end := readBase64(text, at, maxArmour)
		for _, inner := range armouredAt(plain, 1) {
			inner.span = Span{at, end}
			found = append(found, inner)
		}
		at = max(end, at+1)
	}
	return found
}

// armourAt reads the block whose "BEGIN" stands at a place.
func armourAt(text []byte, begin int) (armoured, bool) {
	var label strings.Builder
	at := begin + len("BEGIN")
	dashes := 0
	for at < len(text) && label.Len() <= maxLabel && dashes < 5 {
		c, size := nextPlain(text, at)
		at += size
		switch {
		case c == '-':
			dashes++
		case dashes > 0:
			return armoured{}, false
		case c == '+' || c == '_' || c == ' ':
			label.WriteByte(' ')
		case 'A' <= c && c <= 'Z' || '0' <= c && c <= '9':
			label.WriteByte(c)
		default:
			return armoured{}, false
		}
	}
	name := strings.TrimSpace(label.String())
	if dashes < 5 || name == "" {
		return armoured{}, false
	}
	block := armoured{label: name}
	at, block.encrypted = skipHeaders(text, at)
	var closed bool
	block.der, at, closed = readBlock(text, at)
	if !closed || len(block.der) < minBlock {
		return armoured{}, false
	}
	block.span = Span{armourStart(text, begin), at}
	return block, true
}

// armourStart goes back over the dashes before "BEGIN".
func armourStart(text []byte, begin int) int {
	start := begin
	for start > 0 && begin-start < 30 && strings.IndexByte("-%2Dd\\u0&#45;", text[start-1]) >= 0 {
		start--
	}
	return start
}

// skipHeaders passes over the header fields of an encrypted key of old.
func skipHeaders(text []byte, at int) (int, bool) {
	near := text[at:min(len(text), at+maxHeaders)]
	sign := bytes.Index(near, []byte("DEK-Info:"))
	if sign < 0 {
		return at, false
	}
	// The initialization vector ends where the line does.
	end := sign + len("DEK-Info:")
	for end < len(near) {
		c, size := nextPlain(text, at+end)
		if c == '\n' {
			return at + end, true
		}
		end += size
	}
	return at, false
}

// readBlock reads base64 up to the dashes of the closing line. A sign that is
// neither base64 nor folds a line says that this is no block: an ellipsis, say.
func readBlock(text []byte, at int) (der []byte, end int, closed bool) {
	limit := min(len(text), at+maxArmour)
	plain := make([]byte, 0, 2<<10)
	escaped := false
	for at < limit {
		c, size := nextPlain(text, at)
		switch {
		case c == '-':
			return decodeBlock(plain, escaped), closing(text, at), true
		case c == '+' && size == 1:
			plain = append(plain, '+')
		case isBase64(c) || c == '=':
			escaped = escaped || size > 1
			plain = append(plain, c)
		case isFolding(c):
			escaped = escaped || size == 3
		default:
			return nil, at, false
		}
		at += size
	}
	return nil, at, false
}

// isFolding knows what stands between the lines of a block: blanks, and the
// quotes and commas of a list of lines.
func isFolding(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '"' || c == '\'' || c == ','
}

// decodeBlock decodes base64. In a form's fields a plus sign is a blank; it is
// base64's own where that does not decode.
func decodeBlock(plain []byte, escaped bool) []byte {
	if escaped && bytes.IndexByte(plain, '+') >= 0 {
		if der := decodeBase64(bytes.ReplaceAll(plain, []byte("+"), nil)); isWholeDER(der) {
			return der
		}
	}
	return decodeBase64(plain)
}

func decodeBase64(plain []byte) []byte {
	plain = bytes.TrimRight(plain, "=")
	der := make([]byte, base64.RawStdEncoding.DecodedLen(len(plain)))
	n, err := base64.RawStdEncoding.Decode(der, plain)
	if err != nil {
		return nil
	}
	return der[:n]
}

// closing returns where the line that ends a block ends.
func closing(text []byte, at int) int {
	dashes := 0
	for limit := min(len(text), at+200); at < limit; {
		c, size := nextPlain(text, at)
		if c == '-' {
			dashes++
		} else if dashes >= 10 || c == '\n' || c == '"' || c == '<' {
			break
		}
		at += size
		if dashes == 10 {
			break
		}
	}
	return at
}

// readBase64 reads up to a number of base64 characters of either alphabet, with
// what folds their lines, and returns what they stand for.
func readBase64(text []byte, at, want int) (plain []byte, end int) {
	letters := make([]byte, 0, min(want, 4<<10))
	end = at
	for at < len(text) && len(letters) < want {
		c, size := nextPlain(text, at)
		switch {
		case c == '-':
			letters = append(letters, '+')
		case c == '_':
			letters = append(letters, '/')
		case isBase64(c):
			letters = append(letters, c)
		case isFolding(c) && c != '"' && c != '\'' && c != ',':
			at += size
			continue
		default:
			return decodeBase64(letters[:len(letters)-leftOver(letters)]), end
		}
		at += size
		end = at
	}
	return decodeBase64(letters[:len(letters)-leftOver(letters)]), end
}

// leftOver is one where a letter is left that stands for nothing.
func leftOver(letters []byte) int {
	if len(letters)%4 == 1 {
		return 1
	}
	return 0
}
