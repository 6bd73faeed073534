// Command blurt finds what a mutual-TLS API tells a client that has no business
// there. It is the command line only: flags, targets, exit codes and progress;
// the scanning is done by package scanner.
package main

import (
	"context"
	"os"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
}
