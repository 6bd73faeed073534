package probes

import (
	"strings"
	"testing"
)

func TestParseDialects(t *testing.T) {
	tests := []struct{ name, data, wantErr string }{
		{"unknown key", "- system: x\n  sources: y\n", "sources"},
		{"unknown role", "- system: x\n  fields: [{name: A, role: owner, encoding: text}]\n", `unknown role "owner"`},
		{"unknown encoding", "- system: x\n  fields: [{name: A, role: subject, encoding: rot13}]\n", `unknown encoding "rot13"`},
		{"no name", "- system: x\n  fields: [{role: subject, encoding: text}]\n", "no name"},
		{"empty", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := parseDialects([]byte(test.data))
			if test.wantErr == "" && err != nil || test.wantErr != "" && (err == nil || !strings.Contains(err.Error(), test.wantErr)) {
				t.Errorf("error %v, want one with %q", err, test.wantErr)
			}
		})
	}
}

func TestNamesThatServersMergeAreSentOnce(t *testing.T) {
	fields, err := parseDialects([]byte("- system: x\n  fields:\n" +
		"  - {name: X-A, role: subject, encoding: text}\n  - {name: x_a, role: subject, encoding: dn-slash}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(fields) != 1 || fields[0].Encoding != "text" {
		t.Errorf("got %v, want the first spelling only", fields)
	}
}
