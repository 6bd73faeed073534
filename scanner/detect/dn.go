package detect

import (
	"bytes"
	"slices"
	"strings"
)

// dnPart is one attribute of a distinguished name: its type as it is written, and
// its value without escapes.
type dnPart struct{ kind, value string }

// distinguishedName is a name that stands in a text.
type distinguishedName struct {
	parts []dnPart
	span  Span
}

// attributeTypes are what names are made of, by RFC 4514, X.520 and the programs
// that print them; in lower case.
var attributeTypes = [...]string{
	"cn", "o", "ou", "c", "l", "st", "s", "sp", "dc", "uid", "userid", "e", "email", "emailaddress", "serialnumber", "sn", "gn", "givenname", "surname", "initials",
	"title", "street", "streetaddress", "postalcode", "organizationidentifier", "dnqualifier", "generationqualifier", "pseudonym", "description",
	"unstructuredname", "businesscategory", "commonname", "organizationname", "countryname", "jurisdictionc", "t", "telephonenumber",
}

// Bounds of a name.
const (
	maxName    = 1 << 10 // bytes
	maxDNParts = 24
)

// namesIn returns the distinguished names in parts of a text: those that hold a common
// name, a user identifier or an e-mail address, and one attribute more.
func namesIn(text parts) []distinguishedName {
	var found []distinguishedName
	for _, sign := range [...]string{"CN=", "CN = ", "UID=", "emailAddress=", "cn="} {
		for at := 0; len(found) < maxItems; {
			if at = text.index(sign, at); at < 0 {
				break
			}
			name, ok := nameAround(text.body, at)
			at += len(sign)
			if ok && !slices.ContainsFunc(found, func(n distinguishedName) bool { return n.span.Start < name.span.End && name.span.Start < n.span.End }) {
				found = append(found, name)
				at = max(at, name.span.End)
			}
		}
	}
	return found
}

// nameAround reads the name of which one attribute begins at a place.
func nameAround(text []byte, at int) (distinguishedName, bool) {
	low := max(0, at-maxName)
	start := at
	// Go back over attributes to the first one.
	for {
		previous, ok := attributeBefore(text, low, start)
		if !ok {
			break
		}
		start = previous
	}
	if name, ok := parseSlashName(text, start); ok {
		return name, true
	}
	return parseCommaName(text, start)
}

// attributeBefore returns where the attribute begins that ends before a place with
// a separator.
func attributeBefore(text []byte, low, start int) (int, bool) {
	end := start
	for end > low && text[end-1] == ' ' {
		end--
	}
	if end <= low || strings.IndexByte(",+/;", text[end-1]) < 0 {
		return 0, false
	}
	for sign := end - 2; sign > low && end-sign < 200; sign-- {
		c := text[sign]
		if c == '\n' || c == '"' || c == '<' || c == '>' || c == '\'' {
			return 0, false
		}
		if c != '=' {
			continue
		}
		name := sign
		for name > low && text[name-1] == ' ' {
			name--
		}
		first := name
		for first > low && (isWordByte(text[first-1]) || text[first-1] == '.') {
			first--
		}
		if isAttributeType(string(text[first:name])) {
			return first, true
		}
	}
	return 0, false
}

// parseSlashName reads "/C=US/O=Acme/CN=alice", as OpenSSL printed names of old.
func parseSlashName(text []byte, start int) (distinguishedName, bool) {
	if start == 0 || text[start-1] != '/' {
		return distinguishedName{}, false
	}
	name := distinguishedName{span: Span{start - 1, start}}
	at := start
	for len(name.parts) < maxDNParts {
		sign := bytes.IndexByte(text[at:min(len(text), at+40)], '=')
		if sign < 0 || !isAttributeType(string(text[at:at+sign])) {
			break
		}
		value := at + sign + 1
		end := value
		for end < len(text) && end-value < maxName && !endsName(text[end]) && !(text[end] == '/' && beginsAttribute(text[end+1:])) {
			end++
		}
		name.parts = append(name.parts, dnPart{string(text[at : at+sign]), string(text[value:end])})
		name.span.End = end
		if end >= len(text) || text[end] != '/' {
			break
		}
		at = end + 1
	}
	return name, name.isName()
}

