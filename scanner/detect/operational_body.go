package detect

import "blurt/scanner/operational"

// operationalBody recognises by their bodies what is made for operators and
// stands where nobody would expect it.
func operationalBody() Detector {
	return Detector{
		Name:  "operational_body",
		Rules: []string{"debug-endpoint", "api-inventory"},
		Hints: operational.Literals(),
		Run:   runOperationalBody,
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
