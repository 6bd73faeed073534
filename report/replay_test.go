package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode"

	"blurt/report"
	"blurt/report/rules"
	"blurt/scanner/finding"

	"github.com/google/go-cmp/cmp"
)

// convert replays saved reports into a format.
func convert(t testing.TB, to string, replay func(finding.Sink) error) []byte {
	t.Helper()
	var out bytes.Buffer
	sink, err := report.New(to, &out, report.Options{Rules: catalogue(t)})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(replay(sink), sink.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func replayed(t testing.TB, saved []byte, to string) []byte {
	t.Helper()
	return convert(t, to, func(sink finding.Sink) error { return report.Replay(bytes.NewReader(saved), sink) })
}

func TestReplayRoundTrip(t *testing.T) {
	for name, events := range streams(t) {
		for _, from := range []string{"json", "jsonl"} {
			saved := write(t, from, report.Options{}, events)
			if len(saved) == 0 {
				continue // JSON Lines of nothing
			}
			t.Run(from+"/"+name, func(t *testing.T) {
				if diff := cmp.Diff(string(write(t, "json", report.Options{}, events)), string(replayed(t, saved, "json"))); diff != "" {
					t.Errorf("the report came back changed (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// Every format can be made of a saved report, and says what it would have said.
func TestReplayIntoEveryFormat(t *testing.T) {
	saved := write(t, "json", report.Options{}, scan(t))
	for _, f := range report.Formats() {
		t.Run(f.Name, func(t *testing.T) {
			got := string(replayed(t, saved, f.Name))
			want := string(write(t, f.Name, report.Options{}, readEvents(t, saved)))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if direct := string(write(t, f.Name, report.Options{}, scan(t))); f.Name != "jsonl" && !strings.Contains(f.Name, "github") && len(got) < len(direct)/2 {
				t.Errorf("%d bytes, the scan itself wrote %d", len(got), len(direct))
			}
		})
	}
}

func readEvents(t *testing.T, saved []byte) []finding.Event {
	t.Helper()
	var events []finding.Event
	if err := report.Replay(bytes.NewReader(saved), emitFunc(func(e finding.Event) error { events = append(events, e); return nil })); err != nil {
		t.Fatal(err)
	}
	return events
}

// The order of members means nothing, and new ones may come.
func TestReplayTakesAnyOrder(t *testing.T) {
	saved := write(t, "json", report.Options{}, scan(t))
	var members map[string]json.RawMessage
	if err := json.Unmarshal(saved, &members); err != nil {
		t.Fatal(err)
	}
	for _, order := range [][]string{
		{"scan", "efforts", "unanswered", "findings", "coverage", "recognised", "surface", "tool", "schema"},
		{"surface", "schema", "findings", "tool", "coverage", "scan", "summary", "efforts", "unanswered", "recognised"},
	} {
		var b strings.Builder
		b.WriteString("\ufeff{\"new\": {\"a\": [1, {\"b\": null}]}")
		for _, name := range order {
			fmt.Fprintf(&b, ", %q: %s", name, members[name])
		}
		b.WriteString("}")
		if diff := cmp.Diff(string(saved), string(replayed(t, []byte(b.String()), "json"))); diff != "" {
			t.Errorf("%v: %s", order, diff)
		}
	}
}

func TestReplayRefuses(t *testing.T) {
	good := string(write(t, "json", report.Options{}, scan(t)))
	lines := string(write(t, "jsonl", report.Options{}, scan(t)))
	first, rest, _ := strings.Cut(lines, "\n")
	for name, test := range map[string]struct{ report, want string }{
		"nothing":           {"", "the report is empty"},
		"no JSON":           {"<html>", "byte 0: invalid character"},
		"a list":            {"[]", "does not start with an object"},
		"another object":    {`{"version": "2.1.0", "runs": []}`, "names no schema"},
		"another schema":    {`{"schema": 2}`, "schema 2, this blurt reads schema 1"},
		"UTF-16":            {"\xff\xfe{\x00", "UTF-16"},
		"half a report":     {good[:len(good)/2], "ends in the middle"},
		"two reports":       {good + good, "a second report begins"},
		"two scans":         {lines + lines, "a second scan begins"},
		"no start":          {rest, "names no schema"},
		"more after an end": {lines + `{"finding": {"fingerprint":"a","rule":"b","category":"traceback"}}`, "goes on after its end"},
		"half a line":       {first + "\n" + rest[:40], "ends in the middle"},
		"a wrong severity":  {`{"schema":1,"findings":[{"severity":"huge"}]}`, "finding 1: severity"},
		"a wrong category":  {`{"schema":1,"findings":[{"fingerprint":"a","rule":"b","category":"c"}]}`, `finding 1: there is no category "c"`},
		"no fingerprint":    {`{"schema":1,"findings":[{}]}`, "finding 1: it has no fingerprint"},
		"a wrong rule":      {`{"schema":1,"findings":[{"fingerprint":"a","rule":"B c"}]}`, "no name of a rule"},
		"a wrong verdict":   {`{"schema":1,"surface":[{"verdict":"maybe"}]}`, `surface 1: there is no verdict "maybe"`},
		"a wrong status":    {`{"schema":1,"surface":[{"verdict":"open","status":7}]}`, "7 is no HTTP status"},
		"findings missing":  {`{"schema":1,"findings":null}`, "this is not a list"},
		"a wrong scan":      {`{"schema":1,"scan":[]}`, "scan: this is no object"},
		"deep nesting":      {`{"schema":1,"x":` + strings.Repeat("[", 20_000), "depth"},
	} {
		t.Run(name, func(t *testing.T) {
			err := report.Replay(strings.NewReader(test.report), &recorder{})
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error = %v, want %q", err, test.want)
			}
		})
	}
}

func TestReplayPassesErrorsOn(t *testing.T) {
	for _, from := range []string{"json", "jsonl"} {
		saved := write(t, from, report.Options{}, scan(t))
		if err := report.Replay(bytes.NewReader(saved), &recorder{fail: errFull}); !errors.Is(err, errFull) {
			t.Errorf("%s: the sink's error became %v", from, err)
		}
		broken := io.MultiReader(bytes.NewReader(saved[:len(saved)/2]), iotest.ErrReader(errFull))
		if err := report.Replay(broken, &recorder{}); !errors.Is(err, errFull) {
			t.Errorf("%s: the reader's error became %v", from, err)
		}
	}
}

// One element larger than memory should hold stops the reader.
func TestReplayBoundsAnElement(t *testing.T) {
	endless := io.MultiReader(strings.NewReader(`{"schema": 1, "x": "`), forever{})
	if err := report.Replay(endless, &recorder{}); err == nil || !strings.Contains(err.Error(), "more than 64 MiB") {
		t.Errorf("error = %v", err)
	}
}

type forever struct{}

func (forever) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

func TestReplayLeavesNoFiles(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir)
	events := scan(t)[:1]
	for i := range 2000 {
		f := debugPage()
		f.Fingerprint = fmt.Sprint(i)
		events = append(events, finding.Event{Finding: &f})
	}
	saved := write(t, "json", report.Options{}, events)
	spooled := false
	err := report.Replay(bytes.NewReader(saved), emitFunc(func(finding.Event) error {
		spooled = spooled || len(files(t, dir)) > 0
		return nil
	}))
	if left := files(t, dir); err != nil || !spooled || len(left) > 0 {
		t.Errorf("error %v, spooled %t, left behind %v", err, spooled, left)
	}
}

// shards deals the scan's findings and targets out to n scans.
func shards(t testing.TB, n int, deal func(i, of int) int) [][]byte {
	t.Helper()
	events := scan(t)
	start, done := events[0], *events[len(events)-1].Done
	all := make([][]finding.Event, n)
	for i := range all {
		all[i] = []finding.Event{start}
	}
	middle := events[1 : len(events)-1]
	for i, e := range middle {
		at := deal(i, len(middle))
		all[at] = append(all[at], e)
	}
	var reports [][]byte
	for i := range all {
		end := finding.Done{Finished: done.Finished, Requests: done.Requests / n, Complete: true}
		if i == n-1 {
			end = finding.Done{Finished: done.Finished, Requests: done.Requests - done.Requests/n*(n-1), Errors: done.Errors}
		}
		format := []string{"json", "jsonl"}[i%2]
		reports = append(reports, write(t, format, report.Options{}, append(all[i], finding.Event{Done: &end})))
	}
	return reports
}

func merged(t testing.TB, reports [][]byte) []byte {
	t.Helper()
	return convert(t, "json", func(sink finding.Sink) error {
		var readers []io.Reader
		for _, r := range reports {
			readers = append(readers, bytes.NewReader(r))
		}
		return report.Merge(sink, readers...)
	})
}

func TestMergeEqualsTheWhole(t *testing.T) {
	want := write(t, "json", report.Options{}, scan(t))
	for n := 1; n <= 5; n++ {
		got := merged(t, shards(t, n, func(i, of int) int { return i * n / of }))
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%d shards in a row: %s", n, diff)
		}
		got = merged(t, shards(t, n, func(i, _ int) int { return i % n }))
		if diff := cmp.Diff(sorted(t, want), sorted(t, got)); diff != "" {
			t.Errorf("%d shards dealt out: %s", n, diff)
		}
		validate(t, reportSchema, got)
	}
}

// sorted reads a report and puts its lists in an order that does not depend on
// which shard came first.
func sorted(t testing.TB, text []byte) document {
	t.Helper()
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(d.Findings, func(a, b finding.Finding) int { return strings.Compare(a.Fingerprint, b.Fingerprint) })
	slices.Sort(d.Scan.Targets)
	slices.SortFunc(d.Scan.Errors, func(a, b finding.ScanError) int { return strings.Compare(a.Message, b.Message) })
	return d
}

// What belongs to a whole host is found by each shard.
func TestMergeSaysTheSameOnce(t *testing.T) {
	whole := write(t, "json", report.Options{}, scan(t))
	got, want := sorted(t, merged(t, [][]byte{whole, whole})), sorted(t, whole)
	if got.Scan.Requests != 2*want.Scan.Requests {
		t.Errorf("%d requests", got.Scan.Requests)
	}
	got.Scan.Requests = want.Scan.Requests
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a report with itself (-want +got): %s", diff)
	}
}

func TestMergeJoinsFindings(t *testing.T) {
	first, second := banner(), banner()
	first.Confidence, second.URL = finding.Tentative, "https://api.example.com:8443/other"
	second.Evidence.Leaked = []finding.Leaked{{Category: finding.VersionBanner, Name: "openssl", Value: "3.0.1", Location: "field Server"}}
	var reports [][]byte
	for i, f := range []finding.Finding{first, second} {
		start := finding.Event{Start: &finding.Start{Tool: finding.Tool{Name: "blurt"}, ScanID: fmt.Sprint("id", i), Seed: "s"}}
		reports = append(reports, write(t, "json", report.Options{}, []finding.Event{start, {Finding: &f}}))
	}
	d := sorted(t, merged(t, reports))
	if len(d.Findings) != 1 || d.Scan.ID != "id0+id1" || d.Scan.Seed != "s" || d.Scan.Complete || d.Scan.Finished != nil {
		t.Fatalf("%d findings, scan %+v", len(d.Findings), d.Scan)
	}
	f := d.Findings[0]
	if f.Confidence != finding.Confirmed || len(f.Evidence.Leaked) != 2 || len(f.Occurrences) != 1 || f.Occurrences[0].URL != first.URL {
		t.Errorf("joined: %+v", f)
	}
}

// An endpoint that was asked by several ways keeps them all, and what a joined
// finding has no room for is counted.
func TestMergeKeepsWays(t *testing.T) {
	const url = "https://a.example/"
	cell := finding.Surface{URL: url, Method: "GET", Identity: "none", Verdict: finding.AppRefused, Status: 403}
	other := cell
	other.Way, other.Verdict, other.Status = "TLS 1.2", finding.Open, 200
	var reports [][]byte
	for i := range 2 {
		f := banner()
		for j := range 80 {
			f.Occurrences = append(f.Occurrences, finding.Occurrence{URL: fmt.Sprintf("%s%d/%d", url, i, j), Method: "GET", Probe: "control"})
		}
		reports = append(reports, write(t, "json", report.Options{}, []finding.Event{
			{Finding: &f}, {Target: &finding.Target{URL: url, Surface: []finding.Surface{cell, other}}},
		}))
	}
	d := sorted(t, merged(t, reports))
	if len(d.Surface) != 2 || d.Surface[1].Way != "TLS 1.2" {
		t.Errorf("surface: %+v", d.Surface)
	}
	if f := d.Findings[0]; len(f.Occurrences) != 100 || f.OccurrencesOmitted != 60 {
		t.Errorf("%d occurrences and %d omitted, want 100 and 60", len(f.Occurrences), f.OccurrencesOmitted)
	}
}

// Two servers on one host are two, though their fingerprints leave the port out.
func TestMergeTellsPortsApart(t *testing.T) {
	other := banner()
	other.URL = "https://api.example.com:9443/"
	whole := write(t, "json", report.Options{}, append(scan(t), finding.Event{Finding: &other}))
	if got := sorted(t, merged(t, [][]byte{whole})); len(got.Findings) != 7 {
		t.Errorf("%d findings", len(got.Findings))
	}
}

// A shard that was cut short makes the whole incomplete.
func TestMergeOfAnIncompleteShard(t *testing.T) {
	clean := streams(t)["clean"]
	d := sorted(t, merged(t, [][]byte{write(t, "json", report.Options{}, clean), write(t, "json", report.Options{}, clean[:1])}))
	if d.Scan.Complete || len(d.Scan.Errors) != 1 || d.Scan.Errors[0].Message != "1 of 2 scans were cut short" {
		t.Errorf("scan = %+v", d.Scan)
	}
	if err := report.Merge(&recorder{}); err == nil {
		t.Error("nothing was merged without an error")
	}
	err := report.Merge(&recorder{}, bytes.NewReader(write(t, "json", report.Options{}, clean)), strings.NewReader("{"))
	if err == nil || !strings.HasPrefix(err.Error(), "report 2: ") {
		t.Errorf("error = %v", err)
	}
}

func diff(t *testing.T, before, after []finding.Event) report.Difference {
	t.Helper()
	d, err := report.Diff(bytes.NewReader(write(t, "json", report.Options{}, before)), bytes.NewReader(write(t, "jsonl", report.Options{}, after)))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDiffWithItselfIsEmpty(t *testing.T) {
	for name, events := range streams(t) {
		if events == nil {
			continue
		}
		if d := diff(t, events, events); !d.Empty() {
			t.Errorf("%s: %+v", name, d)
		}
	}
	if d := diff(t, scan(t), scan(t)); d.Same != 6 {
		t.Errorf("%d are the same", d.Same)
	}
}

func TestDiff(t *testing.T) {
	target := func(url string) finding.Event { return finding.Event{Target: &finding.Target{URL: url}} }
	find := func(id, url string, s finding.Severity) finding.Event {
		f := banner()
		f.Fingerprint, f.URL, f.Severity = id, url, s
		return finding.Event{Finding: &f}
	}
	start, done := scan(t)[0], finding.Event{Done: &finding.Done{Complete: true, Finished: scan(t)[0].Start.Started}}
	before := []finding.Event{start, find("a", "https://a.example:1/?token=s3cret", finding.High), find("b", "https://b.example/", finding.Low),
		find("c", "https://user:pw@a.example/c?x", finding.Low), find("d", "https://a.example/d", finding.Low), done}
	after := []finding.Event{start, find("c", "https://a.example/c", finding.High), find("d", "https://a.example/d", finding.Low),
		find("e", "https://a.example/e", finding.Info), find("f", "https://a.example/f", finding.Critical), target("https://a.example:2/"), done}
	d := diff(t, before, after)
	ids := func(list []report.Entry) (out []string) {
		for _, e := range list {
			out = append(out, e.Fingerprint)
		}
		return out
	}
	got := [][]string{ids(d.New), ids(d.Fixed), ids(d.Unknown), {d.Changed[0].Fingerprint, d.Changed[0].Was.String(), fmt.Sprint(d.Same)}}
	if diff := cmp.Diff([][]string{{"f", "e"}, {"a"}, {"b"}, {"c", "low", "1"}}, got); diff != "" {
		t.Errorf("(-want +got): %s", diff)
	}
	if d.Fixed[0].URL != "https://a.example:1/" {
		t.Errorf("the URL keeps its query: %s", d.Fixed[0].URL)
	}
	incomplete := diff(t, before, after[:len(after)-1])
	if len(incomplete.Fixed) != 0 || len(incomplete.Unknown) != 2 {
		t.Errorf("an incomplete scan rules out %v", incomplete.Fixed)
	}
}

func TestBaseline(t *testing.T) {
	saved := write(t, "json", report.Options{}, scan(t))
	made, err := report.NewBaseline(bytes.NewReader(saved))
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := made.Write(&file); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("testdata/baseline.json", file.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/baseline.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), file.String()); diff != "" {
		t.Errorf("the file changed (-want +got): %s", diff)
	}
	for _, evidence := range []string{"amqp", "BEGIN CERTIFICATE", "?"} {
		if strings.Contains(file.String(), evidence) {
			t.Errorf("the file holds %q", evidence)
		}
	}
	b, err := report.ReadBaseline(&file)
	if err != nil || b.Len() != 6 {
		t.Fatalf("%v, error %v", b, err)
	}
	comparison := b.Compare()
	for _, e := range scan(t) {
		if err := comparison.Emit(e); err != nil {
			t.Fatal(err)
		}
		if e.Finding != nil && !b.Knows(e.Finding) {
			t.Errorf("%s is not known", e.Finding.Fingerprint)
		}
	}
	if d := comparison.Difference(); !d.Empty() {
		t.Errorf("difference = %+v", d)
	}
	twin := []finding.Event{scan(t)[0]}
	for port, severity := range []finding.Severity{finding.High, finding.Low} {
		f := banner()
		f.URL, f.Severity = fmt.Sprintf("https://api.example.com:%d/", port), severity
		twin = append(twin, finding.Event{Finding: &f})
	}
	both, err := report.NewBaseline(bytes.NewReader(write(t, "json", report.Options{}, twin)))
	if err != nil || !both.Knows(twin[1].Finding) || !both.Knows(twin[2].Finding) {
		t.Errorf("of two servers on one host, one is not known; error %v", err)
	}
	worse := banner()
	worse.Severity = finding.Critical
	if b.Knows(&worse) {
		t.Error("a finding that got worse is known")
	}
	for _, bad := range []string{"", "[]", `{"blurt_baseline": 2}`, `{"blurt_baseline": 1, "findings": [{"rule": "x"}]}`, string(saved)} {
		if _, err := report.ReadBaseline(strings.NewReader(bad)); err == nil {
			t.Errorf("%.40q was taken for a baseline", bad)
		}
	}
}

// A difference is read in a terminal or a CI log.
func TestDiffIsHarmless(t *testing.T) {
	f := hostileFinding(100)
	f.Title = hostile
	f.Fingerprint = hostile
	d := diff(t, streams(t)["clean"], []finding.Event{scan(t)[0], {Finding: &f}})
	for name, write := range map[string]func(io.Writer) error{"text": d.WriteText, "json": d.WriteJSON} {
		var out bytes.Buffer
		if err := write(&out); err != nil {
			t.Fatal(err)
		}
		for _, r := range out.String() {
			if r != '\n' && !unicode.IsPrint(r) {
				t.Errorf("%s: raw %U", name, r)
			}
		}
		if found := order.Find(out.Bytes()); found != nil || !strings.Contains(out.String(), "path-leak") {
			t.Errorf("%s: %q in:\n%s", name, found, out.String())
		}
	}
}

// FuzzReplay reads whatever a file may hold; what it takes must be writable again.
func FuzzReplay(f *testing.F) {
	none := report.Options{Rules: &rules.Catalogue{}}
	all, small := scan(f), banner()
	few := []finding.Event{all[0], {Finding: &small}, all[len(all)-3], all[len(all)-2], all[len(all)-1]}
	f.Add(write(f, "json", none, few))
	f.Add(write(f, "jsonl", none, few))
	f.Add([]byte(`{"schema":1,"scan":{"targets":["a"],"errors":[{"message":"m"}],"finished":null},"surface":[{"url":"b","verdict":"open"}]}`))
	f.Add([]byte(`{"schema":1,"finding":null}{"target":{"surface":[]}}`))
	f.Add([]byte(`{"schema":1,"scan":{"errors":[{}]},"surface":[{"verdict":"open"}]}`)) // neither URL nor message
	f.Fuzz(func(t *testing.T, saved []byte) {
		var events []finding.Event
		err := report.Replay(bytes.NewReader(saved), emitFunc(func(e finding.Event) error { events = append(events, e); return nil }))
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("an error of two lines: %q", err)
			}
			return
		}
		again := write(t, "json", none, events)
		events = nil
		if err := report.Replay(bytes.NewReader(again), emitFunc(func(e finding.Event) error { events = append(events, e); return nil })); err != nil {
			t.Fatal(err)
		}
		if twice := write(t, "json", none, events); !bytes.Equal(again, twice) {
			t.Errorf("the report changes when it is read again:\n%s\n%s", again, twice)
		}
	})
}
