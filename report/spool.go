package report

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
)

// spoolMemory is how many bytes a spool keeps in memory.
const spoolMemory = 32 << 10

// spool holds what cannot be written yet: in memory while it is small, then in a
// temporary file that goes away on Close.
type spool struct {
	// memory is the limit in bytes; 0 means spoolMemory.
	memory int
	buffer bytes.Buffer
	file   *os.File
	err    error
}

// Write implements io.Writer.
func (s *spool) Write(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	limit := s.memory
	if limit == 0 {
		limit = spoolMemory
	}
	if s.buffer.Len()+len(p) > limit && s.buffer.Len() > 0 {
		if s.err = s.flush(); s.err != nil {
			return 0, s.err
		}
	}
	return s.buffer.Write(p)
}

// flush moves the buffer to the end of the file.
func (s *spool) flush() error {
	if s.file == nil {
		file, err := os.CreateTemp("", "blurt-report-*")
		if err != nil {
			return err
		}
		s.file = file
	}
	_, err := s.buffer.WriteTo(s.file)
	return err
}

// Empty reports whether nothing was written.
func (s *spool) Empty() bool { return s.file == nil && s.buffer.Len() == 0 }

// WriteTo implements io.WriterTo: it copies all that was written, once.
func (s *spool) WriteTo(w io.Writer) (int64, error) {
	if s.err != nil {
		return 0, s.err
	}
	if s.file == nil {
		return s.buffer.WriteTo(w)
	}
	if err := s.flush(); err != nil {
		return 0, err
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	return io.Copy(w, s.file)
}

// Reader returns all that was written, from its start. It is for spools that are
// read and not copied; nothing may be written afterwards.
func (s *spool) Reader() (io.Reader, error) {
	if s.err != nil {
		return nil, s.err
	}
	if s.file == nil {
		return bytes.NewReader(s.buffer.Bytes()), nil
	}
	if err := s.flush(); err != nil {
		return nil, err
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return bufio.NewReader(s.file), nil
}

// Close removes the temporary file, where there is one.
func (s *spool) Close() error {
	if s.file == nil {
		return nil
	}
	name := s.file.Name()
	err := errors.Join(s.file.Close(), os.Remove(name))
	s.file = nil
	s.buffer.Reset()
	return err
}
