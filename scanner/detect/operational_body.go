package detect

import (
	"bytes"
	"slices"

	"blurt/scanner/operational"
)

// operationalBody recognises by their bodies what is made for operators and
// stands where nobody would expect it.
func operationalBody() Detector {
	long, short := operational.Literals()
	return Detector{
		Name:  "operational_body",
		Rules: []string{"debug-endpoint", "api-inventory", "version-banner"},
		Hints: long,
		Also: func(in Input) bool {
			return formOf(in.Got) != htmlForm && slices.ContainsFunc(short, func(text string) bool { return bytes.Contains(in.Got.Body, []byte(text)) })
		},
		Run: runOperationalBody,
	}
}

func runOperationalBody(in Input) Output {
	if _, _, _, ok := operational.FindExpected(in.operational()); ok {
		return Output{} // told by the other detector
	}
	e, start, end, ok := operational.FindAnywhere(in.operational())
	if !ok {
		return Output{}
	}
	return in.showsEndpoint(e, start, end)
}
