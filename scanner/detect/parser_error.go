package detect

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// parserError reads the messages of certificate parsers, and messages that name
// the field in which the program expects an identity.
func parserError() Detector {
	return Detector{
		Name:  "parser_error",
		Rules: []string{"certificate-parser-error"},
		Hints: parserHints(),
		Run:   runParserError,
	}
}

// parserText is a text that a parser says.
type parserText struct {
	text   string
	parser string
	// certain texts are said of certificates only; others need a request that
	// carries a broken one to be about it.
	certain bool
}

var parserTexts = [...]parserText{
	{"Unable to load PEM file", "cryptography (Python)", true},
	{"cryptography.io/en/latest/faq", "cryptography (Python)", true},
	{"error parsing asn1 value: ParseError", "cryptography (Python)", true},
	{"Valid PEM but no BEGIN CERTIFICATE", "cryptography (Python)", true},
	{"is not a valid X509 version", "cryptography (Python)", true},
	{"Certificate::tbs_cert", "cryptography (Python)", true},
	{"InvalidData(Invalid", "cryptography (Python)", true},
	{"MalformedFraming", "cryptography (Python)", true},
	{" extension was found", "cryptography (Python)", false},
	{"Invalid PEM encoding; must ", "ssl (Python)", true},
	{"routines', '", "pyOpenSSL", true},
	{"PEM routines", "OpenSSL", true},
	{"asn1 encoding routines", "OpenSSL", true},
	{"Could not read certificate from ", "openssl (command)", true},
	{"nable to load certificate", "openssl (command)", false},
	{"failed to read X509 certificate", "Crypt::OpenSSL::X509 (Perl)", true},
	{"PEM_read_bio", "OpenSSL", true},
	{"X509_verify_cert", "OpenSSL", true},
	{"X509StoreContextError", "pyOpenSSL", true},
	{"no start line", "OpenSSL", false},
	{"bad end line", "OpenSSL", false},
	{"bad base64 decode", "OpenSSL", false},
	{"ERR_OSSL_PEM_", "Node.js", true},
	{"ERR_OSSL_ASN1_", "Node.js", true},
	{"Invalid PEM formatted message", "node-forge", true},
	{"Error parsing asn1crypto.", "asn1crypto (Python)", true},
	{"pem_bytes does not appear to contain PEM", "asn1crypto (Python)", true},
	{"Insufficient data - ", "asn1crypto (Python)", false},
	{"Indefinite length encoding not supported by this codec", "pyasn1 (Python)", true},
	{"DECODER routines", "OpenSSL", false},
	{"OpenSSL::ASN1::ASN1Error", "openssl (Ruby)", true},
	{"Incorrect padding", "binascii (Python)", false},
	{"Invalid base64-encoded string", "binascii (Python)", false},
	{"Only base64 data is allowed", "binascii (Python)", false},
	{"Odd-length string", "binascii (Python)", false},
	{"Non-hexadecimal digit found", "binascii (Python)", false},
	{"codec can't decode byte", "Python", false},
	{"dictionary update sequence element", "Python", false},
	{"not enough values to unpack", "Python", false},
	{"too many values to unpack", "Python", false},
	{"list index out of range", "Python", false},
	{"invalid literal for int() with base", "Python", false},
	{"expected string or bytes-like object", "Python", false},
	{"object has no attribute '", "Python", false},
	{"Could not parse certificate: ", "CertificateFactory (Java)", true},
	{"java.security.cert.Certificate", "CertificateFactory (Java)", true},
	{"Unable to initialize, java.io.IOException", "CertificateFactory (Java)", true},
	{"CertificateParsingException", "CertificateFactory (Java)", true},
	{"improperly specified input name", "X500Principal (Java)", true},
	{"Illegal base64 character", "Base64 (Java)", false},
	{"Illegal hex characters in escape", "URLDecoder (Java)", false},
	{"Incomplete trailing escape (%) pattern", "URLDecoder (Java)", false},
	{"Duplicate key DNS (attempted merging", "Java", true},
	{"URI malformed", "Node.js", false},
	{"Cannot read properties of undefined", "Node.js", false},
	{"Cannot read property '", "Node.js", false},
	{"x509: malformed ", "crypto/x509 (Go)", true},
	{"x509: trailing data", "crypto/x509 (Go)", true},
	{"x509: invalid ", "crypto/x509 (Go)", true},
	{"x509: certificate ", "crypto/x509 (Go)", true},
	{"illegal base64 data at input byte", "encoding/base64 (Go)", false},
	{"invalid URL escape ", "net/url (Go)", false},
	{"asn1: structure error", "encoding/asn1 (Go)", true},
	{"asn1: syntax error", "encoding/asn1 (Go)", true},
	{"openssl_x509_parse()", "openssl (PHP)", true},
	{"openssl_x509_read()", "openssl (PHP)", true},
	{"openssl_x509_export()", "openssl (PHP)", true},
	{"openssl_x509_fingerprint()", "openssl (PHP)", true},
	{"X.509 Certificate cannot be retrieved", "openssl (PHP)", true},
	{"Trying to access array offset on", "PHP", false},
	{"OpenSSL::X509::", "openssl (Ruby)", true},
	{"undefined method `", "Ruby", false},
	{"undefined method '", "Ruby", false},
	{"Violation of RFC 8941", "Keycloak", true},
}

