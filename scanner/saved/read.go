package saved

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/klauspost/compress/gzip"
)

// peekSize is how much of a file decides what it is, in bytes.
const peekSize = 64 << 10

// Read yields the exchanges of one file, which is called name. An error beside
// no exchange says in one line what could not be read; those of single entries
// are followed by what else the file holds.
func Read(r io.Reader, name string, o Options) iter.Seq2[*Exchange, error] {
	return func(yield func(*Exchange, error) bool) {
		br := bufio.NewReaderSize(r, peekSize)
		start, err := br.Peek(peekSize)
		if err != nil && !errors.Is(err, io.EOF) {
			yield(nil, err)
			return
		}
		if bytes.HasPrefix(start, []byte("\x1f\x8b\x08")) {
			plain, err := gzip.NewReader(br)
			if err != nil {
				yield(nil, fmt.Errorf("it is compressed and broken: %w", err))
				return
			}
			br = bufio.NewReaderSize(plain, peekSize)
			if start, err = br.Peek(peekSize); err != nil && !errors.Is(err, io.EOF) {
				yield(nil, fmt.Errorf("it is compressed and broken: %w", err))
				return
			}
		}
		f := file{name: name, options: o, in: br}
		kindOf(start)(&f, yield)
	}
}

// file is one file that is being read.
type file struct {
	name    string
	options Options
	in      *bufio.Reader
}

// place names an exchange of the file; a file with one exchange only has no
// need of it.
func (f *file) place(n int, unit string) string {
	if n == 0 {
		return f.name
	}
	return fmt.Sprintf("%s, %s %d", f.name, unit, n)
}

type (
	yielder = func(*Exchange, error) bool
	reader  = func(*file, yielder)
)

func refuse(why string) reader {
	return func(_ *file, yield yielder) { yield(nil, errors.New(why)) }
}
