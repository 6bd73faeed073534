package report_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// browser is a headless Chromium that is driven over a pipe by the DevTools
// protocol.
type browser struct {
	t       testing.TB
	to      *os.File
	from    *bufio.Reader
	id      int
	session string
	// complaints are console errors, exceptions and violations of the policy.
	complaints []string
	// requests are the addresses that the page asked for.
	requests []string
}

// openBrowser starts Chromium, and skips the test where there is none.
func openBrowser(t testing.TB) *browser {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed")
	}
	theirIn, toBrowser, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	fromBrowser, theirOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-pipe",
		"--user-data-dir="+t.TempDir(), "about:blank")
	command.ExtraFiles = []*os.File{theirIn, theirOut}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, to: toBrowser, from: bufio.NewReaderSize(fromBrowser, 1<<20)}
	t.Cleanup(func() {
		b.session = ""
		b.call("Browser.close", nil, nil)
		_ = command.Wait()
		for _, file := range []*os.File{theirIn, toBrowser, fromBrowser, theirOut} {
			_ = file.Close()
		}
	})
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		b.call(domain+".enable", nil, nil)
	}
	return b
}

// message is one of the protocol.
type message struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *struct{ Message string }
}

// call makes a call and waits for its answer.
func (b *browser) call(method string, params any, result any) {
	b.t.Helper()
	b.id++
	request := map[string]any{"id": b.id, "method": method}
	if params != nil {
		request["params"] = params
	}
	if b.session != "" {
		request["sessionId"] = b.session
	}
	text, err := json.Marshal(request)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.to.Write(append(text, 0)); err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
	for {
		m := b.next()
		if m.ID != b.id {
			continue
		}
		if m.Error != nil {
			b.t.Fatalf("%s: %s", method, m.Error.Message)
		}
		if result != nil {
			if err := json.Unmarshal(m.Result, result); err != nil {
				b.t.Fatal(err)
			}
		}
		return
	}
}

// next reads one message and notes what the page did.
func (b *browser) next() message {
	b.t.Helper()
	text, err := b.from.ReadBytes(0)
	if err != nil {
		b.t.Fatalf("the browser went away: %v", err)
	}
	var m message
	if err := json.Unmarshal(bytes.TrimSuffix(text, []byte{0}), &m); err != nil {
		b.t.Fatal(err)
	}
	switch m.Method {
	case "Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Page.javascriptDialogOpening":
		b.complaints = append(b.complaints, string(m.Params))
	case "Network.requestWillBeSent":
		var sent struct {
			Request struct{ URL string }
		}
		if err := json.Unmarshal(m.Params, &sent); err != nil {
			b.t.Fatal(err)
		}
		b.requests = append(b.requests, sent.Request.URL)
	}
	return m
}

// open loads a page and waits for it.
func (b *browser) open(address string) {
	b.t.Helper()
	b.call("Page.navigate", map[string]any{"url": address}, nil)
	for b.next().Method != "Page.loadEventFired" {
	}
}

// eval runs an expression in the page and returns what it gives.
func (b *browser) eval(expression string) any {
	b.t.Helper()
	var result struct {
		Result           struct{ Value any }
		ExceptionDetails json.RawMessage
	}
	b.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true}, &result)
	if result.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s", expression, result.ExceptionDetails)
	}
	return result.Result.Value
}

// becomes evaluates an expression once a frame until it gives what is wanted, and
// returns what it gave last: a browser on a busy machine takes its time between an
// event and what follows from it.
func (b *browser) becomes(expression string, want any) any {
	b.t.Helper()
	wanted, err := json.Marshal(want)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.eval(`(async () => {
		for (const end = performance.now() + 20000; ; await new Promise(requestAnimationFrame)) {
			let got;
			try { got = ` + expression + `; } catch (error) { got = String(error); }
			if (got === ` + string(wanted) + ` || performance.now() > end) return got;
		}
	})()`)
}

// text types into what has the focus.
func (b *browser) text(s string) { b.call("Input.insertText", map[string]any{"text": s}, nil) }

// press presses a key.
func (b *browser) press(key, code string, number int) {
	b.t.Helper()
	down := map[string]any{"type": "keyDown", "key": key, "code": code, "windowsVirtualKeyCode": number}
	if len(key) == 1 || key == "Enter" {
		down["text"] = strings.Replace(key, "Enter", "\r", 1)
	}
	b.call("Input.dispatchKeyEvent", down, nil)
	b.call("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": key, "code": code, "windowsVirtualKeyCode": number}, nil)
}

// click clicks in the middle of an element.
func (b *browser) click(selector string) {
	b.t.Helper()
	quoted, err := json.Marshal(selector)
	if err != nil {
		b.t.Fatal(err)
	}
	place, _ := b.eval(`(() => { const e = document.querySelector(` + string(quoted) + `); e.scrollIntoView({ block: "center" });
		const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()`).([]any)
	if len(place) != 2 {
		b.t.Fatalf("%s is not there", selector)
	}
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		b.call("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1}, nil)
	}
}

// screenshot writes what a window of that width shows.
func (b *browser) screenshot(path string, width, height int) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}, nil)
	var shot struct{ Data string }
	b.call("Page.captureScreenshot", nil, &shot)
	image, err := base64.StdEncoding.DecodeString(shot.Data)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, image, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// page writes a report to a file and returns its address.
func page(t testing.TB, report []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, report, 0o600); err != nil {
		t.Fatal(err)
	}
	return "file://" + path
}
