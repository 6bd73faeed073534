package sensitivity

import (
	"slices"
	"strings"
)

// Kind says how much the name of a member speaks of data that is worth
// protecting.
type Kind uint8

// The kinds.
const (
	// Ordinary names say nothing.
	Ordinary Kind = iota
	// Weak names tell of a person: one alone says little, two say more.
	Weak
	// Strong names hold what the law or common sense protects.
	Strong
)

// Member is a property of a schema, a field of a form, or a part of a path.
type Member struct {
	// Name is as the description spells it.
	Name string
	// Format is the schema's, as "password" or "email".
	Format string
	// WriteOnly says that it is taken and never given out.
	WriteOnly bool
	// Marked says that the description itself calls it personal or secret.
	Marked bool
}

// Kind judges a member. What counts is the end of its name, as in
// customer_iban: iban_required holds no IBAN.
func (m Member) Kind() Kind {
	switch {
	case m.Marked, strings.EqualFold(m.Format, "password"), strings.EqualFold(m.Format, "iban"):
		return Strong
	}
	words := wordsOf(m.Name)
	for i := range words {
		if name := strings.Join(words[i:], ""); isStrong(name) && !isHarmless(words[:i], name) {
			return Strong
		}
	}
	if n := len(words); n > 0 && isCredential(words[n-1]) && !isHarmless(words[:n-1], words[n-1]) {
		return Strong
	}
	for i := range words {
		if isWeak(strings.Join(words[i:], "")) {
			return Weak
		}
	}
	if m.WriteOnly || strings.EqualFold(m.Format, "email") || strings.EqualFold(m.Format, "idn-email") {
		return Weak
	}
	return Ordinary
}

// maxName bounds the name of a member that is looked at, in bytes.
const maxName = 60

// wordsOf splits a name at separators and where small letters turn to capitals:
// birthDate and birth_date alike.
func wordsOf(name string) []string {
	if len(name) > maxName {
		return nil
	}
	var words []string
	word := make([]byte, 0, len(name))
	for i := 0; i < len(name); i++ {
		c := name[i]
		upper := 'A' <= c && c <= 'Z'
		letter := upper || 'a' <= c && c <= 'z' || '0' <= c && c <= '9'
		if len(word) > 0 && (!letter || upper && name[i-1] >= 'a' && name[i-1] <= 'z') {
			words, word = append(words, string(word)), word[:0]
		}
		if upper {
			c += 'a' - 'A'
		}
		if letter {
			word = append(word, c)
		}
	}
	if len(word) > 0 {
		words = append(words, string(word))
	}
	return words
}

// isCredential knows words that alone, at the end of a name, mean what opens
// doors.
func isCredential(word string) bool {
	switch word {
	case "passwd", "passphrase", "token", "credential", "credentials", "pin", "cvc", "otp":
		return true
	}
	return false
}

// isHarmless knows what goes before such a name where it is something else: the
// token of the next page, the balance of a load.
func isHarmless(before []string, name string) bool {
	if len(before) == 0 {
		return false
	}
	last := before[len(before)-1]
	switch name {
	case "token":
		return slices.Contains([]string{"page", "next", "continuation", "sync", "cursor", "csrf", "xsrf", "device", "pagination", "resume"}, last)
	case "balance":
		return last == "load" || last == "white"
	case "pin":
		return last == "map" || last == "gpio"
	}
	return last == "has" || last == "is" || last == "require" || last == "requires" || last == "show" || last == "hide"
}

// shown is a member's name as reports may show it.
func (m Member) shown() string {
	name := plainWords(m.Name, maxName)
	if name == "" {
		return "a member without a plain name"
	}
	return name
}

// plainWords keeps text from a document that is plain, and nothing else.
func plainWords(text string, most int) string {
	text = strings.TrimSpace(text)
	if len(text) > most || strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune(" _-.:/", r)
	}) {
		return ""
	}
	return text
}
