package detect

import (
	"bytes"
	"regexp"
	"strings"
)

// callingReach is how far before a value the word may stand that says what it is,
// in bytes.
const callingReach = 96

// calledAs returns the name in front of a value, in lower case and with "_" for
// every sign between words: a member's, a variable's, a field's, a cell's.
func calledAs(text []byte, at int) string {
	before := text[max(0, at-callingReach):at]
	if line := bytes.LastIndexByte(bytes.TrimRight(before, " \r\n\t"), '\n'); line >= 0 {
		before = before[line:]
	}
	end := len(before)
	for end > 0 && strings.IndexByte(" \t\"'`:=>[{(\\", before[end-1]) >= 0 {
		end--
	}
	start := end
	for start > 0 && (isVariableByte(before[start-1]) || before[start-1] == ' ' && start > 1 && isLetter(before[start-2]) && end-start < 20) {
		start--
	}
	if end == len(before) {
		return "" // nothing joins the two
	}
	return strings.NewReplacer("-", "_", ".", "_", " ", "_").Replace(strings.ToLower(string(before[start:end])))
}

// callsClient reports whether a name is that of a client's certificate, or of a
// field of one.
func callsClient(name string) bool {
	for _, part := range [...]string{"ssl_client", "client_cert", "clientcert", "client_dn", "client_s_dn", "client_subject", "tls_client", "mtls", "xfcc", "client_cn", "peer_cert",
		"peer_subject", "user_cert", "usercert", "client_certificate", "clientcertificate", "clientsubject", "x_client", "ssl_subject", "amzn_mtls", "client_tls", "x509_client", "peercert"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// callsSubject reports whether a name is that of a certificate's subject, whoever
// has it.
func callsSubject(name string) bool {
	if strings.Contains(name, "issuer") || strings.Contains(name, "i_dn") {
		return false
	}
	for _, part := range [...]string{"subject", "s_dn", "distinguished_name", "distinguishedname", "x509", "certificate", "cert_dn", "principal"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return callsClient(name)
}

// publicFormats are where certificates stand so that everybody can read them: key
// sets of tokens (RFC 7517), metadata of SAML, WS-Federation and the like.
var publicFormats = [...]string{`"x5c"`, `"x5t`, "KeyDescriptor", "EntityDescriptor", "X509Certificate>", `"jwks_uri"`, `"certificate_chain"`, "sha256_cert_fingerprints"}

// publishes reports whether an answer is made to hand out certificates.
func (in Input) publishes() bool {
	if strings.Contains(in.Asked.Target, "/.well-known/") {
		return true
	}
	for _, sign := range publicFormats {
		if bytes.Contains(in.Got.Body, []byte(sign)) {
			return true
		}
	}
	media := strings.ToLower(in.Got.Field("Content-Type"))
	for _, kind := range [...]string{"pkix-cert", "x-x509", "pem-certificate-chain", "pkcs7", "x-pem-file", "pkix-pkipath", "x-pkcs7"} {
		if strings.Contains(media, kind) {
			return true
		}
	}
	return false
}

// logLine is how the lines of a log begin: with a time, an address or a level.
var logLine = regexp.MustCompile(`(?m)^(?:\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d|\d{1,3}(?:\.\d{1,3}){3} \S+ \S+ \[|\[?(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} \d|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|(?:DEBUG|INFO|WARN|WARNING|ERROR|FATAL|TRACE)[ :\]]|\{"(?:time|ts|level|timestamp|@timestamp)")`)

// minLogLines is how many such lines make a log.
const minLogLines = 3

// isLog reports whether a place stands between the lines of a log that the text
// begins with.
func (in Input) isLog(span Span) bool {
	if !logLine.Match(head(in.Got.Body, 120)) {
		return false
	}
	near := in.Got.Body[max(0, span.Start-dumpReach):min(len(in.Got.Body), span.End+dumpReach)]
	return len(logLine.FindAllIndex(near, minLogLines)) >= minLogLines
}
