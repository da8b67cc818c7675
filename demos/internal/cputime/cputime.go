// Package cputime measures how long this process has computed, whatever else its machine does. It is for
// tests that limit a demo's time.
package cputime
