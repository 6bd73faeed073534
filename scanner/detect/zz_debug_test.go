package detect_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestZZ(t *testing.T) {
	glob := os.Getenv("ZZ")
	if glob == "" {
		t.Skip()
	}
	for _, g := range strings.Fields(glob) {
		files, _ := filepath.Glob("testdata/" + g)
		for _, f := range files {
			raw, _ := os.ReadFile(f)
			in := answerTo("/identity", readResponse(t, raw))
			out := run(in)
			fmt.Println("##", strings.TrimPrefix(f, "testdata/"), out.Products, out.Failed)
			for _, h := range out.Hits {
				ex := string(in.Got.Body[h.Excerpt.Start:h.Excerpt.End])
				if h.Field != "" {
					ex = h.Field
				}
				fmt.Printf("   %s %s %s\n      excerpt %.60q … %q\n", h.Rule, h.Confidence, h.Message, ex, ex[max(0, len(ex)-60):])
				if os.Getenv("ZZI") != "" {
					for i, it := range h.Items {
						if i < 40 {
							fmt.Printf("      %s | %s | %.150s | %s | %v\n", it.Category, it.Name, it.Value, it.Location, it.Sensitive)
						}
					}
				}
			}
		}
	}
}
