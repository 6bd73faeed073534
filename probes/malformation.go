package probes

import "sync"

// original is what a malformation starts from.
type original struct {
	token    string    // a canary of the field
	specimen *Specimen // a small certificate
	field    DialectField
}

// malformation is one way to spoil a value, aimed at one way of parsing it.
type malformation struct {
	name  string
	spoil func(original) string
}

// constant is a value of its own, whatever the field.
func constant(value string) func(original) string {
	return func(original) string { return value }
}

// around puts texts before and after the field's canary.
func around(before, after string) func(original) string {
	return func(o original) string { return before + o.token + after }
}

// malformations returns what breaks the parsers of a family, what breaks most of
// them first.
func (f family) malformations() []malformation { return malformationTables()[f] }

var malformationTables = sync.OnceValue(func() map[family][]malformation {
	return map[family][]malformation{
		certificateFamily: malformedCertificates(),
		listFamily:        malformedLists(),
		nameFamily:        malformedNames(),
		textFamily:        malformedTexts(),
		sanFamily:         malformedAlternativeNames(),
		serialFamily:      malformedSerials(),
		fingerprintFamily: malformedFingerprints(),
		timeFamily:        malformedTimes(),
		verifyFamily:      malformedVerdicts(),
		tokenFamily:       malformedTokens(),
		numberFamily:      malformedNumbers(),
	}
})

// What any parser may meet. "(null)" is Apache's value of an unset variable.
const (
	badEscapeStart  = "%ZZ"
	badEscapeEnd    = "%"
	notUTF8         = "\xff\xe9"
	encodedNotUTF8  = "%FF%E9"
	encodedBreak    = "%0D%0AX-Injected:%20"
	apacheNull      = "(null)"
	decimalOverflow = "999999999999999999999999"
)
