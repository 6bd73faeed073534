package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// errInterrupted is the cause of a context that a signal ended. Reports show it.
var errInterrupted = errors.New("interrupted before the scan was done")

// surviveBrokenPipes makes a write to a closed pipe an error like any other; by
// default it would kill the program without a word.
func surviveBrokenPipes() { signal.Ignore(syscall.SIGPIPE) }

// untilSignal returns a context that ends at the first SIGINT or SIGTERM, after
// told was called. From then on the signals have their usual effect again, so
// that the second ends the program at once. The function it returns undoes all
// and waits for its goroutine.
func untilSignal(ctx context.Context, told func()) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	stop := make(chan struct{})
	var watcher sync.WaitGroup
	watcher.Go(func() {
		select {
		case <-signals:
			signal.Stop(signals)
			told()
			cancel(errInterrupted)
		case <-stop:
		}
	})
	return ctx, func() {
		signal.Stop(signals)
		close(stop)
		watcher.Wait()
		cancel(nil)
	}
}
