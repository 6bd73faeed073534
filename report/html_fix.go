package report

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"blurt/report/rules"
	"blurt/scanner/finding"
)

const htmlMaxFix = 32 << 10 // bytes of Markdown

// htmlFixes holds what explains findings: each explanation stands in the page
// once, however many findings share it, the worst first.
type htmlFixes struct {
	groups   map[finding.Severity]*spool // by the severity of the first that needs it
	page     *template.Template
	rules    *rules.Catalogue
	markdown goldmark.Markdown
	count    int
	said     *saidErrors       // hashes rule and remediation
	ids      map[uint64]string // by that hash
}

func newHTMLFixes(page *template.Template, c *rules.Catalogue) *htmlFixes {
	x := &htmlFixes{
		groups: map[finding.Severity]*spool{}, page: page, rules: c, said: newSaidErrors(), ids: map[uint64]string{},
		// Raw HTML and dangerous links are left out unless one asks for them.
		markdown: goldmark.New(goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(harmless{}, 100)))),
	}
	for _, severity := range finding.Severities() {
		x.groups[severity] = &spool{}
	}
	return x
}

// add returns the fragment under which the finding is explained, empty where there
// is nothing to say.
func (x *htmlFixes) add(f *finding.Finding) (string, error) {
	rule, known := x.rules.Find(f.Rule)
	if f.Remediation == "" && !known {
		return "", nil
	}
	key := x.said.hash(f.Rule, f.Remediation)
	if id, again := x.ids[key]; again {
		return id, nil
	}
	x.count++
	id := fmt.Sprintf("fix-%d", x.count)
	x.ids[key] = id
	view := struct {
		ID, Title        string
		Why, Remediation template.HTML
		References       []string
	}{ID: id, Title: "How to fix: " + cell(titleOf(f))}
	if len(f.Stack) > 0 {
		view.Title += ", with " + shorten(cell(strings.Join(f.Stack, ", ")), 120)
	}
	var err error
	if known {
		if view.Why, err = x.render(rule.Why); err != nil {
			return "", err
		}
	}
	if view.Remediation, err = x.render(f.Remediation); err != nil {
		return "", err
	}
	for _, link := range f.References {
		if webAddress.MatchString(link) && clean(link) == link {
			view.References = append(view.References, link)
		}
	}
	return id, x.page.ExecuteTemplate(x.groups[min(f.Severity, finding.Critical)], "fix", view)
}

// render turns Markdown into HTML that neither loads nor runs anything.
func (x *htmlFixes) render(source string) (template.HTML, error) {
	lines := cleanMarkdown(head(source, htmlMaxFix))
	for i, line := range lines {
		lines[i] = guard(line)
	}
	var b bytes.Buffer
	if err := x.markdown.Convert([]byte(strings.Join(lines, "\n")), &b); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil
}

func (x *htmlFixes) writeTo(w io.Writer) error {
	if x.count == 0 {
		return nil
	}
	if _, err := io.WriteString(w, "<section aria-labelledby=\"fixes\">\n<h2 id=\"fixes\">How to fix</h2>\n"); err != nil {
		return err
	}
	for _, severity := range finding.Severities() {
		if _, err := x.groups[severity].WriteTo(w); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, "</section>\n")
	return err
}

// Close removes the temporary files.
func (x *htmlFixes) Close() error {
	var errs []error
	for _, group := range x.groups {
		errs = append(errs, group.Close())
	}
	return errors.Join(errs...)
}

// harmless takes images and all but web links out of a document, and puts its
// headings below those of the page.
type harmless struct{}

// Transform implements parser.ASTTransformer.
func (harmless) Transform(document *ast.Document, reader text.Reader, _ parser.Context) {
	var unwanted []ast.Node
	// The callback returns no error.
	_ = ast.Walk(document, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch node := node.(type) {
		case *ast.Image:
			unwanted = append(unwanted, node)
		case *ast.Heading:
			const below, lowest = 3, 6
			node.Level = min(max(node.Level, below)+1, lowest)
		case *ast.Link:
			unwanted = append(unwanted, checkLink(node, node.Destination)...)
		case *ast.AutoLink:
			unwanted = append(unwanted, checkLink(node, node.URL(reader.Source()))...)
		}
		return ast.WalkContinue, nil
	})
	// The innermost go first: one may stand in another.
	for _, node := range slices.Backward(unwanted) {
		node.Parent().ReplaceChild(node.Parent(), node, ast.NewString([]byte("(left out here)")))
	}
}

// checkLink returns a link that does not lead to the web, and marks one that does.
func checkLink(link ast.Node, destination []byte) []ast.Node {
	if !webAddress.Match(destination) {
		return []ast.Node{link}
	}
	link.SetAttributeString("rel", []byte("noopener noreferrer"))
	return nil
}
