package report

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"blurt/scanner/finding"
)

var ruleName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// checkFinding holds a finding that was read to what every format relies on.
func checkFinding(f *finding.Finding) error {
	switch {
	case f.Fingerprint == "":
		return errors.New("it has no fingerprint")
	case !ruleName.MatchString(f.Rule):
		return fmt.Errorf("%q is no name of a rule", shorten(f.Rule, 60))
	}
	if err := checkCategory(f.Category); err != nil {
		return err
	}
	if s := f.Suppressed; s != nil && s.Expires != "" {
		if _, err := time.Parse(time.DateOnly, s.Expires); err != nil {
			return fmt.Errorf("%q is no day", shorten(s.Expires, 60))
		}
	}
	for _, item := range f.Evidence.Leaked {
		if err := checkCategory(item.Category); err != nil {
			return err
		}
	}
	for _, m := range []*finding.Message{f.Evidence.Request, f.Evidence.Response, f.Evidence.Control} {
		if m != nil && !isStatus(m.Status) {
			return fmt.Errorf("%d is no HTTP status", m.Status)
		}
	}
	return nil
}

func checkCategory(c finding.Category) error {
	if !slices.Contains(finding.Categories(), c) {
		return fmt.Errorf("there is no category %q", shorten(string(c), 60))
	}
	return nil
}

func checkURL(url string) error {
	if url == "" {
		return errors.New("it has no URL")
	}
	return nil
}

func checkError(e finding.ScanError) error {
	if e.Message == "" {
		return errors.New("an error has no message")
	}
	return nil
}

func checkTarget(t *finding.Target) error {
	if err := checkURL(t.URL); err != nil {
		return err
	}
	for _, cell := range t.Surface {
		if err := checkSurface(cell); err != nil {
			return err
		}
	}
	return nil
}

func checkSurface(c finding.Surface) error {
	verdicts := []finding.Verdict{finding.HandshakeRefused, finding.ProxyRefused, finding.AppRefused, finding.Open, finding.Error}
	switch {
	case !slices.Contains(verdicts, c.Verdict):
		return fmt.Errorf("there is no verdict %q", shorten(string(c.Verdict), 60))
	case !isStatus(c.Status):
		return fmt.Errorf("%d is no HTTP status", c.Status)
	}
	return checkURL(c.URL)
}

// isStatus takes 0 too, which stands for none.
func isStatus(n int) bool { return n == 0 || n >= 100 && n <= 999 }
