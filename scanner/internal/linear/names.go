package main

import (
	"bytes"
	"encoding/binary"
	"runtime/coverage"
)

// names returns what the functions of the running program are called, with their
// packages, and the packages that are counted.
func names() (map[function]string, []string, error) {
	var meta bytes.Buffer
	if err := coverage.WriteMeta(&meta); err != nil {
		return nil, nil, err
	}
	file := meta.Bytes()
	const header = 56
	if len(file) < header || !bytes.HasPrefix(file, []byte("\x00cvm")) {
		return nil, nil, errFormat
	}
	packages := binary.LittleEndian.Uint64(file[16:])
	out := make(map[function]string)
	var counted []string
	for n := range packages {
		at := header + 8*n
		if at+8*packages+8 > uint64(len(file)) {
			return nil, nil, errFormat
		}
		offset := binary.LittleEndian.Uint64(file[at:])
		size := binary.LittleEndian.Uint64(file[at+8*packages:])
		if offset+size > uint64(len(file)) {
			return nil, nil, errFormat
		}
		path, functions, err := functionsOf(file[offset : offset+size])
		if err != nil {
			return nil, nil, err
		}
		counted = append(counted, path)
		for index, name := range functions {
			out[function{pkg: uint32(n), index: uint32(index)}] = path + "." + name
		}
	}
	return out, counted, nil
}

// functionsOf reads the description of one package: its path and its functions.
func functionsOf(blob []byte) (path string, functions []string, err error) {
	const header = 44
	if len(blob) < header {
		return "", nil, errFormat
	}
	count := int(binary.LittleEndian.Uint32(blob[40:]))
	if header+4*count > len(blob) {
		return "", nil, errFormat
	}
	table := numbers{rest: blob[header+4*count:]}
	texts := make([]string, min(table.next(), uint64(len(blob))))
	for n := range texts {
		texts[n] = table.text()
	}
	text := func(index uint64) string {
		if index >= uint64(len(texts)) {
			table.failed = true
			return ""
		}
		return texts[index]
	}
	path = text(uint64(binary.LittleEndian.Uint32(blob[8:])))
	for n := range count {
		at := int(binary.LittleEndian.Uint32(blob[header+4*n:]))
		if at > len(blob) {
			return "", nil, errFormat
		}
		f := numbers{rest: blob[at:]}
		f.next() // how many blocks
		functions = append(functions, text(f.next()))
	}
	if table.failed {
		return "", nil, errFormat
	}
	return path, functions, nil
}
