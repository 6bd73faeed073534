package scanner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"sync/atomic"
	"time"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/internal/canary"
	"blurt/scanner/saved"
	"blurt/scanner/wire"
)

// SavedFile is one file of recorded traffic.
type SavedFile struct {
	// Name is how people call the file; Arguments are those of the command that
	// reads it again.
	Name      string
	Arguments []string
	// Exchanges are what it holds. Errors say what could not be read.
	Exchanges iter.Seq2[*saved.Exchange, error]
}

// InspectProbe is how findings in saved traffic call the probe: there was none.
const InspectProbe = "inspect"

// Inspect runs the detectors over saved traffic and emits what they find. It
// sends nothing. Of the configuration, Version, Seed and Progress count; there,
// endpoints are files and requests are exchanges. What cannot be read is an error of the
// report. When ctx ends, the account is closed with Complete false and Inspect
// returns nil. An error means a sink that failed.
func Inspect(ctx context.Context, c Config, files iter.Seq[SavedFile], sink finding.Sink) error {
	run, stop := context.WithCancel(ctx)
	defer stop()
	key := sha256.Sum256([]byte("blurt scan " + c.Seed))
	i := &inspection{
		engine: &engine{config: c, scanID: hex.EncodeToString(key[:6]), set: detect.NewSet(append(detect.All(), c.Detectors...))},
		groups: newGroups(new(atomic.Int64)), origins: make(map[string]*originState), reported: make(digests),
	}
	i.engine.mint = canary.New(key[:])
	a := newAccount(sink, stop, c.Progress)
	i.engine.account = a
	a.emit(finding.Event{Start: &finding.Start{
		Tool: finding.Tool{Name: "blurt", Version: c.Version}, ScanID: i.engine.scanID, Seed: c.Seed, Started: time.Now().UTC(),
	}})
	for file := range files {
		if run.Err() != nil {
			break
		}
		i.file(run, file)
	}
	a.tell(i.groups)
	if ctx.Err() != nil {
		a.note(finding.ScanError{Message: inspectCause(ctx)})
	}
	done := a.done()
	done.Requests = 0 // what was counted was read, not sent
	a.emit(finding.Event{Done: done})
	if err := a.broken(); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// inspectCause says why an inspection ended early, in words for people.
func inspectCause(ctx context.Context) string {
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err.Error()
	}
	return "interrupted before all was read"
}

// inspection is the reading of saved traffic, by one goroutine.
type inspection struct {
	engine   *engine
	groups   *groups
	origins  map[string]*originState
	reported digests
}

// maxInspected bounds the hosts of which products are remembered.
const maxInspected = 1024

// file reads one file and accounts for it, if there is anything in it.
func (i *inspection) file(ctx context.Context, f SavedFile) {
	a := i.engine.account
	a.endpoint()
	target := finding.Target{URL: f.Name}
	found := false
	for x, err := range f.Exchanges {
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			found = true
			a.note(finding.ScanError{Target: f.Name, Message: err.Error()})
			continue
		}
		found = true
		a.sent()
		i.exchange(f, x)
	}
	if found {
		a.emit(finding.Event{Target: &target})
	}
}

// exchange reads one exchange.
func (i *inspection) exchange(file SavedFile, saved *saved.Exchange) {
	host := saved.To.Origin.Host
	if !saved.HasOrigin() {
		host = file.Name // answers in one file are taken for one server's
	}
	x := &examination{engine: i.engine, origin: i.origin(host), endpoint: saved.To, request: saved.Asked}
	exchange := &wire.Exchange{To: saved.To, Asked: saved.Asked, Got: saved.Got}
	j := savedJob(saved)
	if saved.Record != nil {
		x.canaries = saved.Record.Canaries
		exchange.Handshake = saved.Record.WireHandshake()
	}
	x.take(x.observe(j, exchange))
	place := func(d draft) string { return savedPlace(saved, d) }
	for _, d := range merge(x.drafts, place) {
		// Nothing was asked again and the control, where there is one, may be of
		// another day.
		d.hit.Confidence = min(d.hit.Confidence, finding.Firm)
		if saved.Record != nil && saved.Record.Rule == d.hit.Rule && d.gist != "" {
			d.gist = saved.Record.About // as all answers of the endpoint had it
		}
		f := x.finding(d, groupID(d, host, place(d)), place(d))
		f.Probe, f.Changes, f.Identity = InspectProbe, "", "none"
		f.Evidence.Location = saved.Place + ": " + f.Evidence.Location
		f.Reproduce, f.Replay = file.command(), nil
		if saved.HasOrigin() && saved.Record != nil {
			f.URL = savedURL(saved, place(d))
		}
		if !saved.HasOrigin() {
			f.URL = saved.Place
		}
		at := f.URL
		if saved.HasOrigin() && d.gist != "" && place(d) == wholeOrigin {
			at = saved.To.String()
		}
		i.hold(f, at)
	}
}

// hold keeps a finding until all is read: the same may be in another file.
func (i *inspection) hold(f *finding.Finding, at string) {
	before := len(i.groups.order)
	i.groups.add(f, at)
	i.engine.account.held(len(i.groups.order) - before)
	if len(i.groups.order) >= maxHeld {
		i.engine.account.tell(i.groups)
	}
}

// origin returns what is known of a host.
func (i *inspection) origin(host string) *originState {
	if s, known := i.origins[host]; known {
		return s
	}
	if len(i.origins) >= maxInspected {
		clear(i.origins)
	}
	s := newOriginState()
	i.origins[host] = s
	return s
}

// command is what a person types to read the file again.
func (f SavedFile) command() string {
	command := "blurt inspect"
	for _, argument := range f.Arguments {
		command += " " + shellQuote(argument)
	}
	return command
}
