package f32

import (
	"syscall"
	"testing"
	"unsafe"
)

// guarded is memory for n floats between two pages that may not be touched: it
// ends where the second one begins, and its page begins where the first ends.
func guarded(t *testing.T, n int) []float32 {
	page := syscall.Getpagesize()
	if 4*n > page {
		t.Fatalf("%d floats are more than a page", n)
	}
	memory, err := syscall.Mmap(-1, 0, 3*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Munmap(memory) })
	for _, p := range [][]byte{memory[:page], memory[2*page:]} {
		if err := syscall.Mprotect(p, syscall.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	return unsafe.Slice((*float32)(unsafe.Pointer(&memory[page])), page/4)
}
