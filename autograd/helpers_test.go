package autograd_test

import (
	"math"
	"testing"

	"gentlegrad/autograd"
)

var inf, nan = math.Inf(1), math.NaN()

func number(v float64) *node { return autograd.Scalar(v) }

// values returns a constant vector.
func values(v ...float64) *node { return autograd.Constant(vector(v...)) }

// mustPanic calls f and fails unless it panics with an error of exactly this text.
func mustPanic(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		switch p := recover().(type) {
		case nil:
			t.Errorf("no panic; want %s", want)
		case error:
			if p.Error() != want {
				t.Errorf("got  %v\nwant %s", p, want)
			}
		default:
			panic(p)
		}
	}()
	f()
}
