package main

import (
	"fmt"
	"os"
	"sync"
	"time"
)

// watch ends the program where one case takes for ever, and names it.
type watch struct {
	mu      sync.Mutex
	name    string
	started float64 // processor time, in seconds
	limit   float64
}

// begin allows a case ten seconds of processor time, and two minutes more for each
// MiB: far more than what is linear takes.
func (w *watch) begin(name string, size int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.name, w.started, w.limit = fmt.Sprintf("%s, %d bytes", name, size), processTime(), 10+120*float64(size)/(1<<20)
}

func (w *watch) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.name = ""
}

func (w *watch) run() {
	for range time.Tick(time.Second) {
		w.mu.Lock()
		if w.name != "" && processTime()-w.started > w.limit {
			fmt.Fprintf(os.Stderr, "linear: no end after %.0f s of processor time: %s\n", w.limit, w.name)
			os.Exit(1)
		}
		w.mu.Unlock()
	}
}
