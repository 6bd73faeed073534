package main

import "strings"

// nearest returns the candidate that a typo of word most likely meant: the one
// with the fewest edits, if these are few for a word of that length.
func nearest(word string, candidates []string) (string, bool) {
	const longest = 64
	if word == "" || len(word) > longest {
		return "", false
	}
	best, fewest := "", 1+max(1, len(word)/3)
	for _, candidate := range candidates {
		if edits := distance(strings.ToLower(word), candidate); edits < fewest {
			best, fewest = candidate, edits
		}
	}
	if best == "" {
		return prefixed(word, candidates)
	}
	return best, true
}

// prefixed returns the only candidate that starts with word.
func prefixed(word string, candidates []string) (string, bool) {
	found := ""
	for _, candidate := range candidates {
		if strings.HasPrefix(candidate, strings.ToLower(word)) {
			if found != "" {
				return "", false
			}
			found = candidate
		}
	}
	return found, found != ""
}

// distance is the number of inserted, deleted, replaced or swapped neighbouring
// bytes between two words (optimal string alignment).
func distance(a, b string) int {
	before, previous := make([]int, len(b)+1), make([]int, len(b)+1)
	current := make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := 1; i <= len(a); i++ {
		current[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			current[j] = min(previous[j]+1, current[j-1]+1, previous[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				current[j] = min(current[j], before[j-2]+1)
			}
		}
		before, previous, current = previous, current, before
	}
	return previous[len(b)]
}
