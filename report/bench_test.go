package report_test

import (
	"io"
	"testing"

	"blurt/report"
)

func BenchmarkFormats(b *testing.B) {
	c := catalogue(b)
	events := scan(b)
	for _, f := range report.Formats() {
		b.Run(f.Name, func(b *testing.B) {
			for b.Loop() {
				sink, err := report.New(f.Name, io.Discard, report.Options{Rules: c})
				if err != nil {
					b.Fatal(err)
				}
				for _, e := range events {
					if err := sink.Emit(e); err != nil {
						b.Fatal(err)
					}
				}
				if err := sink.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
