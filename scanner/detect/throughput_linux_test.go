package detect_test

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"blurt/scanner/detect"
	"blurt/scanner/wire"
)

// hintsFile names a file that the literals of all detectors are written to, for
// bench/detect.sh.
const hintsFile = "BLURT_HINTS_FILE"

// BenchmarkThroughput measures what all detectors do on benign pages in a second
// of one core's time, which other programs on the machine do not change.
func BenchmarkThroughput(b *testing.B) {
	writeHints(b)
	set := detect.NewSet(detect.All())
	var inputs []detect.Input
	total := 0
	for _, page := range benignPages(b) {
		inputs = append(inputs, answerTo("/manual/page.html", page))
		total += len(page.Body)
	}
	b.SetBytes(int64(total))
	before, rounds := processTime(b), 0
	for b.Loop() {
		rounds++
		for _, in := range inputs {
			set.Run(in)
		}
	}
	seconds := float64(processTime(b)-before) / 1e9
	b.ReportMetric(float64(total)*float64(rounds)/1e6/seconds, "MB/cpu-s")
	b.ReportMetric(float64(total)/1e6, "MB")
}

// processTime is the processor time of this process, in nanoseconds.
func processTime(b *testing.B) int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func writeHints(b *testing.B) {
	name := os.Getenv(hintsFile)
	if name == "" {
		return
	}
	var lines strings.Builder
	for _, d := range detect.All() {
		for _, hint := range d.Hints {
			if utf8.ValidString(hint) && !strings.ContainsAny(hint, "\r\n\x00") {
				lines.WriteString(hint + "\n")
			}
		}
	}
	if err := os.WriteFile(name, []byte(lines.String()), 0o600); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkLinear shows that the time for a byte does not grow with the body: an
// error's answer is full of what almost is, and of what is, each literal of a
// detector.
func BenchmarkLinear(b *testing.B) {
	set := detect.NewSet(detect.All())
	for _, d := range detect.All() {
		var almost, whole strings.Builder
		for _, hint := range d.Hints {
			almost.WriteString(hint[:len(hint)-1] + " ")
			whole.WriteString(hint + " ")
		}
		for label, near := range map[string]string{"almost": almost.String(), "whole": whole.String(), "own": nearMissOf[d.Name]} {
			if near != "" {
				benchmarkSizes(b, set, d.Name+"/"+label, near)
			}
		}
	}
	for name, near := range nearMisses {
		benchmarkSizes(b, set, "near-misses/"+strings.ReplaceAll(name, " ", "-"), near)
	}
}

// nearMissOf are texts that make the detectors without literals work.
var nearMissOf = map[string]string{
	"internal_host": "10.0.0 dial tcp ECONNREFUSED x.intern fd12:: 10.0.0.300:99 ",
	"secret_token":  "ghp_AAAAAAAAAAAAAAAAAAA eyJhbGciOiJIUzI1NiJ9. AKIAAAAAAAAAAAAAAAA ",
	"path_leak":     "/usr/ /srv/a/ C:\\a \\\\b\\c /etc/ssl ",
}

func benchmarkSizes(b *testing.B, set *detect.Set, name, near string) {
	for _, mib := range []int{1, 2, 4, 8} {
		size := mib << 20
		in := answerTo("/cert/", answer(500, "text/html", strings.Repeat(near, size/len(near)+1)[:size]))
		in.Claim = wire.BrokenClaim
		in.Control = answer(403, "text/html", "no")
		b.Run(fmt.Sprintf("%s/%dMiB", name, mib), func(b *testing.B) {
			before, rounds := processTime(b), 0
			for b.Loop() {
				rounds++
				set.Run(in)
			}
			b.ReportMetric(float64(processTime(b)-before)/float64(rounds)/float64(size), "ns/byte")
		})
	}
}
