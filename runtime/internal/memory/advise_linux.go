package memory

import (
	"syscall"
	"unsafe"
)

// hugePage is the size of large pages on most machines, and least what is
// worth them: a page more or less must not matter.
const (
	hugePage = 2 << 20
	least    = 2 * hugePage
	advice   = 14 // MADV_HUGEPAGE
)

// advise asks for large pages for those that lie in x as a whole. It is advice:
// an error changes nothing.
func advise(x []byte) {
	if len(x) < least {
		return
	}
	from := int(-uintptr(unsafe.Pointer(&x[0])) % hugePage)
	to := from + (len(x)-from)/hugePage*hugePage
	_ = syscall.Madvise(x[from:to], advice)
}
