package report_test

import (
	"encoding/xml"
	"strings"
	"testing"

	"blurt/report"
	"blurt/scanner/finding"
)

// junitReport is the report as a CI system would read it.
type junitReport struct {
	XMLName  xml.Name `xml:"testsuites"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Errors   int      `xml:"errors,attr"`
	Suites   []struct {
		Name      string      `xml:"name,attr"`
		Tests     int         `xml:"tests,attr"`
		Failures  int         `xml:"failures,attr"`
		Errors    int         `xml:"errors,attr"`
		Time      float64     `xml:"time,attr"`
		Timestamp string      `xml:"timestamp,attr"`
		Cases     []junitCase `xml:"testcase"`
	} `xml:"testsuite"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitOutcome `xml:"failure"`
	Error   *junitOutcome `xml:"error"`
	Output  string        `xml:"system-out"`
}

type junitOutcome struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

func junit(t *testing.T, o report.Options, events []finding.Event) junitReport {
	t.Helper()
	var r junitReport
	if err := xml.Unmarshal(write(t, "junit", o, events), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Suites) != 1 {
		t.Fatalf("%d suites", len(r.Suites))
	}
	suite := r.Suites[0]
	failures, errs := 0, 0
	for _, c := range suite.Cases {
		if c.Class == "" || c.Name == "" {
			t.Errorf("a test has no name: %+v", c)
		}
		if c.Failure != nil {
			failures++
		}
		if c.Error != nil {
			errs++
		}
	}
	if suite.Tests != len(suite.Cases) || suite.Failures != failures || suite.Errors != errs || r.Tests != suite.Tests || r.Failures != failures || r.Errors != errs {
		t.Errorf("the counts are wrong: %d tests, %d failures, %d errors; %+v", len(suite.Cases), failures, errs, r)
	}
	return r
}

func TestJUnit(t *testing.T) {
	gate := finding.High
	r := junit(t, report.Options{Gate: &gate}, scan(t))
	if r.Failures != 3 || r.Errors != 3 { // the dead target, the spent budget, the incomplete scan
		t.Errorf("%d failures, %d errors", r.Failures, r.Errors)
	}
	suite := r.Suites[0]
	if suite.Time != 12.4 || suite.Timestamp != "2026-11-23T12:00:00" {
		t.Errorf("time %v, timestamp %q", suite.Time, suite.Timestamp)
	}
	for _, c := range suite.Cases {
		switch {
		case c.Class == "blurt.django-debug-page" && strings.Contains(c.Name, "[5d0c1f]"):
			if c.Failure == nil || c.Failure.Type != "critical" || !strings.Contains(c.Failure.Text, "curl -sk 'https://api.example.com:8443/v1/users' \\\n  -H") {
				t.Errorf("the debug page reads %+v", c.Failure)
			}
		case c.Class == "blurt.version-banner":
			if c.Failure != nil || !strings.Contains(c.Output, "names nginx 1.22.1") {
				t.Errorf("below the gate stands %+v", c)
			}
		}
	}
}

func TestJUnitWithoutGate(t *testing.T) {
	if r := junit(t, report.Options{}, scan(t)); r.Failures != 6 {
		t.Errorf("%d failures, want each finding", r.Failures)
	}
}

// A report without any test fails some CI systems, and a scan that did not happen
// must not pass.
func TestJUnitEmpty(t *testing.T) {
	if r := junit(t, report.Options{}, streams(t)["clean"]); r.Tests != 1 || r.Errors != 0 {
		t.Errorf("clean: %+v", r)
	}
	if r := junit(t, report.Options{}, nil); r.Errors != 1 {
		t.Errorf("nothing: %+v", r)
	}
}
