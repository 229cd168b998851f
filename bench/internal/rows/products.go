package rows

import (
	"fmt"
	"strings"

	"github.com/gtc-lang/gtc/bench/internal/machine"
)

// shares are floors of square products by size, as shares of the peak.
type shares map[int]float64

// Squares on one thread and on two, with B packed on each call, and with a B
// that was packed before.
var (
	squares1 = shares{32: 0.80, 64: 0.82, 128: 0.87, 256: 0.88, 512: 0.86, 1024: 0.83, 2048: 0.83}
	squares2 = shares{64: 0.58, 128: 0.78, 256: 0.82, 512: 0.78, 1024: 0.80, 2048: 0.80}
	packed1  = shares{128: 0.88, 256: 0.88, 512: 0.88, 1024: 0.88, 2048: 0.88}
	packed2  = shares{256: 0.84, 512: 0.84, 1024: 0.84, 2048: 0.84}
)

// onZen4 are the floors that are higher on AMD's Zen 4, where memory is
// nearer to the peak: from a size up.
func onZen4(s shares, from int, share float64) shares {
	other := shares{}
	for n, old := range s {
		other[n] = old
		if n >= from {
			other[n] = share
		}
	}
	return other
}

// squareSizes are in the table's order.
var squareSizes = []int{16, 32, 64, 128, 256, 512, 1024, 2048}

func productRows(cpu machine.CPU) []Row {
	one, two, onePacked := squares1, squares2, packed1
	if cpu.Zen4() {
		one, two, onePacked = onZen4(one, 128, 0.88), onZen4(two, 256, 0.88), onZen4(onePacked, 128, 0.91)
	}
	var all []Row
	for _, threads := range []int{1, 2} {
		s, p := one, onePacked
		if threads == 2 {
			s, p = two, packed2
		}
		all = append(all, squareRows(cpu, "", "nn", threads, s)...)
		all = append(all, squareRows(cpu, " packed=b", "packed", threads, p)...)
		all = append(all, squareRows(cpu, " tb=1", "nt", threads, s)...)
		all = append(all, squareRows(cpu, " ta=1", "tn", threads, s)...)
	}
	return append(all, shapeRows()...)
}

// squareRows are products of one form, of the sizes that have a share, and 16
// on one thread.
func squareRows(cpu machine.CPU, form, name string, threads int, s shares) []Row {
	var all []Row
	for _, n := range squareSizes {
		share, ok := s[n]
		if !ok && !(n == 16 && threads == 1 && name == "nn") {
			continue
		}
		r := productRow(fmt.Sprintf("%s-%d", name, n), fmt.Sprintf("%s %d", strings.ToUpper(name), n), n, n, n, 1, form, threads)
		r.Group = "square products"
		floor := Floor{Ratio: equalTo(cpu, n), Share: share}
		switch name {
		case "packed":
			floor.Ratio = 0 // OpenBLAS has no such product
			r.Title = fmt.Sprintf("NN %d, B packed before%s", n, r.Title[len(fmt.Sprintf("PACKED %d", n)):])
		case "nt", "tn":
			floor.Share, floor.Near = 0, fmt.Sprintf("nn-%d-%d", n, threads)
		}
		r.Floors = []Floor{floor}
		all = append(all, r)
	}
	return all
}

// equalTo is the ratio that counts as equal to OpenBLAS: on Zen 4 it is at 93
// to 99 % of the peak up to 64, where 0.97 of it is asked for.
func equalTo(cpu machine.CPU, n int) float64 {
	if cpu.Zen4() && n <= 64 {
		return 0.97
	}
	return 1
}

// shape is a product [m,k] @ [k,n] of a model.
type shape struct {
	name, what    string
	m, n, k       int
	batch         int
	form          string
	share, packed float64 // floors; a packed one of 0: no such row
	bandwidth     bool    // the share is of a cache's bandwidth
}

var shapes = []shape{
	{name: "128x512x784", what: "first layer of mlp-mnist", m: 128, n: 512, k: 784, share: 0.76, packed: 0.86},
	{name: "128x512x784-dw", what: "its weights' gradient", m: 784, n: 512, k: 128, form: " ta=1", share: 0.76},
	{name: "128x512x784-dx", what: "its input's gradient", m: 128, n: 784, k: 512, form: " tb=1", share: 0.76, packed: 0.86},
	{name: "768x384x128", what: "queries, keys, values of char-gpt", m: 768, n: 384, k: 128, share: 0.76, packed: 0.86},
	{name: "768x65x128", what: "logits of char-gpt", m: 768, n: 65, k: 128, share: 0.76, packed: 0.86},
	{name: "256x2304x768", what: "queries, keys, values of gpt2", m: 256, n: 2304, k: 768, share: 0.76, packed: 0.86},
	{name: "256x50257x768", what: "logits of gpt2", m: 256, n: 50257, k: 768, share: 0.76, packed: 0.86},
	{name: "32x1024x256", what: "a step of lstm", m: 32, n: 1024, k: 256, share: 0.76, packed: 0.86},
	{name: "48x64x64x32", what: "scores of char-gpt's attention, 48 products", m: 64, n: 64, k: 32, batch: 48, form: " tb=1", share: 0.76},
	{name: "4096x64x64x32", what: "4096 such products, from memory", m: 64, n: 64, k: 32, batch: 4096, form: " tb=1", share: 0.55},
	{name: "128x10x256", what: "last layer of mlp-mnist", m: 128, n: 10, k: 256},
	{name: "1x512x784", what: "first layer of mlp-mnist for one row", m: 1, n: 512, k: 784, share: 0.80, bandwidth: true},
}

func shapeRows() []Row {
	var all []Row
	for _, s := range shapes {
		for _, threads := range []int{1, 2} {
			r := productRow(s.name, s.name+", "+s.what, s.m, s.n, s.k, max(1, s.batch), s.form, threads)
			r.Group = "products of models"
			r.Floors = []Floor{{Ratio: 1, Share: s.share}}
			if s.bandwidth {
				r.Bytes = 4 * s.k * s.n
			}
			all = append(all, r)
			if s.packed > 0 {
				p := productRow(s.name+"-packed", s.name+", weights packed before", s.m, s.n, s.k, 1, s.form+" packed=b", threads)
				p.Group = r.Group
				p.Floors = []Floor{{Ratio: 1, Share: s.packed}}
				all = append(all, p)
			}
		}
	}
	return all
}

func productRow(name, title string, m, n, k, batch int, form string, threads int) Row {
	plural := ""
	if threads > 1 {
		plural = "s"
	}
	return Row{
		Name:    fmt.Sprintf("%s-%d", name, threads),
		Title:   fmt.Sprintf("%s, %d thread%s", title, threads, plural),
		Request: fmt.Sprintf("kind=product m=%d n=%d k=%d batch=%d%s", m, n, k, batch, form),
		Threads: threads, Steps: 1,
		Flops:   2 * float64(m) * float64(n) * float64(k) * float64(batch),
		Checked: 64, Differ: 1e-6,
	}
}
