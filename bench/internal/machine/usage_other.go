//go:build !unix

package machine

import "time"

// OwnTime is not known here.
func OwnTime() time.Duration { return 0 }
