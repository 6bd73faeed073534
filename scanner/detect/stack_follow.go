package detect

import (
	"bytes"
	"strings"
)

// follower knows, while going back through a line, whether its lead follows: behind
// blanks, or behind escaped line feeds and what indents lines.
type follower struct {
	body             []byte
	lead             string
	end              int
	indented, blanks int // where the first other byte stands
}

const indents = ` \tnr`

func (f *follower) begin(at int) {
	rest := f.body[at:f.end]
	f.indented = f.end - len(bytes.TrimLeft(rest, indents))
	f.blanks = f.end - len(bytes.TrimLeft(rest, " "))
}

// back takes the byte at a place in, which is the one before the last.
func (f *follower) back(at int) {
	if c := f.body[at]; strings.IndexByte(indents, c) < 0 {
		f.indented, f.blanks = at, at
	} else if c != ' ' {
		f.blanks = at
	}
}

func (f *follower) leads() bool {
	return bytes.HasPrefix(f.body[f.indented:f.end], []byte(f.lead)) || bytes.HasPrefix(f.body[f.blanks:f.end], []byte(f.lead))
}
