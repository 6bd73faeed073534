package detect

import (
	"math"
	"slices"
	"strings"
)

// minEntropy is how many bits a character of a random value holds at the least.
const minEntropy = 3.0

// isMadeUp reports whether what should be random was typed by a person to show
// where a secret goes, or repeats itself.
func isMadeUp(value string) bool {
	lower := strings.ToLower(value)
	for _, word := range [...]string{"example", "xxxx", "0000000", "1234567890", "abcdefgh", "your", "placeholder", "redacted", "changeme", "dummy", "sample", "deadbeef", "....", "****"} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return entropy(value) < minEntropy
}

// entropy returns the Shannon entropy of a text's bytes in bits a byte.
func entropy(s string) float64 {
	var counts [256]int
	for i := 0; i < len(s); i++ {
		counts[s[i]]++
	}
	total := 0.0
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(s))
			total -= p * math.Log2(p)
		}
	}
	return total
}

// placeholders are what people write where a password goes.
var placeholders = [...]string{
	"password", "passwd", "pass", "pwd", "pw", "secret", "changeme", "change_me", "change-me", "yourpassword", "your_password", "your-password", "mypassword",
	"mypass", "my_password", "example", "token", "string", "none", "null", "nil", "true", "false", "undefined", "redacted", "masked", "hidden", "filtered", "removed",
	"xxx", "foo", "bar", "baz", "test", "user", "username", "tiger", "auth", "credentials", "key", "apikey", "api_key", "secretkey", "secret_key", "value", "todo",
	"encrypted", "unset", "empty", "default", "required", "optional", "sensitive", "pass123", "p@ssw0rd", "passw0rd", "hunter2",
}

// isPlaceholder knows values that stand for a secret without being one: words for
// it, marks of a mask, and variables that are filled in later.
func isPlaceholder(value string) bool {
	value = strings.Trim(strings.TrimSpace(value), `'"`)
	lower := strings.ToLower(value)
	if len(value) < 3 || slices.Contains(placeholders[:], lower) {
		return true
	}
	if strings.Trim(value, "*•xX.-_#?…") == "" {
		return true
	}
	first := value[0]
	if strings.IndexByte("$<{[%@:(&", first) >= 0 && strings.ContainsAny(value, "}>])%;") || strings.HasPrefix(value, "$") && isName(value[1:]) {
		return true
	}
	for _, part := range [...]string{"${", "{{", "%{", "<%", "%s", "***", "•••", "...", "example", "changeme", "placeholder", "redacted", "your_", "your-", "env:", "vault:", "enc["} {
		if strings.Contains(lower, part) {
			return true
		}
	}
	return false
}

// isName reports whether a text is the name of a variable.
func isName(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isWordByte(s[i]) {
			return false
		}
	}
	return s != ""
}
