package main

import (
	"context"
	"iter"
	"os"

	"blurt/scanner/discover"
	"blurt/scanner/wire"
)

// endpoints is a sequence of targets. An error ends it.
type endpoints = iter.Seq2[wire.Endpoint, error]

// targets are the URLs of one scan: arguments first, then lists in their order.
type targets struct {
	arguments    []wire.Endpoint
	lists        []endpoints
	descriptions []*discover.API
}

// readTargets checks all that can be checked before anything is sent: every
// argument, every line of every list that can be read twice, and the first
// line of a stream.
func readTargets(ctx context.Context, s settings, args []string, p *program) (*targets, error) {
	t := &targets{}
	args, s = s.withTargets(args)
	lists := s.list("list")
	for _, arg := range args {
		if arg == "-" {
			lists = append(lists, setting{value: "-", source: "-"})
			continue
		}
		endpoint, err := parseTarget(arg)
		if err != nil {
			return nil, wrongUse("", err.Error(), "")
		}
		t.arguments = append(t.arguments, endpoint)
	}
	if err := readDescribed(s, t); err != nil {
		return nil, err
	}
	if len(lists) == 0 && len(t.arguments) == 0 {
		return nil, wrongUse("no target", "there is nothing to scan", "give a URL, --list FILE, --openapi FILE, or - for standard input; see blurt scan --help")
	}
	if fromStdin(lists) > 1 {
		return nil, wrongUse("standard input", "it is given twice", "give - once")
	}
	for _, from := range lists {
		list, err := openList(ctx, from, p)
		if err != nil {
			return nil, err
		}
		t.lists = append(t.lists, list)
	}
	return t, nil
}

// fromStdin counts the lists that are read from standard input.
func fromStdin(lists []setting) int {
	n := 0
	for _, from := range lists {
		if from.value == "-" {
			n++
		}
	}
	return n
}

// all yields every target. It can be run once.
func (t *targets) all() endpoints {
	return func(yield func(wire.Endpoint, error) bool) {
		for _, endpoint := range t.arguments {
			if !yield(endpoint, nil) {
				return
			}
		}
		for _, list := range t.lists {
			for endpoint, err := range list {
				if !yield(endpoint, err) || err != nil {
					return
				}
			}
		}
	}
}

func openList(ctx context.Context, from setting, p *program) (endpoints, error) {
	if from.value == "-" {
		return startStream(ctx, "standard input", p.stdin)
	}
	if from.value == "" {
		return nil, wrongUse(from.source, "the file name is empty", "name a file with URLs, one a line")
	}
	info, err := os.Stat(from.value)
	if err != nil {
		return nil, wrongUse(from.source, fileProblem(from.value, err), "name a file with URLs, one a line")
	}
	if info.IsDir() {
		return nil, wrongUse(from.source, shorten(from.value)+" is a folder", "name a file with URLs, one a line")
	}
	if info.Mode().IsRegular() {
		return checkedFile(from)
	}
	file, err := os.Open(from.value)
	if err != nil {
		return nil, wrongUse(from.source, fileProblem(from.value, err), "name a file with URLs, one a line")
	}
	// A pipe can be read only once, so it stays open until the process ends.
	return startStream(ctx, from.value, file)
}

// checkedFile reads the file once to check it, and yields it in a second pass,
// so that a mistake in the last line is told before the first request, and no
// list is too long.
func checkedFile(from setting) (endpoints, error) {
	seq := fileLines(from)
	found := false
	for _, err := range seq {
		if err != nil {
			return nil, err
		}
		found = true
	}
	if !found {
		return nil, wrongUse(from.source, shorten(from.value)+" holds no URL", "write one a line")
	}
	return seq, nil
}

func fileLines(from setting) endpoints {
	return func(yield func(wire.Endpoint, error) bool) {
		file, err := os.Open(from.value)
		if err != nil {
			yield(wire.Endpoint{}, wrongUse(from.source, fileProblem(from.value, err), "name a file with URLs, one a line"))
			return
		}
		defer file.Close()
		listLines(from.value, file)(yield)
	}
}
