// Package wire is the vocabulary of the network as values: where a request
// goes, as whom, which bytes, and what came back.
//
// It does no I/O and imports nothing but the standard library. Header fields
// are ordered pairs and targets are strings, because order, case, repetition
// and odd spelling are what a probe is made of.
package wire
