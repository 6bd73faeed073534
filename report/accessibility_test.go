package report_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"blurt/report"
)

// axe returns the script that checks accessibility, and skips the test where
// there is none. BLURT_AXE names its file; otherwise it is where ".ci/tools
// axe-core" put it.
func axe(t *testing.T) string {
	t.Helper()
	path := os.Getenv("BLURT_AXE")
	if path == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Skip("axe-core is not installed: .ci/tools axe-core installs it")
		}
		found, err := filepath.Glob(filepath.Join(cache, "blurt-tools", "axe-core-*", "node_modules", "axe-core", "axe.min.js"))
		if err != nil || len(found) == 0 {
			t.Skip("axe-core is not installed: .ci/tools axe-core installs it")
		}
		path = found[len(found)-1]
	}
	script, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

// Nothing that axe-core calls serious or critical is in the page, in light and in
// dark, folded and unfolded, on a wide screen and on a telephone's.
func TestHTMLIsAccessible(t *testing.T) {
	script := axe(t)
	b := openBrowser(t)
	b.open(page(t, write(t, "html", report.Options{}, scan(t))))
	b.eval(script + "\n;true")
	for _, scheme := range []string{"light", "dark"} {
		b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
		for _, width := range []int{1280, 390} {
			b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}, nil)
			for _, unfolded := range []bool{false, true} {
				b.eval(fmt.Sprintf(`for (const details of document.querySelectorAll("details")) details.open = %t; 0`, unfolded))
				checkWithAxe(t, b, fmt.Sprintf("%s, %d pixels, unfolded %t", scheme, width, unfolded))
			}
		}
	}
}

func checkWithAxe(t *testing.T, b *browser, where string) {
	t.Helper()
	// Two frames let the browser apply what was set.
	problems := b.eval(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
		.then(() => axe.run(document, { resultTypes: ["violations"] }))
		.then((result) => result.passes.length === 0 ? ["nothing was checked"] : result.violations.map((found) =>
			[found.impact, found.id, found.help, found.nodes.slice(0, 5).map((node) => node.html.slice(0, 200) + " " + node.failureSummary).join("\n")].join(": ")))`)
	list, _ := problems.([]any)
	for _, problem := range list {
		t.Errorf("%s: %s", where, problem)
	}
}
