package main

import (
	"fmt"
	"strconv"
	"strings"
)

// arrange puts flags before positional arguments, because the parser stops at
// the first argument that is none, while people write the URL first. Each flag
// comes out as "--name=value" in its long form. What follows "--" is left
// alone, and "-" is an argument (standard input). wantsHelp is set by --help.
func arrange(command string, args []string, specs []flagSpec) (arranged []string, wantsHelp bool, err error) {
	var flags, rest []string
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			rest = append(rest, args[i+1:]...)
			break
		}
		if len(arg) < 2 || arg[0] != '-' {
			rest = append(rest, arg)
			continue
		}
		name, value, hasValue := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if name == "help" || name == "h" {
			return nil, true, nil
		}
		spec, known := findFlag(specs, name)
		if !known {
			return nil, false, unknownFlag(command, name, specs)
		}
		switch {
		case spec.value == "" && !hasValue:
			value = "true"
		case spec.value == "":
			if _, err := strconv.ParseBool(value); err != nil {
				return nil, false, wrongUse("--"+spec.name, "it is a switch and takes no value", "write --"+spec.name+" alone")
			}
		case !hasValue:
			if i+1 == len(args) || looksLikeFlag(args[i+1], specs) {
				return nil, false, missingValue(spec)
			}
			i++
			value = args[i]
		}
		flags = append(flags, "--"+spec.name+"="+value)
	}
	return append(append(flags, "--"), rest...), false, nil
}

func findFlag(specs []flagSpec, name string) (flagSpec, bool) {
	for _, spec := range specs {
		if name != "" && (spec.name == name || spec.short == name) {
			return spec, true
		}
	}
	return flagSpec{}, false
}

// looksLikeFlag keeps "--cert --key k.pem" from taking "--key" for a file.
func looksLikeFlag(arg string, specs []flagSpec) bool {
	if arg == "--" {
		return true
	}
	if !strings.HasPrefix(arg, "--") {
		return false
	}
	name, _, _ := strings.Cut(arg[2:], "=")
	_, known := findFlag(specs, name)
	return known
}

func missingValue(spec flagSpec) error {
	return wrongUse("--"+spec.name, "it needs a value", fmt.Sprintf("write --%s %s", spec.name, spec.value))
}

// unknownFlag quotes the name only: what follows "=" may be secret.
func unknownFlag(command, name string, specs []flagSpec) error {
	names := make([]string, 0, len(specs))
	for _, spec := range specs {
		names = append(names, spec.name)
	}
	mend := "see blurt " + command + " --help"
	if near, found := nearest(name, names); found {
		mend = "did you mean --" + near + "? see blurt " + command + " --help"
	}
	return wrongUse("flag --"+shorten(name), "there is none of that name", mend)
}

// shorten makes an argument fit to stand in a one-line message.
func shorten(text string) string {
	const limit = 80
	quoted := strconv.QuoteToASCII(text)
	quoted = quoted[1 : len(quoted)-1]
	if len(quoted) > limit {
		return quoted[:limit] + "..."
	}
	return quoted
}
