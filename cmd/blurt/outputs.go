package main

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"blurt/report"
)

// output is one report to write.
type output struct {
	format string
	path   string // "-" is standard output
}

// planOutputs pairs --format with --output. As many of one as of the other
// pair up in order; otherwise the ending of each file says its format, and a
// format that no file took goes to standard output.
func planOutputs(given, paths []setting, known []report.Format) ([]output, error) {
	formats, err := checkFormats(given, known)
	if err != nil {
		return nil, err
	}
	var outputs []output
	if len(formats) == len(paths) {
		outputs, err = pairInOrder(formats, paths, known)
	} else {
		outputs, err = pairByEnding(formats, paths, known)
	}
	if err != nil {
		return nil, err
	}
	if len(outputs) == 0 {
		outputs = []output{{format: known[0].Name, path: "-"}}
	}
	return outputs, checkDistinct(outputs)
}

// checkFormats returns the formats that were asked for; commas separate several.
func checkFormats(given []setting, known []report.Format) ([]string, error) {
	names := formatNames(known)
	var formats []string
	for _, each := range given {
		for name := range strings.SplitSeq(each.value, ",") {
			name = strings.ToLower(strings.TrimSpace(name))
			if slices.Contains(names, name) {
				formats = append(formats, name)
				continue
			}
			mend := "use " + strings.Join(names, ", ")
			if near, found := nearest(name, names); found {
				mend = "did you mean " + near + "? formats are " + strings.Join(names, ", ")
			}
			return nil, wrongUse(each.source, "there is no format "+strconv.Quote(shorten(name)), mend)
		}
	}
	return formats, nil
}

func formatNames(known []report.Format) []string {
	names := make([]string, len(known))
	for i, format := range known {
		names[i] = format.Name
	}
	return names
}

func pairInOrder(formats []string, paths []setting, known []report.Format) ([]output, error) {
	outputs := make([]output, len(paths))
	for i, path := range paths {
		if path.value == "" {
			return nil, emptyPath(path)
		}
		if own, found := formatByEnding(path.value, known); found && !holds(own, formats[i], known) {
			return nil, wrongUse(path.source, shorten(path.value)+" would hold a "+formats[i]+" report",
				"give --format "+own+", another ending, or a second --output (- is standard output)")
		}
		outputs[i] = output{format: formats[i], path: path.value}
	}
	return outputs, nil
}

func pairByEnding(formats []string, paths []setting, known []report.Format) ([]output, error) {
	var outputs []output
	left := slices.Clone(formats)
	var toStdout []setting
	for _, path := range paths {
		if path.value == "" {
			return nil, emptyPath(path)
		}
		if path.value == "-" {
			toStdout = append(toStdout, path)
			continue
		}
		format, found := formatByEnding(path.value, known)
		if !found {
			return nil, wrongUse(path.source, shorten(path.value)+" does not say its format by its ending",
				"give one --format for each --output")
		}
		if i := slices.Index(left, format); i >= 0 {
			left = slices.Delete(left, i, i+1)
		}
		outputs = append(outputs, output{format: format, path: path.value})
	}
	if len(left) == 0 && len(toStdout) > 0 {
		left = append(left, known[0].Name)
	}
	if len(left) > 1 || len(toStdout) > 1 {
		return nil, wrongUse("--format "+strings.Join(left, ", "), "only one report can go to standard output", "add an --output FILE for each of the others")
	}
	for _, format := range left {
		outputs = append(outputs, output{format: format, path: "-"})
	}
	return outputs, nil
}

func emptyPath(path setting) error {
	return wrongUse(path.source, "the file name is empty", "name a file, or - for standard output")
}

// formatByEnding returns the format that a file's name promises.
func formatByEnding(path string, known []report.Format) (string, bool) {
	name := strings.ToLower(filepath.Base(path))
	if strings.HasSuffix(name, ".sarif.json") {
		return "sarif", true
	}
	var longest report.Format
	for _, format := range known {
		if strings.HasSuffix(name, format.Extension) && len(format.Extension) > len(longest.Extension) {
			longest = format
		}
	}
	return longest.Name, longest.Name != ""
}

// holds reports whether a file whose ending promises one format may hold another:
// several formats are JSON or plain text by a longer name.
func holds(promised, format string, known []report.Format) bool {
	endings := map[string]string{"sarif": ".sarif.json"}
	for _, each := range known {
		if endings[each.Name] == "" {
			endings[each.Name] = each.Extension
		}
	}
	return promised == format || strings.HasSuffix(endings[format], endings[promised])
}

// checkDistinct refuses two reports in one place.
func checkDistinct(outputs []output) error {
	seen := map[string]bool{}
	for _, out := range outputs {
		place := out.path
		if place != "-" {
			if resolved, err := resolve(place); err == nil {
				place = resolved
			}
		}
		if seen[place] {
			if place == "-" {
				return wrongUse("--output -", "only one report can go to standard output", "name a file for the other")
			}
			return wrongUse("--output", shorten(out.path)+" is given twice", "give each report a file of its own")
		}
		seen[place] = true
	}
	return nil
}
