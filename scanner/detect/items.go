package detect

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"blurt/scanner/finding"
	"blurt/scanner/internal/redact"
)

// maxItems bounds what one hit lists. What matters most is added first.
const maxItems = 200

// itemList gathers the items of one hit, each name and value once.
type itemList struct {
	in    Input
	items []Item
	seen  map[Item]bool
}

func (l *itemList) add(item Item) {
	if len(l.items) >= maxItems || item.Value == "" {
		return
	}
	item.Value = clip(item.Value)
	item.Name = clip(item.Name)
	key := item
	key.Location = ""
	if l.seen[key] {
		return
	}
	if l.seen == nil {
		l.seen = make(map[Item]bool)
	}
	l.seen[key] = true
	l.items = append(l.items, item)
}

// addFrames lists the frames that handle certificates, the files, and the
// calls.
func (l *itemList) addFrames(frames []frame) {
	for i, f := range frames {
		if f.handlesCertificate() {
			l.add(Item{
				Category: finding.Traceback,
				Name:     "certificate handling in " + f.name(),
				Value:    f.place(),
				Location: fmt.Sprintf("frame %d", i+1),
			})
		}
	}
	for i, f := range frames {
		if !strings.HasPrefix(f.file, "<") && !strings.HasPrefix(f.file, "node:") && strings.ContainsAny(f.file, `/\`) {
			l.add(Item{Category: finding.PathLeak, Name: "source file", Value: f.file, Location: fmt.Sprintf("frame %d", i+1)})
		}
	}
	for i, f := range frames {
		l.add(Item{Category: finding.Traceback, Name: f.name(), Value: f.place(), Location: fmt.Sprintf("frame %d", i+1)})
	}
}

// addLocals lists the local variables of each frame, either those that tell
// something or the trivial ones.
func (l *itemList) addLocals(frames []frame, trivial bool) {
	for i, f := range frames {
		for _, v := range f.locals {
			if isTrivial(v.value) != trivial {
				continue
			}
			item := Item{
				Category: finding.Traceback,
				Name:     v.name,
				Value:    v.value,
				Location: fmt.Sprintf("frame %d (%s), locals", i+1, f.name()),
			}
			l.classify(&item)
			l.add(item)
		}
	}
}

// classify marks what is secret by its name or shape, and what is a field that
// the scan itself has sent.
func (l *itemList) classify(item *Item) {
	switch {
	case l.isOurs(item.Value):
		item.Category = finding.CertReflection
	case isTrivial(item.Value):
	case redact.SecretName(item.Name), redact.Holds(item.Value) && !namesRequest(item.Name):
		item.Sensitive = true // the request may hold the caller's own fields
		if !l.in.repeatsRequest(*item) {
			item.Category = finding.SecretExposure
		}
	case namesInternalHost(item.Value):
		item.Category = finding.InternalHost
	}
}

// namesRequest knows the names of identifiers that are random and no secret: they
// tell one request from another.
func namesRequest(name string) bool {
	name = strings.ReplaceAll(strings.ToLower(name), "-", "_")
	for _, word := range [...]string{"request_id", "requestid", "trace_id", "traceid", "traceparent", "correlation_id", "span_id", "b3_"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// namesInternalHost looks for private addresses (RFC 1918, RFC 4193) and names
// that only resolve inside a network.
func namesInternalHost(value string) bool {
	words := strings.FieldsFuncSeq(value, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '.' && r != '-'
	})
	for word := range words {
		if address, err := netip.ParseAddr(word); err == nil {
			if address.IsPrivate() {
				return true
			}
			continue
		}
		for _, suffix := range [...]string{".internal", ".local", ".lan", ".corp", ".intranet", ".cluster.local", ".svc", ".consul", ".private"} {
			if strings.HasSuffix(strings.ToLower(word), suffix) && len(word) > len(suffix) {
				return true
			}
		}
	}
	return false
}

// isOurs reports whether a value is what the scan itself has sent: it holds a
// canary, or a part of a certificate of which the canary is encoded.
func (l *itemList) isOurs(value string) bool {
	if l.holdsCanary(value) {
		return true
	}
	part := longestBase64(value)
	if len(part) < minSentPart {
		return false
	}
	for _, f := range l.in.Asked.Fields {
		text := f.Value
		if plain, err := url.PathUnescape(text); err == nil {
			text = plain
		}
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

// minSentPart is how much of what was sent has to come back to be known, in
// bytes: less than a line of PEM, more than a word.
const minSentPart = 32

// longestBase64 returns the longest run of base64 letters in a text; an escaped
// letter, as in "\n", is none of them.
func longestBase64(text string) string {
	longest, start := "", 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && isBase64(text[i]) {
			continue
		}
		if i-start > len(longest) {
			longest = text[start:i]
		}
		if i < len(text) && text[i] == '\\' {
			i++
		}
		start = i + 1
	}
	return longest
}

func isBase64(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '+' || c == '/'
}

// holdsCanary reports whether a canary that was sent as a part of an identity
// stands in a value.
func (l *itemList) holdsCanary(value string) bool {
	if len(l.in.Echoes) == 0 {
		return false
	}
	value = strings.ToLower(value)
	for _, e := range l.in.Echoes {
		if countsAsIdentity(e.Field) && e.Token != "" && strings.Contains(value, strings.ToLower(e.Token)) {
			return true
		}
	}
	return false
}

// isTrivial knows the values that give nothing away: cleansed, empty, flags,
// small numbers, the printed form of objects.
func isTrivial(value string) bool {
	value = strings.TrimPrefix(value, "b")
	bare := strings.Trim(value, `'"`)
	switch bare {
	case "", "None", "True", "False", "[]", "{}", "()", "null", "true", "false":
		return true
	}
	if strings.Trim(bare, "*") == "" {
		return true
	}
	if strings.HasPrefix(bare, "<") && strings.HasSuffix(bare, ">") {
		return true
	}
	return len(bare) <= 10 && bare == value && strings.Trim(bare, "0123456789.") == ""
}

func (f frame) name() string {
	if f.function == "" {
		return "module level"
	}
	return f.function
}

// place is where a frame stands and what it does there.
func (f frame) place() string {
	place := f.file
	if f.line > 0 {
		place = fmt.Sprintf("%s:%d", f.file, f.line)
	}
	switch {
	case f.source == "":
		return place
	case place == "":
		return f.source
	}
	return place + ": " + f.source
}

// handlesCertificate reports whether a frame's file, function or line is about
// certificates: such frames show how an identity is parsed.
func (f frame) handlesCertificate() bool {
	if strings.Contains(f.file, "/django/") || strings.Contains(f.file, "/gunicorn/") {
		return false
	}
	text := strings.ToLower(f.file[strings.LastIndexAny(f.file, `/\`)+1:] + " " + f.function + " " + f.source)
	for _, part := range [...]string{"cert", "x509", "x.509", "pem_", "_pem", "asn1", "openssl", "subject_dn", "s_dn", "client_dn", "rfc4514", "mtls", "distinguished", "common_name", "xfcc"} {
		if strings.Contains(text, part) {
			return true
		}
	}
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
		switch word {
		case "ssl", "tls", "pem", "der", "dn", "cn":
			return true
		}
	}
	return false
}
