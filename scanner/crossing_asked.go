package scanner

import (
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// waysAsked remembers which ways into an origin were gone. A way is about the
// listener and not about one endpoint: it is gone once for each manner of refusal,
// and the endpoints that are refused share the ways between them.
type waysAsked struct {
	names digests // by verdict and name
	done  map[finding.Verdict]bool
	doors []door
}

// door is how a handshake under another name went.
type door struct {
	name      string // empty for none
	version   uint16
	requested bool          // a client certificate was asked for
	differs   bool          // the answer is not the front door's
	session   *wire.Session // that was given out
}

func newWaysAsked() waysAsked {
	return waysAsked{names: make(digests), done: make(map[finding.Verdict]bool)}
}

// isDone reports that endpoints that are refused in this manner have no way left
// to ask.
func (w *waysAsked) isDone(by finding.Verdict) bool { return w.done[by] }

// isDue reports a way that is still to be gone. Of a path that many sites have,
// an answer says little about which site gives it: what leads to another site,
// maybe, is gone again for a path that says more.
func (w *waysAsked) isDue(by finding.Verdict, name string, vague bool) bool {
	key := string(by) + " " + name
	return !w.names.has(key) && !(vague && w.names.has(key+" vaguely"))
}

// note keeps a way that is gone.
func (w *waysAsked) note(by finding.Verdict, name string, vague bool) {
	key := string(by) + " " + name
	if vague {
		key += " vaguely"
	}
	w.names.add(key)
}
