package main

import (
	"errors"
	"io"

	"blurt/report"
	"blurt/scanner/finding"
)

// reports are all reports of one scan, opened before anything is sent.
type reports struct {
	sinks    []finding.Sink
	files    []*reportFile
	paths    []string
	onStdout bool
}

// openReports opens the files and the reports on them. Where one cannot be
// opened, none is left behind.
func openReports(outputs []output, stdout io.Writer, options report.Options) (*reports, error) {
	r := &reports{}
	for _, out := range outputs {
		var to io.Writer = stdout
		own := options
		if out.path == "-" {
			r.onStdout = true
		} else {
			file, err := openReport(out.path)
			if err != nil {
				return nil, errors.Join(err, r.discard())
			}
			r.files = append(r.files, file)
			r.paths = append(r.paths, out.path)
			to, own.Color, own.Width = file, false, 0
		}
		sink, err := report.New(out.format, to, own)
		if err != nil {
			return nil, errors.Join(err, r.discard())
		}
		r.sinks = append(r.sinks, sink)
	}
	return r, nil
}

// commit puts every file in its place; a file that fails does not stop the
// others.
func (r *reports) commit() error {
	var errs []error
	for i, file := range r.files {
		if err := file.commit(); err != nil {
			errs = append(errs, errors.New(fileProblem(r.paths[i], err)))
		}
	}
	return errors.Join(errs...)
}

// discard removes what was begun.
func (r *reports) discard() error {
	var errs []error
	for _, file := range r.files {
		errs = append(errs, file.discard())
	}
	return errors.Join(errs...)
}
