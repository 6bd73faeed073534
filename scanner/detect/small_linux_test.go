package detect_test

import (
	"fmt"
	"testing"

	"blurt/scanner/detect"
	"blurt/scanner/wire"
)

// BenchmarkSmall measures what all detectors cost on the short answers that most
// requests of a scan get.
func BenchmarkSmall(b *testing.B) {
	page := manualPage(1)
	set := detect.NewSet(detect.All())
	for _, size := range []int{200, 1 << 10, 4 << 10} {
		for name, got := range map[string]*wire.Response{
			"page":    answer(200, "text/html", page[:size]),
			"refusal": answer(403, "text/html", page[:size]),
			"data":    answer(200, "application/json", `{"items":["`+page[:size]+`"]}`),
		} {
			in := answerTo("/api/items", got)
			b.Run(fmt.Sprintf("%s/%d", name, size), func(b *testing.B) {
				before, rounds := processTime(b), 0
				for b.Loop() {
					rounds++
					set.Run(in)
				}
				b.ReportMetric(float64(processTime(b)-before)/float64(rounds), "cpu-ns/op")
			})
		}
	}
}

// BenchmarkPreparing measures what a scan's start pays for the search.
func BenchmarkPreparing(b *testing.B) {
	before, rounds := processTime(b), 0
	for b.Loop() {
		rounds++
		detect.NewSet(detect.All())
	}
	b.ReportMetric(float64(processTime(b)-before)/float64(rounds), "cpu-ns/op")
}
