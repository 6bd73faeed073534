package probes_test

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
)

// pairList reads KEY=value or KEY="value" with a backslash before a quotation
// mark, as Envoy and Akamai document it.
func pairList(v string, separator byte, subject string) (string, error) {
	name, found := "", false
	for v != "" {
		key, rest, ok := strings.Cut(v, "=")
		if !ok || !regexp.MustCompile(`^[A-Za-z0-9_]+$`).MatchString(key) {
			return "", errMalformed
		}
		value, rest, err := pairValue(rest, separator)
		if err != nil {
			return "", err
		}
		switch key {
		case subject:
			if name, err = rfc4514(value); err != nil || found {
				return "", errMalformed
			}
			found = true
		case "Hash", "SHA256_FINGERPRINT":
			if !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(value) {
				return "", errMalformed
			}
		case "Cert":
			if _, err := percentPEM(value); err != nil {
				return "", err
			}
		}
		v = rest
	}
	return name, require(found)
}

func pairValue(v string, separator byte) (value, rest string, err error) {
	if !strings.HasPrefix(v, `"`) {
		value, rest, _ = strings.Cut(v, string(separator))
		return value, rest, nil
	}
	var b strings.Builder
	for i := 1; i < len(v); i++ {
		switch {
		case v[i] == '\\' && i+1 < len(v):
			i++
			b.WriteByte(v[i])
		case v[i] == '"':
			rest = v[i+1:]
			if rest != "" && rest[0] != separator {
				return "", "", errMalformed
			}
			return b.String(), strings.TrimPrefix(rest, string(separator)), nil
		default:
			b.WriteByte(v[i])
		}
	}
	return "", "", errMalformed
}

func traefikInfo(v string) (string, error) {
	found := regexp.MustCompile(`^Subject="([^"]*)"(;(Issuer|SerialNumber|NB|NA|SAN)="[^"]*")*$`).FindStringSubmatch(v)
	if found == nil {
		return "", errMalformed
	}
	return rfc4514(found[1])
}

// rfc4514 returns the common name of a distinguished name in its string form.
func rfc4514(v string) (string, error) {
	part := regexp.MustCompile(`^(?:[A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+)+)=((?:\\[ "#+,;<=>\\]|\\[0-9A-Fa-f]{2}|#(?:[0-9A-Fa-f]{2})+|[^\\"#+,;<>\x00])(?:\\[ "#+,;<=>\\]|\\[0-9A-Fa-f]{2}|[^\\"+,;<>\x00])*)`)
	name := ""
	for rest := v; ; {
		found := part.FindStringSubmatch(rest)
		if found == nil {
			return "", errMalformed
		}
		if strings.HasPrefix(found[0], "CN=") {
			name = found[1]
		}
		if rest = rest[len(found[0]):]; rest == "" {
			return name, require(name != "" && !strings.Contains(name, "%"))
		}
		if rest[0] != ',' && rest[0] != '+' {
			return "", errMalformed
		}
		rest = rest[1:]
	}
}

func slashName(v string) (string, error) {
	found := regexp.MustCompile(`^(?:/[A-Za-z]+=[^/=]+)*/CN=([^/=%]+)(?:/[A-Za-z]+=[^/=]+)*$`).FindStringSubmatch(v)
	if found == nil {
		return "", errMalformed
	}
	return found[1], nil
}

func derName(v string) (string, error) {
	der, err := base64.StdEncoding.Strict().DecodeString(v)
	if err != nil {
		return "", err
	}
	var sequence pkix.RDNSequence
	if rest, err := asn1.Unmarshal(der, &sequence); err != nil || len(rest) > 0 {
		return "", errMalformed
	}
	var name pkix.Name
	name.FillFromRDNSequence(&sequence)
	return name.CommonName, require(name.CommonName != "")
}

func jsonSubject(v string) (string, error) {
	var values map[string]string
	if err := json.Unmarshal([]byte(v), &values); err != nil {
		return "", err
	}
	return rfc4514(values["subject"])
}

func jwtSubject(v string) (string, error) {
	parts := strings.Split(v, ".")
	if len(parts) != 3 {
		return "", errMalformed
	}
	var values map[string]string
	for _, part := range parts[:2] {
		raw, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil {
			return "", err
		}
		if err := json.Unmarshal(raw, &values); err != nil {
			return "", err
		}
	}
	return values["sub"], require(values["sub"] != "")
}
