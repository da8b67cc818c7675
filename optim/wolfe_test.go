package optim

import (
	"math"
	"testing"
)

// Between two points of a cubic polynomial is its minimum, from both sides; where it is not well inside, the middle.
func TestBetween(t *testing.T) {
	cubic := func(a float64) (x trial) { // (a−1)²(a+2), whose minimum is at 1
		x.a, x.loss, x.slope = a, (a-1)*(a-1)*(a+2), 2*(a-1)*(a+2)+(a-1)*(a-1)
		return x
	}
	for _, c := range []struct{ p, q, want float64 }{
		{0, 1.5, 1}, {1.5, 0, 1}, {-.5, 3, 1}, {.25, 1.25, 1},
		{0, 1.05, .525}, // too near an end
		{2, 3, 2.5},     // outside
	} {
		if got := between(cubic(c.p), cubic(c.q)); !(math.Abs(got-c.want) <= 1e-12) {
			t.Errorf("between %v and %v: %v, want %v", c.p, c.q, got, c.want)
		}
	}
	if got := between(trial{point: point{loss: math.NaN()}}, trial{a: 1}); got != .5 {
		t.Errorf("of NaN: %v", got)
	}
}
