package probes

// malformedVerdicts is aimed at what reads a verdict as a word, a flag, or a
// number: each of them fails on another's values.
func malformedVerdicts() []malformation {
	return []malformation{
		{"not-a-verdict", around("", "")},
		{"out-of-range", constant("-" + decimalOverflow)},
		{"empty", constant("")},
		{"null-literal", constant(apacheNull)},
		{"failed", around("FAILED:", "")},
		{"two-verdicts", constant("SUCCESS,NONE")},
		{"decimal-point", constant("0.0")},
		{"reason-missing", constant("FAILED:")},
		{"lower-case", constant("success:")},
		{"bad-escape", around(badEscapeStart, badEscapeEnd)},
		{"not-utf-8", around(notUTF8, "")},
	}
}
