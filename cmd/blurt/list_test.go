package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"blurt/scanner/wire"
)

func TestListIsStreamed(t *testing.T) {
	reader, writer := io.Pipe()
	defer reader.Close()
	go func() { _, _ = io.WriteString(writer, "https://a.example/1\n") }()
	// The stream stays open; its first URL must come all the same.
	list, err := startStream(t.Context(), "stream", reader)
	if err != nil {
		t.Fatal(err)
	}
	for endpoint, err := range list {
		if err != nil {
			t.Fatal(err)
		}
		if endpoint.String() == "https://a.example/2" {
			break
		}
		go func() { _, _ = io.WriteString(writer, "https://a.example/2\n") }()
	}
}

func TestSilentStreamEndsWithTheContext(t *testing.T) {
	reader, writer := io.Pipe()
	defer writer.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { _, _ = io.WriteString(writer, "https://a.example/1\n") }()
	list, err := startStream(ctx, "stream", reader)
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for range list {
		count++
		cancel()
	}
	if count != 1 {
		t.Errorf("%d endpoints, want 1", count)
	}
	if _, err := startStream(ctx, "stream", reader); exitCode(err) != exitIncomplete {
		t.Errorf("a stream under an ended context: %v", err)
	}
}

func TestListErrorsNameTheLine(t *testing.T) {
	tests := map[string]string{
		"https://a.example\n\n# x\nnonsense\nhttps://b.example": `urls:4: URL "nonsense": no scheme: write https:// or http:// before the host`,
		"https://a.example\n" + strings.Repeat("x", maxLine+1):  "urls:2: the line is longer than 64 KB: write one URL a line",
		"https://a.example/" + strings.Repeat("x", 9000):        `urls:1: URL "https://a.example/` + strings.Repeat("x", 62) + `"…: longer than 8192 bytes`,
	}
	for text, want := range tests {
		var last error
		for _, err := range listLines("urls", strings.NewReader(text)) {
			last = err
		}
		if last == nil || last.Error() != want || exitCode(last) != exitUsage {
			t.Errorf("says %v, want %s", last, want)
		}
	}
}

func TestListTellsAReaderThatFails(t *testing.T) {
	broken := io.MultiReader(strings.NewReader("https://a.example\n"), failingReader{})
	var got []wire.Endpoint
	var last error
	for endpoint, err := range listLines("urls", broken) {
		if err != nil {
			last = err
			continue
		}
		got = append(got, endpoint)
	}
	if len(got) != 1 || last == nil || !strings.HasPrefix(last.Error(), "urls:2: urls: disk on fire") {
		t.Errorf("endpoints %v, error %v", got, last)
	}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, errors.New("disk on fire") }
