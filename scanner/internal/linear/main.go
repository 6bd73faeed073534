// Linear shows that the work which blurt does on an answer grows with the answer
// and not faster. bench/linear.sh builds it in a way that counts each executed
// block of Go, of blurt and of the libraries under it, so that its numbers are the
// same on any machine under any load.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "linear:", err)
		os.Exit(1)
	}
}

// options are the command line.
type options struct {
	pages         string
	sizes         []int
	ways, bodies  *regexp.Regexp
	seconds       float64
	verbose, time bool
	all           bool
}

func parseOptions(args []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("linear", flag.ContinueOnError)
	flags.StringVar(&o.pages, "pages", "scanner/detect/testdata", "`folder` of recorded answers")
	sizes := flags.String("sizes", "4,16,64,256", "lengths of each body, in `KiB`, three or more")
	ways := flags.String("ways", "", "`expression` that the names of what is done must fit")
	bodies := flags.String("bodies", "", "`expression` that the names of bodies must fit")
	flags.Float64Var(&o.seconds, "seconds", 0, "end after so many `seconds` of processor time; then each body is read by every detector and goes one way more")
	flags.BoolVar(&o.all, "all", false, "take the longest lengths of all bodies, not only of those that may grow")
	flags.BoolVar(&o.verbose, "verbose", false, "print the numbers of each body")
	flags.BoolVar(&o.time, "time", false, "measure processor time; nothing is judged")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	for size := range strings.SplitSeq(*sizes, ",") {
		kib, err := strconv.ParseFloat(size, 64)
		if err != nil || kib <= 0 {
			return o, fmt.Errorf("sizes %q: use numbers such as 4,16,64,256", *sizes)
		}
		o.sizes = append(o.sizes, int(kib*1024))
	}
	if len(o.sizes) < 3 || !slices.IsSorted(o.sizes) || o.seconds < 0 {
		return o, fmt.Errorf("sizes %q: use three or more, the shortest first", *sizes)
	}
	var err error
	if o.ways, err = regexp.Compile(*ways); err == nil {
		o.bodies, err = regexp.Compile(*bodies)
	}
	return o, err
}

func run(args []string, out io.Writer) error {
	o, err := parseOptions(args)
	if err != nil {
		return err
	}
	pages, err := recorded(o.pages)
	if err != nil {
		return err
	}
	every, err := ways()
	if err != nil {
		return err
	}
	bodies := allBodies(pages)
	m := &measurement{options: o, out: out}
	go m.watch.run()
	if !o.time {
		if err := m.count(); err != nil {
			return err
		}
	}
	for n, b := range bodies {
		if o.seconds > 0 && processTime() > o.seconds {
			break
		}
		if !o.bodies.MatchString(b.name) {
			continue
		}
		m.bodies++
		for k, w := range every {
			chosen := w.name == "every-detector" || k == n%len(every) || b.first && w.first
			if !o.ways.MatchString(w.name) || o.seconds > 0 && !chosen {
				continue
			}
			if err := m.measure(w, b); err != nil {
				return fmt.Errorf("%s, %s: %w", w.name, b.name, err)
			}
		}
	}
	return m.summary(len(bodies))
}
