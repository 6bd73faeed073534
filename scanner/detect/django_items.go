package detect

import (
	"strings"

	"blurt/scanner/finding"
	"blurt/scanner/internal/redact"
)

// djangoItems lists what a technical page gives away: first what matters, then
// the bulk of the settings, last what says nothing.
func djangoItems(p *djangoPage, in Input) []Item {
	list := itemList{in: in}
	entries := list.tableEntries(p)
	list.add(Item{Category: finding.ErrorDetail, Name: p.exceptionType(), Value: p.exception, Location: "exception"})
	list.addHostsOf(p.exception, "exception")
	list.addEchoes(inBody(in.Echoes), finding.CertReflection)
	list.addWhere(entries, func(item Item) bool { return item.Category != finding.DebugPage })
	list.addVersions(p)
	list.add(Item{Category: finding.PathLeak, Name: "Python Executable", Value: p.summary["Python Executable"], Location: "summary"})
	for _, path := range splitPythonPath(p.summary["Python Path"]) {
		list.add(Item{Category: finding.PathLeak, Name: "Python Path", Value: path, Location: "summary"})
	}
	list.add(Item{Category: finding.PathLeak, Name: "template", Value: p.template, Location: "template"})
	list.addFrames(p.frames)
	list.addLocals(p.frames, false)
	list.add(Item{Category: finding.DebugPage, Name: "settings module", Value: p.module, Location: "settings"})
	list.add(Item{Category: finding.DebugPage, Name: "installed applications", Value: strings.Join(p.apps, ", "), Location: "environment"})
	list.add(Item{Category: finding.DebugPage, Name: "installed middleware", Value: strings.Join(p.middle, ", "), Location: "environment"})
	list.addWhere(entries, func(item Item) bool { return !isTrivial(item.Value) })
	list.addLocals(p.frames, true)
	list.addWhere(entries, func(Item) bool { return true })
	return list.items
}

// addWhere adds those items that the choice keeps.
func (l *itemList) addWhere(items []Item, keep func(Item) bool) {
	for _, item := range items {
		if keep(item) {
			l.add(item)
		}
	}
}

// addVersions lists the products with their versions.
func (l *itemList) addVersions(p *djangoPage) {
	for _, product := range djangoProducts(p) {
		l.add(Item{Category: finding.VersionBanner, Name: product.Name, Value: product.Version, Location: "summary"})
	}
}

// tableEntries returns the entries of the request's and the settings' tables,
// each with its category.
func (l *itemList) tableEntries(p *djangoPage) []Item {
	var items []Item
	for _, table := range [...]struct {
		id       djangoTable
		location string
	}{
		{settingsTable, "settings"}, {metaTable, "META"}, {cookieTable, "COOKIES"},
		{postTable, "POST"}, {getTable, "GET"}, {filesTable, "FILES"}, {userTable, "USER"},
	} {
		for _, entry := range p.tables[table.id] {
			item := Item{Category: finding.DebugPage, Name: entry.name, Value: entry.value, Location: table.location}
			if table.id == settingsTable || isServerSide(table.id, entry.name) {
				l.classify(&item)
			} else {
				l.classifyRequest(&item)
			}
			items = append(items, item)
		}
	}
	return items
}

// isServerSide tells the entries of META that come from the server's
// environment from those that repeat the request.
func isServerSide(table djangoTable, name string) bool {
	return table == metaTable && !strings.HasPrefix(name, "HTTP_") && name != "CSRF_COOKIE" && name != "QUERY_STRING" &&
		name != "PATH_INFO" && name != "RAW_URI" && name != "REQUEST_URI"
}

// classifyRequest judges what repeats the request: the client's own secrets are
// hidden but not exposed to anybody else. A field that blurt did not send was
// added by a proxy, and a secret in it is one.
func (l *itemList) classifyRequest(item *Item) {
	sent := l.sent(item.Name)
	if !sent && strings.HasPrefix(item.Name, "HTTP_") {
		l.classify(item)
		return
	}
	switch {
	case l.isOurs(item.Value):
		item.Category = finding.CertReflection
	case !isTrivial(item.Value) && (redact.SecretName(item.Name) || redact.Holds(item.Value)):
		item.Sensitive = true
	}
}

// sent reports whether the request had the field that META calls so.
func (l *itemList) sent(meta string) bool {
	name, isField := strings.CutPrefix(meta, "HTTP_")
	if !isField {
		return true
	}
	name = strings.ReplaceAll(name, "_", "-")
	for _, f := range l.in.Asked.Fields {
		if strings.EqualFold(strings.ReplaceAll(f.Name, "_", "-"), name) {
			return true
		}
	}
	for _, f := range l.in.As.Fields {
		if strings.EqualFold(strings.ReplaceAll(f.Name, "_", "-"), name) {
			return true
		}
	}
	return false
}

// splitPythonPath reads the printed list of directories.
func splitPythonPath(list string) []string {
	var paths []string
	for part := range strings.SplitSeq(list, ",") {
		part = strings.Trim(part, "[]'\" \r\n\t")
		if part != "" && len(paths) < 40 {
			paths = append(paths, part)
		}
	}
	return paths
}
