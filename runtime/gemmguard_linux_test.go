package runtime

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"unsafe"
)

// guarded is memory with a page on each side that nobody may touch.
type guarded struct{ memory []byte }

func guard(t *testing.T, bytes int) guarded {
	page := syscall.Getpagesize()
	size := (bytes + page - 1) / page * page
	all, err := syscall.Mmap(-1, 0, size+2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Munmap(all) })
	for _, side := range [][]byte{all[:page], all[page+size:]} {
		if err := syscall.Mprotect(side, syscall.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	return guarded{all[page : page+size]}
}

// place copies x to the beginning or the end of the memory.
func place[T Float](g guarded, x []T, atEnd bool) []T {
	n := len(x) * int(unsafe.Sizeof(x[0]))
	at := 0
	if atEnd {
		at = len(g.memory) - n
	}
	y := unsafe.Slice((*T)(unsafe.Pointer(&g.memory[at])), len(x))
	copy(y, x)
	return y
}

// Products read and write their operands only: these lie between pages that
// nobody may touch, against the one or the other.
func TestGemmGuardPages(t *testing.T) {
	onEverySet(t, func(t *testing.T) {
		t.Run("float32", testGuardPages[float32])
		t.Run("float64", testGuardPages[float64])
	})
}

func testGuardPages[T Float](t *testing.T) {
	const most = 600 * 600 * 8
	ga, gb, gc, gp := guard(t, most), guard(t, most), guard(t, most), guard(t, most)
	p := NewProducts[T](testPool())
	r := rand.New(rand.NewPCG(21, 22))
	sizes := [][3]int{{1, 1, 1}, {4, 1, 1}, {40, 600, 500}, {600, 33, 300}, {300, 300, 300}, {300, 381, 300}, {1, 500, 600}, {1, 777, 300}, {1, 1100, 70}, {40, 1100, 300}, {100, 10, 256}}
	for range 40 {
		sizes = append(sizes, [3]int{1 + r.IntN(70), 1 + r.IntN(70), 1 + r.IntN(70)})
	}
	for _, s := range sizes {
		m, n, k := s[0], s[1], s[2]
		a, b, c, store := integers[T](m*k, r), integers[T](k*n, r), make([]T, m*n), make([]T, PackedLen[T](k, n))
		for form := range 8 {
			tA, tB, atEnd := form&1 != 0, form&2 != 0, form&4 != 0
			lda, ldb := []int{k, m}[form&1], []int{n, k}[form>>1&1]
			t.Run(fmt.Sprint(s, form), func(t *testing.T) {
				x, y, z, packed := place(ga, a, atEnd), place(gb, b, atEnd), place(gc, c, atEnd), place(gp, store, atEnd)
				want := naive(tA, tB, m, n, k, 1, a, lda, b, ldb, 0, nil, n)
				p.Gemm(tA, tB, m, n, k, 1, x, lda, y, ldb, 0, z, n)
				equal(t, z, want)
				p.Pack(tB, k, n, y, ldb, packed)
				p.GemmPacked(tA, m, n, k, 1, x, lda, packed, 0, z, n)
				equal(t, z, want)
			})
		}
	}
}

func equal[T Float](t *testing.T, got []T, want []float64) {
	t.Helper()
	for i, w := range want {
		if float64(got[i]) != w {
			t.Fatalf("C[%d] = %v, want %v", i, got[i], w)
		}
	}
}
