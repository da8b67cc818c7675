package legacy

import (
	"math"
	"testing"
)

// The logarithms here are correctly rounded: from 60 decimal digits.
func TestLogRounded(t *testing.T) {
	t.Parallel()
	tests := []struct{ x, want float64 }{
		{0.5, -0.6931471805599453},
		{0.1, -2.3025850929940455},
		{0.9999999999999999, -1.1102230246251565e-16},
		{1.232595164407831e-32, -73.4736011393542},
		{0.7071067811865476, -0.3465735902799726},
		{0.7071067811865475, -0.34657359027997275},
		{0.3, -1.2039728043259361},
		{0.9, -0.10536051565782628},
		{0.999, -0.0010005003335835344},
		{1e-09, -20.72326583694641},
		{0.13436424411240122, -2.0072009271185753},
		{0.8474337369372327, -0.16554262928899602},
		{0.763774618976614, -0.2694825346765816},
		{0.2550690257394217, -1.3662210812792126},
		{0.49543508709194095, -0.7023189386538373},
		{0.4494910647887381, -0.7996393033798517},
		{1, 0},
	}
	for _, test := range tests {
		if got := log(test.x); got != test.want {
			t.Errorf("log(%v) = %v, want %v", test.x, got, test.want)
		}
	}
}

// The standard library's logarithm is within one unit in the last place.
func TestLogAgainstMath(t *testing.T) {
	t.Parallel()
	s := New(1)
	for range 100_000 {
		x := s.Float64()
		if x == 0 {
			continue
		}
		got, want := log(x), math.Log(x)
		unit := math.Nextafter(-want, math.Inf(1)) + want
		if !(math.Abs(got-want) <= unit) {
			t.Fatalf("log(%v) = %v, math.Log gives %v", x, got, want)
		}
	}
}
