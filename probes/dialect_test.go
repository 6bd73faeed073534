package probes_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blurt/probes"
)

func TestParseDialects(t *testing.T) {
	tests := []struct{ name, data, wantErr string }{
		{"empty", "", ""},
		{"only a comment", "# nothing\n", ""},
		{"one", "- system: x\n  source: https://x.test\n  fields:\n    - {name: X-A, role: subject, encoding: dn-slash}\n", ""},
		{"not YAML", "- [", "f.yaml: yaml: line 1"},
		{"no list", "system: x\n", "f.yaml, line 1: the file is not a list"},
		{"unknown key", "- system: x\n  sources: y\n", `f.yaml, line 2: a system has no "sources"`},
		{"unknown key of a field", "- system: x\n  fields:\n    - {nam: A}\n", `f.yaml, line 3: a field has no "nam"`},
		{"key twice", "- system: x\n  system: y\n", `f.yaml, line 2: "system" stands twice`},
		{"no system", "- fields: []\n", "f.yaml, line 1: no system"},
		{"no fields", "- system: x\n", `f.yaml, line 1: system "x" has no fields`},
		{"fields no list", "- system: x\n  fields: 3\n", "f.yaml, line 2: fields is not a list"},
		{"name no text", "- system: x\n  fields:\n    - {name: [A], role: subject, encoding: text}\n", "f.yaml, line 3: name is not a text"},
		{"no name", "- system: x\n  fields:\n\n    - {role: subject, encoding: text}\n", "f.yaml, line 4: no name"},
		{"bad name", "- system: x\n  fields:\n    - {name: \"A: b\\r\\nC\", role: subject, encoding: text}\n", "line 3: \"A: b\\r\\nC\" is no field name"},
		{"long name", "- system: x\n  fields:\n    - {name: " + strings.Repeat("A", 129) + ", role: subject, encoding: text}\n", "is no field name"},
		{"framing", "- system: x\n  fields:\n    - {name: transfer-encoding, role: subject, encoding: text}\n", "line 3: \"transfer-encoding\" frames or routes"},
		{"unknown role", "- system: x\n  fields:\n    - {name: A, role: owner, encoding: text}\n", `line 3: unknown role "owner"`},
		{"unknown encoding", "- system: x\n  fields:\n    - {name: A, role: subject, encoding: rot13}\n", `line 3: unknown encoding "rot13"`},
		{"role of another encoding", "- system: x\n  fields:\n    - {name: A, role: serial, encoding: dn-slash}\n", `line 3: encoding "dn-slash" cannot carry the role "serial"`},
		{"system twice", "- system: x\n  fields: []\n- system: x\n  fields: []\n", `line 3: system "x" stands twice`},
		{"alias", "- &a {system: x, fields: []}\n- *a\n", "line 2: a system is not a mapping"},
		{"two documents", "- system: x\n  fields: []\n---\n- system: y\n", "more than one document"},
		{"too many fields", "- system: x\n  fields:\n" + strings.Repeat("    - {name: A, role: subject, encoding: text}\n", 2001), "line 2003: more than 2000 fields"},
		{"too long", strings.Repeat("#", 1<<20+1), "longer than"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := probes.ParseDialects([]byte(test.data), "f.yaml")
			if test.wantErr == "" && err != nil || test.wantErr != "" && (err == nil || !strings.Contains(err.Error(), test.wantErr)) {
				t.Errorf("error %v, want one with %q", err, test.wantErr)
			}
		})
	}
}

func TestBuiltinDialectsSayTheirSource(t *testing.T) {
	for _, d := range probes.BuiltinDialects() {
		if !strings.HasPrefix(d.Source, "https://") || len(d.Fields) == 0 {
			t.Errorf("%s: source %q, %d fields", d.System, d.Source, len(d.Fields))
		}
	}
}

func TestMergeDialects(t *testing.T) {
	field := func(name string) []probes.DialectField {
		return []probes.DialectField{{Name: name, Role: probes.UserRole, Encoding: "text"}}
	}
	base := []probes.Dialect{{System: "nginx", Fields: field("A")}, {System: "Envoy", Fields: field("B")}}
	got := probes.MergeDialects(base, []probes.Dialect{{System: "own", Fields: field("C")}, {System: "ENVOY", Fields: field("D")}})
	want := []probes.Dialect{{System: "own", Fields: field("C")}, {System: "nginx", Fields: field("A")}, {System: "ENVOY", Fields: field("D")}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("merged (-want +got):\n%s", diff)
	}
	if base[1].System != "Envoy" {
		t.Error("the base has changed")
	}
}

// TestOwnDialectIsSent holds that a file of the user's reaches the wire.
func TestOwnDialectIsSent(t *testing.T) {
	own, err := probes.ParseDialects([]byte("- system: own\n  fields:\n    - {name: X-Acme-Partner, role: subject, encoding: dn-slash}\n"), "own.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range probes.All(probes.MergeDialects(probes.BuiltinDialects(), own)) {
		if p.ID != "spoofed-subject" {
			continue
		}
		for a := range p.Build(newContext(t, "/")) {
			if got := value(a, "X-Acme-Partner"); a.Variant == "consistent" && !strings.HasPrefix(got, "/CN=token") {
				t.Errorf("X-Acme-Partner is %q", got)
			}
		}
	}
}

// TestEveryEncodingIsDescribed holds docs/dialects.md against the code.
func TestEveryEncodingIsDescribed(t *testing.T) {
	text, err := os.ReadFile("../docs/dialects.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range probes.Encodings() {
		if !strings.Contains(string(text), "`"+string(e)+"`") {
			t.Errorf("docs/dialects.md says nothing of the encoding %s", e)
		}
	}
	for _, r := range probes.Roles() {
		if !strings.Contains(string(text), "`"+string(r)+"`") {
			t.Errorf("docs/dialects.md says nothing of the role %s", r)
		}
	}
}

func FuzzParseDialects(f *testing.F) {
	f.Add([]byte("- system: x\n  source: y\n  fields:\n    - {name: X-A, role: subject, encoding: dn-slash}\n"))
	f.Add([]byte("- &a {system: x, fields: [*a]}"))
	f.Add([]byte("- system: \xff\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		dialects, err := probes.ParseDialects(data, "fuzz")
		if err != nil {
			return
		}
		for _, d := range dialects {
			for _, field := range d.Fields {
				if strings.ContainsAny(field.Name, "\r\n: \t") || field.Name == "" {
					t.Errorf("field name %q", field.Name)
				}
			}
		}
	})
}
