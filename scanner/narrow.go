package scanner

import (
	"slices"
)

// maxNarrow bounds the requests that narrowing one finding may cost.
const maxNarrow = 24

// fewest returns the names that are needed for keep to hold, given that it holds
// for all of them and goes on to hold when names are added. For each name that
// is needed it halves the rest, so few needed names cost few calls. When the
// bound on calls is reached, what is returned is more than needed.
func fewest(names []string, keep func([]string) bool) []string {
	tries := 0
	holds := func(part []string) bool {
		if len(part) == 0 || tries >= maxNarrow {
			return false
		}
		tries++
		return keep(part)
	}
	var needed []string
	rest := names
	for len(rest) > 0 && !holds(needed) {
		// The shortest prefix that is enough ends with a needed name.
		low, high := 1, len(rest)
		for low < high && tries < maxNarrow {
			middle := (low + high) / 2
			if holds(slices.Concat(needed, rest[:middle])) {
				high = middle
			} else {
				low = middle + 1
			}
		}
		if tries >= maxNarrow {
			return slices.Concat(needed, rest[:high])
		}
		needed = append(needed, rest[high-1])
		rest = rest[:high-1]
	}
	return needed
}

func contains(all, some []string) bool {
	return !slices.ContainsFunc(some, func(n string) bool { return !slices.Contains(all, n) })
}

// without returns the names that are not in drop.
func without(names, drop []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return slices.Contains(drop, n) })
}
