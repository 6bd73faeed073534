package transport_test

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"blurt/scanner/detect"
	"blurt/scanner/internal/transport"
	"blurt/scanner/wire"
)

// BenchmarkWire sends kept-alive GETs to the server at BLURT_BENCH_URL, as many
// at a time as BLURT_BENCH_CONNECTIONS says, alone and with every answer read by
// all detectors, as in a scan. bench/wire.sh runs it beside wrk.
func BenchmarkWire(b *testing.B) {
	b.Run("alone", func(b *testing.B) { benchmarkWire(b, nil) })
	b.Run("detecting", func(b *testing.B) { benchmarkWire(b, detect.NewSet(detect.All())) })
}

func benchmarkWire(b *testing.B, detectors *detect.Set) {
	url := os.Getenv("BLURT_BENCH_URL")
	if url == "" {
		b.Skip("BLURT_BENCH_URL is not set")
	}
	width, err := strconv.Atoi(os.Getenv("BLURT_BENCH_CONNECTIONS"))
	if err != nil || width < 1 {
		width = 8
	}
	endpoint, err := wire.ParseEndpoint(url)
	if err != nil {
		b.Fatal(err)
	}
	client, err := transport.New(transport.Config{HTTP: "1.1"})
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	request := wire.Request{Method: "GET", Target: endpoint.Target, Fields: []wire.Field{
		{Name: "Host", Value: endpoint.Origin.Authority()}, {Name: "User-Agent", Value: "blurt"}, {Name: "Accept", Value: "*/*"}}}
	defer debug.SetGCPercent(debug.SetGCPercent(250)) // as the program sets it
	left := atomic.Int64{}
	left.Store(int64(b.N))
	b.ReportAllocs()
	b.ResetTimer()
	group, ctx := errgroup.WithContext(context.Background())
	for range width {
		group.Go(func() error {
			for left.Add(-1) >= 0 {
				x := client.Do(ctx, wire.Identity{Name: "none"}, endpoint.Origin, request)
				if x.Err != nil {
					return x.Err
				}
				if x.Got.Status != 200 {
					return fmt.Errorf("status %d", x.Got.Status)
				}
				if detectors != nil {
					detectors.Run(detect.Input{Exchange: x})
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		b.Fatal(err)
	}
}
