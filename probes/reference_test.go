package probes_test

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/mail"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"blurt/probes"
)

var errMalformed = errors.New("malformed")

// reference reads a value as a careful consumer of the encoding would, and
// returns what it says in one plain form: a certificate in hexadecimal, the
// common name of a name, a serial number in decimal, a digest in hexadecimal, a
// time in seconds.
type reference func(value string) (string, error)

func references() map[probes.Encoding]reference {
	return map[probes.Encoding]reference{
		"pem-percent": percentPEM, "pem-percent-plus": percentPEM, "pem-percent-lower": percentPEM,
		"pem-tabs": joinedPEM("\t"), "pem-spaces": joinedPEM(" "), "pem-joined": bareFrame,
		"pem-base64": base64Chain, "der-base64": base64DER,
		"pem-base64-percent": func(v string) (string, error) { return unescaped(v, url.QueryUnescape, base64Chain) },
		"sf-binary":          byteSequence, "sf-list": byteSequence,

		"xfcc":         func(v string) (string, error) { return pairList(v, ';', "Subject") },
		"traefik-info": func(v string) (string, error) { return unescaped(v, url.QueryUnescape, traefikInfo) },
		"akamai":       func(v string) (string, error) { return pairList(v, ',', "SUBJECT") },
		"json":         jsonSubject, "jwt": jwtSubject,

		"dn-rfc4514":      func(v string) (string, error) { return rfc4514(v) },
		"dn-spaced":       func(v string) (string, error) { return rfc4514(strings.ReplaceAll(v, ", ", ",")) },
		"dn-slash":        slashName,
		"dn-slash-quoted": func(v string) (string, error) { return quoted(v, slashName) },
		"dn-der-base64":   derName,

		"text":        matching(`^[\w.@+-]{1,150}$`), // Django's user names
		"text-quoted": func(v string) (string, error) { return quoted(v, matching(`^[\w.@+-]{1,150}$`)) },
		"email":       address, "groups": matching(`^[\w.@+-]+(,[\w.@+:-]+)*$`),
		"uri": spiffeID, "dns": matching(`^([a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?\.)+[a-z]+$`), "base64-list": base64List,

		"hex-upper": number(`^[0-9A-F]+$`, 16), "hex-lower": number(`^[0-9a-f]+$`, 16), "decimal": number(`^[0-9]+$`, 10),
		"hex-colon":  func(v string) (string, error) { return colons(v, number(`^[0-9a-f]+$`, 16)) },
		"hex-quoted": func(v string) (string, error) { return quoted(v, number(`^[0-9A-F]+$`, 16)) },

		"sha1-lower": matching(`^[0-9a-f]{40}$`), "sha1-upper": lower(`^[0-9A-F]{40}$`),
		"sha1-colon":   func(v string) (string, error) { return colons(v, lower(`^[0-9A-F]{40}$`)) },
		"sha1-quoted":  func(v string) (string, error) { return quoted(v, lower(`^[0-9A-F]{40}$`)) },
		"sha256-lower": matching(`^[0-9a-f]{64}$`), "sha256-upper": lower(`^[0-9A-F]{64}$`),
		"sha256-colon": func(v string) (string, error) { return colons(v, lower(`^[0-9A-F]{64}$`)) },
		"sha256-base64": func(v string) (string, error) {
			raw, err := base64.StdEncoding.Strict().DecodeString(v)
			return hex.EncodeToString(raw), errors.Join(err, require(len(raw) == 32))
		},
		"key-id-hex": matching(`^[0-9a-f]{40}$`),

		"time-openssl": clock("Jan _2 15:04:05 2006 GMT"), "time-asn1": clock("060102150405Z"),
		"time-rfc3339": clock(time.RFC3339), "time-iso": clock(time.DateTime),
		"time-unix": matching(`^[0-9]{1,12}$`), "days": matching(`^[0-9]{1,6}$`), "validity": validity,

		"nginx-verify": matching(`^(SUCCESS|NONE|FAILED:.+)$`), "apache-verify": matching(`^(SUCCESS|NONE|GENEROUS|FAILED:.+)$`),
		"haproxy-verify": matching(`^[0-9]{1,3}$`), "f5-verify": matching(`^(OK|NoClientCert)$`), "valid-verify": matching(`^(in)?valid$`),
		"bool": matching(`^(true|false)$`), "bool-negative": matching(`^(true|false)$`), "bool-digit": matching(`^[01]$`),
		"no-error": matching(`^(client_cert_[a-z_]+)?$`),

		"integer": integer, "x509-version": integer, "key-size": integer,
		"tls-version": matching(`^TLSv1(\.[0-3])?$`), "tls-cipher": matching(`^[A-Z]{3}_[A-Z0-9_]+$`),
		"algorithm": matching(`^[a-zA-Z0-9]+(-[a-zA-Z0-9]+|[wW]ith[a-zA-Z0-9]+)+$`), "session-id": matching(`^[0-9a-f]{64}$`),
	}
}

