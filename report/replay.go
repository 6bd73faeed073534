package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"blurt/scanner/finding"
)

// Replay reads a saved report, JSON of schema 1 or JSON Lines, and emits what it
// tells as the scan did: start, findings, targets, end. Memory does not grow with
// the report. The findings come as they were graded. It does not close the sink.
//
// The error says where the report cannot be read; what was emitted by then stands.
func Replay(r io.Reader, sink finding.Sink) (err error) {
	text, err := plainText(r)
	if err != nil {
		return err
	}
	limit := &meter{reader: text, left: replayMaxElement}
	document := newAssembly(false)
	defer func() { err = errors.Join(err, document.Close()) }()
	p := &replay{limit: limit, json: json.NewDecoder(limit), sink: sink, document: document}
	if err := p.read(); err != nil {
		return p.explain(err)
	}
	if !p.isDocument {
		return nil
	}
	document.endScan()
	return document.tell(sink)
}

// replay reads one report.
type replay struct {
	limit      *meter
	json       *json.Decoder
	sink       finding.Sink
	document   *assembly
	isDocument bool
	objects    int
	schema     bool // the number was there and is ours
	event      finding.Event
	begun      bool
	ended      bool
	where      string
	sinkError  error
	start      finding.Start
	started    bool
}

// explain adds the place to an error of the report, but not to one of the sink.
func (p *replay) explain(err error) error {
	if p.sinkError != nil {
		return p.sinkError
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("the report ends in the middle")
	}
	if p.where == "" {
		return fmt.Errorf("byte %d: %w", p.json.InputOffset(), err)
	}
	return fmt.Errorf("byte %d: %s: %w", p.json.InputOffset(), p.where, err)
}

// read takes the objects of the report: one document, or a line for each event.
func (p *replay) read() error {
	for {
		p.limit.left = replayMaxElement
		token, err := p.json.Token()
		if errors.Is(err, io.EOF) && p.objects > 0 {
			return nil
		}
		if err != nil {
			return err
		}
		if token != json.Delim('{') {
			return errors.New("this is no blurt report: it does not start with an object")
		}
		if p.objects++; p.isDocument {
			return errors.New("a second report begins: merge takes each from a file of its own")
		}
		p.event, p.where = finding.Event{}, ""
		if err := p.members(p.member); err != nil {
			return err
		}
		if err := p.endObject(); err != nil {
			return err
		}
	}
}

func (p *replay) endObject() error {
	if !p.schema {
		return errors.New("this is no blurt report: it names no schema")
	}
	if p.isDocument {
		if p.started {
			p.document.begin(p.start)
		}
		return nil
	}
	if p.event == (finding.Event{}) {
		return nil
	}
	switch {
	case p.event.Start != nil && p.begun:
		return errors.New("a second scan begins: merge takes each from a file of its own")
	case p.ended:
		return errors.New("the scan goes on after its end")
	}
	p.begun, p.ended = true, p.event.Done != nil
	p.sinkError = p.sink.Emit(p.event)
	return p.sinkError
}

// members calls back for each member of an object whose brace is read.
func (p *replay) members(read func(name string) error) error {
	for p.json.More() {
		name, err := p.json.Token()
		if err != nil {
			return err
		}
		if err := read(name.(string)); err != nil {
			return err
		}
	}
	_, err := p.json.Token()
	return err
}

// value decodes the next element.
func (p *replay) value(where string, into any) error {
	p.where, p.limit.left = where, replayMaxElement
	if err := p.json.Decode(into); err != nil {
		return err
	}
	p.where = ""
	return nil
}

