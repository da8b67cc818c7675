// Package cputime measures how long this process has computed, whatever else its machine does: for tests that hold a demo to its time.
package cputime
