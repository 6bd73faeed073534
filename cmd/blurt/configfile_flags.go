package main

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"blurt/scanner/policy"
)

// readFlag reads the key of a flag.
func (r *configReader) readFlag(spec flagSpec, pair yamlPair) error {
	var values []setting
	var err error
	switch {
	case spec.name == "expect":
		values, err = r.expectations(pair)
	case spec.list:
		values, err = r.texts(pair)
	case spec.value == "":
		values, err = r.truth(pair)
	default:
		var one setting
		one, err = r.text(pair.key.Value, pair.value)
		values = []setting{one}
	}
	if err != nil {
		return err
	}
	if holdsSecrets(spec.name) {
		if err := r.refuseSecrets(spec.name, pair.value); err != nil {
			return err
		}
	}
	if isPath(spec) {
		for i := range values {
			values[i].value = r.resolve(values[i].value)
		}
	}
	r.file.values[spec.name] = values
	return nil
}

func (r *configReader) truth(pair yamlPair) ([]setting, error) {
	if pair.value.Kind != yaml.ScalarNode || pair.value.Tag != "!!bool" {
		return nil, r.fail(pair.value, pair.key.Value+" is neither true nor false", "write "+pair.key.Value+": true")
	}
	one, err := r.text(pair.key.Value, pair.value)
	one.value = strings.ToLower(one.value)
	return []setting{one}, err
}

// isPath reports whether a flag names files.
func isPath(spec flagSpec) bool {
	return slices.Contains([]string{"FILE", "FOLDER", "FILE|FOLDER"}, spec.value)
}

// resolve makes a path relative to the file that names it.
func (r *configReader) resolve(path string) string {
	if path == "-" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(r.folder, path)
}

func holdsSecrets(flag string) bool { return flag == "header" || flag == "proxy" }

// secretName matches the names of header fields whose values open doors.
var secretName = regexp.MustCompile(`(?i)auth|cookie|token|secret|password|passwd|credential|session|api-?key|access-?key|private|signature`)

// urlPassword matches the password in a URL, unless a variable stands for it.
var urlPassword = regexp.MustCompile(`://[^/@]*:[^$/@][^/@]*@`)

// refuseSecrets keeps what must not be in a file that is checked in out of it.
func (r *configReader) refuseSecrets(flag string, node *yaml.Node) error {
	nodes := node.Content
	if node.Kind == yaml.ScalarNode {
		nodes = []*yaml.Node{node}
	}
	const mend = "keep it in an environment variable, and write ${NAME} here"
	for _, each := range nodes {
		name, value, _ := strings.Cut(each.Value, ":")
		switch {
		case flag == "proxy" && urlPassword.MatchString(each.Value):
			return r.fail(each, "the proxy's password stands in the file", mend)
		case flag == "header" && secretName.MatchString(name) && !strings.Contains(value, "${"):
			return r.fail(each, "the value of "+shorten(strings.TrimSpace(name))+" looks like a secret that stands in the file", mend)
		}
	}
	return nil
}

// expectations reads entries that are texts, as of --expect, or mappings.
func (r *configReader) expectations(pair yamlPair) ([]setting, error) {
	var list []setting
	err := r.readEntries(pair, func(node *yaml.Node) error {
		one, err := r.expectation(pair.key.Value, node)
		list = append(list, one)
		return err
	})
	return list, err
}

func (r *configReader) expectation(key string, node *yaml.Node) (setting, error) {
	if node.Kind != yaml.MappingNode {
		one, err := r.text(key, node)
		if err != nil {
			return setting{}, err
		}
		if _, err := policy.Parse(one.value); err != nil {
			return setting{}, wrongUse(one.source, err.Error(), "")
		}
		return one, nil
	}
	pairs, err := r.mapping(node, "the expectation", expectationKeys())
	if err != nil {
		return setting{}, err
	}
	var path, requires string
	var methods []string
	for _, pair := range pairs {
		values, err := r.texts(pair)
		if err != nil {
			return setting{}, err
		}
		for _, value := range values {
			switch pair.key.Value {
			case "path":
				path = value.value
			case "requires":
				requires = value.value
			case "methods":
				methods = append(methods, strings.Split(value.value, ",")...)
			}
		}
	}
	e, err := policy.New(path, methods, requires)
	if err != nil {
		return setting{}, r.fail(node, err.Error(), "")
	}
	return setting{value: e.String(), source: r.at(node) + ": " + key}, nil
}

func expectationKeys() []string { return []string{"path", "methods", "requires"} }
