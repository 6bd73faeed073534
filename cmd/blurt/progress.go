package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"blurt/scanner"
)

// progress shows on a terminal how far a scan has come. What else is written
// to that terminal goes through a clearedWriter, so that the two do not mix.
type progress struct {
	mutex   sync.Mutex
	bar     *progressbar.ProgressBar // nil where nothing is shown
	width   int                      // columns that the text may take
	drawn   bool                     // the line may hold a bar
	midline bool                     // the line holds the start of other text
	ended   bool
	words   func(scanner.Progress) string // instead of a scan's; nil for a scan
}

// barWidth is the number of columns of the bar itself; percentage and brackets
// take barFrame more.
const (
	barWidth = 10
	barFrame = 9
)

// newProgress returns a progress display on the stream; unless shown it does
// nothing.
func newProgress(stream io.Writer, shown, ansi bool) *progress {
	if !shown {
		return &progress{}
	}
	width := columns(stream)
	if width == 0 {
		width = 80
	}
	return &progress{width: width - barWidth - barFrame, bar: progressbar.NewOptions(1,
		progressbar.OptionSetWriter(stream),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetWidth(barWidth),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionUseANSICodes(ansi),
		progressbar.OptionSetTheme(progressbar.ThemeASCII),
	)}
}

// update takes the engine's account. It is throttled by the bar.
func (p *progress) update(now scanner.Progress) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.bar == nil || p.ended || p.midline {
		return
	}
	p.drawn = true
	left := time.Duration(p.bar.State().SecondsLeft * float64(time.Second))
	text := progressText(now, left, p.width)
	if p.words != nil {
		text = p.words(now)
		text = text[:min(len(text), max(p.width, 0))]
	}
	p.bar.Describe(text)
	// A bar that is full ends for good, but a scan that learns grows: hold one
	// step back until the end.
	p.bar.ChangeMax(max(now.Planned, now.Requests) + 1)
	_ = p.bar.Set(now.Requests)
}

// progressText tells how far a scan has come. What does not fit the width is
// cut, as a line that wraps cannot be cleared.
func progressText(now scanner.Progress, left time.Duration, width int) string {
	text := fmt.Sprintf("%d/%d endpoints, %s, %s", now.EndpointsDone, now.Endpoints,
		plural(now.Requests, "request"), plural(now.Findings, "finding"))
	if left >= time.Second {
		text += fmt.Sprintf(", %s left", left.Round(time.Second))
	}
	return text[:min(len(text), max(width, 0))]
}

// clear takes the bar off the screen. The caller holds the mutex. It must not
// touch a line that holds other text.
func (p *progress) clear() {
	if p.drawn {
		_ = p.bar.Clear()
		p.drawn = false
	}
}

// end clears the display for good.
func (p *progress) end() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.clear()
	p.ended = true
}

// clearedWriter writes to a stream that may share its screen with a progress
// display: the bar makes way, and comes back once the text has ended its line.
type clearedWriter struct {
	progress *progress
	stream   io.Writer
}

// Write implements io.Writer.
func (w clearedWriter) Write(data []byte) (int, error) {
	w.progress.mutex.Lock()
	defer w.progress.mutex.Unlock()
	w.progress.clear()
	if len(data) > 0 {
		w.progress.midline = data[len(data)-1] != '\n'
	}
	return w.stream.Write(data)
}
