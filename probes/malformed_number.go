package probes

import "strings"

// malformedSerials is aimed at the conversion of digits to a number.
func malformedSerials() []malformation {
	return []malformation{
		{"not-a-number", around("", "")},
		{"negative", constant("-1")},
		{"odd-separators", around("1:", "::G")},
		{"empty", constant("")},
		{"too-long", constant(strings.Repeat("F7", 21) + "G")},
		{"prefixed", constant("0xZZ")},
		{"null-literal", constant(apacheNull)},
		{"several", constant("01, 02")},
		{"decimal-point", constant("1.5e3")},
		{"other-digits", constant("\u0661\u0662\u0663")},
		{"not-utf-8", around(notUTF8, "")},
	}
}

// malformedFingerprints is aimed at the decoding of a digest and at what
// compares its length.
func malformedFingerprints() []malformation {
	return []malformation{
		{"not-a-digest", around("", "")},
		{"odd-length", constant("ABC")},
		{"bad-digits", constant(strings.Repeat("ZZ", 20))},
		{"empty", constant("")},
		{"short", constant("00")},
		{"odd-separators", constant("AA::BB:C:")},
		{"null-literal", constant(apacheNull)},
		{"bad-base64", around("!!!!", "=")},
		{"several", constant("00,11")},
		{"long", constant(strings.Repeat("0", 160))},
		{"not-utf-8", around(notUTF8, "")},
	}
}

// malformedTimes is aimed at the parsers of dates and at arithmetic with them.
func malformedTimes() []malformation {
	return []malformation{
		{"not-a-date", around("", "")},
		{"no-such-day", constant("Feb 30 25:61:61 2020 GMT")},
		{"bad-digits", constant("2020-13-45T99:99:99Z")},
		{"empty", constant("")},
		{"out-of-range", constant(decimalOverflow + "Z")},
		{"negative", constant("-1")},
		{"null-literal", constant(apacheNull)},
		{"swapped", constant("NotAfter=1;NotBefore")},
		{"far-future", constant("Dec 31 23:59:59 99999 GMT")},
		{"unknown-zone", around("Jan  1 00:00:00 2020 ", "")},
		{"not-utf-8", around(notUTF8, "")},
	}
}

// malformedNumbers is aimed at flags and sizes that are converted before
// anything is checked.
func malformedNumbers() []malformation {
	return []malformation{
		{"not-a-number", around("", "")},
		{"exponent", constant("1e9999")},
		{"out-of-range", constant("-" + decimalOverflow)},
		{"empty", constant("")},
		{"prefixed", constant("0xZZ")},
		{"null-literal", constant(apacheNull)},
		{"several", constant("1, 2")},
		{"not-a-finite-number", constant("NaN")},
		{"other-digits", constant("\u0661")},
		{"not-utf-8", around(notUTF8, "")},
	}
}
