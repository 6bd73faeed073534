package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"blurt/scanner/wire"
)

// maxLine bounds a line of a list, in bytes. It is above the bound of a URL, so
// that a long URL is told as such.
const maxLine = 64 << 10

// listLines yields the URLs of a list as they are read. An error names the line
// and ends the sequence.
func listLines(name string, from io.Reader) endpoints {
	return func(yield func(wire.Endpoint, error) bool) {
		lines := bufio.NewScanner(from)
		lines.Buffer(make([]byte, 0, 4<<10), maxLine)
		number := 0
		for lines.Scan() {
			number++
			endpoint, ok, err := parseListLine(lines.Text(), number == 1)
			if err != nil {
				yield(wire.Endpoint{}, wrongUse(fmt.Sprintf("%s:%d", shorten(name), number), err.Error(), ""))
				return
			}
			if ok && !yield(endpoint, nil) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(wire.Endpoint{}, listError(name, number+1, err))
		}
	}
}

func listError(name string, line int, err error) error {
	where := fmt.Sprintf("%s:%d", shorten(name), line)
	if errors.Is(err, bufio.ErrTooLong) {
		return wrongUse(where, fmt.Sprintf("the line is longer than %d KB", maxLine>>10), "write one URL a line")
	}
	return wrongUse(where, fileProblem(name, err), "name a file with URLs, one a line")
}

// parseListLine reads one line; ok is false for a blank line or a comment. A
// byte order mark may stand before the first line.
func parseListLine(line string, first bool) (endpoint wire.Endpoint, ok bool, err error) {
	if first {
		line = strings.TrimPrefix(line, "\ufeff")
	}
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '#' {
		return wire.Endpoint{}, false, nil
	}
	endpoint, err = parseTarget(line)
	return endpoint, err == nil, err
}

// parseTarget reads a URL. User information is taken out before the text can
// be quoted in an error.
func parseTarget(text string) (wire.Endpoint, error) {
	return wire.ParseEndpoint(maskUser(text))
}

// maskUser replaces the user information of a URL, which is often a password,
// by "***".
func maskUser(text string) string {
	scheme, rest, found := strings.Cut(text, "://")
	if !found {
		scheme, rest = "", text
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	at := strings.LastIndexByte(rest[:end], '@')
	if at < 0 {
		return text
	}
	if found {
		scheme += "://"
	}
	return scheme + "***" + rest[at:]
}

// startStream reads a list that can be read only once. It waits for the first
// URL, so that an empty stream, or one that starts wrong, is told before the
// scan begins. The sequence ends when ctx does, also while the stream is silent.
func startStream(ctx context.Context, name string, from io.Reader) (endpoints, error) {
	next, stop := iter.Pull2(untilDone(ctx, listLines(name, from)))
	first, err, found := next()
	switch {
	case err != nil:
		stop()
		return nil, err
	case !found && ctx.Err() != nil:
		stop()
		return nil, &incompleteError{}
	case !found:
		stop()
		return nil, wrongUse(name, "it holds no URL", "write one a line")
	}
	return func(yield func(wire.Endpoint, error) bool) {
		defer stop()
		if !yield(first, nil) {
			return
		}
		for {
			endpoint, err, more := next()
			if !more || !yield(endpoint, err) || err != nil {
				return
			}
		}
	}, nil
}

// untilDone lets a sequence that blocks end with ctx. The goroutine that reads
// ends with the next thing it reads; a read that never returns ends with the
// process, as no reader can be woken.
func untilDone(ctx context.Context, seq endpoints) endpoints {
	type item struct {
		endpoint wire.Endpoint
		err      error
	}
	return func(yield func(wire.Endpoint, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		items := make(chan item) // closed by the goroutine that reads
		go func() {
			defer close(items)
			for endpoint, err := range seq {
				select {
				case items <- item{endpoint, err}:
				case <-ctx.Done():
					return
				}
			}
		}()
		for {
			select {
			case <-ctx.Done():
				return
			case next, more := <-items:
				if !more || !yield(next.endpoint, next.err) {
					return
				}
			}
		}
	}
}
