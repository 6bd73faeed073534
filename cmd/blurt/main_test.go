package main

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"blurt/fixtures/demo"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"blurt": main, "stubborn": stubborn})
}

// TestScripts runs the stories in testdata/script. Besides the commands of
// testscript they have:
//
//	exits CODE COMMAND...  runs the command and checks its exit code
//	listener               opens a port that accepts and never answers: $SILENT
//	accepted               waits until the listener was connected to
//	untouched              fails if the listener was connected to
//	deadport               finds a port where nobody listens: $DEAD
//	demotarget             starts the demo's target: $DEMO is its first URL
//	identity               writes cert.pem, key.pem, both.pem, other.pem, encrypted.pem, pkcs8.pem
//	expand FILE            replaces $NAME in the file by the variables of the story
//	interrupt              sends SIGINT to the background command
//	ended CODE             checks how the interrupted command ended
//	mode PERM FILE         checks a file's permissions
//	files DIR N            checks how many files a folder holds, hidden ones too
//	closedpipe COMMAND...  runs the command with a standard output that nobody reads
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			env.Values[worldKey{}] = &world{}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "listener": openListener, "accepted": accepted, "untouched": untouched,
			"deadport": deadPort, "demotarget": demoTarget, "identity": writeIdentity,
			"expand": expand, "interrupt": interrupt, "ended": ended, "mode": checkMode, "files": countFiles, "closedpipe": closedPipe,
		},
	})
}

// world is what the commands of one story share.
type world struct {
	touched     chan struct{} // closed at the first connection to the listener
	interrupted *exec.Cmd
}

type worldKey struct{}

func worldOf(ts *testscript.TestScript) *world { return ts.Value(worldKey{}).(*world) }

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	checkCode(ts, args[0], ts.Exec(args[1], args[2:]...))
}

func checkCode(ts *testscript.TestScript, want string, err error) {
	code := 0
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		code = failed.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(code) != want {
		ts.Fatalf("exit code %d, want %s", code, want)
	}
}

func openListener(ts *testscript.TestScript, _ bool, _ []string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	w := worldOf(ts)
	w.touched = make(chan struct{})
	var acceptor sync.WaitGroup
	acceptor.Go(func() {
		var first sync.Once
		var open []net.Conn
		defer func() {
			for _, connection := range open {
				_ = connection.Close()
			}
		}()
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			open = append(open, connection)
			first.Do(func() { close(w.touched) })
		}
	})
	ts.Setenv("SILENT", listener.Addr().String())
	ts.Defer(func() {
		_ = listener.Close()
		acceptor.Wait()
	})
}

func accepted(ts *testscript.TestScript, _ bool, _ []string) { <-worldOf(ts).touched }

func untouched(ts *testscript.TestScript, _ bool, _ []string) {
	select {
	case <-worldOf(ts).touched:
		ts.Fatalf("something was sent")
	default:
	}
}

func deadPort(ts *testscript.TestScript, _ bool, _ []string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv("DEAD", listener.Addr().String())
	ts.Check(listener.Close())
}

func demoTarget(ts *testscript.TestScript, _ bool, _ []string) {
	target, err := demo.Start(context.Background())
	ts.Check(err)
	ts.Defer(func() { _ = target.Close() })
	ts.Setenv("DEMO", target.URLs[0])
}

func expand(ts *testscript.TestScript, _ bool, args []string) {
	text := os.Expand(ts.ReadFile(args[0]), ts.Getenv)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

func interrupt(ts *testscript.TestScript, _ bool, _ []string) {
	running := ts.BackgroundCmds()
	if len(running) != 1 {
		ts.Fatalf("%d background commands, want 1", len(running))
	}
	worldOf(ts).interrupted = running[0]
	ts.Check(running[0].Process.Signal(os.Interrupt))
}

func ended(ts *testscript.TestScript, _ bool, args []string) {
	if code := strconv.Itoa(worldOf(ts).interrupted.ProcessState.ExitCode()); code != args[0] {
		ts.Fatalf("exit code %s, want %s", code, args[0])
	}
}

func checkMode(ts *testscript.TestScript, _ bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[1]))
	ts.Check(err)
	if runtime.GOOS == "windows" {
		return // has no such permissions
	}
	if mode := strconv.FormatUint(uint64(info.Mode().Perm()), 8); mode != args[0] {
		ts.Fatalf("%s has mode %s, want %s", args[1], mode, args[0])
	}
}

func countFiles(ts *testscript.TestScript, _ bool, args []string) {
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	if strconv.Itoa(len(entries)) != args[1] {
		ts.Fatalf("%s holds %v, want %s files", args[0], entries, args[1])
	}
}

func closedPipe(ts *testscript.TestScript, _ bool, args []string) {
	reader, writer, err := os.Pipe()
	ts.Check(err)
	ts.Check(reader.Close())
	defer writer.Close()
	program, err := exec.LookPath(args[1])
	ts.Check(err)
	command := exec.Command(program, args[2:]...)
	command.Dir = ts.MkAbs(".")
	command.Env = append(os.Environ(), "HOME="+ts.MkAbs("."))
	command.Stdout = writer
	stderr, err := os.Create(filepath.Join(ts.MkAbs("."), "stderr.txt"))
	ts.Check(err)
	defer stderr.Close()
	command.Stderr = stderr
	checkCode(ts, args[0], command.Run())
}
