package runtime

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/metrics"
	"slices"
	"testing"
	"time"

	"github.com/gtc-lang/gtc/runtime/internal/gemm"
)

// product is a product to measure.
type product struct {
	m, n, k int
	form    string // NN, NT, TN, packed, batch: of cold operands
}

// floors are the products that are to be fast, as issues and README list them.
func floors() (list []product) {
	for _, form := range []string{"NN", "packed", "NT", "TN"} {
		for _, n := range []int{16, 32, 64, 128, 256, 512, 1024, 2048} {
			list = append(list, product{n, n, n, form})
		}
	}
	for _, form := range []string{"NN", "packed"} {
		for _, s := range [][3]int{
			{128, 512, 784}, {768, 384, 128}, {768, 65, 128}, {256, 2304, 768}, {256, 50257, 768}, {32, 1024, 256},
			{128, 10, 256}, {1, 512, 784},
		} {
			list = append(list, product{s[0], s[1], s[2], form})
		}
	}
	return append(list, product{784, 512, 128, "TN"}, product{128, 784, 512, "NT"},
		product{64, 64, 32, "batch"}, product{64, 64, 32, "batchNT"}, product{4, 1, 1, "NN"}, product{1, 1, 4, "TN"})
}

// BenchmarkGemm measures products beside a loop of multiply-adds in
// registers, run before and after each sample: the clock drifts. "%peak" is
// the median share of it.
func BenchmarkGemm(b *testing.B) {
	for _, threads := range []int{1, 2} {
		for _, p := range floors() {
			b.Run(fmt.Sprintf("threads=%d/%s/%dx%dx%d", threads, p.form, p.m, p.n, p.k), func(b *testing.B) { benchProduct[float32](b, threads, p) })
		}
	}
}

func BenchmarkGemm64(b *testing.B) {
	for _, n := range []int{32, 128, 512, 1024} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { benchProduct[float64](b, 1, product{n, n, n, "NN"}) })
	}
}

func benchProduct[T Float](b *testing.B, threads int, p product) {
	pool := NewPool(threads)
	defer pool.Close()
	run, flops := operands(p, NewProducts[T](pool))
	run()
	var shares, rates []float64
	for b.Loop() {
		before := peakRate[T]()
		rate := flops * speed(run)
		peak := (before + peakRate[T]()) / 2 * float64(threads)
		rates, shares = append(rates, rate), append(shares, 100*rate/peak)
	}
	slices.Sort(rates)
	slices.Sort(shares)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(rates[len(rates)-1], "best-GFLOP/s")
	b.ReportMetric(flops/rates[len(rates)/2], "ns/product")
	b.ReportMetric(rates[len(rates)/2], "GFLOP/s")
	b.ReportMetric(shares[len(shares)/2], "%peak")
}

// peakRate is how many operations a nanosecond one thread does at most.
func peakRate[T Float]() float64 {
	start := time.Now()
	flops := gemm.For[T]().Peak(100_000)
	return flops / float64(time.Since(start))
}

// speed is how often run is done in a nanosecond, over some milliseconds.
func speed(run func()) float64 {
	times, start := 0, time.Now()
	for group := 1; ; group *= 2 {
		for range group {
			run()
		}
		times += group
		if d := time.Since(start); d > 8*time.Millisecond {
			return float64(times) / float64(d)
		}
	}
}

// operands makes the operands of a product, and what computes it.
func operands[T Float](s product, p *Products[T]) (run func(), flops float64) {
	m, n, k, batch := s.m, s.n, s.k, 1
	if s.form == "batch" || s.form == "batchNT" {
		batch = 2048
	}
	r := rand.New(rand.NewPCG(1, 1))
	a, b, c := Memory[T](batch*m*k), Memory[T](batch*k*n), Memory[T](batch*m*n)
	copy(a, random[T](len(a), r))
	copy(b, random[T](len(b), r))
	flops = 2 * float64(batch) * float64(m) * float64(n) * float64(k)
	switch s.form {
	case "NN":
		run = func() { p.Gemm(false, false, m, n, k, 1, a, k, b, n, 0, c, n) }
	case "NT":
		run = func() { p.Gemm(false, true, m, n, k, 1, a, k, b, k, 0, c, n) }
	case "TN":
		run = func() { p.Gemm(true, false, m, n, k, 1, a, m, b, n, 0, c, n) }
	case "packed":
		packed := Memory[T](PackedLen[T](k, n))
		p.Pack(false, k, n, b, n, packed)
		run = func() { p.GemmPacked(false, m, n, k, 1, a, k, packed, 0, c, n) }
	case "batch":
		run = func() { p.GemmBatched(batch, false, false, m, n, k, 1, a, k, m*k, b, n, k*n, 0, c, n, m*n) }
	case "batchNT":
		run = func() { p.GemmBatched(batch, false, true, m, n, k, 1, a, k, m*k, b, k, k*n, 0, c, n, m*n) }
	}
	return run, flops
}

// BenchmarkGemmPauses runs the collector all the time beside a large product:
// "longest-µs" is how long the world stood still at most, or a little more.
func BenchmarkGemmPauses(b *testing.B) {
	pool := NewPool(2)
	defer pool.Close()
	run, _ := operands(product{2048, 2048, 2048, "NN"}, NewProducts[float32](pool))
	stop, stopped := make(chan struct{}), make(chan struct{})
	before := pauses()
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	}()
	for b.Loop() {
		run()
	}
	close(stop)
	<-stopped
	after, longest := pauses(), 0.0
	for i, n := range after.Counts {
		if n > before.Counts[i] {
			longest = after.Buckets[i+1]
		}
	}
	b.ReportMetric(1e6*longest, "longest-µs")
}

// pauses is how long the collector has stopped the world how often.
func pauses() *metrics.Float64Histogram {
	sample := []metrics.Sample{{Name: "/sched/pauses/total/gc:seconds"}}
	metrics.Read(sample)
	h := *sample[0].Value.Float64Histogram()
	h.Counts = slices.Clone(h.Counts)
	return &h
}
