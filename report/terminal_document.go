package report

import (
	"bufio"
	"fmt"
	"io"
)

// WriteDocument lays out Markdown for people at a terminal: paragraphs and lists
// are wrapped at the width of the options, headings are bold, code is indented.
func WriteDocument(w io.Writer, markdown string, o Options) error {
	p := newPage(o)
	out := bufio.NewWriter(w)
	for _, line := range p.markdownLines(markdown, p.width) {
		fmt.Fprintln(out, line)
	}
	return out.Flush()
}
