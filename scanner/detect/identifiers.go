package detect

import (
	"bytes"
	"net/url"
	"strings"
)

// identifier is what stands for a client without being its name: a serial number,
// a fingerprint, a SPIFFE ID.
type identifier struct {
	name  string
	value string
	span  Span
}

// maxWeighed bounds how many places of one kind are weighed by what is around them,
// as far as from one quote to the next.
const maxWeighed = 10 * maxItems

// identifiers returns those that the text around them ascribes to a client, or
// that stand in a structure as Envoy writes it.
func (in Input) identifiers() []identifier {
	var found []identifier
	text := in.liveParts()
	for _, sign := range [...]string{"erial", "SERIAL", "ingerprint", "FINGERPRINT", "humbprint", "Hash=", "_SHA1", "_SHA256"} {
		weighed := 0
		for at := 0; len(found) < maxItems && weighed < maxWeighed; {
			if at = text.index(sign, at); at < 0 {
				break
			}
			if a, ok := assignmentAt(text.body, at); ok {
				weighed++
				if id, ok := in.identifierIn(a, at); ok {
					found = append(found, id)
				}
			}
			at += len(sign)
		}
	}
	return append(found, in.spiffeIDs()...)
}

// identifierIn weighs an assignment to a name that has a sign at a place.
func (in Input) identifierIn(a assignment, at int) (identifier, bool) {
	text := in.Got.Body
	if in.wasSent(a.value) || in.settingAt(a.span) != live {
		return identifier{}, false
	}
	name := strings.NewReplacer("-", "_", ".", "_").Replace(strings.ToLower(a.name))
	serial := strings.Contains(name, "serial")
	envoys := name == "hash" && (bytes.Contains(text[max(0, at-200):at], []byte("By=")) || bytes.Contains(head(text[at:], 300), []byte(";Subject="))) && len(a.value) == 64
	if !callsClient(name) && !envoys || in.isServersDigest(a.value) {
		return identifier{}, false
	}
	switch {
	case serial && isSerial(a.value):
		return identifier{"serial number of a client certificate", a.value, a.span}, true
	case !serial && isFingerprint(a.value):
		return identifier{"fingerprint of a client certificate", a.value, a.span}, true
	}
	return identifier{}, false
}

// isSerial wants hexadecimal or decimal digits of a number that is not small.
func isSerial(value string) bool {
	bare := strings.ReplaceAll(strings.ToLower(value), ":", "")
	return len(bare) >= 6 && len(bare) <= 60 && strings.Trim(bare, hexits) == ""
}

// isFingerprint wants a SHA-1 or SHA-256 in hexadecimal, with or without colons, or in
// base64.
func isFingerprint(value string) bool {
	bare := strings.ReplaceAll(strings.ToLower(value), ":", "")
	if (len(bare) == 40 || len(bare) == 64) && strings.Trim(bare, hexits) == "" {
		return strings.Trim(bare, "0") != ""
	}
	return (len(value) == 28 || len(value) == 44) && strings.HasSuffix(value, "=") && decodeBase64([]byte(value)) != nil ||
		(len(value) == 27 || len(value) == 43) && strings.Trim(value, wordly) == "" && entropy(value) > 4
}

// isServersDigest knows the digests of what the server shows in the handshake.
func (in Input) isServersDigest(value string) bool {
	bare := strings.ReplaceAll(strings.ToLower(value), ":", "")
	if in.Handshake == nil {
		return false
	}
	for _, c := range in.Handshake.Chain {
		for _, digest := range fingerprintsOf(c.Raw) {
			if digest == bare {
				return true
			}
		}
	}
	return false
}

// spiffeIDs returns the workload identities of an answer: a trust domain and a
// path.
func (in Input) spiffeIDs() []identifier {
	const scheme = "spiffe://"
	var found []identifier
	text, near := in.Got.Body, in.liveParts()
	weighed := 0
	for at := 0; len(found) < maxItems && weighed < maxWeighed; {
		start := near.index(scheme, at)
		if start < 0 {
			break
		}
		at = start + len(scheme)
		for at < len(text) && at-start < maxAuthority && (isVariableByte(text[at]) || text[at] == '/') {
			at++
		}
		span := Span{start, at}
		value := string(text[start:at])
		parsed, err := url.Parse(value)
		if err != nil || len(parsed.Path) < 2 || parsed.Host == "" || isExampleHost(parsed.Host) {
			continue
		}
		weighed++
		if in.wasSent(value) || in.settingAt(span) != live {
			continue
		}
		found = append(found, identifier{"SPIFFE ID", value, span})
	}
	return found
}
