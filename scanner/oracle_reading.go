package scanner

import (
	"net/url"
	"slices"
	"strings"

	"blurt/scanner/wire"
)

// maxReading bounds the bytes of a body that answers are compared by.
const maxReading = 64 << 10

// reading is what one answer lets a stranger tell from another: its status, the
// fields that speak of the client, and the words of its body.
type reading struct {
	status int
	words  []string // in lower case, in order; fields before the body
	fields int      // how many of the words are of fields
}

// read takes an answer down.
func read(got *wire.Response) reading {
	r := reading{status: got.Status}
	for _, f := range got.Fields {
		name := strings.ToLower(f.Name)
		switch {
		case name == "set-cookie":
			cookie, _, _ := strings.Cut(f.Value, "=")
			r.words = append(r.words, name, strings.ToLower(strings.TrimSpace(cookie)))
		case name == "location" || name == "www-authenticate" || name == "content-type" || strings.Contains(name, "error"):
			r.words = append(append(r.words, name), wordsOf(f.Value)...)
		}
	}
	r.fields = len(r.words)
	r.words = append(r.words, wordsOf(string(got.Body[:min(len(got.Body), maxReading)]))...)
	return r
}

// wordsOf returns the words of a text in lower case.
func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' && r < 0x80
	})
}

// spoken are the words that requests have brought along themselves: where they
// come back, the answer tells nothing but that it repeats what it is sent.
type spoken []string // sorted

// minSpoken is the length from which the start of a word counts as the word:
// answers cut long values short.
const minSpoken = 5

// speak adds the values of the added fields.
func (s spoken) speak(r wire.Request, added []string) spoken {
	for _, f := range r.Fields {
		if !slices.ContainsFunc(added, func(n string) bool { return strings.EqualFold(n, f.Name) }) {
			continue
		}
		s = append(s, wordsOf(f.Value)...)
		if plain, err := url.PathUnescape(f.Value); err == nil && plain != f.Value {
			s = append(s, wordsOf(plain)...)
		}
	}
	slices.Sort(s)
	return slices.Compact(s)
}

// has reports that a word, or the start of a long one, was sent.
func (s spoken) has(word string) bool {
	at, found := slices.BinarySearch(s, word)
	return found || len(word) >= minSpoken && at < len(s) && strings.HasPrefix(s[at], word)
}

// isEscape knows what is left of a character that was escaped for HTML or JSON.
func isEscape(word string) bool {
	switch word {
	case "quot", "amp", "lt", "gt", "apos", "39", "34", "x27", "x22", "u0022", "u0027", "u003c", "u003e", "u0026", "n", "r", "t":
		return true
	}
	return false
}

// isNothing knows what languages write for a value that is not there: an answer
// that repeats what it is sent has it where nothing was sent.
func isNothing(word string) bool {
	switch word {
	case "null", "none", "nil", "undefined":
		return true
	}
	return false
}

// tells returns the words that count at a grain.
func (r reading) tells(g grain, sent spoken) []string {
	if g == outline {
		return nil
	}
	var out []string
	for _, w := range r.words {
		if sent.has(w) || isEscape(w) || isNothing(w) || g == wordy && strings.ContainsAny(w, "0123456789") {
			continue
		}
		out = append(out, w)
	}
	return out
}

// alike reports that two answers tell the same.
func (r reading) alike(other reading, g grain, sent spoken) bool {
	return r.status == other.status && slices.Equal(r.tells(g, sent), other.tells(g, sent))
}

// difference says in words by what two answers differ.
func (r reading) difference(other reading, g grain, sent spoken) string {
	head := func(r reading) reading { return reading{words: r.words[:r.fields]} }
	var by []string
	if r.status != other.status {
		by = append(by, "the status")
	}
	if !head(r).alike(head(other), g, sent) {
		by = append(by, "header fields")
	}
	body := func(r reading) reading { return reading{words: r.words[r.fields:]} }
	if !body(r).alike(body(other), g, sent) {
		by = append(by, "the body")
	}
	return strings.Join(by, " and ")
}
