package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// goPackage is what "go list" tells of a package.
type goPackage struct {
	ImportPath string
	GoFiles    []string // without those of tests
	Imports    []string // without those of tests
}

// floors says which of our packages each of our packages may import. A folder
// stands for all packages in it that have no row of their own. It is the table
// of docs/architecture.md.
func floors() map[string][]string {
	return map[string][]string{
		"blurt/cmd": {"blurt/scanner", "blurt/scanner/discover", "blurt/scanner/saved", "blurt/scanner/signature", "blurt/scanner/finding", "blurt/scanner/wire", "blurt/scanner/detect", "blurt/scanner/policy", "blurt/probes",
			"blurt/report", "blurt/fixtures"},
		"blurt/scanner": {"blurt/probes", "blurt/scanner/detect", "blurt/scanner/internal/transport", "blurt/scanner/internal/canary",
			"blurt/scanner/internal/redact", "blurt/scanner/finding", "blurt/scanner/wire", "blurt/scanner/discover",
			"blurt/scanner/policy", "blurt/scanner/sensitivity", "blurt/scanner/saved"},
		"blurt/scanner/saved":              {"blurt/scanner/wire", "blurt/scanner/finding", "blurt/scanner/discover", "blurt/scanner/internal/transport"},
		"blurt/scanner/signature":          {"blurt/scanner/detect", "blurt/scanner/saved", "blurt/scanner/finding", "blurt/scanner/wire"},
		"blurt/scanner/internal/transport": {"blurt/scanner/wire"},
		"blurt/scanner/internal/canary":    {},
		"blurt/scanner/internal/redact":    {},
		"blurt/scanner/internal/linear": {"blurt/scanner", "blurt/scanner/detect", "blurt/scanner/discover", "blurt/scanner/finding", "blurt/scanner/internal/canary",
			"blurt/scanner/internal/redact", "blurt/scanner/saved", "blurt/scanner/signature", "blurt/scanner/wire", "blurt/report"},
		"blurt/scanner/detect": {"blurt/scanner/finding", "blurt/scanner/wire", "blurt/scanner/internal/redact",
			"blurt/scanner/route", "blurt/scanner/operational"},
		"blurt/scanner/discover":    {"blurt/scanner/wire", "blurt/scanner/route", "blurt/scanner/operational", "blurt/scanner/sensitivity"},
		"blurt/scanner/route":       {},
		"blurt/scanner/operational": {},
		"blurt/scanner/policy":      {},
		"blurt/scanner/sensitivity": {"blurt/scanner/wire"},
		"blurt/scanner/wire":        {},
		"blurt/scanner/finding":     {},
		"blurt/probes":              {"blurt/scanner/wire", "blurt/scanner/operational"},
		"blurt/report":              {"blurt/scanner/finding", "blurt/scanner/policy"},
		"blurt/fixtures":            {"blurt/scanner/wire", "blurt/scanner/finding"},
	}
}

func TestImportsGoOnlyDownwards(t *testing.T) {
	for _, p := range ourPackages(t) {
		if longest(p.ImportPath, floors()) == "" {
			t.Errorf("%s belongs to no floor: give it one", p.ImportPath)
		}
		for _, imported := range p.Imports {
			if ours(imported) && !mayImport(p.ImportPath, imported) {
				t.Errorf("%s imports %s, which is not below it", p.ImportPath, imported)
			}
		}
	}
}

func TestFloors(t *testing.T) {
	for _, test := range []struct {
		importer, imported string
		want               bool
	}{
		{"blurt/cmd/blurt", "blurt/scanner", true},
		{"blurt/cmd/blurt", "blurt/report/rules", true},
		{"blurt/cmd/blurt", "blurt/scanner/internal/transport", false},
		{"blurt/scanner", "blurt/scanner/internal/transport", true},
		{"blurt/scanner", "blurt/report", false},
		{"blurt/scanner/detect", "blurt/scanner/wire", true},
		{"blurt/scanner/detect", "blurt/scanner/internal/transport", false},
		{"blurt/scanner/detect", "blurt/scanner", false},
		{"blurt/probes", "blurt/scanner/wire", true},
		{"blurt/probes", "blurt/scanner/finding", false},
		{"blurt/report", "blurt/report/rules", true},
		{"blurt/report", "blurt/scanner", false},
		{"blurt/scanner/wire", "blurt/scanner/finding", false},
		{"blurt/scanner/finding", "blurt/scanner/wire", false},
		{"blurt/fixtures/demo", "blurt/fixtures/pages", true},
		{"blurt/fixtures/demo", "blurt/scanner", false},
	} {
		if got := mayImport(test.importer, test.imported); got != test.want {
			t.Errorf("may %s import %s: %v, want %v", test.importer, test.imported, got, test.want)
		}
	}
}

