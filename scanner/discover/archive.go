package discover

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
)

// errNoLog says that a file is JSON but no archive.
var errNoLog = errors.New("no log in it: is this a HAR file?")

// Entries yields log.entries of a HAR 1.2 file one by one, each read into a T.
// Its memory is that of the largest entry, of which the encoding has at most
// limit bytes. An error ends the sequence, unless it is of one entry that has
// another form: that one is left out.
func Entries[T any](r io.Reader, limit int64) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		source := &Ration{From: r, Limit: limit}
		source.Refill()
		decoder := json.NewDecoder(source)
		found, err := toEntries(decoder)
		if err != nil || !found {
			if err == nil {
				err = errNoLog
			}
			yield(none, err)
			return
		}
		for decoder.More() {
			source.Refill()
			var entry T
			err := decoder.Decode(&entry)
			if err == nil {
				if !yield(entry, nil) {
					return
				}
				continue
			}
			if !yield(none, archiveError(err)) || !isTypeError(err) {
				return
			}
		}
		if _, err := decoder.Token(); err != nil {
			yield(none, archiveError(err))
		}
	}
}

// toEntries goes to the first element of log.entries. What stands before it is
// read piece by piece.
func toEntries(decoder *json.Decoder) (found bool, err error) {
	for _, name := range []string{"log", "entries"} {
		if found, err := toMember(decoder, name); !found || err != nil {
			return false, err
		}
	}
	token, err := decoder.Token()
	if err != nil {
		return false, archiveError(err)
	}
	return token == json.Delim('['), nil
}

// toMember goes to the value of a member of the object that comes next.
func toMember(decoder *json.Decoder, name string) (bool, error) {
	token, err := decoder.Token()
	if err != nil {
		return false, archiveError(err)
	}
	if token != json.Delim('{') {
		return false, nil
	}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return false, archiveError(err)
		}
		if key == name {
			return true, nil
		}
		var skipped json.RawMessage
		if err := decoder.Decode(&skipped); err != nil {
			return false, archiveError(err)
		}
	}
	return false, nil
}

func isTypeError(err error) bool {
	var wrong *json.UnmarshalTypeError
	return errors.As(err, &wrong)
}

// archiveError says on one line what is wrong with the file.
func archiveError(err error) error {
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the file ends in the middle")
	case errors.Is(err, ErrRation):
		return ErrRation
	}
	return fmt.Errorf("%s", oneLine(err))
}