// fieldNames are beginnings of the names under which programs look for the
// identity that a proxy hands on.
var fieldNames = [...]string{
	"HTTP_X_SSL_", "HTTP_SSL_CLIENT", "HTTP_X_CLIENT_CERT", "HTTP_X_CLIENT_DN", "HTTP_X_CLIENT_VERIFY", "HTTP_X_FORWARDED_CLIENT_CERT",
	"HTTP_X_FORWARDED_TLS", "HTTP_CLIENT_CERT", "HTTP_X_ARR_CLIENTCERT", "HTTP_X_AMZN_MTLS", "HTTP_REMOTE_USER", "HTTP_X_REMOTE_USER", "HTTP_X_SUBJECT",
	"SSL_CLIENT_", "X-SSL-C", "X-SSL-U", "X-SSL-A", "X-SSL-S", "X-Ssl-C", "x-ssl-c", "X-Client-Cert", "x-client-cert", "X-CLIENT-CERT", "X-Forwarded-Client-Cert", "x-forwarded-client-cert",
	"HTTP_X_TLS_CLIENT", "HTTP_X_MTLS", "X-TLS-Client", "X-Tls-Client", "x-tls-client", "X-MTLS-", "x-mtls-", "X-Client-Dn", "X-Client-DN", "X-Client-Verify", "X-Client-Subject",
	"X-Subject-DN", "Cf-Client-Cert-", "X-Forwarded-Tls-Client", "ssl-client-", "SSL-Client-", "X-ARR-ClientCert", "X-Amzn-Mtls-", "x-amzn-mtls-",
}

func parserHints() []string {
	hints := append([]string(nil), fieldNames[:]...)
	for _, t := range parserTexts {
		hints = append(hints, t.text)
	}
	return hints
}

// ExpectedField is the name of the item that holds the header field in which an
// error says it expects the client's identity.
const ExpectedField = "expected field"

func runParserError(in Input) Output {
	if !in.errorLike() || formOf(in.Got) == opaqueForm || len(in.Got.Body) > maxErrorPage {
		return Output{}
	}
	list := itemList{in: in}
	hit := Hit{Rule: "certificate-parser-error", Category: finding.ErrorDetail, Confidence: finding.Tentative}
	var said []string
	for _, t := range parserTexts {
		span, ok := messageWith(in, t.text)
		if !ok || !t.certain && (isPlainSuccess(in) || !aboutCertificate(in, span)) {
			continue
		}
		if len(said) == 0 {
			hit.Excerpt = span
			said = append(said, fmt.Sprintf("An error repeats what a certificate parser says: %s.", t.parser))
		}
		if t.certain || namesClassIn(in, span) {
			hit.Confidence = finding.Firm
		}
		list.add(Item{Category: finding.ErrorDetail, Name: t.parser, Value: string(in.Got.Body[span.Start:span.End]), Location: fmt.Sprintf("body, byte %d", span.Start)})
	}
	if name, span, ok := expectedField(in); ok {
		if len(said) == 0 {
			hit.Excerpt = span
		}
		hit.Confidence = finding.Firm
		said = append(said, "An error names the field in which the program expects the client's identity: "+short(name)+".")
		list.add(Item{Category: finding.ErrorDetail, Name: ExpectedField, Value: name, Location: fmt.Sprintf("body, byte %d", span.Start)})
	}
	if len(said) == 0 || in.isOwned() {
		return Output{}
	}
	hit.Message = strings.Join(said, " ")
	hit.Items = list.items
	return Output{Hits: []Hit{hit}}
}

