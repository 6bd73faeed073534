package main

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"blurt/report"
	"blurt/scanner/policy"
)

// object is a JSON object.
type object = map[string]any

// configSchema returns the JSON Schema of blurt.yaml, for editors. It is made of
// the table that the parser reads by, so that both know the same keys.
func configSchema() ([]byte, error) {
	properties := object{
		keyTargets:  withHelp("The URLs to scan, where the command line names nothing.", texts(object{"type": "string", "minLength": 1})),
		keySuppress: withHelp("Findings that do not fail the run. They stay in the reports.", listOf(suppressionSchema())),
		keySeverity: withHelp("Severities in place of the catalogue's. The first entry that matches a finding counts.", listOf(overrideSchema())),
	}
	for _, spec := range configKeys() {
		properties[spec.name] = withHelp(spec.help, flagSchema(spec))
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(object{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:blurt:config:1", "title": "blurt.yaml",
		"description": "The configuration of blurt. Each flag of blurt scan is a key.",
		"type":        []string{"object", "null"}, "additionalProperties": false, "properties": properties,
	})
	return out.Bytes(), err
}

func withHelp(text string, schema object) object {
	schema["description"] = text
	return schema
}

// flagSchema says what a flag's key takes.
func flagSchema(spec flagSpec) object {
	switch {
	case spec.name == "expect":
		return listOf(object{"anyOf": []object{{"type": "string", "pattern": "^\\s*\\S+\\s+\\S+"}, expectationSchema()}})
	case spec.list:
		return texts(valueSchema(spec))
	}
	return valueSchema(spec)
}

func valueSchema(spec flagSpec) object {
	switch {
	case spec.value == "":
		return object{"type": "boolean"}
	case spec.value == "N":
		return orVariable(object{"type": "number", "minimum": 0})
	case spec.value == "TIME":
		return orVariable(object{"type": "string", "pattern": "^([0-9]+(\\.[0-9]*)?(ns|us|µs|ms|s|m|h))+$"})
	case spec.value == "SEVERITY":
		return orVariable(object{"enum": append(severityNames(), "none")})
	case spec.value == "FORMAT":
		names := formatNames(report.Formats())
		return object{"anyOf": []object{{"enum": names}, {"type": "string", "pattern": ",|\\$\\{"}}}
	case isChoice(spec):
		return orVariable(object{"enum": choices(spec)})
	}
	return object{"type": []string{"string", "number"}, "minLength": 1}
}

// isChoice reports whether the table names the values of a flag.
func isChoice(spec flagSpec) bool {
	return strings.Contains(spec.value, "|") && strings.ToLower(spec.value) == spec.value
}

// choices returns the values, and those that YAML takes for numbers as such too.
func choices(spec flagSpec) []any {
	var values []any
	for value := range strings.SplitSeq(spec.value, "|") {
		values = append(values, value)
		if n, err := strconv.ParseFloat(value, 64); err == nil {
			values = append(values, n)
		}
	}
	return values
}

// orVariable also takes a text with an environment variable in it.
func orVariable(schema object) object {
	return object{"anyOf": []object{schema, {"type": "string", "pattern": "\\$\\{[^}]+\\}"}}}
}

// texts takes one value, or a list of them.
func texts(one object) object {
	return object{"anyOf": []object{one, {"type": "array", "items": one}, {"type": "null"}}}
}

func listOf(entry object) object {
	return object{"anyOf": []object{{"type": "array", "items": entry}, {"type": "null"}}}
}

func selectorSchema() object {
	text := func(help string) object {
		return object{"type": []string{"string", "number"}, "minLength": 1, "description": help}
	}
	return object{
		"rule":        object{"type": "string", "pattern": "^[a-z0-9*-]+$|\\$\\{", "description": "A rule's id; * stands for any text. blurt rules lists them."},
		"fingerprint": text("The fingerprint of one finding, as reports show it."),
		"host":        text("A host without its port; * stands for any text."),
		"path":        object{"type": "string", "pattern": "^(/[^?# ]*|.*\\$\\{.*)$", "description": "A path: * stands for text within a segment, ** for any segments. All places of a finding must match."},
		"environment": text("Only where --environment or BLURT_ENVIRONMENT names it."),
	}
}

func entrySchema(more object, required ...string) object {
	properties := selectorSchema()
	for name, schema := range more {
		properties[name] = schema
	}
	return object{
		"type": "object", "additionalProperties": false, "properties": properties, "required": required,
		"anyOf": []object{{"required": []string{"rule"}}, {"required": []string{"fingerprint"}}},
	}
}

func suppressionSchema() object {
	return entrySchema(object{
		"reason":  object{"type": "string", "pattern": "\\S", "description": "Why it is accepted. Reports show it."},
		"expires": object{"type": "string", "pattern": "^([0-9]{4}-[0-9]{2}-[0-9]{2}|never|.*\\$\\{.*)$", "description": "The last day on which it holds, as 2027-06-30, or never."},
	}, "reason", "expires")
}

func overrideSchema() object {
	return entrySchema(object{
		"severity": orVariable(object{"enum": severityNames()}),
		"reason":   object{"type": "string", "minLength": 1, "description": "Why. Reports show it."},
	}, "severity")
}

func expectationSchema() object {
	var demands []string
	for _, demand := range policy.Demands() {
		demands = append(demands, string(demand))
	}
	return object{
		"type": "object", "additionalProperties": false, "required": []string{"path", "requires"},
		"properties": object{
			"path":     selectorSchema()["path"],
			"methods":  withHelp("The methods that it is about (default: all).", texts(object{"type": "string", "minLength": 1})),
			"requires": withHelp("What an endpoint must demand of a client.", orVariable(object{"enum": demands})),
		},
	}
}
