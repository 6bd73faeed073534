package detect

import (
	"bytes"
	"strings"

	"blurt/scanner/finding"
)

// judged weighs each hit by what is around it. What the control shows as well was
// not caused by the request, and the control's own answer tells; what stands where
// people post texts may be somebody else's.
func (in Input) judged(hits []Hit) []Hit {
	if in.Got.Status >= 400 {
		return hits
	}
	controlled := in.Control != nil && in.Control.Status < 400
	kept := hits[:0]
	for _, hit := range hits {
		switch {
		case !mayBePosted(hit):
		case controlled && in.controlShows(hit), in.isIndentedKey(hit):
			continue
		case hit.Confidence == finding.Firm && !controlled && in.isPosted(hit):
			hit.Confidence = finding.Tentative
		}
		kept = append(kept, hit)
	}
	return kept
}

// mayBePosted reports whether a hit is of a kind that people quote in a body. The
// others depend on the request or on where they stand.
func mayBePosted(hit Hit) bool {
	if hit.Field != "" || hit.Excerpt.End <= hit.Excerpt.Start {
		return false
	}
	if hit.isMaterial {
		return true
	}
	switch hit.Category {
	case finding.Traceback, finding.ErrorDetail, finding.PathLeak, finding.InternalHost, finding.SecretExposure:
		return true
	}
	return false
}

// controlShows reports whether what a hit tells stands in the control's body, and
// nothing came back that this request alone carried.
func (in Input) controlShows(hit Hit) bool {
	span := hit.Excerpt
	if span.End > len(in.Got.Body) || in.echoedWithin(Span{0, len(in.Got.Body)}) {
		return false
	}
	if margin := (span.End - span.Start) / 4; margin > 8 {
		// An excerpt may begin and end with what is around, which changes.
		span = Span{span.Start + margin, span.End - margin}
	}
	return in.inControl(in.Got.Body[span.Start:span.End])
}

// isPosted reports whether a hit stands where people's texts do: in an element that
// shows code, in a member of data that is named as a text, or in a plain text that
// is more than a file of its own kind.
func (in Input) isPosted(hit Hit) bool {
	body := in.Got.Body
	at := min((hit.Excerpt.Start+hit.Excerpt.End)/2, len(body))
	switch formOf(in.Got) {
	case htmlForm:
		return hit.Category != finding.Traceback && showsCode(body[max(0, at-postedReach):at])
	case dataForm:
		member := strings.ToLower(memberAt(body, at))
		return isTextMember(member) && (member != "message" && member != "description" || !namesError(in.Got))
	case textForm:
		if hit.Category != finding.SecretExposure {
			return true
		}
		start := bytes.TrimSpace(head(body, 64))
		return !bytes.HasPrefix(start, []byte("-----BEGIN ")) && !in.isSettings() && (!in.isDump(hit.Excerpt) || bytes.Contains(body, []byte(traceOpening)))
	}
	return false
}

// isIndentedKey reports whether a manual's source shows a key: a long text that
// indents it, as plain-text markup does with code and a settings file below a bar.
func (in Input) isIndentedKey(hit Hit) bool {
	body := in.Got.Body
	if !hit.isMaterial || formOf(in.Got) != textForm || len(body) < shortData || in.isSettings() {
		return false
	}
	reach := min(hit.Excerpt.End, len(body))
	begin := bytes.LastIndex(body[:reach], []byte("-----BEGIN "))
	if begin < 1 || body[begin-1] != ' ' && body[begin-1] != '\t' {
		return false
	}
	return !bytes.HasSuffix(bytes.TrimRight(body[:begin], " \t\r\n"), []byte("|"))
}

// postedReach is how far back the beginning of an element is looked for, in bytes.
const postedReach = 256 << 10

// showsCode reports whether the text ends within an element that shows code or
// quotes somebody.
func showsCode(before []byte) bool {
	before = lowerASCII(before)
	for _, element := range [...]string{"pre", "code", "textarea", "blockquote", "samp"} {
		if bytes.LastIndex(before, []byte("<"+element)) > bytes.LastIndex(before, []byte("</"+element)) {
			return true
		}
	}
	return false
}

// memberAt returns the name of the member of a JSON object whose string a place
// stands in, or nothing.
func memberAt(body []byte, at int) string {
	start := lastQuote(body[:at])
	if start < 0 {
		return ""
	}
	before := bytes.TrimRight(body[:start], " \t\r\n")
	if !bytes.HasSuffix(before, []byte(":")) {
		return ""
	}
	before = bytes.TrimRight(before[:len(before)-1], " \t\r\n")
	if !bytes.HasSuffix(before, []byte(`"`)) {
		return ""
	}
	before = before[:len(before)-1]
	return string(before[bytes.LastIndexByte(before, '"')+1:])
}

// isTextMember knows the names under which interfaces hand out what people wrote.
func isTextMember(name string) bool {
	switch name {
	case "description", "body", "text", "content", "contents", "comment", "summary", "snippet", "excerpt", "note", "notes", "title", "subject", "question", "answer",
		"html", "markdown", "raw", "readme", "document", "post", "article", "paste", "code", "example", "examples", "log", "line", "output", "message", "value", "highlight", "preview", "abstract":
		return true
	}
	return false
}
