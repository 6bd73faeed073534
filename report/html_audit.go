package report

import (
	"fmt"
	"html/template"
	"io"
	"strings"

	"blurt/report/rules"
	"blurt/scanner/finding"
)

// htmlAudit is the section that an auditor reads.
type htmlAudit struct {
	page *template.Template
	*audit
	anchors map[string]string // of the first finding of a rule
}

func newHTMLAudit(page *template.Template, c *rules.Catalogue) *htmlAudit {
	return &htmlAudit{page, newAudit(c), map[string]string{}}
}

// link notes where the findings of a rule begin.
func (a *htmlAudit) link(rule, anchor string) {
	const most = 1000 // rules
	if _, known := a.anchors[rule]; !known && len(a.anchors) < most {
		a.anchors[rule] = anchor
	}
}

type htmlAuditStandard struct {
	Name  string
	Items []htmlAuditItem
}

type htmlAuditItem struct {
	ID, Title, Result, Class, Counts, RuleCount, Rules string
	Found                                              []htmlAuditRule
}

type htmlAuditRule struct {
	Rule, Severity, Count, Anchor string
}

func (a *htmlAudit) writeTo(w io.Writer) error {
	if a.limits.targets == 0 {
		return nil
	}
	account := a.document()
	view := struct {
		Tested, Unassigned string
		Limits             []string
		Standards          []htmlAuditStandard
	}{Tested: account.Tested, Unassigned: account.strangers(), Limits: account.Limits}
	for _, standard := range account.Standards {
		s := htmlAuditStandard{Name: standard.Name}
		for _, item := range standard.Items {
			s.Items = append(s.Items, a.item(item))
		}
		view.Standards = append(view.Standards, s)
	}
	return a.page.ExecuteTemplate(w, "audit", view)
}

func (a *htmlAudit) item(item *auditItem) htmlAuditItem {
	view := htmlAuditItem{
		ID: item.ID, Title: item.Title, Result: strings.ReplaceAll(item.Result, "-", " "), Counts: item.counts(),
		RuleCount: plural(len(item.Rules), "rule"), Rules: strings.Join(item.Rules, ", "),
	}
	switch item.Result {
	case auditFound:
		view.Class = "found"
	case auditNothing:
		view.Class = "clear"
	}
	for _, rule := range item.Found {
		view.Found = append(view.Found, htmlAuditRule{
			shorten(cell(rule.Rule), 80), rule.Severity.String(), plural(rule.Count, "finding"), a.anchors[rule.Rule],
		})
	}
	return view
}

// counts says what was found, the worst first.
func (i *auditItem) counts() string {
	var parts []string
	for _, severity := range finding.Severities() {
		if n := i.Findings[severity.String()]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, severity))
		}
	}
	if i.Suppressed > 0 {
		parts = append(parts, fmt.Sprintf("%d suppressed", i.Suppressed))
	}
	return strings.Join(parts, ", ")
}

// strangers says how many findings no item tells of.
func (d auditDocument) strangers() string {
	if d.Unassigned == 0 {
		return ""
	}
	return plural(d.Unassigned, "finding") + " of rules that name no item of these standards stand only in the list of findings."
}
