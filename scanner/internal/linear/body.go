package main

import "strings"

// body is a text that can be had in any length: something at its start, a part
// that is repeated, and the closing parts of what the repeated ones opened.
type body struct {
	name   string
	head   string
	unit   string
	close  string // once for each unit, behind all of them
	media  string
	status int
	first  bool // it is taken before all others: such a body was not linear once
}

// of returns the body with parts of a length in all, in bytes, and one at least;
// its head comes on top.
func (b body) of(size int) []byte {
	times := max(1, size/(len(b.unit)+len(b.close)))
	var text strings.Builder
	text.Grow(len(b.head) + times*(len(b.unit)+len(b.close)))
	text.WriteString(b.head)
	for range times {
		text.WriteString(b.unit)
	}
	for range times {
		text.WriteString(b.close)
	}
	return []byte(text.String())
}

// maxScale is by how much a body with long parts is longer than others.
const maxScale = 16

// scale returns by how much a body must be longer than others so that already the
// shortest has one whole part.
func (b body) scale(shortest int) int {
	return min(maxScale, (len(b.unit)+len(b.close)+shortest-1)/shortest)
}

// mediaOf guesses the media type that suits a text.
func mediaOf(text string) string {
	start := strings.TrimLeft(text, " \r\n\t")
	switch {
	case strings.HasPrefix(start, "{"), strings.HasPrefix(start, "["):
		return "application/json"
	case strings.Contains(text, "<"):
		return "text/html; charset=utf-8"
	}
	return "text/plain; charset=utf-8"
}
