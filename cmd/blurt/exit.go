package main

import (
	"errors"
	"fmt"
)

// The exit codes. They are the same for every command and every format.
//
//	code  when
//	0     what was asked for was done; no finding at or above --fail-on
//	1     the scan is complete and has a finding at or above --fail-on
//	2     wrong use: flags, environment, files or URLs; what can be checked
//	      beforehand is, and then nothing was sent
//	3     the scan could not be completed, or a report could not be written;
//	      with or without findings, so that a gate never takes a scan that
//	      did not happen for a clean one
//	130   a second Ctrl-C ended the program at once (given by the shell)
const (
	exitClean      = 0
	exitFindings   = 1
	exitUsage      = 2
	exitIncomplete = 3
)

// usageError is something that the caller can mend. It is printed as
// "blurt: thing: what is wrong: how to mend it".
type usageError struct {
	thing string
	wrong string
	mend  string
}

func (e *usageError) Error() string {
	text := e.wrong
	if e.thing != "" {
		text = e.thing + ": " + text
	}
	if e.mend != "" {
		text += ": " + e.mend
	}
	return text
}

// wrongUse returns a usageError; mend may be empty where what is wrong already
// says how to mend it.
func wrongUse(thing, wrong, mend string) error {
	return &usageError{thing: thing, wrong: wrong, mend: mend}
}

// incompleteError is a scan or a report that was not finished. An empty message
// says that the caller has been told already.
type incompleteError struct{ message string }

func (e *incompleteError) Error() string { return e.message }

// gateError says that findings reached the gate. The report has shown them.
type gateError struct{ findings int }

func (e *gateError) Error() string {
	return fmt.Sprintf("%d findings at or above --fail-on", e.findings)
}

// exitCode maps what a command returns to the table above. A gateError counts
// only alone: joined with another error, something else went wrong too.
func exitCode(err error) int {
	var usage *usageError
	switch {
	case err == nil:
		return exitClean
	case errors.As(err, &usage):
		return exitUsage
	}
	if _, alone := err.(*gateError); alone {
		return exitFindings
	}
	return exitIncomplete
}

// silent reports whether the caller knows of the error already.
func silent(err error) bool {
	switch err := err.(type) {
	case *gateError:
		return true
	case *incompleteError:
		return err.message == ""
	}
	return false
}
