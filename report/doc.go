// Package report writes what a scan found in one of several formats: one file for
// one format, each a sink that streams.
//
// What a target sent is hostile here: every format makes it harmless for whoever
// reads that format, a terminal, a CI log or a viewer. Nothing holds a whole run
// in memory; what cannot be written at once waits in a temporary file.
//
// Replay, Merge and Diff read reports that were saved as JSON or JSON Lines, so
// that one scan serves every reader.
//
// Add a format by adding one file and its line in the list of formats.
package report
