package scanner

import (
	"net/url"
	"slices"
	"strings"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/sensitivity"
)

// maxRows bounds the endpoints of an origin that are compared with each other.
const maxRows = 1000

// row is an endpoint on the map of its origin, as a client without a certificate
// sees it.
type row struct {
	target   string
	verdict  finding.Verdict
	served   bool // it gives something out, and not what any path gives
	demands  bool // it refuses, for want of a certificate
	level    sensitivity.Level
	why      []string
	spent    int  // requests for the map
	declared bool // it was told that the API description demands mutual TLS
	shown    bool // its own answer gives away what is worth protecting
	judges   bool // it turns strangers away for their certificate, with an answer
	through  bool // ways through an open sibling have been tried
	reviewed bool
}

// chart finishes the endpoint's part of the map: what looks worth protecting, and
// a row for the comparison with its siblings.
func (x *examination) chart(findings []*finding.Finding) {
	if len(x.controls) == 0 {
		return
	}
	front := x.controls[0]
	v, _, _ := verdict(front.exchange)
	inferred := sensitivity.Infer(x.endpoint.Target, front.exchange.Got, x.document())
	for _, f := range findings {
		if f.Category == finding.DebugEndpoint {
			x.origin.laidOpen.add(strings.TrimPrefix(f.URL, x.endpoint.Origin.String()))
		}
		if isBypass(f.Rule) && f.Confidence >= finding.Firm && f.Evidence.Request != nil && f.Evidence.Response != nil {
			x.cells = append(x.cells, bypassCell(x, f))
		}
	}
	for i := range x.cells {
		x.cells[i].Sensitivity, x.cells[i].Why = string(inferred.Level), inferred.Why
	}
	if len(x.origin.rows) >= maxRows {
		return
	}
	r := row{
		target: x.endpoint.Target, verdict: v, level: inferred.Level, why: inferred.Why, spent: x.mapSpent(), through: len(x.origin.open) > 0,
		served: isServed(front.exchange) && !x.origin.absence.equals(x, front.exchange.Got),
	}
	r.shown, r.declared, r.judges = inferred.Shown, x.declared, x.judges()
	h := front.exchange.Handshake
	r.demands = isRefusal(v) && (detect.WantsCertificate(front.exchange.Got) || h != nil && h.Requested)
	x.origin.rows = append(x.origin.rows, r)
	if r.served {
		x.origin.opens(x.endpoint.Path())
	}
}

// maxOpen bounds the open paths of an origin that are remembered.
const maxOpen = 4

// opens notes a path that is answered to anybody, one of each folder. Folders of
// files come first: proxies serve them by themselves.
func (s *originState) opens(path string) {
	folder := firstSegment(path)
	if folder == "" || slices.ContainsFunc(s.open, func(p string) bool { return firstSegment(p) == folder }) {
		return
	}
	switch {
	case holdsFiles(folder):
		s.open = slices.Insert(s.open, 0, path)
	case len(s.open) < maxOpen:
		s.open = append(s.open, path)
	}
	s.open = s.open[:min(len(s.open), maxOpen)]
}

func firstSegment(path string) string {
	segment, _, _ := strings.Cut(strings.Trim(path, "/"), "/")
	return segment
}

func holdsFiles(folder string) bool {
	switch strings.ToLower(folder) {
	case "static", "assets", "files", "media", "images", "img", "css", "js", "public", "uploads", "download", "downloads", "content":
		return true
	}
	return false
}

// bypassCell is the cell of the map for a request that got through.
func bypassCell(x *examination, f *finding.Finding) finding.Surface {
	to := f.URL
	if base, err := url.Parse(f.URL); err == nil {
		to = base.Scheme + "://" + base.Host + f.Evidence.Request.Target
	}
	way := ""
	if f.Rule == hostBypass {
		way = "another Host field"
	}
	return finding.Surface{
		URL: to, Method: f.Method, Identity: f.Identity, Way: way, Verdict: finding.Open, Status: f.Evidence.Response.Status,
		Detail: "gets past the check of " + x.endpoint.Path() + " (" + f.Probe + ")", Reproduce: f.Reproduce,
		Exchange: x.evident(f.Evidence),
	}
}
