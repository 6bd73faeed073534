package main

import (
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"blurt/report"
	"blurt/scanner/finding"
	"blurt/scanner/policy"
)

// readEntries reads a list entry by entry.
func (r *configReader) readEntries(pair yamlPair, read func(*yaml.Node) error) error {
	if isNull(pair.value) {
		return nil
	}
	if pair.value.Kind != yaml.SequenceNode {
		return r.fail(pair.value, pair.key.Value+" is a list", "start each entry with a hyphen")
	}
	for _, node := range pair.value.Content {
		if err := read(node); err != nil {
			return err
		}
	}
	return nil
}

func selectorKeys() []string { return []string{"rule", "fingerprint", "host", "path", "environment"} }

func suppressionKeys() []string { return append(selectorKeys(), "reason", "expires") }

func overrideKeys() []string { return append(selectorKeys(), "severity", "reason") }

// entry reads a mapping of texts.
func (r *configReader) entry(node *yaml.Node, what string, keys []string) (map[string]string, policy.Selector, error) {
	pairs, err := r.mapping(node, what, keys)
	if err != nil {
		return nil, policy.Selector{}, err
	}
	values := map[string]string{}
	for _, pair := range pairs {
		one, err := r.text(pair.key.Value, pair.value)
		if err != nil {
			return nil, policy.Selector{}, err
		}
		values[pair.key.Value] = one.value
	}
	selector := policy.Selector{
		Rule: values["rule"], Fingerprint: values["fingerprint"], Host: values["host"], Path: values["path"], Environment: values["environment"],
	}
	if err := selector.Validate(); err != nil {
		return nil, selector, r.fail(node, err.Error(), "")
	}
	return values, selector, nil
}

func (r *configReader) readSuppression(node *yaml.Node) error {
	values, selector, err := r.entry(node, "the suppression", suppressionKeys())
	if err != nil {
		return err
	}
	s := report.Suppression{Selector: selector, Reason: values["reason"], Source: r.at(node)}
	if strings.TrimSpace(s.Reason) == "" {
		return r.fail(node, "the suppression of "+selector.String()+" gives no reason", "add reason: and say why it is accepted")
	}
	switch day := values["expires"]; day {
	case "":
		return r.fail(node, "the suppression of "+selector.String()+" has no end", "add expires: 2027-06-30, the last day on which it holds, or expires: never")
	case "never":
	default:
		if s.Expires, err = time.Parse(time.DateOnly, day); err != nil {
			return r.fail(node, strconv.Quote(shorten(day))+" is no day", "write expires: 2027-06-30, or never")
		}
	}
	r.file.policy.Suppressions = append(r.file.policy.Suppressions, s)
	return nil
}

func (r *configReader) readOverride(node *yaml.Node) error {
	values, selector, err := r.entry(node, "the entry", overrideKeys())
	if err != nil {
		return err
	}
	o := report.Override{Selector: selector, Reason: values["reason"], Source: r.at(node)}
	if values["severity"] == "" {
		return r.fail(node, "no severity is given to "+selector.String(), "add severity: low, or another")
	}
	if err := o.Severity.UnmarshalText([]byte(values["severity"])); err != nil {
		return r.fail(node, "there is no severity "+strconv.Quote(shorten(values["severity"])), "use critical, high, medium, low or info")
	}
	r.file.policy.Overrides = append(r.file.policy.Overrides, o)
	return nil
}

// severityNames are those that an override takes.
func severityNames() []string {
	var names []string
	for _, severity := range finding.Severities() {
		names = append(names, severity.String())
	}
	return names
}
