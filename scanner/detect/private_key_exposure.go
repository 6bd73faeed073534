package detect

import (
	"bytes"
	"fmt"

	"blurt/scanner/finding"
)

// privateKeyExposure reads private keys, in PEM and DER, in whatever escaping.
func privateKeyExposure() Detector {
	return Detector{
		Name:  "private_key_exposure",
		Rules: []string{"private-key-exposure", "secret-exposure"},
		Hints: privateKeyHints(),
		Also:  func(in Input) bool { return bytes.Contains(head(in.Got.Body, 16), []byte(keyStoreVersion)) },
		Run:   runPrivateKeyExposure,
	}
}

// keyStoreVersion is the version of a PKCS #12 key store, which stands at its start
// (RFC 7292, section 4).
const keyStoreVersion = "\x02\x01\x03\x30\x82"

// privateKeyHints are parts of PEM's labels and of DER that keys and key stores
// have.
func privateKeyHints() []string {
	hints := []string{
		"PRIVATE KEY", "PRIVATE+KEY", "PRIVATE%20KEY", "PRIVATE%2520KEY", `PRIVATE\u0020KEY`, "PRIVATE&#32;KEY", "PRIVATE_KEY--", "LS0tLS1CRUdJTi", javaKeyStore,
		"\x02\x01\x00\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", "\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01",
	}
	for _, s := range derSigns {
		hints = append(hints, s.letters)
	}
	return hints
}

func runPrivateKeyExposure(in Input) Output {
	if !in.isAnswered() {
		return Output{}
	}
	var open, locked []privateKey
	for _, key := range privateKeysIn(in.Got.Body, in.blocks()) {
		switch {
		case in.wasSent(string(in.Got.Body[key.span.Start:key.span.End])) || in.settingOfKey(key) == prose:
		case key.locked:
			locked = append(locked, key)
		default:
			open = append(open, key)
		}
	}
	var out Output
	if len(open) > 0 {
		hit := in.keyHit(open, "private-key-exposure", finding.SecretExposure)
		hit.Message = "The answer holds " + countOf(len(hit.Items), "private key") + " (" + open[0].kind + ")."
		out.Hits = append(out.Hits, hit)
	}
	if len(locked) > 0 {
		// What a passphrase protects is worth less than a key and more than a
		// certificate: the rule says how much.
		hit := in.keyHit(locked, "secret-exposure", finding.CertReflection)
		hit.Message = "The answer holds " + countOf(len(hit.Items), "private key") + " that a passphrase protects (" + locked[0].kind + ")."
		out.Hits = append(out.Hits, hit)
	}
	return out
}

// settingOfKey judges where a key stands. A body that begins with one is a key's
// file, whatever it is served as.
func (in Input) settingOfKey(key privateKey) setting {
	if key.span.Start <= maxPreamble && formOf(in.Got) != htmlForm {
		return live
	}
	return in.settingAt(key.span)
}

// maxPreamble is how much may stand before a key in its own file, in bytes.
const maxPreamble = 200

func (in Input) keyHit(keys []privateKey, rule string, category finding.Category) Hit {
	list := itemList{in: in}
	hit := Hit{Rule: rule, Category: finding.SecretExposure, Confidence: finding.Tentative, Excerpt: in.excerptAround(keys[0].span), isMaterial: true}
	hit.Excerpt.End = min(hit.Excerpt.End, keys[0].span.Start+maxPreamble)
	for _, key := range keys {
		if in.settingOfKey(key) == live {
			hit.Confidence = finding.Firm
		}
		list.add(Item{
			Category: category, Name: "private key, " + key.kind, Sensitive: true,
			Value:    string(in.Got.Body[key.span.Start:key.span.End]),
			Location: fmt.Sprintf("body, byte %d", key.span.Start),
		})
	}
	hit.Items = list.items
	return hit
}
