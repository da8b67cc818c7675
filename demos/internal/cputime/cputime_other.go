//go:build !unix

package cputime

import "time"

var start = time.Now()

// Used returns the time since the process began: the system does not tell for how much of it the process ran.
func Used() time.Duration { return time.Since(start) }
