package detect

import (
	"bytes"
	"fmt"
	"html"
	"strings"

	"blurt/scanner/finding"
)

// databaseError reads the messages of databases and of their drivers.
func databaseError() Detector {
	return Detector{
		Name:  "database_error",
		Rules: []string{"database-error"},
		Hints: databaseHints(),
		Run:   runDatabaseError,
	}
}

func databaseHints() []string {
	var hints []string
	for _, t := range databaseTexts {
		hints = append(hints, t.text)
	}
	return hints
}

// maxDatabaseTexts is how many of them one answer may hold. A page with more is
// a list of messages.
const maxDatabaseTexts = 5

func runDatabaseError(in Input) Output {
	if !in.errorLike() || formOf(in.Got) == opaqueForm || in.isProse() || in.isOwned() {
		return Output{}
	}
	hit := Hit{Rule: "database-error", Category: finding.ErrorDetail, Confidence: finding.Tentative}
	list := itemList{in: in}
	drivers, databases, recorded := 0, 0, false
	name := ""
	for _, t := range databaseTexts {
		span, ok := messageWith(in, t.text)
		if !ok {
			continue
		}
		span = in.wholeMessage(span)
		if drivers+databases == 0 {
			hit.Excerpt = span
		}
		recorded = recorded || t.recorded
		if t.driver {
			drivers++
		} else {
			databases++
		}
		if name == "" || name == "SQL" || name == "MySQL" && t.database == "MariaDB" {
			name = t.database
		}
		list.add(Item{Category: finding.ErrorDetail, Name: t.database, Value: in.messageText(span), Location: fmt.Sprintf("body, byte %d", span.Start)})
	}
	if drivers+databases == 0 || drivers+databases > maxDatabaseTexts || drivers == 0 && !in.changedByQuote(hit.Excerpt) {
		return Output{}
	}
	hit.Items = list.items
	hit.Confidence = in.databaseConfidence(hit.Excerpt, drivers, recorded)
	hit.Message = fmt.Sprintf("An error repeats what %s says.", databaseName(name))
	return Output{Hits: []Hit{hit}}
}

func databaseName(name string) string {
	if name == "SQL" {
		return "a database"
	}
	return "the database " + name
}

// changedByQuote decides on texts that parsers of other languages say as well:
// the message must repeat what this request carried, or speak of a query.
func (in Input) changedByQuote(span Span) bool {
	if in.echoedWithin(span) {
		return true
	}
	near := bytes.ToUpper(in.Got.Body[span.Start:span.End])
	for _, word := range [...]string{"SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "SQLSTATE"} {
		if bytes.Contains(near, []byte(word)) {
			return true
		}
	}
	return false
}

// databaseConfidence is firm at most for texts that were never recorded.
func (in Input) databaseConfidence(span Span, drivers int, recorded bool) finding.Confidence {
	switch {
	case in.echoedWithin(span) && recorded:
		return finding.Confirmed
	case in.echoedWithin(span), drivers > 0 && (in.Got.Status >= 500 || in.isNew()):
		return finding.Firm
	default:
		return finding.Tentative
	}
}

// wholeMessage widens a span to the end of the string, the element or the
// paragraph that it stands in: a database says in the lines that follow which
// query it was.
func (in Input) wholeMessage(span Span) Span {
	const reach = 600
	body := in.Got.Body
	limit := min(len(body), span.Start+reach)
	end := limit
	switch formOf(in.Got) {
	case dataForm:
		for i := span.Start; i < limit; i++ {
			if body[i] == '\\' {
				i++
			} else if body[i] == '"' {
				end = i
				break
			}
		}
	case htmlForm:
		if i := bytes.IndexByte(body[span.Start:limit], '<'); i >= 0 {
			end = span.Start + i
		}
	default:
		if i := bytes.Index(body[span.Start:limit], []byte("\n\n")); i >= 0 {
			end = span.Start + i
		}
	}
	return Span{span.Start, max(end, span.End)}
}

// messageText returns a message with its escaping taken off.
func (in Input) messageText(span Span) string {
	text := string(in.Got.Body[span.Start:span.End])
	switch formOf(in.Got) {
	case dataForm:
		text = unescapeJSON(text)
	case htmlForm:
		text = html.UnescapeString(text)
	}
	return strings.TrimSpace(text)
}
