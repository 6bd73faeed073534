package detect_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blurt/scanner/detect"
)

// TestAllListsEveryFile holds the list of detectors against the folder: each
// file with a function that returns a Detector is in it, under its own name.
func TestAllListsEveryFile(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range tree.Decls {
			if f, ok := declaration.(*ast.FuncDecl); ok && returnsDetector(f) {
				want = append(want, strings.TrimSuffix(file, ".go"))
			}
		}
	}
	var got []string
	for _, d := range detect.All() {
		got = append(got, d.Name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("All and the folder differ (-folder +All):\n%s", diff)
	}
}

func returnsDetector(f *ast.FuncDecl) bool {
	if f.Recv != nil || f.Type.Results == nil || len(f.Type.Results.List) != 1 {
		return false
	}
	name, ok := f.Type.Results.List[0].Type.(*ast.Ident)
	return ok && name.Name == "Detector"
}

// TestRulesAreDeclared runs every sample and wants each hit's rule to be one
// that its detector names.
func TestRulesAreDeclared(t *testing.T) {
	samples, err := filepath.Glob("testdata/*/*.http")
	if err != nil || len(samples) < 40 {
		t.Fatalf("%d samples, %v", len(samples), err)
	}
	for _, file := range samples {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		in := answerTo("/", readResponse(t, raw))
		for _, d := range detect.All() {
			for _, hit := range d.Run(in).Hits {
				if !slices.Contains(d.Rules, hit.Rule) {
					t.Errorf("%s: %s returns a hit of %s, which it does not declare", file, d.Name, hit.Rule)
				}
				checkHit(t, file, in, hit)
			}
		}
	}
}

// checkHit wants what every report relies on.
func checkHit(t *testing.T, name string, in detect.Input, hit detect.Hit) {
	t.Helper()
	body := in.Got.Body
	if hit.Field != "" {
		body = []byte(in.Got.Field(hit.Field))
	}
	if hit.Excerpt.Start < 0 || hit.Excerpt.End < hit.Excerpt.Start || hit.Excerpt.End > len(body) {
		t.Errorf("%s: %s: excerpt %v is not within %d bytes", name, hit.Rule, hit.Excerpt, len(body))
	}
	if hit.Message == "" || strings.ContainsAny(hit.Message, "\r\n") {
		t.Errorf("%s: %s: message %q is no sentence", name, hit.Rule, hit.Message)
	}
	if len(hit.Items) > 200 {
		t.Errorf("%s: %s: %d items", name, hit.Rule, len(hit.Items))
	}
}
