package scanner

import (
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFewest(t *testing.T) {
	all := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}
	tests := []struct {
		name string
		need []string
	}{
		{"one", []string{"g"}},
		{"the last", []string{"j"}},
		{"two that belong together", []string{"b", "i"}},
		{"neighbours", []string{"e", "f"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tries := 0
			got := fewest(all, func(part []string) bool {
				tries++
				return contains(part, test.need)
			})
			slices.Sort(got)
			if diff := cmp.Diff(test.need, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if tries > maxNarrow {
				t.Errorf("%d tries", tries)
			}
		})
	}
}

func TestFewestEndsWhenNothingHolds(t *testing.T) {
	tries := 0
	all := make([]string, 300)
	for i := range all {
		all[i] = strconv.Itoa(i)
	}
	got := fewest(all, func([]string) bool { tries++; return false })
	if len(got) != len(all) || tries > maxNarrow {
		t.Errorf("%d names left after %d tries", len(got), tries)
	}
}
