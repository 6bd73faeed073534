package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"blurt/report"
)

// configNames are the files that are read where --config names none.
func configNames() []string { return []string{"blurt.yaml", "blurt.yml"} }

// maxConfig bounds the file, in bytes.
const maxConfig = 1 << 20

// configFile is what blurt.yaml says. The zero value says nothing.
type configFile struct {
	path    string
	values  map[string][]setting // of flags, by their names
	targets []setting
	policy  report.Policy // without the environment, which is a flag's value
}

// withFile puts the configuration file behind flags and environment.
func (p *program) withFile(s settings) (settings, error) {
	var err error
	s.file, err = p.readConfig(s)
	return s, err
}

// readConfig finds and reads the configuration file.
func (p *program) readConfig(s settings) (configFile, error) {
	from, given := s.text("config")
	if given && from.value == "none" {
		return configFile{}, nil
	}
	if !given {
		var found []string
		for _, name := range configNames() {
			if _, err := os.Stat(name); err == nil {
				found = append(found, name)
			}
		}
		switch len(found) {
		case 0:
			return configFile{}, nil
		case 1:
			from = setting{value: found[0], source: found[0]}
		default:
			return configFile{}, wrongUse(strings.Join(found, " and "), "both are here", "keep one of them, or say which by --config FILE")
		}
	}
	data, err := readSmallFile(from, maxConfig)
	if err != nil {
		return configFile{}, err
	}
	return parseConfig(from.value, data, p.env)
}

// configKeys returns the flags that are keys of the file: all of a scan's but the
// one that names the file.
func configKeys() []flagSpec {
	var keys []flagSpec
	for _, spec := range scanFlags(formatNames(report.Formats())) {
		if spec.name != "config" {
			keys = append(keys, spec)
		}
	}
	return keys
}

// configReader reads one file. Every error names its line and column.
type configReader struct {
	path   string // as errors show it
	folder string // what the paths in the file are relative to
	env    environment
	flags  []flagSpec // those that are keys
	file   configFile
}

// parseConfig reads a configuration. The path says where it came from.
func parseConfig(path string, data []byte, env environment) (configFile, error) {
	r := &configReader{path: shorten(path), folder: filepath.Dir(path), env: env, flags: configKeys()}
	r.file = configFile{path: path, values: map[string][]setting{}}
	var document yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	err := decoder.Decode(&document)
	switch {
	case errors.Is(err, io.EOF):
		return r.file, nil
	case err != nil:
		return configFile{}, r.malformed(err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return configFile{}, wrongUse(r.path, "a second document begins", "leave out the line ---")
	}
	root := document.Content[0]
	if isNull(root) {
		return r.file, nil
	}
	pairs, err := r.mapping(root, "the file", r.topKeys())
	if err != nil {
		return configFile{}, err
	}
	for _, pair := range pairs {
		if err := r.read(pair); err != nil {
			return configFile{}, err
		}
	}
	return r.file, nil
}

// The keys that are no flags.
const (
	keyTargets  = "targets"
	keySuppress = "suppress"
	keySeverity = "severity"
)

func (r *configReader) topKeys() []string {
	keys := []string{keyTargets, keySuppress, keySeverity}
	for _, spec := range r.flags {
		keys = append(keys, spec.name)
	}
	return keys
}

func (r *configReader) read(pair yamlPair) error {
	switch pair.key.Value {
	case keyTargets:
		return r.readTargets(pair)
	case keySuppress:
		return r.readEntries(pair, r.readSuppression)
	case keySeverity:
		return r.readEntries(pair, r.readOverride)
	}
	spec, _ := findFlag(r.flags, pair.key.Value)
	return r.readFlag(spec, pair)
}

func (r *configReader) readTargets(pair yamlPair) error {
	values, err := r.texts(pair)
	if err != nil {
		return err
	}
	for _, value := range values {
		if _, err := parseTarget(value.value); err != nil {
			return wrongUse(value.source, err.Error(), "")
		}
	}
	r.file.targets = values
	return nil
}

// malformed puts the line that the parser names where editors look for it.
func (r *configReader) malformed(err error) error {
	place, text := r.path, strings.TrimPrefix(err.Error(), "yaml: ")
	if after, found := strings.CutPrefix(text, "line "); found {
		if line, rest, found := strings.Cut(after, ": "); found {
			place, text = place+":"+line, rest
		}
	}
	return wrongUse(place, "this is no YAML: "+text, "check the indentation and the quotes")
}

// fail says what is wrong with a node.
func (r *configReader) fail(at *yaml.Node, wrong, mend string) error {
	return wrongUse(fmt.Sprintf("%s:%d:%d", r.path, at.Line, at.Column), wrong, mend)
}
