package probes

import (
	"iter"
	"strings"

	"blurt/scanner/wire"
)

// malformedNames is aimed at code that takes a distinguished name apart by hand.
func malformedNames() []malformation {
	name := func(format string) func(Context) string {
		return func(c Context) string { return strings.ReplaceAll(format, "TOKEN", c.Mint("subject field")) }
	}
	return []malformation{
		{variant: "empty", value: func(Context) string { return "" }},
		{variant: "not-a-name", value: name("TOKEN")},
		{variant: "no-common-name", value: name("O=TOKEN,C=ZZ")},
		{variant: "slash-form", value: name("/C=ZZ/O=TOKEN")},
		{variant: "equals-in-value", value: name("CN=TOKEN=x=y,O=a=b")},
		{variant: "escaped-comma", value: name(`CN=TOKEN\, x,O=a\,b`)},
		{variant: "dangling-escape", value: name(`CN=TOKEN\`)},
		{variant: "bad-percent-encoding", value: name("CN=%ZZTOKEN%")},
		{variant: "encoded-line-breaks", value: name("CN=TOKEN%0D%0AX-Injected:%20x")},
		{variant: "not-utf-8", value: name("CN=\xff\xe9TOKEN")},
		{variant: "long", few: true, value: func(c Context) string {
			return "CN=" + c.Mint("subject field") + strings.Repeat("A", 7800)
		}},
	}
}

// malformedName puts what is no distinguished name where the subject is
// expected, beside the claim that the certificate was verified.
func malformedName() Probe {
	return Probe{
		ID:      "malformed-name",
		Changes: "adds subject header fields that do not hold a well-formed distinguished name",
		Claim:   wire.BrokenClaim,
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				for _, m := range malformedNames() {
					fields := spoiled(c, m, SubjectRole)
					if !m.few {
						fields = append(fields, spoiled(c, m, CommonNameRole)...)
					}
					if !yield(claiming(c, m.variant, append(fields, genuine(c.Specimen, VerifyRole)...))) {
						return
					}
				}
			}
		},
	}
}