// parseCommaName reads RFC 4514 and RFC 2253, with or without blanks around the
// signs, and what Java and OpenSSL make of them.
func parseCommaName(text []byte, start int) (distinguishedName, bool) {
	name := distinguishedName{span: Span{start, start}}
	at := start
	for len(name.parts) < maxDNParts {
		sign := bytes.IndexByte(text[at:min(len(text), at+48)], '=')
		if sign < 0 || !isAttributeType(strings.TrimSpace(string(text[at:at+sign]))) {
			break
		}
		kind := strings.TrimSpace(string(text[at : at+sign]))
		value, end := commaValue(text, at+sign+1)
		name.parts = append(name.parts, dnPart{kind, value})
		name.span.End = end
		if end >= len(text) || strings.IndexByte(",+;", text[end]) < 0 {
			break
		}
		at = end + 1
		for at < len(text) && at-end < 4 && text[at] == ' ' {
			at++
		}
	}
	return name, name.isName()
}

// commaValue reads one value with its escapes (RFC 4514, section 2.4); it returns
// where the separator or the end of the name stands.
func commaValue(text []byte, at int) (string, int) {
	var value strings.Builder
	for at < len(text) && text[at] == ' ' {
		at++
	}
	start := at
	for at < len(text) && at-start < maxName {
		c := text[at]
		if c == '\\' && at+1 < len(text) {
			if next := text[at+1]; next == ',' || next == '+' || next == ';' || next == '=' || next == '\\' || next == '#' || next == ' ' {
				value.WriteByte(next)
				at += 2
				continue
			}
			if at+2 < len(text) && isHex(text[at+1]) && isHex(text[at+2]) {
				value.WriteByte(unhex(text[at+1])<<4 | unhex(text[at+2]))
				at += 3
				continue
			}
		}
		if endsName(c) || c == ',' || c == '+' && beginsAttribute(text[at+1:]) || c == ';' {
			break
		}
		value.WriteByte(c)
		at++
	}
	return strings.TrimSpace(value.String()), at
}

func endsName(c byte) bool {
	return c < ' ' || c == '"' || c == '\'' || c == '<' || c == '>' || c == '`' || c == ')' || c == ']' || c == '}' || c == '|' || c == '\\' || c == '&' || c == '%'
}

func beginsAttribute(text []byte) bool {
	sign := bytes.IndexByte(text[:min(len(text), 40)], '=')
	return sign > 0 && isAttributeType(strings.TrimSpace(string(text[:sign])))
}

// isAttributeType knows the short names, and object identifiers.
func isAttributeType(s string) bool {
	s = strings.ToLower(strings.TrimPrefix(strings.TrimPrefix(s, "OID."), "oid."))
	if slices.Contains(attributeTypes[:], s) {
		return true
	}
	return strings.Count(s, ".") >= 2 && strings.Trim(s, "0123456789.") == ""
}

// isName wants an attribute that names somebody, another beside it, and values
// that are no blanks to fill in.
func (n distinguishedName) isName() bool {
	if len(n.parts) < 2 || n.span.End-n.span.Start > maxName {
		return false
	}
	named := false
	for _, p := range n.parts {
		if p.value == "" || strings.ContainsAny(p.value, "{}$*") || len(p.value) > 200 || p.value == "..." {
			return false
		}
		named = named || personalAttribute(p.kind) != ""
	}
	return named
}

// personalAttribute says what an attribute tells of a person or device; it is
// empty for those of the organization.
func personalAttribute(kind string) string {
	switch strings.ToLower(kind) {
	case "cn", "commonname", "2.5.4.3":
		return "common name"
	case "uid", "userid", "0.9.2342.19200300.100.1.1":
		return "user identifier"
	case "e", "email", "emailaddress", "1.2.840.113549.1.9.1":
		return "e-mail address"
	case "serialnumber", "2.5.4.5":
		return "subject serial number"
	case "sn", "gn", "givenname", "surname", "initials", "pseudonym":
		return "name"
	}
	return ""
}

// isLike reports whether two names have the same attributes, in whatever order
// and spelling of their types.
func (n distinguishedName) isLike(parts []dnPart) bool {
	values := func(parts []dnPart) []string {
		var out []string
		for _, p := range parts {
			out = append(out, strings.ToLower(strings.TrimSpace(p.value)))
		}
		slices.Sort(out)
		return out
	}
	return len(parts) > 0 && slices.Equal(values(n.parts), values(parts))
}
