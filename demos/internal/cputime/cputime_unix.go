//go:build unix

package cputime

import (
	"syscall"
	"time"
)

// Used returns the time that processors have spent on this process.
func Used() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic("cputime: internal error: " + err.Error())
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
