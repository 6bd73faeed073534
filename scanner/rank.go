package scanner

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// rankSum compares two samples by the test of Mann and Whitney (1947): how
// probable ranks this uneven are, in either direction, if both come from one
// distribution. Ties share their ranks. It is for samples of ten or more, where
// the normal approximation holds; nothing is said of smaller ones.
func rankSum(a, b []time.Duration) (p float64) {
	if len(a) < minSample || len(b) < minSample {
		return 1
	}
	type ranked struct {
		took time.Duration
		of   bool // of a
	}
	all := make([]ranked, 0, len(a)+len(b))
	for _, d := range a {
		all = append(all, ranked{d, true})
	}
	for _, d := range b {
		all = append(all, ranked{took: d})
	}
	slices.SortFunc(all, func(x, y ranked) int { return cmp.Compare(x.took, y.took) })
	sum, ties := 0.0, 0.0
	for i := 0; i < len(all); {
		end := i + 1
		for end < len(all) && all[end].took == all[i].took {
			end++
		}
		rank, n := float64(i+end+1)/2, float64(end-i)
		for _, r := range all[i:end] {
			if r.of {
				sum += rank
			}
		}
		ties += n*n*n - n
		i = end
	}
	n, m := float64(len(a)), float64(len(b))
	total := n + m
	u := sum - n*(n+1)/2
	variance := n * m / 12 * (total + 1 - ties/(total*(total-1)))
	if variance <= 0 {
		return 1 // all times are the same
	}
	z := max(0, math.Abs(u-n*m/2)-0.5) / math.Sqrt(variance)
	return math.Erfc(z / math.Sqrt2)
}

// minSample is the least sample that the approximation is good for.
const minSample = 10

// median returns the middle of a sample, and 0 of none.
func median(sample []time.Duration) time.Duration {
	if len(sample) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(sample))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
