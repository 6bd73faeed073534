package signature

import (
	"cmp"

	"blurt/scanner/detect"
	"blurt/scanner/wire"
)

// Detector returns the signature as a detector.
func (s Signature) Detector() detect.Detector {
	d := detect.Detector{Name: "rule " + s.ID, Rules: []string{s.ID}, Run: s.run}
	for i := range s.Match {
		if hint := s.Match[i].hint(); hint != "" {
			d.Hints = []string{hint} // all must match, so one literal is enough
			break
		}
	}
	return d
}

func (s Signature) run(in detect.Input) detect.Output {
	if in.Got.Status == 0 {
		return detect.Output{}
	}
	all, ok := s.fits(in.Got)
	if !ok {
		return detect.Output{}
	}
	if s.New {
		if in.Control == nil {
			return detect.Output{}
		}
		if _, too := s.fits(in.Control); too {
			return detect.Output{}
		}
	}
	hit := detect.Hit{Rule: s.ID, Category: s.Category, Message: s.Message, Confidence: s.Confidence}
	for _, f := range all {
		if hit.Excerpt.End == 0 && hit.Field == "" {
			hit.Excerpt, hit.Field = f.span, f.field
		}
		if leak := f.matcher.Leaks; leak != nil && f.value != "" {
			hit.Items = append(hit.Items, detect.Item{
				Category: cmp.Or(leak.Category, s.Category), Name: leak.Name, Value: f.value, Location: f.location, Sensitive: leak.Sensitive,
			})
		}
	}
	return detect.Output{Hits: []detect.Hit{hit}}
}

// fits judges an answer by itself.
func (s Signature) fits(got *wire.Response) ([]found, bool) {
	a := &answer{got: got}
	for i := range s.Not {
		if _, holds := a.holds(&s.Not[i]); holds {
			return nil, false
		}
	}
	var all []found
	for i := range s.Match {
		f, holds := a.holds(&s.Match[i])
		if !holds {
			return nil, false
		}
		all = append(all, f...)
	}
	return all, true
}

// Detectors returns the detectors of several signatures.
func Detectors(all []Signature) []detect.Detector {
	out := make([]detect.Detector, 0, len(all))
	for _, s := range all {
		out = append(out, s.Detector())
	}
	return out
}
