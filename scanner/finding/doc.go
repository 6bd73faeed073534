// Package finding is the vocabulary of results: what a scan found, how sure it
// is, and the events that carry it from the engine to the reports.
//
// Values here are ready to print: the engine has masked secrets before it makes
// them. Policy (severity, standards, remediation) is empty when the engine
// emits a finding and is filled in from the rule catalogue.
package finding
