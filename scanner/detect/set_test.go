package detect_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"blurt/scanner/detect"
	"blurt/scanner/wire"
)

func TestSetRunsWhatTheHintsAllow(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		var hints []string
		for range 1 + r.IntN(12) {
			hints = append(hints, word(r, 1+r.IntN(14)))
		}
		body := []byte(word(r, r.IntN(400)))
		if r.IntN(2) == 0 {
			at := r.IntN(len(body) + 1)
			body = slices.Concat(body[:at], []byte(hints[0]), body[at:])
		}
		var detectors []detect.Detector
		for _, hint := range hints {
			detectors = append(detectors, detect.Detector{Hints: []string{hint}, Run: func(detect.Input) detect.Output {
				return detect.Output{Leads: []string{hint}}
			}})
		}
		got := detect.NewSet(detectors).Run(answerTo("/", &wire.Response{Body: body})).Leads
		for _, hint := range hints {
			if want := bytes.Contains(body, []byte(hint)); want != slices.Contains(got, hint) {
				t.Fatalf("hint %q of %q in %q: found %v, want %v", hint, hints, body, !want, want)
			}
		}
	}
}

// word makes texts of so few letters that hints overlap.
func word(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "abcA"[r.IntN(4)]
	}
	return string(b)
}

func TestSetSurvivesAPanic(t *testing.T) {
	set := detect.NewSet([]detect.Detector{
		{Name: "bad", Run: func(in detect.Input) detect.Output { panic(fmt.Sprint(in.Got.Status)) }},
		{Name: "good", Run: func(detect.Input) detect.Output { return detect.Output{Leads: []string{"/a"}} }},
	})
	out := set.Run(answerTo("/", &wire.Response{Status: 200}))
	if !slices.Equal(out.Failed, []string{"bad"}) || !slices.Equal(out.Leads, []string{"/a"}) {
		t.Errorf("got %+v", out)
	}
}

func TestSetReadsAnExchangeWithoutAnAnswer(t *testing.T) {
	exchange := &wire.Exchange{Err: &wire.Failure{Stage: wire.StageTLS}}
	if out := run(detect.Input{Exchange: exchange}); len(out.Hits)+len(out.Failed) > 0 || exchange.Got != nil {
		t.Errorf("got %+v, answer %v", out, exchange.Got)
	}
	if out := run(detect.Input{}); len(out.Failed) > 0 {
		t.Errorf("got %+v", out)
	}
}
