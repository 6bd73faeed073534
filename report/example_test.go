package report_test

import (
	"fmt"
	"os"

	"blurt/report"
	"blurt/report/rules"
	"blurt/scanner/finding"
)

// A report is a sink: events go in, bytes come out. Graded fills in what the rule
// catalogue says of a finding.
func Example() {
	catalogue, err := rules.Load()
	if err != nil {
		fmt.Println(err)
		return
	}
	csv, err := report.New("csv", os.Stdout, report.Options{Rules: catalogue})
	if err != nil {
		fmt.Println(err)
		return
	}
	sink := report.Graded(catalogue, csv)
	for _, event := range []finding.Event{
		{Start: &finding.Start{Tool: finding.Tool{Name: "blurt", Version: "1.0"}}},
		{Done: &finding.Done{Complete: true}},
	} {
		if err := sink.Emit(event); err != nil {
			fmt.Println(err)
		}
	}
	if err := sink.Close(); err != nil {
		fmt.Println(err)
	}
	// Output: fingerprint,severity,confidence,rule,category,title,message,url,method,probe,identity,stack,leaked,location,owasp,cwe,pci_dss,cvss,reproduce,references,occurrences,suppressed
}
