package main

import (
	"fmt"
	"io"
	"runtime"
	"syscall"
)

// What is allowed: the work for each further byte may not grow by more than a tenth
// while the body grows fourfold, step by step. One step alone is a limit that was
// reached, as that of the engine for small regular expressions, and not a curve.
const (
	growth = 1.10
	// ofOne is what a single function's share may grow by: that of a sort is the
	// logarithm of the length. What is quadratic grows fourfold.
	ofOne  = 1.25
	trifle = 0.10 // blocks for each further byte that do not count
	spare  = 64   // bytes allocated for each further byte that do not count
	// most is how much work a byte may cause at all, in blocks. A limit such as
	// "look at the 4 KiB around each match" is linear, too, and yet too much.
	most = 4000
)

// allocated stands for the bytes that were allocated: copies are not counted as
// blocks, but most of them go to new memory.
var allocated = function{pkg: ^uint32(0)}

// measurement is the work on all bodies.
type measurement struct {
	options
	out      io.Writer
	counters counters
	names    map[function]string
	packages int
	bodies   int
	cases    int
	bad      int
	steepest record
	hardest  record
	watch    watch
}

// record is the case that stands out the most.
type record struct {
	value float64
	name  string
}

func (r *record) take(value float64, name string) {
	if value > r.value {
		*r = record{value, name}
	}
}

// count begins to count.
func (m *measurement) count() error {
	known, packages, err := names()
	if err != nil {
		return fmt.Errorf("%w (bench/linear.sh builds this program)", err)
	}
	known[allocated] = "bytes allocated"
	m.names, m.packages = known, len(packages)
	_, err = m.counters.lap()
	return err
}

// lap is what one body in one length took.
type lap struct {
	size    int
	work    work
	seconds float64
}

// bounded are functions of libraries whose work for each call grows up to a bound
// that few bodies reach, and why it is one.
var bounded = map[string]string{
	"golang.org/x/net/html.*parser.indexOfElementInScope": "it goes through the open elements, of which the parser allows 512",
}

// total is the work in blocks, or in seconds where time is measured.
func (l lap) total() float64 {
	if l.work == nil {
		return l.seconds
	}
	return float64(l.work.total() - l.work[allocated])
}

// in returns how to read the work of one function.
func in(f function) func(lap) float64 {
	return func(l lap) float64 { return float64(l.work[f]) }
}

// marginal returns the work for each further byte, from length to length: what is
// done once, and what stands once at the start of a body, is not in it.
func marginal(laps []lap, of func(lap) float64) []float64 {
	var rates []float64
	for n := 1; n < len(laps); n++ {
		rates = append(rates, (of(laps[n])-of(laps[n-1]))/float64(laps[n].size-laps[n-1].size))
	}
	return rates
}

// measure does one thing with one body in longer and longer lengths, and judges.
// What did not grow from one step to the next is no curve: the longest lengths are
// for what did.
func (m *measurement) measure(w way, b body) error {
	var laps []lap
	name := w.name + " " + b.name
	scale := b.scale(m.sizes[0])
	for n, size := range m.sizes {
		if scale > 1 {
			size = m.sizes[0] * scale << n // twice as long each time is long enough
		}
		text := b.of(size)
		if len(laps) > 0 && len(text) <= laps[len(laps)-1].size {
			continue // its parts are longer than that
		}
		if len(laps) >= 3 && !m.all && !m.isCurve(laps) {
			break
		}
		m.watch.begin(name, len(text))
		l, err := m.lap(w.begin(b, text), len(text))
		if err != nil {
			return err
		}
		laps = append(laps, l)
	}
	m.watch.end()
	m.cases++
	last := laps[len(laps)-1]
	if len(laps) > 1 {
		before := laps[len(laps)-2]
		m.steepest.take(last.total()/before.total()/(float64(last.size)/float64(before.size)), name)
	}
	m.hardest.take(last.total()/float64(last.size), name)
	if m.verbose {
		m.print(laps, lap.total, name)
	}
	if !m.time && len(laps) > 2 && (len(laps) > 3 || multiplies(laps)) {
		m.judge(name, laps)
	}
	return nil
}

// multiplies reports whether the last step multiplied the work by more than the
// length. Of three lengths it has to: two rates are one step, which may be a limit.
func multiplies(laps []lap) bool {
	last, before := laps[len(laps)-1], laps[len(laps)-2]
	return last.total()/before.total() > growth*float64(last.size)/float64(before.size)
}

// isCurve reports whether the work, or one function's, has grown at each step.
func (m *measurement) isCurve(laps []lap) bool {
	if m.time || grows(marginal(laps, lap.total), growth, trifle) {
		return true
	}
	_, found := steepest(laps)
	return found
}

// steepest returns the function whose work grew the most, of those that grew at
// each step.
func steepest(laps []lap) (worst function, found bool) {
	excess := 0.0
	for f := range laps[len(laps)-1].work {
		rates, slack := marginal(laps, in(f)), trifle
		if f == allocated {
			slack = spare
		}
		if grew := rates[len(rates)-1] - rates[0]; grows(rates, ofOne, slack) && grew > excess {
			worst, excess = f, grew
		}
	}
	return worst, excess > 0
}

func (m *measurement) lap(work func() error, size int) (lap, error) {
	l := lap{size: size}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	started := processTime()
	err := work()
	l.seconds = processTime() - started
	runtime.ReadMemStats(&after)
	if err != nil || m.time {
		return l, err
	}
	if l.work, err = m.counters.lap(); err != nil {
		return l, err
	}
	l.work[allocated] = after.TotalAlloc - before.TotalAlloc
	for f := range l.work {
		if _, known := bounded[m.names[f]]; known {
			delete(l.work, f)
		}
	}
	return l, nil
}

// processTime is the processor time of this process, in seconds.
func processTime() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

// print writes the work for each further byte, and what the last step multiplied.
func (m *measurement) print(laps []lap, of func(lap) float64, name string) {
	factor := 1.0
	if m.time {
		factor = 1e9 // nanoseconds
	}
	for _, rate := range marginal(laps, of) {
		fmt.Fprintf(m.out, "%9.2f", rate*factor)
	}
	last, before := laps[len(laps)-1], laps[len(laps)-2]
	fmt.Fprintf(m.out, " %6.2fx  %s\n", of(last)/max(of(before), 1e-9), name)
}

func (m *measurement) summary(known int) error {
	unit, factor := "blocks", 1.0
	if m.time {
		unit, factor = "ns", 1e9
	}
	fmt.Fprintf(m.out, "%d of %d bodies, %d cases, %.0f s of processor time, lengths from %d to %d bytes, %d packages counted\n",
		m.bodies, known, m.cases, processTime(), m.sizes[0], m.sizes[len(m.sizes)-1], m.packages)
	fmt.Fprintf(m.out, "steepest: %.2f times the work of a byte in the longest, %s\n", m.steepest.value, m.steepest.name)
	fmt.Fprintf(m.out, "hardest: %.1f %s a byte, %s\n", m.hardest.value*factor, unit, m.hardest.name)
	if m.bad > 0 {
		return fmt.Errorf("%d cases are not linear", m.bad)
	}
	return nil
}
