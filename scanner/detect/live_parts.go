package detect

import (
	"bytes"
	"sort"
)

// parts are stretches of a body, in order and apart from each other.
type parts struct {
	body  []byte
	spans []Span
}

// signReach is how far in front of a value the sign may stand that it is found by,
// a name that is assigned to or the "://" before a password; nameReach how far
// behind the start of a distinguished name; in bytes.
const (
	signReach = max(maxVariable+maxJoint, len("://")+maxAuthority)
	nameReach = maxName + 1
)

// liveParts returns where something may stand that begins where settingAt says
// live: of a page that is nobody's error its scripts and fields, with what these
// constants add, of all else the whole. What counts only where it is live need not
// be looked for elsewhere.
func (in Input) liveParts() parts {
	if in.claims == nil {
		return in.findLiveParts()
	}
	m := &in.claims.materials
	if m.live.body == nil {
		m.live = in.findLiveParts()
	}
	return m.live
}

func (in Input) findLiveParts() parts {
	p := parts{body: in.Got.Body}
	if formOf(in.Got) != htmlForm || in.isLivePage() {
		p.spans = []Span{{0, len(p.body)}}
		return p
	}
	for at := 0; ; {
		i := bytes.IndexByte(p.body[at:], '<')
		if i < 0 {
			return p
		}
		tag := at + i
		at = tag + 1
		if !beginsLiveElement(p.body[at:]) {
			continue
		}
		end := min(len(p.body), tag+elementReach+1)
		if next := bytes.IndexByte(p.body[at:end], '<'); next >= 0 {
			end = at + next + 1
		}
		p.add(Span{max(0, tag-signReach), min(len(p.body), end+nameReach)})
	}
}

// add keeps the parts apart.
func (p *parts) add(span Span) {
	if last := len(p.spans) - 1; last >= 0 && span.Start <= p.spans[last].End {
		p.spans[last].End = max(p.spans[last].End, span.End)
		return
	}
	p.spans = append(p.spans, span)
}

// index returns the first place of a sign, at or behind another place, that lies
// in one of the parts, or -1.
func (p parts) index(sign string, from int) int {
	first := sort.Search(len(p.spans), func(n int) bool { return p.spans[n].End > from })
	for _, span := range p.spans[first:] {
		start := max(span.Start, from)
		if i := bytes.Index(p.body[start:span.End], []byte(sign)); i >= 0 {
			return start + i
		}
	}
	return -1
}

// beginsLiveElement reports whether what follows a "<" begins with the name of one
// of liveElements, in whatever case.
func beginsLiveElement(text []byte) bool {
	for _, element := range liveElements {
		n := 0
		for n < len(element) && n < len(text) && text[n]|0x20 == element[n] {
			n++
		}
		if n == len(element) {
			return true
		}
	}
	return false
}
