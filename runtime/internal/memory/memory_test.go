package memory

import (
	"testing"
	"unsafe"
)

func TestMake(t *testing.T) {
	for _, n := range []int{0, 1, 15, 16, 17, 1000, 5 << 20} {
		testMake[float32](t, n)
		testMake[float64](t, n)
	}
}

func testMake[T float32 | float64](t *testing.T, n int) {
	x := Make[T](n)
	if len(x) != n || cap(x) != n {
		t.Fatalf("%d elements, room for %d, want %d", len(x), cap(x), n)
	}
	if n == 0 {
		return
	}
	if uintptr(unsafe.Pointer(&x[0]))%64 != 0 {
		t.Errorf("%d elements begin at %p", n, &x[0])
	}
	for i := range x {
		if x[i] != 0 {
			t.Fatalf("element %d is %v", i, x[i])
		}
		x[i] = 1
	}
}
