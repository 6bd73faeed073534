package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"blurt/scanner"
	"blurt/scanner/wire"
)

// maxPEM bounds a file of certificates or keys, in bytes. A system's whole
// bundle of authorities is about 250 KB.
const maxPEM = 8 << 20

func readIdentity(s settings, c *scanner.Config) (err error) {
	if c.Insecure, err = s.on("insecure"); err != nil {
		return err
	}
	for _, given := range s.list("header") {
		field, err := parseHeader(given.value)
		if err != nil {
			return wrongUse(given.source, err.Error(), "")
		}
		c.Headers = append(c.Headers, field)
	}
	if c.Caller, err = readCaller(s); err != nil {
		return err
	}
	given, ok := s.text("ca-file")
	if !ok {
		return nil
	}
	data, err := readSmallFile(given, maxPEM)
	if err != nil {
		return err
	}
	c.Roots = x509.NewCertPool()
	if !c.Roots.AppendCertsFromPEM(data) {
		return wrongUse(given.source, shorten(given.value)+" holds no certificate", "give a PEM file with -----BEGIN CERTIFICATE----- in it")
	}
	return nil
}

// parseHeader reads "Name: value". Its errors never quote the value, which is
// often a secret, and not even the name, which may be a value without one.
func parseHeader(text string) (wire.Field, error) {
	name, value, found := strings.Cut(text, ":")
	if !found {
		return wire.Field{}, errors.New("a header has no colon (its text is not shown, as it may be secret): write NAME:VALUE")
	}
	if !isFieldName(name) {
		return wire.Field{}, errors.New("a header's name is not a field name (its text is not shown, as it may be secret): use letters, digits and hyphens before the colon")
	}
	value = strings.Trim(value, " \t")
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
		return wire.Field{}, fmt.Errorf("the value of %s has a line break or another control character: write it on one line", shorten(name))
	}
	switch strings.ToLower(name) {
	case "host":
		return wire.Field{}, errors.New("the field Host cannot be set: the URL says the host; use --resolve to send it to another address")
	case "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "keep-alive", "proxy-connection":
		return wire.Field{}, fmt.Errorf("%s cannot be set: it belongs to the framing of each request: leave it out", name)
	}
	return wire.Field{Name: name, Value: value}, nil
}

// isFieldName follows RFC 9110, section 5.6.2.
func isFieldName(name string) bool {
	const marks = "!#$%&'*+-.^_`|~"
	for i := 0; i < len(name); i++ {
		c := name[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && strings.IndexByte(marks, c) < 0 {
			return false
		}
	}
	return name != "" && len(name) <= 256
}

// readCaller reads the caller's own identity from --cert and --key.
func readCaller(s settings) (*tls.Certificate, error) {
	certificate, hasCertificate := s.text("cert")
	key, hasKey := s.text("key")
	switch {
	case !hasCertificate && !hasKey:
		return nil, nil
	case !hasCertificate:
		return nil, wrongUse(key.source, "a key without a certificate", "add --cert FILE")
	}
	chain, err := readSmallFile(certificate, maxPEM)
	if err != nil {
		return nil, err
	}
	if !holdsBlock(chain, func(b *pem.Block) bool { return b.Type == "CERTIFICATE" }) {
		return nil, wrongUse(certificate.source, shorten(certificate.value)+" holds no PEM certificate",
			"convert PKCS #12 with: openssl pkcs12 -in FILE -nodes -out identity.pem")
	}
	secret, from := chain, certificate
	if hasKey {
		if secret, err = readSmallFile(key, maxPEM); err != nil {
			return nil, err
		}
		from = key
	}
	if err := checkKey(secret, from, hasKey); err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(chain, secret)
	if err != nil {
		return nil, pairError(certificate, from, err)
	}
	return &pair, nil
}

func checkKey(data []byte, from setting, separate bool) error {
	if holdsBlock(data, isEncryptedKey) {
		return wrongUse(from.source, "the private key in "+shorten(from.value)+" is encrypted",
			"decrypt it into a file that only you can read: openssl pkey -in FILE -out plain.pem")
	}
	if holdsBlock(data, isKey) {
		return nil
	}
	if separate {
		return wrongUse(from.source, shorten(from.value)+" holds no PEM private key", "give the key that belongs to --cert")
	}
	return wrongUse(from.source, shorten(from.value)+" holds no private key", "add --key FILE")
}

// pairError says why certificate and key do not make an identity. The library's
// own words are kept out where they could quote what the files hold.
func pairError(certificate, key setting, err error) error {
	files := shorten(certificate.value) + " and " + shorten(key.value)
	if strings.Contains(err.Error(), "does not match") {
		return wrongUse(certificate.source, "the key in "+shorten(key.value)+" does not belong to the certificate in "+shorten(certificate.value),
			"give the pair that was issued together")
	}
	return wrongUse(certificate.source, files+" cannot be read as a certificate and its key", "check them with: openssl x509 -in FILE -noout -text")
}

func isKey(b *pem.Block) bool { return strings.HasSuffix(b.Type, "PRIVATE KEY") }

func isEncryptedKey(b *pem.Block) bool {
	return b.Type == "ENCRYPTED PRIVATE KEY" || isKey(b) && strings.Contains(b.Headers["Proc-Type"], "ENCRYPTED")
}

func holdsBlock(data []byte, wanted func(*pem.Block) bool) bool {
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			return false
		}
		if wanted(block) {
			return true
		}
	}
}

// readSmallFile reads a file whole, up to a limit in bytes.
func readSmallFile(from setting, limit int) ([]byte, error) {
	if from.value == "" {
		return nil, wrongUse(from.source, "the file name is empty", "name a file")
	}
	file, err := os.Open(from.value)
	if err != nil {
		return nil, wrongUse(from.source, fileProblem(from.value, err), "check the path and its permissions")
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, int64(limit)+1))
	switch {
	case err != nil:
		return nil, wrongUse(from.source, fileProblem(from.value, err), "check the path and its permissions")
	case len(data) > limit:
		return nil, wrongUse(from.source, fmt.Sprintf("%s is longer than %d MB", shorten(from.value), limit>>20), "is it the right file?")
	}
	return data, nil
}

// fileProblem tells a path and what the system says of it, without the name of
// the system call.
func fileProblem(path string, err error) string {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err
	}
	return shorten(path) + ": " + err.Error()
}
