package detect

import (
	"fmt"
	"html"
	"strings"

	"blurt/scanner/finding"
)

// minPlaces is how many different lines of code make a stack, in whatever language.
const minPlaces = minFrames

// Bounds on the text around a path that may say in which line, in bytes.
const (
	placeReach = 96
	maxDigits  = 7
)

// sourcePlaces lists the lines of code that an error names, as the stacks of
// languages do that have no grammar of their own here. One line is no stack.
func (in Input) sourcePlaces(paths []path) []Item {
	if in.Got.Status < 400 {
		return nil
	}
	list := itemList{in: in}
	body := in.visible()
	for _, p := range paths {
		if line := lineOf(body, p.span); line != "" {
			list.add(Item{Category: finding.Traceback, Name: "line of code", Value: p.text + ":" + line, Location: fmt.Sprintf("body, byte %d", p.span.Start)})
		}
	}
	if len(list.items) < minPlaces {
		return nil
	}
	return list.items
}

// lineOf returns the number of the line that stands beside a path: "a.cr:12",
// "a.pl(12)", "a.py in f, line 12", "line 12, column 3, in file a.rkt", and what
// print_r of PHP shows.
func lineOf(body []byte, span Span) string {
	after := html.UnescapeString(withoutTags(string(body[span.End:min(len(body), span.End+placeReach)])))
	if len(after) > 1 && (after[0] == ':' || after[0] == '(') {
		if number := leadingDigits(after[1:]); number != "" {
			return number
		}
	}
	line, rest, _ := strings.Cut(after, "\n")
	line = strings.TrimLeft(line, "\"'`")
	if end := strings.IndexAny(line, `"\/`); end >= 0 {
		line = line[:end] // what follows is about something else
	}
	if number := digitsAfter(line, "line "); number != "" {
		return number
	}
	if rest = strings.TrimLeft(rest, " \t"); strings.HasPrefix(rest, "[line") {
		return digitsAfter(rest, "=> ")
	}
	before := string(body[max(0, span.Start-placeReach):span.Start])
	before = before[strings.LastIndexByte(before, '\n')+1:]
	if !strings.HasSuffix(strings.TrimRight(before, " \"'`"), "file") {
		return ""
	}
	return digitsAfter(before, "line ")
}

// digitsAfter returns the number behind the first such word.
func digitsAfter(text, word string) string {
	_, rest, _ := strings.Cut(text, word)
	return leadingDigits(rest)
}

func leadingDigits(text string) string {
	end := 0
	for end < len(text) && end < maxDigits && '0' <= text[end] && text[end] <= '9' {
		end++
	}
	return text[:end]
}
