package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"blurt/scanner"
	"blurt/scanner/saved"
)

// savedReading reads files of saved traffic, one after the other.
type savedReading struct {
	program *program
	options saved.Options
	bare    int // bodies without a head
}

// checkSaved refuses what cannot be read, before anything is.
func (p *program) checkSaved(paths []string) ([]string, error) {
	const mend = "name files or folders with saved HTTP traffic, or - for standard input; see blurt inspect --help"
	if len(paths) == 0 {
		return nil, wrongUse("no file", "there is nothing to inspect", mend)
	}
	stdin := 0
	for _, path := range paths {
		if path == "-" {
			if stdin++; stdin > 1 {
				return nil, wrongUse("standard input", "it is given twice", "give - once")
			}
			continue
		}
		if strings.HasPrefix(path, "http://") || strings.HasPrefix(path, "https://") {
			return nil, wrongUse(shorten(path), "inspect reads files and sends nothing", "write blurt scan URL, or --url to say where the files came from")
		}
		info, err := os.Stat(path)
		if err == nil && info.Mode().IsRegular() {
			var file *os.File
			if file, err = os.Open(path); err == nil {
				err = file.Close()
			}
		}
		if err != nil {
			return nil, wrongUse("inspect", "cannot read "+fileProblem(path, err), mend)
		}
	}
	return paths, nil
}

// files yields every file, those of folders in the order of their names.
func (r *savedReading) files(ctx context.Context, paths []string) iter.Seq[scanner.SavedFile] {
	return func(yield func(scanner.SavedFile) bool) {
		for _, path := range paths {
			if path == "-" {
				if !yield(r.file(ctx, "standard input", "-", false)) {
					return
				}
				continue
			}
			if info, err := os.Stat(path); err != nil || !info.IsDir() {
				if !yield(r.file(ctx, path, path, false)) {
					return
				}
				continue
			}
			if !r.folder(ctx, path, yield) {
				return
			}
		}
	}
}

// folder yields the files below a folder. Hidden ones are left out, symbolic
// links are not followed.
func (r *savedReading) folder(ctx context.Context, root string, yield func(scanner.SavedFile) bool) bool {
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			if !yield(scanner.SavedFile{Name: path, Exchanges: failed(errors.New(fileProblem(path, err)))}) {
				return fs.SkipAll
			}
			if entry != nil && entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case path != root && strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case !entry.Type().IsRegular():
			return nil
		}
		if !yield(r.file(ctx, path, path, true)) {
			return errStopped
		}
		return nil
	})
	return !errors.Is(err, errStopped)
}

// errStopped ends the walk where no more files are wanted.
var errStopped = errors.New("stopped")

func failed(err error) iter.Seq2[*saved.Exchange, error] {
	return func(yield func(*saved.Exchange, error) bool) { yield(nil, err) }
}

// file reads one file. In a folder, files without an answer are none of ours:
// requests are often saved beside their answers.
func (r *savedReading) file(ctx context.Context, name, path string, found bool) scanner.SavedFile {
	return scanner.SavedFile{Name: name, Arguments: r.arguments(path), Exchanges: func(yield func(*saved.Exchange, error) bool) {
		source, err := r.open(ctx, path)
		if err != nil {
			yield(nil, errors.New(fileProblem(path, err)))
			return
		}
		defer source.Close()
		for x, err := range saved.Read(source, name, r.options) {
			if found && errors.Is(err, saved.ErrNoAnswer) {
				continue
			}
			if x != nil && x.Bare {
				r.bare++
			}
			if !yield(x, err) {
				return
			}
		}
	}}
}

// arguments are those that read a file again.
func (r *savedReading) arguments(path string) []string {
	if strings.HasPrefix(path, "-") && path != "-" {
		path = "./" + path
	}
	list := []string{path}
	if r.options.At.Origin.Host != "" {
		list = append(list, "--url", r.options.At.String())
	}
	if r.options.Status != 0 {
		list = append(list, "--status", strconv.Itoa(r.options.Status))
	}
	return list
}

// open opens a file whose reading ends with ctx, even where it waits for a pipe.
func (r *savedReading) open(ctx context.Context, path string) (io.ReadCloser, error) {
	from := io.ReadCloser(standardInput{r.program.stdin})
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			return stoppable{ctx, file}, nil
		}
		from = file
	}
	end, beginning := io.Pipe()
	go func() {
		// It may wait for a writer that never comes; the process does not.
		_, err := io.Copy(beginning, from)
		_ = beginning.CloseWithError(err) // it always succeeds
	}()
	stop := context.AfterFunc(ctx, func() { _ = beginning.CloseWithError(context.Cause(ctx)) })
	return pipeEnd{end, from, stop}, nil
}

// stoppable is a file whose reading ends with the context.
type stoppable struct {
	ctx context.Context
	*os.File
}

// Read implements io.Reader.
func (s stoppable) Read(p []byte) (int, error) {
	if s.ctx.Err() != nil {
		return 0, context.Cause(s.ctx)
	}
	return s.File.Read(p)
}

// pipeEnd is what comes out of a pipe that is fed from elsewhere.
type pipeEnd struct {
	*io.PipeReader
	from io.Closer
	stop func() bool
}

// Close implements io.Closer.
func (e pipeEnd) Close() error {
	e.stop()
	return errors.Join(e.PipeReader.Close(), e.from.Close())
}
