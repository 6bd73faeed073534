// Package saved reads traffic that was recorded before: HTTP messages as curl
// and wget save them, HAR archives, Burp's exported items, the exchanges that
// blurt itself keeps, and bare bodies. What a file is, is told by its content.
//
// A file is read as a stream: its length costs no memory, only its largest
// exchange does, and that is bounded. Nothing is sent anywhere.
package saved
