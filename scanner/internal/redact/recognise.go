package redact

import (
	"regexp"
	"strings"
)

// recognise returns the spans of what has the shape or the place of a secret.
func recognise(text string) []span {
	var found []span
	found = append(found, pemBlocks(text)...)
	found = append(found, userInfo(text)...)
	found = append(found, pairs(text)...)
	found = append(found, tokens(text)...)
	return append(found, randomRuns(text)...)
}

// pemBlocks hides what stands between the lines of RFC 7468, also where the
// last line is cut off.
func pemBlocks(text string) []span {
	const begin, closing, dashes = "-----BEGIN ", "-----END ", "-----"
	var found []span
	lastClose := strings.LastIndex(text, closing)
	for at := 0; ; {
		i := strings.Index(text[at:], begin)
		if i < 0 {
			return found
		}
		start := at + i
		at = start + len(begin)
		label := text[at:min(len(text), at+60)]
		end := strings.Index(label, dashes)
		if end < 0 {
			continue
		}
		label = label[:end]
		body := at + end + len(dashes)
		stop := body
		for stop < len(text) && isPEMByte(text[stop]) {
			stop++
		}
		if strings.Contains(label, "KEY") {
			// An encrypted key has header lines, which hold colons and commas.
			if body <= lastClose {
				stop = max(stop, body+strings.Index(text[body:], closing))
			}
		}
		found = append(found, span{body, stop})
		at = stop
	}
}

func isPEMByte(c byte) bool {
	return isAlphanumeric(c) || c == '+' || c == '/' || c == '=' || c == '\n' || c == '\r' || c == ' ' || c == '\t' || c == '\\' || c == ','
}

// userInfo hides the password of scheme://user:password@host, and the user
// where it is long enough to be a token.
func userInfo(text string) []span {
	var found []span
	for at := 0; ; {
		i := strings.Index(text[at:], "://")
		if i < 0 {
			return found
		}
		start := at + i + len("://")
		at = start
		stop := start
		sign, colon := -1, -1
		for stop < len(text) && stop-start < 400 {
			c := text[stop]
			if c <= ' ' || c == '"' || c == '\'' || c == '<' || c == '>' || c == '`' || c == ',' {
				break
			}
			if c == '/' && text[stop-1] == '/' && stop-1 > start {
				break // the next URL's authority is its own
			}
			if c == '@' {
				sign = stop
			}
			if c == ':' && colon < 0 {
				colon = stop
			}
			stop++
		}
		switch {
		case sign < 0:
		case colon >= 0 && colon < sign && !isPort(text[colon+1:sign]):
			found = append(found, span{colon + 1, sign})
		case colon < 0 && sign-start >= 16 && !strings.ContainsAny(text[start:sign], "/?"):
			found = append(found, span{start, sign})
		}
	}
}

// isPort reports whether the digits of a port and a path follow a colon, so
// that the sign behind them belongs to the path.
func isPort(s string) bool {
	i := 0
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return i > 0 && i <= 5 && i < len(s) && (s[i] == '/' || s[i] == '?')
}

// shape is a token that is known by its looks. The expression is tried only on
// texts that hold one of the signs; Go's expressions take linear time.
type shape struct {
	signs      []string
	expression *regexp.Regexp
}

var shapes = [...]shape{
	{[]string{"eyJ"}, regexp.MustCompile(`eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*){0,3}`)}, // JSON Web Token
	{[]string{"AKIA", "ASIA", "AROA", "AIDA", "ABIA", "ACCA"}, regexp.MustCompile(`\b(?:AKIA|ASIA|AROA|AIDA|ABIA|ACCA)[A-Z0-9]{16}\b`)},
	{[]string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"}, regexp.MustCompile(`\b(?:gh[pousr]_|github_pat_)[A-Za-z0-9_]{16,}`)},
	{[]string{"glpat-", "gldt-", "glrt-", "glsoat-", "glcbt-", "glptt-", "glft-", "glimt-", "glagent-"},
		regexp.MustCompile(`\bgl(?:pat|dt|rt|soat|cbt|ptt|ft|imt|agent)-[A-Za-z0-9_.-]{16,}`)},
	{[]string{"xox", "xapp-"}, regexp.MustCompile(`\bxox[a-z]-[A-Za-z0-9-]{8,}|\bxapp-[A-Za-z0-9-]{8,}`)},
	{[]string{"hooks.slack.com"}, regexp.MustCompile(`hooks\.slack\.com/services/[A-Za-z0-9/_-]+`)},
	{[]string{"k_live_", "k_test_", "whsec_"}, regexp.MustCompile(`\b[srpw]k_(?:live|test)_[A-Za-z0-9]{8,}|\bwhsec_[A-Za-z0-9+/=]{8,}`)},
	{[]string{"AIza", "ya29.", "GOCSPX-"}, regexp.MustCompile(`\bAIza[A-Za-z0-9_-]{30,}|\bya29\.[A-Za-z0-9_-]+|\bGOCSPX-[\w-]+`)},
	{[]string{"sk-", "hf_"}, regexp.MustCompile(`\bsk-[A-Za-z0-9_-]{20,}|\bhf_[A-Za-z0-9]{20,}`)},
	{[]string{"npm_", "pypi-", "dckr_pat_"}, regexp.MustCompile(`\bnpm_[A-Za-z0-9]{20,}|\bpypi-[A-Za-z0-9_-]{16,}|\bdckr_pat_[\w-]+`)},
	{[]string{"SG.", "key-"}, regexp.MustCompile(`\bSG\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}|\bkey-[0-9a-f]{32}\b`)},
	{[]string{"shpat_", "shpca_", "shppa_", "shpss_", "dop_v1_"}, regexp.MustCompile(`\bshp(?:at|ca|pa|ss)_[A-Fa-f0-9]{16,}|\bdop_v1_[a-f0-9]{32,}`)},
	{[]string{"hvs.", "hvb."}, regexp.MustCompile(`\bhv[sb]\.[A-Za-z0-9_-]{16,}`)},
	{[]string{"AccountKey=", "SharedAccessKey="}, regexp.MustCompile(`\b(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/=]+`)},
	{[]string{"pbkdf2_", "scrypt$", "argon2", "bcrypt"}, regexp.MustCompile(`\b(?:pbkdf2_|scrypt\$|argon2|bcrypt)[\w$=,.+/-]*\$[A-Za-z0-9$=,.+/-]+`)},
	{[]string{"$2", "$argon2", "$1$", "$5$", "$6$", "$y$"}, regexp.MustCompile(`\$(?:2[abxy]|argon2id?|[156]|y)\$[A-Za-z0-9./$=,+-]{10,}`)},
	{[]string{"django-insecure-"}, regexp.MustCompile(`django-insecure-[^\s'"<>]+`)},
	{[]string{"earer ", "asic ", "igest ", "egotiate ", "oken ", "pikey ", "piKey ", "EARER ", "ASIC ", "OKEN "},
		regexp.MustCompile(`(?i)\b(?:bearer|basic|digest|negotiate|token|apikey)\s+[A-Za-z0-9+/_.~-]{12,}=*`)},
}

func tokens(text string) []span {
	var found []span
	for _, s := range shapes {
		if !holdsAny(text, s.signs) {
			continue
		}
		for _, at := range s.expression.FindAllStringIndex(text, -1) {
			if !isCanary(text[at[0]:at[1]]) {
				found = append(found, span{at[0], at[1]})
			}
		}
	}
	return found
}

func holdsAny(text string, signs []string) bool {
	for _, sign := range signs {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return false
}
