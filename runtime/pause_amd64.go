//go:build !noasm

package runtime

// spinPause tells the processor that a loop waits for another thread: a thread
// on the same core runs faster meanwhile, and the wait ends sooner.
//
//go:noescape
func spinPause()
