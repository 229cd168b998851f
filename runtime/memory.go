package runtime

import "github.com/gtc-lang/gtc/runtime/internal/memory"

// Memory makes n zeros for tensors to lie in: aligned to cache lines, and on
// large pages where there are enough of them and the system has some.
func Memory[T Float](n int) []T { return memory.Make[T](n) }
