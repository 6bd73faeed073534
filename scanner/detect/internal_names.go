package detect

import (
	"bytes"
	"net/netip"
	"strings"
)

// names goes through the words with a dot in them.
func (s *hostSearch) names() {
	for at := 0; at < len(s.text) && len(s.found) < maxItems; {
		dot := bytes.IndexByte(s.text[at:], '.')
		if dot < 0 {
			return
		}
		dot += at
		start := dot
		for start > at && isNameByte(s.text[start-1]) {
			start--
		}
		end := dot + 1
		for end < len(s.text) && isNameByte(s.text[end]) {
			end++
		}
		at = end
		if end-start <= maxHostName {
			s.judge(start, start+len(bytes.TrimRight(s.text[start:end], ".-_")))
		}
	}
}

// maxHostName is how long the name of a host may be (RFC 1035, section 2.3.4).
const maxHostName = 253

func isNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' || c == '-' || c == '_'
}

// judge adds a word that is an address or a name inside of a network.
func (s *hostSearch) judge(start, end int) {
	word := string(s.text[start:end])
	port := portAt(s.text, end)
	h := host{value: word + port, span: Span{start, end + len(port)}}
	if address, err := netip.ParseAddr(word); err == nil {
		if s.isAddressHere(address, port, start) && !s.isShown(start) {
			h.kind = "private address"
			h.sure = port != "" && s.isMessage()
			s.add(h)
		}
		return
	}
	switch {
	case isInternalName(word, certainSuffixes[:]):
		h.sure = s.in.Got.Status >= 400
	case isInternalName(word, internalSuffixes[:]) && s.isHostHere(start, port):
		h.sure = s.isMessage()
	default:
		return
	}
	h.kind = "internal host name"
	if !s.isShown(start) {
		s.add(h)
	}
}

// isShown reports whether a page shows a word as code, or writes of the loopback
// of whoever reads it.
func (s *hostSearch) isShown(start int) bool {
	return !s.field && formOf(s.in.Got) == htmlForm && (bytes.HasPrefix(s.text[start:], []byte("127.")) || quotedInMarkup(s.text, start))
}

// certainSuffixes end names of hosts and nothing else.
var certainSuffixes = [...]string{
	".svc.cluster.local", ".cluster.local", ".ec2.internal", ".compute.internal", ".google.internal", ".docker.internal", ".internal.cloudapp.net",
	".service.consul", ".node.consul", ".home.arpa", ".mesh.local",
}

// internalSuffixes end names that no public resolver knows. Names of classes,
// packages and files may end alike.
var internalSuffixes = [...]string{
	".internal", ".local", ".lan", ".corp", ".intra", ".intranet", ".private", ".svc", ".consul", ".mesh", ".docker", ".localdomain", ".priv",
}

func isInternalName(word string, suffixes []string) bool {
	lower := strings.ToLower(word)
	for _, suffix := range suffixes {
		if strings.HasSuffix(lower, suffix) && len(lower) > len(suffix) && isHostName(lower) {
			return true
		}
	}
	return false
}

// isHostName follows RFC 1123, section 2.1, and allows the underscore, which
// compose files have.
func isHostName(word string) bool {
	if word == "" || len(word) > maxHostName {
		return false
	}
	for label := range strings.SplitSeq(word, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || strings.TrimFunc(label, func(r rune) bool { return r < 0x80 && isNameByte(byte(r)) && r != '.' }) != "" {
			return false
		}
	}
	return true
}

// portAt returns ":8080" where that stands in the text, or nothing.
func portAt(text []byte, at int) string {
	if at+1 >= len(text) || text[at] != ':' {
		return ""
	}
	end := at + 1
	for end < len(text) && end-at <= 5 && '0' <= text[end] && text[end] <= '9' {
		end++
	}
	if end-at < 3 || end < len(text) && ('0' <= text[end] && text[end] <= '9' || text[end] == '.' || text[end] == '_') && !endsSentence(text, end) {
		return ""
	}
	return string(text[at:end])
}

