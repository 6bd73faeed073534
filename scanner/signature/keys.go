package signature

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

var (
	signatureKeys = []string{
		"id", "title", "category", "severity", "confidence", "message", "owasp", "cwe", "pci_dss", "remediation", "references",
		"match", "not", "new", "examples",
	}
	matcherKeys = []string{
		"status", "type", "header", "body", "regex", "contains", "selector", "json", "matches", "any", "leaks",
	}
	leakKeys    = []string{"name", "category", "sensitive"}
	exampleKeys = []string{"response", "control", "finds", "leaks"}
)

// checkKeys reports the first key of a mapping that is not known, with its line
// and column: a slip of the pen would else switch a rule off without a word.
func checkKeys(node *yaml.Node, known []string) error {
	if node.Kind != yaml.MappingNode {
		return fmt.Errorf("%d:%d: a mapping of keys and values is expected", node.Line, node.Column)
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if key := node.Content[i]; !slices.Contains(known, key.Value) {
			return fmt.Errorf("%d:%d: key %q is not known; use one of %s", key.Line, key.Column, key.Value, strings.Join(known, ", "))
		}
	}
	return nil
}
