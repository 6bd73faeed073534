package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
)

// stubborn is a program that does not end at the first signal.
func stubborn() {
	ctx, stop := untilSignal(context.Background(), func() { fmt.Println("told") })
	defer stop()
	fmt.Println("ready")
	<-ctx.Done()
	fmt.Println(errors.Is(context.Cause(ctx), errInterrupted))
	select {}
}

func TestFirstSignalEndsTheContextAndTheSecondTheProgram(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows sends no signals to other processes")
	}
	for _, sent := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(sent.String(), func(t *testing.T) {
			path, err := exec.LookPath("stubborn")
			if err != nil {
				t.Fatal(err)
			}
			command := exec.Command(path)
			out, err := command.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(out)
			next := func(want string) {
				t.Helper()
				if !lines.Scan() || lines.Text() != want {
					t.Fatalf("line %q, want %q", lines.Text(), want)
				}
			}
			next("ready")
			signalTo(t, command.Process, sent)
			next("told")
			next("true")
			signalTo(t, command.Process, sent)
			err = command.Wait()
			var failed *exec.ExitError
			if !errors.As(err, &failed) {
				t.Fatalf("ended with %v", err)
			}
			if status, ok := failed.Sys().(syscall.WaitStatus); !ok || status.Signal() != sent {
				t.Errorf("ended with %v, want by the signal itself", failed)
			}
		})
	}
}

func signalTo(t *testing.T, process *os.Process, sent os.Signal) {
	t.Helper()
	if err := process.Signal(sent); err != nil {
		t.Fatal(err)
	}
}

func TestUntilSignalLeavesNothingBehind(t *testing.T) {
	ctx, stop := untilSignal(context.Background(), func() { t.Error("told without a signal") })
	stop()
	if ctx.Err() == nil {
		t.Error("the context still runs")
	}
}
