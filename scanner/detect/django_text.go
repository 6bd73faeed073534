package detect

import (
	"strings"
)

// parseDjangoText reads the plain text form of the technical page, which Django
// sends to clients that do not ask for HTML. It returns nil at the first sign
// that the text is something else.
func parseDjangoText(body string) *djangoPage {
	p := newDjangoPage()
	rest := strings.TrimLeft(body, "\ufeff \t\r\n")
	start := len(body) - len(rest)
	title, after, _ := strings.Cut(rest, "\n")
	p.title = strings.TrimSpace(title)
	if len(title) > maxText || !strings.Contains(p.title, " at /") && p.title != "Report" {
		return nil
	}
	value, after, found := strings.Cut(after, "\nRequest Method: ")
	if !found {
		return nil
	}
	p.exception = clip(strings.TrimSpace(value))
	after = "Request Method: " + after
	p.head = Span{start, start + min(len(rest)-len(after)+400, len(rest))}
	readEnvironment(p, after)
	for _, f := range parseTraces(after, 1) {
		for _, one := range f.frames {
			p.addFrame(one)
		}
	}
	readOutcome(p, after)
	readTables(p, after)
	return p
}

// readOutcome reads the lines "Name: value" between the stack and the tables.
func readOutcome(p *djangoPage, text string) {
	_, text, found := strings.Cut(text, "\nException Type: ")
	if !found {
		return
	}
	text, _, _ = strings.Cut("Exception Type: "+text, "\nRequest information:")
	for line := range strings.SplitSeq(text, "\n") {
		if name, value, found := strings.Cut(line, ": "); found && len(name) < 40 && len(p.summary) < maxPairs {
			p.summary[name] = clip(strings.TrimSpace(value))
		}
	}
}

// readEnvironment reads the lines "Name: value" and the lists of applications
// and middleware that stand before the stack.
func readEnvironment(p *djangoPage, text string) {
	for text != "" {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		line = strings.TrimRight(line, "\r ")
		switch {
		case strings.HasPrefix(line, "Traceback"), line == "Request information:":
			return
		case line == "Installed Applications:":
			p.apps, text = readList(text)
		case line == "Installed Middleware:":
			p.middle, text = readList(text)
		default:
			name, value, found := strings.Cut(line, ": ")
			if found && len(name) < 40 && len(p.summary) < maxPairs && p.summary[name] == "" {
				p.summary[name] = clip(value)
			}
		}
	}
}

// readList reads a Python list of strings, printed over several lines.
func readList(text string) (items []string, rest string) {
	list, rest, found := strings.Cut(text, "]")
	if !found || !strings.HasPrefix(strings.TrimSpace(list), "[") && !strings.HasPrefix(strings.TrimSpace(list), "(") {
		return nil, text
	}
	for part := range strings.SplitSeq(list, ",") {
		part = strings.Trim(part, "[('\") \r\n\t")
		if part != "" && len(items) < maxPairs {
			items = append(items, clip(part))
		}
	}
	return items, rest
}

// readTables reads what follows the stack: the request's tables and the
// settings, a line "NAME = value" for each entry. A value may hold line feeds;
// lines that do not begin an entry go on with the one before.
func readTables(p *djangoPage, text string) {
	_, text, found := strings.Cut(text, "\nRequest information:")
	if !found {
		return
	}
	table := noTable
	var name string
	var value strings.Builder
	flush := func() {
		p.addPair(table, name, strings.TrimSpace(value.String()))
		name = ""
		value.Reset()
	}
	for text != "" {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		line = strings.TrimRight(line, "\r")
		if next, isHeading := heading(line); isHeading {
			flush()
			table = next
			continue
		}
		if module, isModule := strings.CutPrefix(line, "Using settings module "); isModule {
			p.module = strings.TrimSpace(module)
			continue
		}
		if n, v, isEntry := entry(line); isEntry {
			flush()
			name = n
			value.WriteString(v)
			continue
		}
		if line == "" {
			flush()
		}
		if name != "" && value.Len() < maxText {
			value.WriteString("\n" + line[:min(len(line), maxText)])
		}
	}
	flush()
}

func heading(line string) (djangoTable, bool) {
	word, _, found := strings.Cut(line, ":")
	if !found {
		return noTable, false
	}
	switch word {
	case "USER":
		return userTable, true
	case "GET":
		return getTable, true
	case "POST":
		return postTable, true
	case "FILES":
		return filesTable, true
	case "COOKIES":
		return cookieTable, true
	case "META":
		return metaTable, true
	case "Settings":
		return settingsTable, true
	}
	return noTable, false
}

// entry splits "NAME = value". Names hold no blanks.
func entry(line string) (name, value string, ok bool) {
	name, value, found := strings.Cut(line, " = ")
	if !found || name == "" || len(name) > 200 || strings.ContainsAny(name, " \t'\"{[(") {
		return "", "", false
	}
	return name, value, true
}
