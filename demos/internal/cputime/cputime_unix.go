//go:build unix

package cputime

import (
	"syscall"
	"time"
)

// Used returns the processor time that this process has used.
func Used() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic("cputime: internal error: " + err.Error())
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
