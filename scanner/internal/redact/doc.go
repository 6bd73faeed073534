// Package redact keeps secrets out of everything that blurt prints or writes.
//
// It errs on the side of hiding. A reader who needs the value has the server.
package redact
