package orbit

import (
	"context"
	"math"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// The claims: the gradient through 600 steps is right; from two launches descent finds ones that hit
// the target, one behind the moon and one in front of it, and from a third it finds none; without the
// moon the first would miss.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("it flies long")
	}
	r, err := Run(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !(r.Bound <= 1e-8) {
		t.Errorf("the numerical gradient is known to %.0e", r.Bound)
	}
	for i, g := range r.Gradient {
		if d := math.Abs(g - r.Numerical[i]); !(d <= r.Bound) {
			t.Errorf("∂L/∂v%d is %v, numerically %v ± %.0e", i, g, r.Numerical[i], r.Bound)
		}
	}
	for i, want := range []struct{ least, most, along float64 }{{0, 3e-4, -1}, {0, 3e-4, 1}, {2, 3, 0}} {
		d := r.Descents[i]
		if end := d.Distances[iterations]; !(d.Distances[0] >= 1 && end >= want.least && end <= want.most) {
			t.Errorf("descent %d misses by %v at first, and by %v in the end, want %v to %v", i, d.Distances[0], end, want.least, want.most)
		}
		if along := ahead(d.Flights[len(shown)-1], r.Moon); !(along*want.along >= 0) {
			t.Errorf("flight %d is %v in front of the moon where they meet", i, along)
		}
	}
	if !(r.Unaided >= 1) {
		t.Errorf("without the moon the launch misses by %v", r.Unaided)
	}
}

// ahead returns how far a flight is in front of the moon where they are closest to one another.
func ahead(f, moon Flight) float64 {
	k := closest(f, moon)
	vx, vy := moon.X[k+1]-moon.X[k], moon.Y[k+1]-moon.Y[k]
	return ((f.X[k]-moon.X[k])*vx + (f.Y[k]-moon.Y[k])*vy) / math.Hypot(vx, vy)
}

// The simulation is one: with the velocity of a circle, a moon comes back to where it was, and its
// energy stays.
func TestStep(t *testing.T) {
	t.Parallel()
	x, v := point(1, 0), point(0, 1)
	n := int(math.Round(2 * math.Pi / h))
	for range n {
		x, v = step(x, v, pull(x, planet, 1))
	}
	if d := tensor.MaxAbsDiff(x.Value(), point(1, 0).Value()); !(d <= .01) {
		t.Errorf("after a turn the moon is at %v, %v off", x.Value(), d)
	}
	energy := v.Square().Sum().Scale(.5).Sub(x.Square().Sum().Rsqrt()).Value().Item()
	if !(math.Abs(energy+.5) <= .005) {
		t.Errorf("the energy is %v, want −0.5", energy)
	}
}

// Probes do not disturb one another: each row is a flight by itself.
func TestFlyTogether(t *testing.T) {
	t.Parallel()
	end := func(launches ...[]float64) *tensor.Tensor {
		path := fly(autograd.Constant(tensor.Rows(launches)), moonMass)
		return path[len(path)-1].Value()
	}
	together := end(first...)
	for i, launch := range first {
		if alone := end(launch); !tensor.Equal(alone, together.Slice(0, i, i+1)) {
			t.Errorf("probe %d ends at %v, and among others at %v", i, alone, together.Slice(0, i, i+1))
		}
	}
}
