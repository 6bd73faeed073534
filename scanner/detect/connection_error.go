package detect

import (
	"bytes"
	"net/netip"
	"strings"
)

// connectionText is what a runtime says in front of the host that it could not
// reach.
type connectionText struct {
	text string
	// names says that the next word is a host whatever it looks like; otherwise
	// a name of one label needs its port.
	names bool
}

var connectionTexts = [...]connectionText{
	// Go
	{"dial tcp ", false}, {"dial udp ", false}, {"dial tcp: lookup ", true}, {"read tcp ", false}, {"write tcp ", false},
	// Node.js
	{"ECONNREFUSED ", false}, {"ETIMEDOUT ", false}, {"EHOSTUNREACH ", false}, {"ENETUNREACH ", false}, {"ENOTFOUND ", true}, {"EAI_AGAIN ", true},
	// Python
	{"ConnectionPool(host=", true}, {"HTTPConnection(host=", true}, {"Cannot connect to host ", true}, {" connecting to ", false},
	// PostgreSQL's and MySQL's clients in any language
	{"translate host name ", true}, {"connection to server at ", true}, {"server running on host ", true}, {"MySQL server on ", true}, {"pg_hba.conf entry for host ", false},
	{"'@'", false}, {"to server ", false},
	// Java
	{"UnknownHostException: ", true}, {"Connection to ", false}, {"Connect to ", false}, {"request for ", false}, {"Connection refused: ", false}, {"ailed to connect to ", false},
	{"nable to connect to ", false}, {"ailed to resolve '", true},
	// .NET
	{"actively refused it. (", true}, {"Connection refused (", true}, {"Name or service not known (", true}, {"No such host is known. (", true},
	// PHP, libcurl
	{"Could not resolve host: ", true}, {"Failed to connect to ", false}, {"Connection refused [", false}, {"getaddrinfo for ", true},
	// Ruby, Rust
	{"Failed to open TCP connection to ", true}, {"error sending request for url (", false},
	// nginx, Kubernetes, gRPC
	{"host not found in upstream ", true}, {"while connecting to upstream, ", false}, {"upstream: ", false}, {"no endpoints available for service ", true}, {" ipv4:", false},
}

// connections reads the hosts that errors of connections name.
func (s *hostSearch) connections() {
	for _, known := range connectionTexts {
		for from, tries := 0, 0; tries < maxOpenings; tries++ {
			at := indexFrom(s.text, known.text, from)
			if at < 0 {
				break
			}
			from = at + len(known.text)
			s.peer(at, from, known.names)
		}
	}
	s.serverAt()
}

// peer reads the host behind a text that stands from at up to start.
func (s *hostSearch) peer(at, start int, names bool) {
	start = skipWrapping(s.text, start)
	end := start
	for end < len(s.text) && end-start <= maxHostName && isNameByte(s.text[end]) {
		end++
	}
	word := strings.TrimRight(string(s.text[start:end]), ".-_")
	end = start + len(word)
	port := portAt(s.text, end)
	if port == "" && end < len(s.text) {
		port = portNear(s.text[end:])
	}
	if kind := peerKind(word, port, names); kind != "" {
		s.add(host{kind: kind, value: word + port, span: Span{at, end}, sure: true})
	}
}

// peerKind says what a host of a failed connection is, or nothing where it is a
// public one or no host.
func peerKind(word, port string, names bool) string {
	if address, err := netip.ParseAddr(word); err == nil {
		if isPrivate(address) || address.IsLoopback() && port != "" {
			return "private address"
		}
		return ""
	}
	if !isHostName(word) || strings.Trim(word, "0123456789.-_") == "" {
		return ""
	}
	switch {
	case isInternalName(word, certainSuffixes[:]), isInternalName(word, internalSuffixes[:]):
		return "internal host name"
	case strings.Contains(word, "."):
		return ""
	case strings.EqualFold(word, "localhost") && port == "", isCommonWord(word):
		return ""
	case names || port != "":
		return "upstream"
	}
	return ""
}

// isCommonWord knows what stands in the place of a host in sentences.
func isCommonWord(word string) bool {
	switch strings.ToLower(word) {
	case "the", "a", "an", "this", "that", "host", "server", "upstream", "database", "none", "null", "undefined", "unknown", "http", "https", "tcp", "your", "our", "remote", "backend", "service", "url", "any", "all", "at", "is", "on", "was", "running", "failed", "could":
		return true
	}
	return false
}

// skipWrapping goes over quotes, brackets, escapes and a scheme with the user
// in front of a host.
func skipWrapping(text []byte, at int) int {
	near := text[at:min(len(text), at+60)]
	if i := bytes.Index(near, []byte("://")); i >= 0 && !bytes.ContainsAny(near[:i], " <>\n") {
		at += i + 3
		near = text[at:min(len(text), at+80)]
		if user := bytes.IndexByte(near, '@'); user >= 0 && !bytes.ContainsAny(near[:user], " /\"'<>\n") {
			at += user + 1
		}
	}
	for tries := 0; at < len(text) && tries < 12; tries++ {
		if strings.IndexByte(" \"'`([{\\/", text[at]) >= 0 {
			at++
			continue
		}
		size := 0
		for _, entity := range [...]string{"&quot;", "&#34;", "&#39;", "&#x27;", "&lt;"} {
			if bytes.HasPrefix(text[at:], []byte(entity)) {
				size = len(entity)
			}
		}
		if size == 0 {
			break
		}
		at += size
	}
	return at
}

// portNear reads the port that a message gives in words behind a host, as in
// `"db" (172.18.0.2), port 5432 failed` and `host='auth', port=8080`.
func portNear(after []byte) string {
	near := after[:min(len(after), 60)]
	if i := bytes.IndexByte(near, '\n'); i >= 0 {
		near = near[:i]
	}
	_, number, found := bytes.Cut(near, []byte("port"))
	if !found || len(number) < 3 || number[0] != ' ' && number[0] != '=' {
		return ""
	}
	return portAt(append([]byte(":"), number[1:]...), 0)
}

// serverAt reads the foot of Apache's pages and of pages like them.
func (s *hostSearch) serverAt() {
	at := bytes.LastIndex(s.text, []byte(" Server at "))
	if at < 0 {
		return
	}
	start := at + len(" Server at ")
	size := bytes.Index(s.text[start:min(len(s.text), start+maxHostName)], []byte(" Port "))
	if size <= 0 {
		return
	}
	word := string(s.text[start : start+size])
	if kind := peerKind(word, "", false); kind != "" {
		s.add(host{kind: kind, value: word, span: Span{start, start + size}, sure: true})
	}
}
