package transport

import (
	"bufio"
	"errors"
	"strconv"
	"strings"
)

const (
	maxChunkLine   = 4 << 10 // bytes of a chunk's size with its extensions
	maxChunkDigits = 15      // hexadecimal digits of a size; more would overflow
)

var (
	errChunkSize = errors.New("bad chunk size")
	errChunkEnd  = errors.New("a chunk does not end where its size says")
	errChunkLine = errors.New("too many bytes around the chunks")
)

// readChunked reads a chunked body and its trailer fields (RFC 9112, section
// 7.1). Trailer fields are appended to the fields of the head.
func readChunked(br *bufio.Reader, a *answer, lim limits, odd *oddities) {
	overhead := 4*lim.body + 64<<10 // room for chunks of one byte
	for {
		size, used, err := readChunkSize(br, odd)
		overhead -= used
		if err == nil && overhead < 0 {
			err = errChunkLine
		}
		if err != nil {
			noteChunk(a, err, odd)
			return
		}
		if size == 0 {
			break
		}
		data, cut, err := readUpTo(br, size, lim.body-len(a.Body))
		if a.Body == nil {
			a.Body = data
		} else {
			a.Body = append(a.Body, data...)
		}
		if cut {
			a.Cut = true
			return
		}
		if err == nil {
			err = endChunk(br, odd)
		}
		if err != nil {
			noteChunk(a, err, odd)
			return
		}
	}
	trailer, err := readHead(br, lim)
	if err != nil {
		noteChunk(a, err, odd)
		return
	}
	a.reusable = true
	if len(trailer) > len("\r\n") {
		a.trailer = parseFields(string(trailer), lim.fields, odd)
	}
}

// noteChunk tells faults of the coding, which are the server's words, from a
// connection that broke.
func noteChunk(a *answer, err error, odd *oddities) {
	if errors.Is(err, errChunkSize) || errors.Is(err, errChunkEnd) || errors.Is(err, errChunkLine) {
		odd.add(err.Error())
		return
	}
	noteBroken(a.Response, err, odd)
}

// readChunkSize returns the size of the next chunk and the bytes of its line.
func readChunkSize(br *bufio.Reader, odd *oddities) (size int64, used int, err error) {
	line, err := br.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) || len(line) > maxChunkLine {
		return 0, len(line), errChunkLine
	}
	if err != nil {
		return 0, len(line), err
	}
	text := strings.TrimSuffix(string(line), "\n")
	if !strings.HasSuffix(text, "\r") {
		odd.add("a chunk's line ends in a bare line feed")
	}
	text, _, _ = strings.Cut(strings.TrimSuffix(text, "\r"), ";")
	text = strings.Trim(text, " \t")
	if text == "" || len(text) > maxChunkDigits || text[0] == '+' || text[0] == '-' {
		return 0, len(line), errChunkSize
	}
	size, err = strconv.ParseInt(text, 16, 64)
	if err != nil {
		return 0, len(line), errChunkSize
	}
	return size, len(line), nil
}

// endChunk reads the line ending after a chunk's data.
func endChunk(br *bufio.Reader, odd *oddities) error {
	first, err := br.ReadByte()
	if err != nil {
		return err
	}
	if first == '\n' {
		odd.add("a chunk's line ends in a bare line feed")
		return nil
	}
	second, err := br.ReadByte()
	if err != nil {
		return err
	}
	if first != '\r' || second != '\n' {
		return errChunkEnd
	}
	return nil
}
