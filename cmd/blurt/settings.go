package main

import (
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
)

// settings gives the value of each flag: from the command line, or else from the
// flag's environment twin, or else from the configuration file.
type settings struct {
	flags *cli.Context
	env   environment
	specs map[string]flagSpec
	file  configFile
}

func newSettings(c *cli.Context, env environment, specs []flagSpec) settings {
	byName := make(map[string]flagSpec, len(specs))
	for _, spec := range specs {
		byName[spec.name] = spec
	}
	return settings{flags: c, env: env, specs: byName}
}

// setting is one value and where it came from, in the words of the caller:
// "--rate" or "BLURT_RATE".
type setting struct {
	value  string
	source string
}

// text returns the value of a flag, and whether it was given. An empty
// environment variable counts as not given, as CI systems cannot unset one.
func (s settings) text(name string) (setting, bool) {
	spec, known := s.specs[name]
	if !known {
		return setting{}, false
	}
	if s.flags.IsSet(name) {
		return setting{value: s.flags.String(name), source: "--" + name}, true
	}
	if value := s.env[spec.twin()]; value != "" {
		return setting{value: value, source: spec.twin()}, true
	}
	if values := s.file.values[name]; len(values) > 0 {
		return values[0], true
	}
	return setting{source: "--" + name}, false
}

// list returns the values of a flag that may be repeated. In the environment
// each stands on a line of its own.
func (s settings) list(name string) []setting {
	spec, known := s.specs[name]
	if !known {
		return nil
	}
	var all []setting
	if s.flags.IsSet(name) {
		values, _ := s.flags.Generic(name).(*textList)
		if values == nil {
			return nil
		}
		for _, value := range *values {
			all = append(all, setting{value: value, source: "--" + name})
		}
		return all
	}
	for value := range strings.Lines(s.env[spec.twin()]) {
		if value = strings.TrimRight(value, "\r\n"); value != "" {
			all = append(all, setting{value: value, source: spec.twin()})
		}
	}
	if len(all) == 0 {
		return s.file.values[name]
	}
	return all
}

// outside reports whether a flag was given elsewhere than in the file.
func (s settings) outside(name string) bool {
	spec, known := s.specs[name]
	return known && (s.flags.IsSet(name) || s.env[spec.twin()] != "")
}

// on returns whether a switch is on.
func (s settings) on(name string) (bool, error) {
	if _, known := s.specs[name]; !known {
		return false, nil
	}
	if s.flags.IsSet(name) {
		return s.flags.Bool(name), nil
	}
	given, found := s.text(name)
	if !found {
		return false, nil
	}
	on, err := strconv.ParseBool(given.value)
	if err != nil {
		return false, wrongUse(given.source, strconv.Quote(given.value)+" is neither true nor false", "use 1 or 0")
	}
	return on, nil
}
