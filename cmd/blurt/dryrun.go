package main

import (
	"bufio"
	"fmt"
	"io"

	"blurt/scanner"
)

// planRow is one line of the plan.
const planRow = "  %-8s %-26s %-24s %-38s %s\n"

func printJob(out io.Writer, job scanner.Job) error {
	changes := job.Changes
	if changes == "" {
		changes = "nothing: what the others are compared with"
	}
	_, err := fmt.Fprintf(out, planRow, shorten(job.Request.Method), shorten(job.Request.Target),
		shorten(job.Identity.Name), shorten(job.Probe), shorten(changes))
	return err
}

// printPlan prints what a scan would send, in order, and sends nothing. It
// streams, as the list of targets may be of any length.
func (p *program) printPlan(c scanner.Config, list endpoints) error {
	out := bufio.NewWriter(p.stdout)
	requests, targets := 0, 0
	plan, err := scanner.NewPlanner(c)
	if err != nil {
		return wrongUse("scan", err.Error(), "see blurt scan --help")
	}
	for endpoint, err := range list {
		if err != nil {
			return err
		}
		targets++
		fmt.Fprintf(out, "%s\n", shorten(endpoint.String()))
		fmt.Fprintf(out, planRow, "METHOD", "TARGET", "IDENTITY", "PROBE", "WHAT CHANGES")
		for job := range plan.Plan(endpoint) {
			requests++
			if err := printJob(out, job); err != nil {
				return &incompleteError{message: "standard output: " + err.Error()}
			}
		}
	}
	fmt.Fprintf(out, "\n%s to %s. Answers may add more: what was found is asked again, and what was\nlearned is asked too, up to --max-requests. Nothing was sent.\n",
		plural(requests, "request"), plural(targets, "endpoint"))
	if err := out.Flush(); err != nil {
		return &incompleteError{message: "standard output: " + err.Error()}
	}
	return nil
}
