package report

import (
	"encoding/json"
	"errors"
	"io"
)

// queue holds values in a spool and gives them back in order, one at a time.
type queue[T any] struct {
	spool
	decoder *json.Decoder
	head    *T
}

// queued is text as it comes back from a queue: each byte that is not UTF-8 is
// replaced.
func queued(s string) string { return string([]rune(s)) }

// add puts a value at the end. It is for the time before the first call of next.
func (q *queue[T]) add(v T) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = q.Write(append(text, '\n'))
	return err
}

// next takes the first value; it is nil where there is none left.
func (q *queue[T]) next() (*T, error) {
	first, err := q.peek()
	q.head = nil
	return first, err
}

// peek is next that leaves the value in the queue.
func (q *queue[T]) peek() (*T, error) {
	if q.head != nil {
		return q.head, nil
	}
	if q.decoder == nil {
		reader, err := q.Reader()
		if err != nil {
			return nil, err
		}
		q.decoder = json.NewDecoder(reader)
	}
	value := new(T)
	if err := q.decoder.Decode(value); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	q.head = value
	return value, nil
}
