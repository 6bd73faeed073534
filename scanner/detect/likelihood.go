package detect

import (
	_ "embed"
	"sync"
)

// ordinaryPage is a page as there are many. What stands in it says how often two
// bytes follow each other.
//
//go:embed ordinary.html
var ordinaryPage string

// pairCounts are how often bytes, and pairs of bytes, stand in the ordinary page.
type pairCounts struct {
	single [256]float64
	pair   [256][256]float64
}

var ordinaryCounts = sync.OnceValue(func() *pairCounts {
	c := &pairCounts{}
	for n := range len(ordinaryPage) - 1 {
		c.single[ordinaryPage[n]]++
		c.pair[ordinaryPage[n]][ordinaryPage[n+1]]++
	}
	return c
})

// likelihood estimates how often a block stands in pages, as a weight: the chance
// of its first byte and of each that follows another. What the ordinary page does
// not hold has a small chance all the same.
func (c *pairCounts) likelihood(block []byte) float64 {
	weight := c.single[block[0]] + 1
	for n := range len(block) - 1 {
		weight *= (c.pair[block[n]][block[n+1]] + 0.2) / (c.single[block[n]] + 4)
	}
	return weight
}

// rarestPart returns where the blocks in a row begin, as many as there are bytes in
// a step, that stand in pages the least often.
func rarestPart(text []byte, step int) int {
	counts := ordinaryCounts()
	best, least := 0, 0.0
	for start := 0; start+step+blockLen-1 <= len(text); start++ {
		weight := 0.0
		for at := start; at < start+step; at++ {
			weight += counts.likelihood(text[at : at+blockLen])
		}
		if start == 0 || weight < least {
			best, least = start, weight
		}
	}
	return best
}
