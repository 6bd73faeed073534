package detect

import (
	"blurt/scanner/wire"
)

// Set is a list of detectors made ready to run over many answers. It is safe
// for concurrent use.
type Set struct {
	detectors []Detector
	always    []int   // detectors without hints
	hinted    [][]int // for each literal, the detectors that it lets run
	literals  *literals
}

// NewSet prepares the detectors' hints so that one pass over a body finds all
// of them.
func NewSet(detectors []Detector) *Set {
	s := &Set{detectors: detectors}
	number := make(map[string]int)
	var texts []string
	for d, detector := range detectors {
		if len(detector.Hints) == 0 {
			s.always = append(s.always, d)
		}
		for _, hint := range detector.Hints {
			n, known := number[hint]
			if !known {
				n = len(texts)
				number[hint] = n
				texts = append(texts, hint)
				s.hinted = append(s.hinted, nil)
			}
			s.hinted[n] = append(s.hinted[n], d)
		}
	}
	s.literals = newLiterals(texts)
	return s
}

// Run returns what the detectors see in the exchange, in their order. A
// detector that panics loses its hits and is named in Output.Failed; it does
// not take the others with it. An exchange without an answer, as one that was
// refused in the handshake, is read as one with an empty answer.
func (s *Set) Run(in Input) Output {
	if in.Exchange == nil {
		return Output{}
	}
	if in.Got == nil {
		answered := *in.Exchange
		answered.Got = &wire.Response{}
		in.Exchange = &answered
	}
	in.claims = &claims{}
	due := make([]bool, len(s.detectors))
	for _, d := range s.always {
		due[d] = true
	}
	s.literals.find(in.Got.Body, func(literal int) {
		for _, d := range s.hinted[literal] {
			due[d] = true
		}
	})
	var out Output
	for d, detector := range s.detectors {
		if !due[d] && (detector.Also == nil || !detector.Also(in)) {
			continue
		}
		seen, ok := runOne(detector, in)
		if !ok {
			out.Failed = append(out.Failed, detector.Name)
			continue
		}
		out.Hits = append(out.Hits, seen.Hits...)
		out.Products = append(out.Products, seen.Products...)
		out.Leads = append(out.Leads, seen.Leads...)
	}
	secrets := secretsOf(out.Hits)
	out.Hits = adopt(in.judged(out.Hits))
	for n := range out.Hits {
		out.Hits[n].Secrets = secrets
	}
	return out
}

// secretsOf returns the values of all sensitive items.
func secretsOf(hits []Hit) []string {
	var secrets []string
	for _, hit := range hits {
		for _, item := range hit.Items {
			if item.Sensitive {
				secrets = append(secrets, item.Value)
			}
		}
	}
	return secrets
}

// runOne stands between a detector's mistake and the scan.
func runOne(d Detector, in Input) (out Output, ok bool) {
	defer func() {
		if recover() != nil {
			out, ok = Output{}, false
		}
	}()
	return d.Run(in), true
}