// endsSentence tells the dot behind a number from one within it.
func endsSentence(text []byte, at int) bool {
	return text[at] == '.' && (at+1 == len(text) || text[at+1] <= ' ' || strings.IndexByte(`"'<\`, text[at+1]) >= 0)
}

// isAddressHere reports whether an address is private (RFC 1918, RFC 6598, RFC
// 4193, RFC 3927) or, with its port, an upstream's on loopback, and neither the
// number of a version, nor an example, nor the client's own address.
func (s *hostSearch) isAddressHere(address netip.Addr, port string, start int) bool {
	if !isPrivate(address) && (!address.IsLoopback() || port == "") {
		return false
	}
	before := bytes.ToLower(s.text[max(0, start-24):start])
	if start > 0 && s.text[start-1] == '/' && port == "" && !bytes.HasSuffix(before, []byte("//")) {
		return false // "Chrome/10.0.0.1"; Java writes a slash before an address with a port
	}
	if containsAny(before, "version", "release", "build", "ver.", "example", "e.g.", "such as", " like", "your ip", "client", "remote", "visitor", "your address") {
		return false
	}
	return port != "" || s.field || formOf(s.in.Got) != htmlForm || s.isHostHere(start, port)
}

// isHostHere reports whether what stands around a name says that it is a host.
func (s *hostSearch) isHostHere(start int, port string) bool {
	if port != "" || start > 0 && s.text[start-1] == '@' {
		return true
	}
	before := bytes.ToLower(s.text[max(0, start-32):start])
	if bytes.HasSuffix(before, []byte("://")) {
		return true
	}
	if i := bytes.LastIndexAny(before, ">\n{}"); i >= 0 {
		before = before[i:]
	}
	return containsAny(before, "host", "server", "upstream", "backend", "node", "cluster", "addr", "connect", "resolve", "lookup", "endpoint", "proxy", "gateway", "peer", "broker", "domain", "dns", "via ")
}

func containsAny(text []byte, words ...string) bool {
	for _, word := range words {
		if bytes.Contains(text, []byte(word)) {
			return true
		}
	}
	return false
}

var sharedAddresses = [...]netip.Prefix{
	netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64}), 10),  // RFC 6598
	netip.PrefixFrom(netip.AddrFrom4([4]byte{169, 254}), 16), // RFC 3927
}

func isPrivate(address netip.Addr) bool {
	address = address.Unmap()
	return address.IsPrivate() || sharedAddresses[0].Contains(address) || sharedAddresses[1].Contains(address)
}

func isAddress(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil
}

func isLoopback(text string) bool {
	address, err := netip.ParseAddr(text)
	return err == nil && address.IsLoopback() || strings.EqualFold(text, "localhost")
}

// splitPort takes the port off a host; a bare IPv6 address has none.
func splitPort(text string) (name, port string) {
	at := strings.LastIndexByte(text, ':')
	if at < 0 || strings.IndexByte(text, ':') != at && !strings.HasPrefix(text, "[") || strings.HasSuffix(text, "]") {
		return text, ""
	}
	return text[:at], text[at+1:]
}

// longAddresses goes through the words that begin as unique local (RFC 4193)
// and link-local addresses of IPv6 do.
func (s *hostSearch) longAddresses() {
	for at := 0; at < len(s.text) && len(s.found) < maxItems; at++ {
		i := bytes.IndexAny(s.text[at:], "fF")
		if i < 0 {
			return
		}
		at += i
		if at > 0 && isNameByte(s.text[at-1]) || at > 0 && s.text[at-1] == ':' {
			continue
		}
		end := at
		for end < len(s.text) && end-at < 46 && (isHex(s.text[end]) || s.text[end] == ':') {
			end++
		}
		address, err := netip.ParseAddr(strings.TrimRight(string(s.text[at:end]), ":"))
		bracketed := at > 0 && end < len(s.text) && s.text[at-1] == '[' && s.text[end] == ']'
		switch {
		case err != nil || !address.IsPrivate() && !(address.IsLinkLocalUnicast() && bracketed):
		case bracketed:
			port := portAt(s.text, end+1)
			s.add(host{kind: "private address", value: "[" + address.String() + "]" + port, span: Span{at - 1, end + 1 + len(port)}, sure: port != "" && s.isMessage()})
		default:
			s.add(host{kind: "private address", value: address.String(), span: Span{at, end}})
		}
		at = max(at, end-1)
	}
}
