package main

import (
	"cmp"
	"slices"

	"blurt/scanner/detect"
)

// allBodies returns every body, in an order that is always the same and of which
// each beginning is a fair sample.
func allBodies(pages []page) []body {
	all := shapes()
	detectors := detect.All()
	for _, d := range detectors {
		all = append(all, hintBodies(d)...)
	}
	literals := newIndex(detectors)
	for _, p := range pages {
		all = append(all, pageBodies(p)...)
		all = append(all, openings(p, literals)...)
	}
	slices.SortStableFunc(all, func(a, b body) int { return cmp.Compare(a.name, b.name) })
	return scattered(distinct(all))
}

// scattered takes the bodies in strides that lead to each of them once, those first
// that were not linear once.
func scattered(all []body) []body {
	stride := int(float64(len(all)) * 0.618)
	for gcd(stride, len(all)) != 1 {
		stride++
	}
	out := make([]body, 0, len(all))
	for n := range all {
		out = append(out, all[n*stride%len(all)])
	}
	slices.SortStableFunc(out, func(a, b body) int { return cmp.Compare(rank(a), rank(b)) })
	return out
}

func rank(b body) int {
	if b.first {
		return 0
	}
	return 1
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
