package probes

// malformedCertificates is aimed at whatever reads a certificate out of a header
// field: the unescaping, the frame, base64, DER, and X.509.
func malformedCertificates() []malformation {
	return []malformation{
		{"not-a-certificate", around("", "")},
		{"bad-escape", around(badEscapeStart, badEscapeEnd)},
		{"bad-base64", func(o original) string { return o.body("!!!!" + o.token) }},
		{"empty", constant("")},
		{"truncated-der", func(o original) string { return o.wrapped(o.specimen.der()[:36]) }},
		{"open-frame", func(o original) string { return o.open() }},
		{"wrong-label", func(o original) string { return o.mislabelled() }},
		{"zero-bytes", func(o original) string { return o.wrapped([]byte{0, 0, 0}) }},
		{"null-literal", constant(apacheNull)},
		{"other-der", func(o original) string { return o.wrapped(notACertificate(o.token)) }},
		{"encoded-not-utf-8", around(encodedNotUTF8, "")},
		{"not-utf-8", around(notUTF8, "")},
		{"empty-body", func(o original) string { return o.body("") }},
		{"bad-padding", func(o original) string { return o.body("MIIBAA=A") }},
		{"line-breaks", func(o original) string { return o.token + encodedBreak + o.token }},
		{"several", func(o original) string {
			one := o.wrapped(notACertificate(o.token))
			return one + "," + one
		}},
		{"other-encoding", func(o original) string { return o.inAnotherForm() }},
	}
}

func (o original) form() certificateForm { return certificateForms()[o.field.Encoding] }

func (o original) wrapped(der []byte) string { return o.form().certificate(der) }

const (
	beginCertificate = "-----BEGIN CERTIFICATE-----\n"
	endCertificate   = "-----END CERTIFICATE-----\n"
)

// body puts a text where base64 belongs.
func (o original) body(text string) string {
	switch form := o.form(); {
	case form.pem != nil && text == "":
		return form.pem(beginCertificate + endCertificate)
	case form.pem != nil:
		return form.pem(beginCertificate + text + "\n" + endCertificate)
	case o.isStructured():
		return ":" + text + ":"
	}
	return text
}

// open leaves the end of the frame out, or the last character of base64.
func (o original) open() string {
	if form := o.form(); form.pem != nil {
		return form.pem(beginCertificate + "MIIB" + o.token[:8] + "\n")
	}
	if o.isStructured() {
		return ":MIIBAAAA"
	}
	return "MIIBA"
}

// mislabelled frames a certificate as a key, or gives it another type of
// structured field (RFC 8941, section 3.3).
func (o original) mislabelled() string {
	if o.form().pem != nil {
		return o.form().labelled("PRIVATE KEY", notACertificate(o.token))
	}
	if o.isStructured() {
		return `"` + o.token + `"`
	}
	return joinLines(frame("CERTIFICATE", notACertificate(o.token)), " ")
}

// inAnotherForm is in order by itself, but not in this encoding.
func (o original) inAnotherForm() string {
	forms := certificateForms()
	if o.form().pem != nil || !o.isStructured() {
		return forms["sf-binary"].certificate(notACertificate(o.token))
	}
	return forms["pem-percent"].certificate(notACertificate(o.token))
}

func (o original) isStructured() bool {
	return o.field.Encoding == "sf-binary" || o.field.Encoding == "sf-list"
}
