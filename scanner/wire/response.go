package wire

// Response is what a server answered, read within limits.
type Response struct {
	Proto  string // "HTTP/1.0", "HTTP/1.1" or "HTTP/2.0"
	Status int    // three digits, 100 to 999
	Reason string
	Fields []Field
	// Head is the status line and the fields as they were read. For HTTP/2,
	// which has no such bytes, it is their HTTP/1.1 form.
	Head []byte
	// Body is decoded: transfer coding and content coding are taken off.
	Body []byte
	// Cut says that the body went on beyond a limit; Body is its start.
	Cut bool
	// Late says that a time limit ended the body; Body is its start.
	Late bool
	// Odd lists what a strict parser would have refused, in words.
	Odd []string
}

// Field returns the first field of that name, or an empty string.
func (r *Response) Field(name string) string {
	value, _ := Get(r.Fields, name)
	return value
}
