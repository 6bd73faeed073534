package detect

import (
	"bytes"
	"strings"

	"blurt/scanner/finding"
)

// djangoCSRF reads the page of a failed CSRF check, which says with DEBUG on
// why it failed. Without DEBUG the same page is no finding.
func djangoCSRF() Detector {
	return Detector{
		Name:  "django_csrf",
		Rules: []string{"django-debug-csrf"},
		Hints: []string{"Reason given for failure:"},
		Run:   runDjangoCSRF,
	}
}

func runDjangoCSRF(in Input) Output {
	p := in.claim().csrf
	if p == nil {
		return Output{}
	}
	list := itemList{in: in}
	list.add(Item{Category: finding.ErrorDetail, Name: "reason", Value: p.reason, Location: "Help"})
	version := ""
	if p.version != "" && p.version != "dev" {
		version = p.version
		list.add(Item{Category: finding.VersionBanner, Name: "django", Value: version, Location: "link to the documentation"})
	}
	return Output{
		Hits: []Hit{{
			Rule:       "django-debug-csrf",
			Category:   finding.DebugPage,
			Message:    "Django answers a failed CSRF check with its debug page, which shows that DEBUG is on.",
			Confidence: finding.Firm,
			Items:      list.items,
			Excerpt:    p.span,
		}},
		Products: []Product{{Name: "django", Version: version, Role: Framework, Why: "debug page of the CSRF check"}},
	}
}

// csrfPage is what the page of a failed CSRF check says.
type csrfPage struct {
	reason  string
	version string // of the manual that it refers to: "4.2"
	span    Span
}

// djangoCSRFOf returns the CSRF page with its debug part that an exchange
// holds, or nil.
func djangoCSRFOf(in Input) *csrfPage {
	body := in.Got.Body
	if in.Got.Status != 403 || formOf(in.Got) != htmlForm || len(body) > 64<<10 {
		return nil
	}
	title := bytes.Index(head(body, 4<<10), []byte("<title>403 Forbidden</title>"))
	robots := bytes.Index(head(body, 4<<10), []byte(`<meta name="robots" content="NONE,NOARCHIVE">`))
	summary := bytes.Index(body, []byte(`<div id="summary">`))
	help := bytes.Index(body, []byte("<h2>Help</h2>"))
	reason := bytes.Index(body, []byte("Reason given for failure:"))
	debug := bytes.LastIndex(body, []byte("DEBUG ="))
	if title < 0 || robots < 0 || summary < 0 || help < summary || reason < help || debug < reason {
		return nil
	}
	p := &csrfPage{span: Span{help, reason}}
	if from := bytes.Index(body[reason:], []byte("<pre>")); from >= 0 {
		from += reason + len("<pre>")
		if to := bytes.Index(body[from:], []byte("</pre>")); to >= 0 {
			p.reason = strings.TrimSpace(string(body[from : from+to]))
			p.span.End = from + to + len("</pre>")
		}
	}
	const manual = "https://docs.djangoproject.com/en/"
	if from := bytes.Index(body, []byte(manual)); from >= 0 {
		rest := head(body[from+len(manual):], 12)
		if to := bytes.IndexByte(rest, '/'); to > 0 {
			p.version = string(rest[:to])
		}
	}
	return p
}
