package scanner

import (
	"math"
	"testing"
	"time"
)

func sample(from, step, n int) []time.Duration {
	out := make([]time.Duration, n)
	for i := range out {
		out[i] = time.Duration(from + i*step)
	}
	return out
}

func TestRankSum(t *testing.T) {
	for _, test := range []struct {
		name string
		a, b []time.Duration
		want float64 // by hand, from the formula with its correction for continuity
	}{
		{"apart", sample(0, 1, 10), sample(100, 1, 10), 1.827e-4},
		{"apart the other way", sample(100, 1, 10), sample(0, 1, 10), 1.827e-4},
		{"in turns", sample(0, 2, 10), sample(1, 2, 10), 0.7337},
		{"all the same", sample(5, 0, 20), sample(5, 0, 20), 1},
		{"too few", sample(0, 1, 9), sample(100, 1, 20), 1},
		{"none", nil, nil, 1},
	} {
		if got := rankSum(test.a, test.b); math.Abs(got-test.want) > test.want/1000 {
			t.Errorf("%s: p %g, want %g", test.name, got, test.want)
		}
	}
}

// TestRankSumSharesTies gives half of one sample the values of the other.
func TestRankSumSharesTies(t *testing.T) {
	a, b := sample(0, 1, 20), append(sample(0, 1, 10), sample(100, 1, 10)...)
	forth, back := rankSum(a, b), rankSum(b, a)
	if math.Abs(forth-back) > 1e-9 || forth < 0.001 || forth > 0.2 {
		t.Errorf("p %g and %g", forth, back)
	}
}

func TestMedian(t *testing.T) {
	if got := median([]time.Duration{5, 1, 3}); got != 3 {
		t.Errorf("odd: %v", got)
	}
	if got := median([]time.Duration{5, 1, 3, 4}); got != 3 {
		t.Errorf("even: %v", got)
	}
	if got := median(nil); got != 0 {
		t.Errorf("none: %v", got)
	}
}
