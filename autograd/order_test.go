package autograd_test

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// Lines of all lengths, with equal elements, both zeros, infinities and NaN, are sorted as by a stable
// sort.
func TestOrderOfLongLines(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	special := []float64{inf, -inf, 0, math.Copysign(0, -1), 5e-324, -5e-324, math.MaxFloat64, nan}
	for trial := range 500 {
		x := make([]float64, 1+rng.IntN(200))
		for i := range x {
			x[i] = float64(rng.IntN(20) - 10)
			if k := rng.IntN(5 * len(special)); k < len(special)-trial%2 {
				x[i] = special[k]
			}
		}
		leaf := autograd.Variable(tensor.FromSlice(x, len(x)))
		k := rng.IntN(len(x) + 1)
		for _, descending := range []bool{false, true} {
			want := sortedPlaces(x, descending)
			if got := leaf.ArgSort(0, descending).Value().Data(); !slices.Equal(got, want) {
				t.Fatalf("%v, descending %v: sorted %v, want %v", x, descending, got, want)
			}
			if _, got := leaf.TopK(k, 0, descending); !slices.Equal(got.Value().Data(), want[:k]) {
				t.Fatalf("%v, descending %v: first %v, want %v", x, descending, got.Value(), want[:k])
			}
		}
		rising := sortedPlaces(x, false)
		median := int(rising[(len(x)-1)/2])
		if last := int(rising[len(x)-1]); math.IsNaN(x[last]) {
			median = last
		}
		if got := autograd.Backward(leaf.Median(0)).Of(leaf); got.Data()[median] != 1 {
			t.Fatalf("%v: the median is %v, want place %d", x, got, median)
		}
	}
}

// sortedPlaces returns the indices of x's elements in sorted order.
func sortedPlaces(x []float64, descending bool) []float64 {
	places := make([]float64, len(x))
	for i := range places {
		places[i] = float64(i)
	}
	slices.SortStableFunc(places, func(a, b float64) int {
		v, w := x[int(a)], x[int(b)]
		order := cmp.Compare(v, w) // orders NaN before all numbers
		if math.IsNaN(v) != math.IsNaN(w) {
			order = -order
		}
		if descending {
			order = -order
		}
		return order
	})
	return places
}
