package redact

import (
	"slices"
	"strings"
)

// SecretName reports whether the name of a setting, variable, parameter, cookie
// or header field announces a secret value.
func SecretName(name string) bool {
	if len(name) > maxName {
		return false
	}
	words := splitWords(name)
	if len(words) == 0 || isAboutSecrets(words) {
		return false
	}
	joined := strings.Join(words, "")
	for _, part := range secretParts {
		if strings.Contains(joined, part) {
			return true
		}
	}
	for i, word := range words {
		if slices.Contains(secretWords[:], word) && !isPublicKey(words, i) || endsInPass(word) {
			return true
		}
	}
	return false
}

const maxName = 120

// secretParts announce a secret wherever they stand in a name.
var secretParts = [...]string{
	"password", "passwd", "passphrase", "passcode", "secret", "apikey", "accesskey", "privatekey",
	"signingkey", "encryptionkey", "credential", "authorization", "connectionstring", "connstr",
	"sessionid", "sessid", "sessionkey", "token", "csrf", "xsrf", "jwt", "bearer", "webhookurl",
	"databaseurl", "brokerurl", "redisurl", "mongouri", "mongodburi", "amqpurl", "setcookie",
}

// secretWords announce one only as a word of their own: "keyboard" is no key.
var secretWords = [...]string{
	"pass", "pwd", "pw", "key", "keys", "auth", "cookie", "cookies", "session", "sid", "dsn", "otp", "totp",
	"salt", "pin", "signature", "sig", "hmac", "assertion", "nonce", "authtoken", "dburl",
}

// plainEndings turn a name into one that is about secrets without being one:
// CSRF_COOKIE_NAME, AUTH_PASSWORD_VALIDATORS, SESSION_COOKIE_AGE.
var plainEndings = [...]string{
	"name", "names", "age", "domain", "path", "secure", "httponly", "samesite", "engine", "serializer", "backend",
	"backends", "model", "models", "validators", "validator", "hashers", "hasher", "timeout", "expire", "expires",
	"close", "request", "view", "masked", "sessions", "origins", "algorithm", "algorithms", "type", "length", "class",
	"classes", "file", "enabled", "disabled", "required", "prefix", "days", "seconds", "ttl", "lifetime", "method",
	"methods", "middleware", "field", "size", "count", "form", "help", "policy", "rotation", "alias", "cache",
	"function", "verify", "present", "error", "exception", "info", "exempt", "failure",
}

// isAboutSecrets looks at the last word of a name.
func isAboutSecrets(words []string) bool {
	return len(words) > 1 && slices.Contains(plainEndings[:], words[len(words)-1])
}

// isPublicKey knows the keys that are not secret.
func isPublicKey(words []string, i int) bool {
	if words[i] != "key" && words[i] != "keys" || i == 0 {
		return false
	}
	return slices.Contains(publicKeys[:], words[i-1])
}

// endsInPass knows PGPASS and dbpass from compass.
func endsInPass(word string) bool {
	return strings.HasSuffix(word, "pass") && !slices.Contains(passWords[:], word)
}

var passWords = [...]string{"compass", "bypass", "encompass", "surpass", "trespass", "overpass", "underpass"}

var publicKeys = [...]string{"public", "primary", "foreign", "partition", "sort", "cache", "index", "dict", "lookup", "translation", "natural"}

// splitWords cuts a name at separators and at changes from lower to upper case,
// and returns the words in lower case.
func splitWords(name string) []string {
	var words []string
	start := 0
	flush := func(end int) {
		if end > start {
			words = append(words, strings.ToLower(name[start:end]))
		}
	}
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case !isAlphanumeric(c):
			flush(i)
			start = i + 1
		case i > start && 'A' <= c && c <= 'Z' && 'a' <= name[i-1] && name[i-1] <= 'z':
			flush(i)
			start = i
		}
	}
	flush(len(name))
	return words
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