// isPlainSuccess reports that a plain request was answered with success: what
// stands in the answer is data, such as a list of all the messages that there are.
func isPlainSuccess(in Input) bool { return in.Got.Status < 400 && !in.isNew() }

// namesClassIn reports that a message names the class of an exception, as runtimes
// print it.
func namesClassIn(in Input, span Span) bool {
	for _, class := range exceptionClasses(in) {
		if span.Start <= class.Start && class.End <= span.End {
			return true
		}
	}
	return false
}

// messageWith finds a text that the control does not show, with the message
// around it.
func messageWith(in Input, text string) (Span, bool) {
	at := bytes.Index(in.visible(), []byte(text))
	if at < 0 || in.inControl([]byte(text)) || in.isQuoted(at) || in.isLinkText(at) {
		return Span{}, false
	}
	return messageAround(in.Got.Body, at, at+len(text)), true
}

// isLinkText reports whether a place in a page is the text of a link, as the title
// of a question is: no error says there what failed.
func (in Input) isLinkText(at int) bool {
	if formOf(in.Got) != htmlForm {
		return false
	}
	before := lowerASCII(in.Got.Body[max(0, at-400):at])
	return bytes.LastIndex(before, []byte("<a ")) > bytes.LastIndex(before, []byte("</a>"))
}

// messageAround widens a span to the ends of its line, string or element.
func messageAround(body []byte, start, end int) Span {
	const reach = 200
	low := max(0, start-reach)
	if i := bytes.LastIndexAny(body[low:start], "\"<>\r\n{}"); i >= 0 {
		low += i + 1
	}
	high := min(len(body), end+reach)
	if i := bytes.IndexAny(body[end:high], "\"<\r\n}"); i >= 0 {
		high = end + i
	}
	return Span{low, high}
}

// aboutCertificate decides on texts that parsers of anything say: the request
// must have carried a claim, and the control must have fared otherwise, or the
// message must speak of certificates itself.
func aboutCertificate(in Input, span Span) bool {
	message := bytes.ToLower(in.Got.Body[span.Start:span.End])
	for _, word := range [...]string{"certificate", "x509", "x.509", "pem ", "ssl", " dn ", "subject", "asn1", "asn.1"} {
		if bytes.Contains(message, []byte(word)) {
			return true
		}
	}
	return in.Claim != wire.NoClaim && in.Control != nil && !bytes.Equal(in.Control.Body, in.Got.Body)
}

// expectedField finds the name of an identity field in a message. A name that
// the answer merely lists with what was sent in it is a reflection instead.
func expectedField(in Input) (string, Span, bool) {
	if formOf(in.Got) == htmlForm && in.Got.Status < 400 || isPlainSuccess(in) || len(in.Echoes) > 0 || strings.EqualFold(in.Asked.Method, "TRACE") {
		return "", Span{}, false
	}
	for _, begin := range fieldNames {
		at := bytes.Index(in.visible(), []byte(begin))
		if at < 0 || at > 0 && isFieldByte(in.Got.Body[at-1]) {
			continue
		}
		end := at
		for end < len(in.Got.Body) && end-at < 80 && isFieldByte(in.Got.Body[end]) {
			end++
		}
		name := in.Got.Body[at:end]
		if in.inControl(name) || in.isQuoted(at) || in.isLinkText(at) || in.Got.Status < 400 && in.sentField(string(name)) {
			continue
		}
		return string(name), Span{at, end}, true
	}
	return "", Span{}, false
}

// sentField reports whether the request holds the field: an answer that is no
// error lists then what it was sent.
func (in Input) sentField(name string) bool {
	plain := strings.NewReplacer("_", "-")
	return slices.ContainsFunc(in.Asked.Fields, func(f wire.Field) bool {
		return strings.EqualFold(plain.Replace(f.Name), plain.Replace(strings.TrimPrefix(name, "HTTP_")))
	})
}

func isFieldByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-'
}
