// Package scanner is the engine: it plans which probes to send to an endpoint,
// sends them, reads the answers, asks again before it believes them, and emits
// what it found as events.
//
// It knows nothing of report formats or of the command line.
package scanner