// TestOnlyTheTransportReachesTheNetwork holds the line that makes the guard on
// the transport a guard on everything. Addresses and URLs as values are fine.
func TestOnlyTheTransportReachesTheNetwork(t *testing.T) {
	values := []string{"net/netip", "net/url", "net/textproto"}
	for _, p := range ourPackages(t) {
		if within(p.ImportPath, "blurt/scanner/internal/transport") || within(p.ImportPath, "blurt/fixtures") {
			continue
		}
		for _, imported := range p.Imports {
			if within(imported, "net") && !slices.Contains(values, imported) {
				t.Errorf("%s imports %s: only scanner/internal/transport and fixtures may", p.ImportPath, imported)
			}
			parser := within(imported, "golang.org/x/net/html")
			if within(imported, "golang.org/x/net") && !parser || within(imported, "github.com/miekg/dns") || imported == "golang.org/x/sys/unix" {
				t.Errorf("%s imports %s: only scanner/internal/transport and fixtures may", p.ImportPath, imported)
			}
		}
	}
}

// TestGroundFloorStandsAlone keeps the vocabulary free of dependencies.
func TestGroundFloorStandsAlone(t *testing.T) {
	standard := standardPackages(t)
	for _, p := range ourPackages(t) {
		switch p.ImportPath {
		case "blurt/scanner/wire", "blurt/scanner/finding", "blurt/scanner/internal/canary", "blurt/scanner/internal/redact":
		default:
			continue
		}
		for _, imported := range p.Imports {
			if !standard[imported] {
				t.Errorf("%s imports %s: only the standard library is below it", p.ImportPath, imported)
			}
		}
	}
}

// TestTestToolsStayInTests keeps test libraries out of the binary.
func TestTestToolsStayInTests(t *testing.T) {
	for _, p := range ourPackages(t) {
		if within(p.ImportPath, "blurt/fixtures") {
			continue
		}
		for _, imported := range p.Imports {
			if within(imported, "testing") || within(imported, "github.com/google/go-cmp") || within(imported, "go.uber.org/goleak") ||
				within(imported, "github.com/rogpeppe/go-internal") {
				t.Errorf("%s imports %s outside of its tests", p.ImportPath, imported)
			}
		}
	}
}

// TestProcessIsTouchedInOnePlace keeps the program testable: arguments,
// environment and exit go through run.
func TestProcessIsTouchedInOnePlace(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if name == "main.go" || strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range []string{"os.Exit", "os.Args", "os.Environ", "os.Getenv", "os.LookupEnv", "os.Std", "log.", "func init("} {
			if bytes.Contains(source, []byte(call)) {
				t.Errorf("%s has %s: it belongs in main.go", name, call)
			}
		}
	}
}

// mayImport reports whether one of our packages may import another: within its
// own row of the table, or from a row that its own row names.
func mayImport(importer, imported string) bool {
	table := floors()
	from, to := longest(importer, table), longest(imported, table)
	return to == from || slices.Contains(table[from], to)
}

func longest(path string, table map[string][]string) string {
	best := ""
	for folder := range table {
		if within(path, folder) && len(folder) > len(best) {
			best = folder
		}
	}
	return best
}

func within(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }

func ours(path string) bool { return within(path, "blurt") }

// ourPackages returns our packages with what they import on any of the systems
// that releases are built for: files with build constraints import too.
func ourPackages(t *testing.T) []goPackage {
	t.Helper()
	var packages []goPackage
	index := map[string]int{}
	for _, system := range []string{"linux", "darwin", "windows"} {
		for _, p := range goList(t, system, "blurt/...") {
			at, known := index[p.ImportPath]
			switch {
			case len(p.GoFiles) == 0: // nothing but tests
			case !known:
				index[p.ImportPath] = len(packages)
				packages = append(packages, p)
			default:
				all := slices.Concat(packages[at].Imports, p.Imports)
				slices.Sort(all)
				packages[at].Imports = slices.Compact(all)
			}
		}
	}
	if len(packages) < 8 {
		t.Fatalf("go list found %d packages only", len(packages))
	}
	return packages
}

func standardPackages(t *testing.T) map[string]bool {
	t.Helper()
	standard := map[string]bool{}
	for _, p := range goList(t, runtime.GOOS, "std") {
		standard[p.ImportPath] = true
	}
	return standard
}

// goList asks for the packages as they are built for an operating system.
func goList(t *testing.T, system, pattern string) []goPackage {
	t.Helper()
	var complaints bytes.Buffer
	command := exec.Command("go", "list", "-e", "-json=ImportPath,GoFiles,Imports", pattern)
	command.Env = append(os.Environ(), "GOOS="+system)
	command.Stderr = &complaints
	output, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &complaints)
	}
	var packages []goPackage
	for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}
