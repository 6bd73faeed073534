// Package rules is the catalogue of what blurt can report: one Markdown file for
// one rule, with its severity, its place in the standards, why it matters and how
// to fix it for each product.
//
// The same text serves the explain command, the terminal report, the SARIF help
// and the documentation, so it is written once. Add a rule by adding one file.
package rules
