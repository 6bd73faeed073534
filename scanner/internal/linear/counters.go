package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"runtime/coverage"
)

// function names a function of the program by its package and its place in it.
type function struct{ pkg, index uint32 }

// work is how many blocks of each function were executed.
type work map[function]uint64

func (w work) total() uint64 {
	var sum uint64
	for _, blocks := range w {
		sum += blocks
	}
	return sum
}

// counters reads the coverage counters of the running program.
type counters struct {
	file bytes.Buffer
	last map[function][]uint32
}

var errFormat = errors.New("the coverage counters of this release of Go are written in another way")

// lap returns the blocks that were executed since the lap before.
func (c *counters) lap() (work, error) {
	c.file.Reset()
	if err := coverage.WriteCounters(&c.file); err != nil {
		return nil, err
	}
	now, err := parseCounters(c.file.Bytes())
	if err != nil {
		return nil, err
	}
	done := make(work)
	for f, blocks := range now {
		before := c.last[f]
		for n, count := range blocks {
			if before != nil {
				count -= before[n] // modulo 2^32, as they are counted
			}
			done[f] += uint64(count)
		}
		if done[f] == 0 {
			delete(done, f)
		}
	}
	c.last = now
	return done, nil
}

// parseCounters reads a counter file of one segment: a header, strings, arguments
// and, for each function that ran, the number of its counters, package, function
// and counters (internal/coverage in Go's own source).
func parseCounters(file []byte) (map[function][]uint32, error) {
	const header, segment, footer = 32, 16, 16
	if len(file) < header+segment+footer || !bytes.HasPrefix(file, []byte("\x00cwm")) || file[24] != 2 {
		return nil, errFormat
	}
	entries := binary.LittleEndian.Uint64(file[header:])
	skipped := binary.LittleEndian.Uint32(file[header+8:]) + binary.LittleEndian.Uint32(file[header+12:])
	at := header + segment + int(skipped)
	at += (4 - at%4) % 4
	if at > len(file)-footer {
		return nil, errFormat
	}
	r := numbers{rest: file[at : len(file)-footer]}
	out := make(map[function][]uint32, entries)
	for range entries {
		blocks := make([]uint32, min(r.next(), uint64(len(r.rest))))
		f := function{pkg: uint32(r.next()), index: uint32(r.next())}
		for n := range blocks {
			blocks[n] = uint32(r.next())
		}
		out[f] = blocks
	}
	if r.failed {
		return nil, errFormat
	}
	return out, nil
}

// numbers reads unsigned numbers of variable length (LEB128).
type numbers struct {
	rest   []byte
	failed bool
}

func (r *numbers) next() uint64 {
	value, size := binary.Uvarint(r.rest)
	if size <= 0 {
		r.failed = true
		return 0
	}
	r.rest = r.rest[size:]
	return value
}

func (r *numbers) text() string {
	size := r.next()
	if size > uint64(len(r.rest)) {
		r.failed = true
		return ""
	}
	text := string(r.rest[:size])
	r.rest = r.rest[size:]
	return text
}
