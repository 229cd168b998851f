package machine

import (
	"bufio"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
	"unsafe"
)

func TestParse(t *testing.T) {
	const text = "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\nmodel name\t: AMD EPYC\n\nprocessor\t: 1\nmodel name\t: other\n"
	var c CPU
	c.parse(bufio.NewScanner(strings.NewReader(text)))
	if want := (CPU{Model: "AMD EPYC", Vendor: "AuthenticAMD", Family: 25, Number: 17}); c != want {
		t.Errorf("got %+v, want %+v", c, want)
	}
	if !c.Zen4() {
		t.Error("family 25, model 17 is Zen 4")
	}
}

func TestOpenBLASCore(t *testing.T) {
	const text = "vendor_id\t: GenuineIntel\nflags\t\t: fpu avx2 avx512f avx512vl\n"
	var c CPU
	c.parse(bufio.NewScanner(strings.NewReader(text)))
	if got := c.OpenBLASCore(); got != "SkylakeX" {
		t.Errorf("an Intel with AVX-512: %q", got)
	}
	for _, c := range []CPU{{Vendor: "GenuineIntel"}, {Vendor: "AuthenticAMD", AVX512: true}} {
		if got := c.OpenBLASCore(); got != "" {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

func TestZen4(t *testing.T) {
	for number, want := range map[int]bool{0x01: false, 0x11: true, 0x21: false, 0x50: false, 0x61: true, 0x74: true} {
		if got := (CPU{Vendor: "AuthenticAMD", Family: 25, Number: number}).Zen4(); got != want {
			t.Errorf("model %#x: %v, want %v", number, got, want)
		}
	}
	if (CPU{Vendor: "GenuineIntel", Family: 25, Number: 0x11}).Zen4() {
		t.Error("an Intel is not Zen 4")
	}
}

// A loop of fused multiply-adds does between one and a thousand a nanosecond.
func TestLimits(t *testing.T) {
	for threads := 1; threads <= 2; threads++ {
		for name, l := range map[string]*Limit{"peak": Peak(threads), "bandwidth": ReadBandwidth(threads, 1<<20)} {
			if l == nil {
				t.Skip("this processor has no loop to measure limits with")
			}
			if rate := l.Measure(); rate < 1e9 || rate > 1e12*float64(threads) {
				t.Errorf("%s of %d threads: %g a second", name, threads, rate)
			}
		}
	}
}

func TestAligned(t *testing.T) {
	for _, n := range []int{1, 100, 5000} {
		a := aligned(n)
		if len(a) != n || uintptr(unsafe.Pointer(&a[0]))%4096 != 0 {
			t.Errorf("aligned(%d): %d floats at %p", n, len(a), &a[0])
		}
	}
}

func TestCPUTimeGrowsWithWork(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells")
	}
	before, _ := CPUTime(os.Getpid())
	for start := time.Now(); time.Since(start) < 20*time.Millisecond; {
	}
	if after, _ := CPUTime(os.Getpid()); after-before < 2*time.Millisecond {
		t.Errorf("twenty busy milliseconds count as %v", after-before)
	}
	if now, peak := Memory(os.Getpid()); now < 1<<20 || peak < now {
		t.Errorf("memory now %d, at most %d", now, peak)
	}
}
