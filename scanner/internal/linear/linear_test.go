package main

import (
	"encoding/binary"
	"io"
	"testing"
)

func TestGrows(t *testing.T) {
	for name, test := range map[string]struct {
		work func(n int) uint64
		want bool
	}{
		"linear, with work done once": {func(n int) uint64 { return uint64(1_000_000 + 7*n) }, false},
		"quadratic":                   {func(n int) uint64 { return uint64(n + n*n/100_000) }, true},
		"a window":                    {func(n int) uint64 { return uint64(n * min(n, 20_000)) }, false},
	} {
		var laps []lap
		for _, size := range []int{4 << 10, 16 << 10, 64 << 10, 256 << 10} {
			laps = append(laps, lap{size: size, work: work{function{1, 1}: test.work(size)}})
		}
		if got := grows(marginal(laps, lap.total), growth, trifle); got != test.want {
			t.Errorf("%s: got %v", name, got)
		}
		if _, got := steepest(laps); got != test.want {
			t.Errorf("%s, by function: got %v", name, got)
		}
	}
}

func TestAllBodies(t *testing.T) {
	pages, err := recorded("../../detect/testdata")
	if err != nil {
		t.Fatal(err)
	}
	bodies := allBodies(pages)
	names := make(map[string]bool)
	for n, b := range bodies {
		if names[b.name] || b.unit == "" {
			t.Errorf("%s: twice, or empty", b.name)
		}
		names[b.name] = true
		if n > 0 && b.first && !bodies[n-1].first {
			t.Errorf("%s comes behind others", b.name)
		}
	}
	if len(pages) < 200 || len(bodies) < 10_000 {
		t.Errorf("%d bodies of %d pages", len(bodies), len(pages))
	}
	text := body{head: "{", unit: "[1,", close: "]"}.of(40)
	if want := "{" + "[1,[1,[1,[1,[1,[1,[1,[1,[1,[1," + "]]]]]]]]]]"; string(text) != want {
		t.Errorf("got %s", text)
	}
}

// TestEveryWay does once what is measured, on a body that gives much away.
func TestEveryWay(t *testing.T) {
	every, err := ways()
	if err != nil {
		t.Fatal(err)
	}
	pages, err := recorded("../../detect/testdata/django-5.2.19")
	if err != nil {
		t.Fatal(err)
	}
	b := pageBodies(pages[0])[0]
	m := &measurement{options: options{sizes: []int{1, 2}, time: true}, out: io.Discard}
	for _, w := range every {
		if err := m.measure(w, b); err != nil {
			t.Errorf("%s: %v", w.name, err)
		}
	}
}

func TestParseCounters(t *testing.T) {
	file := append([]byte("\x00cwm"), make([]byte, 28)...)
	file[24] = 2 // LEB128
	file = binary.LittleEndian.AppendUint64(file, 1)
	file = append(file, make([]byte, 8)...)
	file = append(file, 2, 5, 6, 0x80, 0x01, 9)
	file = append(file, make([]byte, 16)...)
	got, err := parseCounters(file)
	if blocks := got[function{5, 6}]; err != nil || len(blocks) != 2 || blocks[0] != 128 || blocks[1] != 9 {
		t.Errorf("got %v, %v", got, err)
	}
	for _, broken := range [][]byte{nil, file[:40], append([]byte("x"), file[1:]...)} {
		if _, err := parseCounters(broken); err == nil {
			t.Errorf("%d bytes were read", len(broken))
		}
	}
}
