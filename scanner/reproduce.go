package scanner

import (
	"crypto/x509/pkix"
	"fmt"
	"strings"

	"blurt/scanner/wire"
)

// reproduce returns a shell command that sends the request again: curl where
// curl can say it, else the bytes themselves through openssl. The caller's own
// header fields and certificate stand in it as placeholders.
func reproduce(to wire.Endpoint, as wire.Identity, r wire.Request) string {
	if r.HTTP1Only() {
		return reproduceBytes(to, r)
	}
	var b strings.Builder
	switch {
	case as.Cert == nil:
	case as.Private:
	default:
		b.WriteString(selfSigned(as))
	}
	b.WriteString("curl --insecure --silent --include --path-as-is")
	if strings.ContainsAny(to.Origin.String()+r.Target, "[]{}") {
		b.WriteString(" --globoff")
	}
	switch {
	case as.Cert == nil:
	case as.Private:
		b.WriteString(" --cert YOUR.pem --key YOUR.key")
	default:
		b.WriteString(" --cert client.pem --key client.key")
	}
	switch {
	case r.Method == "GET" && len(r.Body) == 0:
	case r.Method == "HEAD":
		b.WriteString(" --head")
	default:
		b.WriteString(" --request " + shellQuote(r.Method))
	}
	for _, f := range r.Fields {
		if argument, needed := curlHeader(to, r, f); needed {
			b.WriteString(" --header " + shellQuote(argument))
		}
	}
	for _, f := range as.Fields {
		b.WriteString(" --header " + shellQuote(f.Name+": YOUR-VALUE"))
	}
	b.WriteString(curlOmits(r))
	switch {
	case len(r.Body) == 0:
	case r.Body[0] == '@': // curl would read a file
		b.WriteString(" --data-raw " + shellQuote(string(r.Body)))
	default:
		b.WriteString(" --data-binary " + shellQuote(string(r.Body)))
	}
	b.WriteString(" " + shellQuote(to.Origin.String()+r.Target))
	return b.String()
}

// curlOmits keeps curl from adding fields that the request does not have.
func curlOmits(r wire.Request) string {
	var b strings.Builder
	own := []string{"User-Agent", "Accept"}
	if len(r.Body) > 0 {
		own = append(own, "Content-Type")
	}
	for _, name := range own {
		if _, there := wire.Get(r.Fields, name); !there {
			b.WriteString(" --header " + name + ":")
		}
	}
	return b.String()
}

// selfSigned makes a certificate of the same names as the identity's.
func selfSigned(as wire.Identity) string {
	names := "-subj /CN=blurt"
	if leaf := leafOf(as.Cert); leaf != nil {
		if subject, ok := openSSLSubject(leaf.Subject); ok {
			names = "-subj " + shellQuote(subject)
		}
		if len(leaf.DNSNames) > 0 {
			names += " -addext " + shellQuote("subjectAltName=DNS:"+strings.Join(leaf.DNSNames, ",DNS:"))
		}
	}
	return "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 " + names +
		" -keyout client.key -out client.pem && "
}

// openSSLSubject writes a name as openssl's -subj has it. It reports false for a
// name that holds more than that can say.
func openSSLSubject(name pkix.Name) (string, bool) {
	var b strings.Builder
	for _, part := range []struct {
		key    string
		values []string
	}{{"O", name.Organization}, {"OU", name.OrganizationalUnit}, {"CN", []string{name.CommonName}}} {
		for _, value := range part.values {
			if value == "" {
				continue
			}
			if strings.ContainsAny(value, "/+\\=,") {
				return "", false
			}
			b.WriteString("/" + part.key + "=" + value)
		}
	}
	return b.String(), b.Len() > 0
}

// curlHeader returns a field as curl's --header wants it, and whether curl would
// not send it by itself.
func curlHeader(to wire.Endpoint, r wire.Request, f wire.Field) (string, bool) {
	switch strings.ToLower(f.Name) {
	case "host":
		if f.Value == to.Origin.Authority() {
			return "", false
		}
	case "user-agent":
		if strings.HasPrefix(f.Value, "blurt") {
			return "", false
		}
	case "accept":
		if f.Value == "*/*" {
			return "", false
		}
	case "content-length":
		if len(r.Body) > 0 {
			return "", false
		}
	}
	if f.Value == "" {
		return f.Name + ";", true
	}
	return f.Name + ": " + f.Value, true
}

// reproduceBytes pipes the request itself to the server. It asks for the
// connection to be closed, so that the command ends.
func reproduceBytes(to wire.Endpoint, r wire.Request) string {
	var b strings.Builder
	version := r.Version
	if version == "" {
		version = "HTTP/1.1"
	}
	fmt.Fprintf(&b, "%s %s %s\r\n", r.Method, r.Target, version)
	for _, f := range r.Fields {
		fmt.Fprintf(&b, "%s: %s\r\n", f.Name, f.Value)
	}
	b.WriteString("Connection: close\r\n\r\n")
	b.Write(r.Body)
	reader := "openssl s_client -quiet -ign_eof -connect " + shellQuote(to.Origin.Address())
	if !to.Origin.TLS() {
		reader = fmt.Sprintf("nc %s %d", shellQuote(to.Origin.Host), to.Origin.Port)
	}
	return "printf %b " + printfQuote(b.String()) + " | " + reader
}

// shellQuote quotes for a POSIX shell; bytes that could drive a terminal or get
// lost in a paste are written as escapes, in the $'…' form of POSIX.1-2024.
func shellQuote(s string) string {
	if isPrintableASCII(s) {
		if s != "" && !strings.ContainsAny(s, " \t'\"\\$`!*?[](){}<>|&;~#") {
			return s
		}
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	var b strings.Builder
	b.WriteString("$'")
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\'' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c >= 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteString("'")
	return b.String()
}

// printfQuote quotes for printf's %b, which reads octal escapes.
func printfQuote(s string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\n':
			b.WriteString(`\n`)
		case c < ' ' || c >= 0x7f || c == '\'' || c == '\\':
			fmt.Fprintf(&b, `\0%03o`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('\'')
	return b.String()
}

func isPrintableASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}