func (p *replay) member(name string) error {
	switch name {
	case "schema":
		return p.readSchema()
	case "tool", "scan", "surface", "coverage", "efforts", "unanswered", "recognised", "findings":
		p.isDocument = true
		return p.documentMember(name)
	case "start":
		return p.value(name, &p.event.Start)
	case "finding":
		if err := p.value(name, &p.event.Finding); err != nil || p.event.Finding == nil {
			return err
		}
		return checkFinding(p.event.Finding)
	case "effort":
		if err := p.value(name, &p.event.Effort); err != nil || p.event.Effort == nil {
			return err
		}
		return checkURL(p.event.Effort.URL)
	case "target":
		if err := p.value(name, &p.event.Target); err != nil || p.event.Target == nil {
			return err
		}
		return checkTarget(p.event.Target)
	case "done":
		if err := p.value(name, &p.event.Done); err != nil || p.event.Done == nil {
			return err
		}
		for _, e := range p.event.Done.Errors {
			if err := checkError(e); err != nil {
				return err
			}
		}
		return nil
	}
	return p.skip(name)
}

func (p *replay) skip(name string) error {
	var other json.RawMessage
	return p.value(shorten(clean(name), 40), &other)
}

func (p *replay) readSchema() error {
	var schema int
	if err := p.value("schema", &schema); err != nil {
		return err
	}
	if schema != schemaVersion {
		return fmt.Errorf("the report has schema %d, this blurt reads schema %d", schema, schemaVersion)
	}
	p.schema = true
	return nil
}

func (p *replay) documentMember(name string) error {
	switch name {
	case "tool":
		p.started = true
		return p.value(name, &p.start.Tool)
	case "scan":
		return p.readScan()
	case "surface":
		return each(p, "surface", func(cell finding.Surface) error {
			if err := checkSurface(cell); err != nil {
				return err
			}
			return p.document.cell(cell)
		})
	case "coverage":
		return each(p, name, func(c placedCoverage) error { return errors.Join(checkURL(c.URL), p.document.cover(c)) })
	case "efforts":
		return each(p, name, func(e finding.Effort) error { return errors.Join(checkURL(e.URL), p.document.effort.add(e)) })
	case "unanswered":
		return each(p, name, func(u placedUnanswered) error { return errors.Join(checkURL(u.URL), p.document.miss(u)) })
	case "recognised":
		return each(p, name, func(r placedRecognised) error { return errors.Join(checkURL(r.URL), p.document.recognise(r)) })
	default:
		return each(p, "finding", func(f finding.Finding) error {
			if err := checkFinding(&f); err != nil {
				return err
			}
			return p.document.finding(&f)
		})
	}
}

// each reads an array element by element.
func each[T any](p *replay, name string, take func(T) error) error {
	p.where = name
	token, err := p.json.Token()
	if err != nil {
		return err
	}
	if token != json.Delim('[') {
		return errors.New("this is not a list")
	}
	for n := 1; p.json.More(); n++ {
		where := fmt.Sprintf("%s %d", name, n)
		var element T
		if err := p.value(where, &element); err != nil {
			return err
		}
		if err := take(element); err != nil {
			p.where = where
			return err
		}
	}
	_, err = p.json.Token()
	return err
}

func (p *replay) readScan() error {
	p.where = "scan"
	token, err := p.json.Token()
	if err != nil {
		return err
	}
	if token != json.Delim('{') {
		return errors.New("this is no object")
	}
	var finished *time.Time
	done := &finding.Done{}
	if err := p.members(func(name string) error { return p.scanMember(name, &finished, done) }); err != nil {
		return err
	}
	p.document.current.requests = done.Requests
	// A scan that was cut short has no end.
	if finished != nil || done.Complete {
		if finished != nil {
			done.Finished = *finished
		}
		p.document.current.done = done
	}
	return nil
}

func (p *replay) scanMember(name string, finished **time.Time, done *finding.Done) error {
	switch name {
	case "id":
		return p.value("scan id", &p.start.ScanID)
	case "seed":
		return p.value("seed", &p.start.Seed)
	case "started":
		return p.value("started", &p.start.Started)
	case "finished":
		return p.value("finished", finished)
	case "complete":
		return p.value("complete", &done.Complete)
	case "requests":
		return p.value("requests", &done.Requests)
	case "targets":
		return each(p, "target", func(url string) error { return errors.Join(checkURL(url), p.document.target(url)) })
	case "errors":
		return each(p, "error", func(e finding.ScanError) error { return errors.Join(checkError(e), p.document.fail(e)) })
	}
	return p.skip(name)
}
