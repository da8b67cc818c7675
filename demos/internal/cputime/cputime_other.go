//go:build !unix

package cputime

import "time"

var start = time.Now()

// Used returns the time since the process began: the system does not tell what of that it ran.
func Used() time.Duration { return time.Since(start) }