func require(ok bool) error {
	if ok {
		return nil
	}
	return errMalformed
}

func matching(pattern string) reference {
	expression := regexp.MustCompile(pattern)
	return func(v string) (string, error) { return v, require(expression.MatchString(v)) }
}

func lower(pattern string) reference {
	match := matching(pattern)
	return func(v string) (string, error) {
		v, err := match(v)
		return strings.ToLower(v), err
	}
}

func unescaped(v string, unescape func(string) (string, error), next reference) (string, error) {
	v, err := unescape(v)
	if err != nil {
		return "", err
	}
	return next(v)
}

func quoted(v string, next reference) (string, error) {
	if len(v) < 2 || v[0] != '"' || v[len(v)-1] != '"' {
		return "", errMalformed
	}
	return next(v[1 : len(v)-1])
}

func colons(v string, next reference) (string, error) {
	for _, part := range strings.Split(v, ":") {
		if len(part) != 2 {
			return "", errMalformed
		}
	}
	return next(strings.ReplaceAll(v, ":", ""))
}

func certificate(der []byte) (string, error) {
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(c.Raw), nil
}

func pemText(v string) (string, error) {
	block, rest := pem.Decode([]byte(v))
	if block == nil || block.Type != "CERTIFICATE" || len(strings.TrimSpace(string(rest))) > 0 {
		return "", errMalformed
	}
	return certificate(block.Bytes)
}

func percentPEM(v string) (string, error) { return unescaped(v, url.PathUnescape, pemText) }

func joinedPEM(by string) reference {
	return func(v string) (string, error) {
		body, ok := strings.CutPrefix(v, "-----BEGIN CERTIFICATE-----"+by)
		body, ended := strings.CutSuffix(body, by+"-----END CERTIFICATE-----")
		if !ok || !ended {
			return "", errMalformed
		}
		return base64DER(strings.ReplaceAll(body, by, ""))
	}
}

func bareFrame(v string) (string, error) { return joinedPEM("")(v) }

func base64DER(v string) (string, error) {
	der, err := base64.StdEncoding.Strict().DecodeString(v)
	if err != nil {
		return "", err
	}
	return certificate(der)
}

func base64Chain(v string) (string, error) {
	leaf := ""
	for i, part := range strings.Split(v, ",") {
		c, err := base64DER(part)
		if err != nil {
			return "", err
		}
		if i == 0 {
			leaf = c
		}
	}
	return leaf, nil
}

// byteSequence follows RFC 8941, section 4.2.7.
func byteSequence(v string) (string, error) {
	if len(v) < 2 || v[0] != ':' || v[len(v)-1] != ':' {
		return "", errMalformed
	}
	return base64DER(v[1 : len(v)-1])
}

func address(v string) (string, error) {
	a, err := mail.ParseAddress(v)
	if err != nil {
		return "", err
	}
	name, _, _ := strings.Cut(a.Address, "@")
	return name, nil
}

func spiffeID(v string) (string, error) {
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "spiffe" {
		return "", errMalformed
	}
	return matching(`^[a-z0-9._-]+$`)(strings.ToLower(u.Host))
}

func base64List(v string) (string, error) {
	first := ""
	for i, part := range strings.Split(v, ",") {
		raw, err := base64.StdEncoding.Strict().DecodeString(part)
		if err != nil || len(raw) == 0 {
			return "", errMalformed
		}
		if i == 0 {
			first = string(raw)
		}
	}
	return first, nil
}

func number(pattern string, base int) reference {
	match := matching(pattern)
	return func(v string) (string, error) {
		if _, err := match(v); err != nil {
			return "", err
		}
		n, ok := new(big.Int).SetString(v, base)
		return fmt.Sprint(n), require(ok && n.BitLen() <= 160)
	}
}

func integer(v string) (string, error) {
	n, err := strconv.Atoi(v)
	return strconv.Itoa(n), err
}

func clock(layout string) reference {
	return func(v string) (string, error) {
		at, err := time.Parse(layout, v)
		return fmt.Sprint(at.Unix()), err
	}
}

func validity(v string) (string, error) {
	found := regexp.MustCompile(`^NotBefore=([^;]+);NotAfter=([^;]+)$`).FindStringSubmatch(v)
	if found == nil {
		return "", errMalformed
	}
	if _, err := time.Parse(time.RFC3339, found[1]); err != nil {
		return "", err
	}
	return clock(time.RFC3339)(found[2])
}
