package scanner

import (
	"cmp"
	"crypto/x509/pkix"
	"encoding/asn1"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"blurt/probes"
	"blurt/scanner/detect"
	"blurt/scanner/discover"
	"blurt/scanner/finding"
	"blurt/scanner/internal/redact"
	"blurt/scanner/wire"
)

const (
	maxSeen     = 200_000 // targets and findings of one origin that are told apart
	maxReactive = 64      // header fields that are remembered to change an answer
	maxExposed  = 20      // exposed endpoints that are read again
	maxNames    = 8       // names of each kind that are learnt from a handshake
	maxFailures = 3       // endpoints in a row that get no answer before an origin is given up
)

// originState is what is remembered of an origin from one endpoint to the next.
// Only the goroutine that owns the origin touches it.
type originState struct {
	probed       bool                      // the probes of the whole origin have been sent
	products     map[string]detect.Product // by name
	reported     digests                   // of the fingerprints of its findings, by place
	groups       *groups                   // findings that are held
	narrowed     map[string][]string       // by rule, the fields that were enough
	seen         digests                   // of targets
	leads        []wire.Endpoint
	gates        digests // paths of leads that are told where to lead back
	led          int
	done         digests         // of what is done once for the origin
	exposed      []string        // targets that show the inside: logs, metrics, dumps
	reactive     map[string]bool // header fields that change an answer
	limits       probes.Limits
	templates    map[string]template // by the probe's id
	heard        bool                // the handshake's names are kept
	authorities  [][]byte            // in DER
	names        []string            // what the handshake told: authorities and names
	ways         waysAsked           // other ways into the origin
	reversed     int                 // open endpoints that were asked for by older versions
	rows         []row               // the endpoints, for comparison with each other
	open         []string            // a path that is answered to anybody
	absence      *absence            // how it answers for what does not exist; nil while unknown
	descriptions []*discover.API     // that it hands out itself
	described    atomic.Int32        // answers that were read as one
	laidOpen     digests             // targets that another finding tells to be open
	failures     int
	lastErr      string
}

func newOriginState() *originState {
	return &originState{
		products:  make(map[string]detect.Product),
		reported:  make(digests),
		groups:    newGroups(new(atomic.Int64)),
		narrowed:  make(map[string][]string),
		seen:      make(digests),
		gates:     make(digests),
		reactive:  make(map[string]bool),
		done:      make(digests),
		laidOpen:  make(digests),
		ways:      newWaysAsked(),
		limits:    probes.DefaultLimits(),
		templates: make(map[string]template),
	}
}

// digests is a bounded set of texts of which only digests are kept.
type digests map[uint64]struct{}

// add reports whether a text is new, and notes it.
func (d digests) add(text string) bool {
	if d.has(text) {
		return false
	}
	if len(d) < maxSeen {
		d[digestOf(text)] = struct{}{}
	}
	return true
}

func (d digests) has(text string) bool {
	_, ok := d[digestOf(text)]
	return ok
}

func digestOf(text string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(text))
	return h.Sum64()
}

// lead queues an endpoint that an answer pointed to, each once; a page that is told
// where to lead back is the same wherever that is.
func (s *originState) lead(to wire.Endpoint, most int) {
	if wire.LeadsBack(to.Target) {
		if s.gates.has(to.Path()) {
			return
		}
		s.gates.add(to.Path())
	}
	if s.led < most && !slices.Contains(s.leads, to) && !s.seen.has(to.Target) {
		s.led++
		s.leads = append(s.leads, to)
	}
}

// reacts notes a header field that changes an answer.
func (s *originState) reacts(name string) {
	if len(s.reactive) < maxReactive {
		s.reactive[name] = true
	}
}

// expose notes a target that shows the inside, to be read again at the end.
func (s *originState) expose(target string) {
	if len(s.exposed) < maxExposed && !slices.Contains(s.exposed, target) {
		s.exposed = append(s.exposed, target)
	}
}

// hear keeps the names that a handshake gives away: the authorities that the
// server accepts, and its own.
func (s *originState) hear(h *wire.Handshake) {
	if h == nil || s.heard {
		return
	}
	s.heard = true
	if len(h.Chain) > 0 {
		if own := h.Chain[0].Subject.String(); strings.Contains(own, "=") && !strings.Contains(own, "*") {
			s.names = append(s.names, own)
		}
	}
	for _, der := range h.AcceptableCAs[:min(len(h.AcceptableCAs), maxNames)] {
		var name pkix.RDNSequence
		if rest, err := asn1.Unmarshal(der, &name); err == nil && len(rest) == 0 {
			s.names = append(s.names, name.String())
			s.authorities = append(s.authorities, der)
		}
	}
	if len(h.Chain) > 0 {
		s.names = append(s.names, h.Chain[0].DNSNames[:min(len(h.Chain[0].DNSNames), maxNames)]...)
	}
}

// overhear keeps the header fields that an error said it expects.
func (s *originState) overhear(leaked []finding.Leaked) {
	for _, l := range leaked {
		if l.Name == detect.ExpectedField {
			s.teach([]string{l.Value})
		}
	}
}

// teach keeps names that the target uses, each once.
func (s *originState) teach(names []string) {
	for _, name := range names {
		if len(s.names) < 4*maxNames && !slices.Contains(s.names, name) {
			s.names = append(s.names, name)
		}
	}
}

// learn keeps what is recognised, a version rather than none.
func (s *originState) learn(products []detect.Product) {
	for _, p := range products {
		if known, ok := s.products[p.Name]; !ok && len(s.products) < 32 || ok && known.Version == "" && p.Version != "" {
			s.products[p.Name] = p
		}
	}
}

// recognised tells the products and what gave them away, front first.
func (s *originState) recognised() []string {
	var out []string
	for _, name := range s.stack() {
		p := s.products[name]
		if p.Version != "" {
			name += " " + p.Version
		}
		out = append(out, redact.Printable(name+" ("+p.Why+")"))
	}
	return out
}

// stack names the products, front first.
func (s *originState) stack() []string {
	order := []detect.Role{detect.Proxy, detect.Server, detect.Framework, detect.Language}
	names := slices.SortedFunc(maps.Keys(s.products), func(a, b string) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, s.products[a].Role), slices.Index(order, s.products[b].Role)),
			cmp.Compare(a, b))
	})
	return names
}
