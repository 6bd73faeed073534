package detect

import (
	"encoding/base64"
	"encoding/json"
	"hash/crc32"
	"strings"
	"sync"
)

// tokenKind is a credential that is known by how its issuer writes it.
type tokenKind struct {
	name     string
	prefix   string
	alphabet string // what may follow the prefix
	min, max int    // how many characters may follow
	// valid, where set, checks what an issuer has put in to be checked.
	valid func(token string) bool
}

const (
	digits  = "0123456789"
	base62  = digits + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	wordly  = base62 + "_-"
	upper36 = digits + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	hexits  = digits + "abcdef"
)

// tokenKinds are the formats that issuers document. Keys that are made to be
// public (Google Maps, Stripe's publishable ones, Sentry's) and those of test
// modes are left out.
var tokenKinds = [...]tokenKind{
	{"GitHub personal access token", "ghp_", base62, 36, 36, hasGitHubChecksum},
	{"GitHub OAuth token", "gho_", base62, 36, 36, hasGitHubChecksum},
	{"GitHub user token", "ghu_", base62, 36, 36, hasGitHubChecksum},
	{"GitHub server token", "ghs_", base62, 36, 36, hasGitHubChecksum},
	{"GitHub refresh token", "ghr_", base62, 36, 76, hasGitHubChecksum},
	{"GitHub fine-grained token", "github_pat_", base62 + "_", 82, 82, nil},
	{"npm token", "npm_", base62, 36, 36, hasGitHubChecksum},
	{"GitLab personal access token", "glpat-", wordly, 20, 64, nil},
	{"GitLab deploy token", "gldt-", wordly, 20, 64, nil},
	{"GitLab runner token", "glrt-", wordly, 20, 64, nil},
	{"GitLab job token", "glcbt-", wordly, 20, 80, nil},
	{"Slack bot token", "xoxb-", base62 + "-", 40, 90, hasSlackParts},
	{"Slack user token", "xoxp-", base62 + "-", 40, 90, hasSlackParts},
	{"Slack application token", "xapp-", base62 + "-", 40, 150, nil},
	{"Stripe secret key", "sk_live_", base62, 24, 110, nil},
	{"Stripe restricted key", "rk_live_", base62, 24, 110, nil},
	{"Stripe webhook secret", "whsec_", base62, 32, 64, nil},
	{"PyPI token", "pypi-", wordly, 80, 400, isPyPIToken},
	{"Docker personal access token", "dckr_pat_", wordly, 27, 40, nil},
	{"DigitalOcean token", "dop_v1_", hexits, 64, 64, nil},
	{"Hugging Face token", "hf_", base62, 34, 40, nil},
	{"Shopify access token", "shpat_", digits + "abcdefABCDEF", 32, 32, nil},
	{"Shopify shared secret", "shpss_", digits + "abcdefABCDEF", 32, 32, nil},
	{"Anthropic API key", "sk-ant-", wordly, 80, 120, nil},
	{"OpenAI API key", "sk-proj-", wordly, 40, 180, nil},
	{"Google OAuth client secret", "GOCSPX-", wordly, 28, 28, nil},
	{"Vault token", "hvs.", wordly, 24, 120, nil},
	{"SendGrid key", "SG.", wordly + ".", 66, 66, nil},
	{"Grafana service account token", "glsa_", base62 + "_", 41, 41, nil},
	{"Databricks token", "dapi", hexits, 32, 34, nil},
	{"New Relic key", "NRAK-", upper36, 27, 27, nil},
	{"Atlassian token", "ATATT3x", wordly + "=", 170, 200, nil},
	{"Age secret key", "AGE-SECRET-KEY-1", upper36, 58, 58, nil},
	{"Linear API key", "lin_api_", base62, 40, 40, nil},
	{"Postman key", "PMAK-", hexits + "-", 59, 59, nil},
}

// kindsByInitial are the kinds by the first byte of their prefixes: most stretches of
// letters begin like none.
var kindsByInitial = sync.OnceValue(func() *[256][]*tokenKind {
	var kinds [256][]*tokenKind
	for n := range tokenKinds {
		k := &tokenKinds[n]
		kinds[k.prefix[0]] = append(kinds[k.prefix[0]], k)
	}
	return &kinds
})

// tokenAt returns the kind of the token that begins at a place, and its end.
func tokenAt(text []byte, at int) (*tokenKind, int) {
	if at >= len(text) {
		return nil, 0
	}
	for _, k := range kindsByInitial()[text[at]] {
		if len(text)-at < len(k.prefix)+k.min || string(text[at:at+len(k.prefix)]) != k.prefix {
			continue
		}
		end := at + len(k.prefix)
		for end < len(text) && strings.IndexByte(k.alphabet, text[end]) >= 0 && end-at-len(k.prefix) <= k.max {
			end++
		}
		size := end - at - len(k.prefix)
		if size < k.min || size > k.max || end < len(text) && isWordByte(text[end]) {
			continue
		}
		token := string(text[at:end])
		if isMadeUp(token[len(k.prefix):]) || k.valid != nil && !k.valid(token) {
			continue
		}
		return k, end
	}
	return nil, 0
}

func isWordByte(c byte) bool {
	return isLetter(c) || '0' <= c && c <= '9' || c == '_'
}

// hasGitHubChecksum checks the six characters at the end: CRC-32 of those before
// in base 62. GitHub and npm document it.
func hasGitHubChecksum(token string) bool {
	_, body, _ := strings.Cut(token, "_")
	sum := crc32.ChecksumIEEE([]byte(body[:len(body)-6]))
	var want [6]byte
	for i := len(want) - 1; i >= 0; i-- {
		want[i] = base62[sum%62]
		sum /= 62
	}
	return string(want[:]) == body[len(body)-6:]
}

// hasSlackParts wants the numbers of the workspace and of the user in front.
func hasSlackParts(token string) bool {
	parts := strings.Split(token, "-")
	return len(parts) >= 4 && len(parts[1]) >= 9 && strings.Trim(parts[1], digits) == "" && strings.Trim(parts[2], digits) == ""
}

// isPyPIToken wants a macaroon of pypi.org.
func isPyPIToken(token string) bool {
	body := strings.TrimPrefix(token, "pypi-")
	plain, _ := base64.RawURLEncoding.DecodeString(body[:len(body)/4*4])
	return strings.Contains(string(plain[:min(len(plain), 40)]), "pypi.org")
}

// isJWT wants a header that names an algorithm, claims, and a signature
// (RFC 7519).
func isJWT(token string) bool {
	parts := strings.Split(token, ".")
	if len(parts) != 3 || len(parts[2]) < 20 {
		return false
	}
	var header struct {
		Algorithm string `json:"alg"`
	}
	var claims map[string]any
	if !isJSONIn(parts[0], &header) || header.Algorithm == "" || !isJSONIn(parts[1], &claims) {
		return false
	}
	name, _ := claims["name"].(string)
	return name != "John Doe" && claims["sub"] != "1234567890" // the example of the format's home page
}

func isJSONIn(part string, into any) bool {
	plain, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(part, "="))
	return err == nil && json.Unmarshal(plain, into) == nil
}
