package main

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// reportFile is a file that a report is written to. A regular file is written
// under another name in the same folder and takes its name when it is whole, so
// that nobody ever reads half a report, and an older one stays until then. Only
// the owner may read it: reports say how to attack a system.
type reportFile struct {
	path      string // where it goes, symbolic links followed
	temporary *os.File
	buffer    *bufio.Writer
	inPlace   bool // a device or a pipe, which cannot be replaced
}

// openReport opens the file for writing, before anything is sent.
func openReport(path string) (*reportFile, error) {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return nil, unwritable(path, errors.New("is a folder"))
	case err == nil && !info.Mode().IsRegular():
		file, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return nil, unwritable(path, err)
		}
		return newReportFile(path, file, true), nil
	case err == nil:
		if err := checkWritable(path); err != nil {
			return nil, unwritable(path, err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, unwritable(path, err)
	}
	place, err := resolve(path)
	if err != nil {
		return nil, unwritable(path, err)
	}
	// CreateTemp makes the file with permissions 0600.
	file, err := os.CreateTemp(filepath.Dir(place), "."+filepath.Base(place)+".*.tmp")
	if err != nil {
		return nil, unwritable(path, err)
	}
	return newReportFile(place, file, false), nil
}

// resolve follows symbolic links, so that a report replaces what a link points
// to, and two names for one file are known for one. The file need not exist.
func resolve(path string) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if place, err := filepath.EvalSymlinks(absolute); err == nil {
		return place, nil
	}
	folder, err := filepath.EvalSymlinks(filepath.Dir(absolute))
	return filepath.Join(folder, filepath.Base(absolute)), err
}

func newReportFile(path string, file *os.File, inPlace bool) *reportFile {
	return &reportFile{path: path, temporary: file, buffer: bufio.NewWriterSize(file, 64<<10), inPlace: inPlace}
}

// checkWritable keeps a file that was made read-only from being replaced.
func checkWritable(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return file.Close()
}

func unwritable(path string, err error) error {
	return wrongUse("--output", "cannot write "+fileProblem(path, err), "choose a file in a folder that exists and is yours to write")
}

// Write implements io.Writer.
func (f *reportFile) Write(data []byte) (int, error) { return f.buffer.Write(data) }

// commit puts the whole report in its place.
func (f *reportFile) commit() error {
	err := f.buffer.Flush()
	if err == nil && !f.inPlace {
		err = f.temporary.Sync()
	}
	if closeError := f.temporary.Close(); err == nil {
		err = closeError
	}
	if f.inPlace {
		return err
	}
	if err == nil {
		err = os.Rename(f.temporary.Name(), f.path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.temporary.Name()))
	}
	return nil
}

// discard leaves things as they were before openReport.
func (f *reportFile) discard() error {
	err := f.temporary.Close()
	if f.inPlace {
		return err
	}
	return errors.Join(err, os.Remove(f.temporary.Name()))
}
