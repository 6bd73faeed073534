package main

import "cmp"

// judge prints what grows faster than the body, and what costs too much.
func (m *measurement) judge(name string, laps []lap) {
	last := laps[len(laps)-1]
	curved := grows(marginal(laps, lap.total), growth, trifle)
	if curved || last.total()/float64(last.size) > most {
		m.bad++
		m.print(laps, lap.total, name)
	}
	worst, found := steepest(laps)
	if !found {
		return
	}
	if !curved {
		m.bad++
		m.print(laps, lap.total, name)
	}
	m.print(laps, in(worst), "  "+cmp.Or(m.names[worst], "?"))
}

// grows reports whether a rate grows with the body at each step.
func grows(rates []float64, by, slack float64) bool {
	for n := 1; n < len(rates); n++ {
		if rates[n] <= by*max(rates[n-1], 0)+slack {
			return false
		}
	}
	return true
}
