package tensor

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

func TestTakeAndAddAt(t *testing.T) {
	t.Parallel()
	x := FromSlice([]float64{10, 11, 12, 13, 14, 15}, 2, 3)
	at := FromSlice([]float64{5, -1, 0, 5}, 2, 2)
	if got, want := new(Tensor).Take(x, at), FromSlice([]float64{15, 0, 10, 15}, 2, 2); !Equal(got, want) {
		t.Errorf("Take gives %v, want %v", got, want)
	}
	y := FromSlice([]float64{.1, 1000, 2, .2}, 2, 2)
	z := New(2, 3).AddAt(at, y)
	if want := FromSlice([]float64{2, 0, 0, 0, 0, .1 + float64(.2)}, 2, 3); !Equal(z, want) {
		t.Errorf("AddAt gives %v, want %v", z, want)
	}
	// Elements that go to one place are added up first: 1 + (2⁻⁵³ + 2⁻⁵³) is more than 1.
	tiny := FromSlice([]float64{1.0 / (1 << 53), 1.0 / (1 << 53)}, 2)
	if one := Full(1, 1).AddAt(New(2), tiny); one.Item() == 1 {
		t.Error("AddAt adds one after another")
	}
	for _, at := range [][]float64{{1, 0, 0}, {0, 0}} { // −0 stays where −0 is added, and where nothing is
		zeros := Full(negativeZero, 3).AddAt(FromSlice(at, len(at)), Full(negativeZero, len(at)))
		for i, v := range zeros.Data() {
			if v != 0 || !math.Signbit(v) {
				t.Errorf("AddAt of −0 at %v gives %v at %d", at, v, i)
			}
		}
	}
	rising := New(6).AddAt(FromSlice([]float64{-1, 1, -1, 4}, 4), FromSlice([]float64{1, 2, 9, 3}, 4))
	if want := FromSlice([]float64{0, 2, 0, 0, 3, 0}, 6); !Equal(rising, want) {
		t.Errorf("AddAt gives %v, want %v", rising, want)
	}
	for _, p := range []float64{6, -2, .5, math.NaN()} {
		text := "tensor: Take: place " + fmt.Sprint(p) + " is not a whole number from −1 to 5, the last element of shape [2 3]"
		mustPanic(t, text, func() { new(Tensor).Take(x, Scalar(p)) })
	}
	mustPanic(t, "tensor: AddAt: place 6 is not a whole number from −1 to 5, the last element of shape [2 3]", func() { x.Clone().AddAt(Scalar(6), Scalar(1)) })
	mustPanic(t, "tensor: AddAt: the places have shape [2 2], y [2]; the shape of y must begin with that of the places", func() { x.Clone().AddAt(at, New(2)) })
	const overlap = ": destination shares memory with an operand"
	mustPanic(t, "tensor: Take"+overlap, func() { x.Take(x, New(2, 3)) })
	mustPanic(t, "tensor: Take"+overlap, func() { at.Take(x, at) })
	mustPanic(t, "tensor: AddAt"+overlap, func() { x.AddAt(New(2, 3), x) })
	mustPanic(t, "tensor: AddAt"+overlap, func() { at.AddAt(at, New(2, 2)) })
}

// Take and AddAt of rows are those of the elements one by one.
func TestTakeAndAddAtOfRows(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	for _, row := range [][]int{{3}, {2, 2}, {1}, {}, {0}, {5, 0}} {
		n := size("", row)
		for range 20 {
			rows := 1 + rng.IntN(5)
			at, elements := New(2, 3), New(append([]int{2, 3}, row...)...)
			for k := range at.data {
				p := rng.IntN(rows+1) - 1
				at.data[k] = float64(p)
				for j := range n {
					elements.data[k*n+j] = float64(max(p*n+j, min(p, 0)))
				}
			}
			x := New(append([]int{rows}, row...)...).Normal(rng, 0, 1)
			got := new(Tensor).Take(x, at, row...)
			mustEqual(t, "Take", got, new(Tensor).Take(x, elements))
			mustEqual(t, "AddAt", x.Clone().AddAt(at, got), x.Clone().AddAt(elements, got))
		}
	}
	x := New(2, 3)
	mustPanic(t, "tensor: Take: place 2 is not a whole number from −1 to 1, the last row of 3 elements of shape [2 3]", func() { new(Tensor).Take(x, Scalar(2), 3) })
	mustPanic(t, "tensor: AddAt: place 2 is not a whole number from −1 to 1, the last row of 3 elements of shape [2 3]", func() { x.AddAt(Scalar(2), New(3)) })
	mustPanic(t, "tensor: Take: shape [2 3] can't be divided into rows of shape [4]", func() { new(Tensor).Take(x, Scalar(0), 4) })
	mustPanic(t, "tensor: Take: shape [2 3] can't be divided into rows of shape [0]", func() { new(Tensor).Take(x, Scalar(0), 0) })
	mustPanic(t, "tensor: AddAt: shape [2 3] can't be divided into rows of shape [4]", func() { x.AddAt(Scalar(0), New(4)) })
	mustPanic(t, "tensor: AddAt: the places have shape [2 2], y [2 3]; the shape of y must begin with that of the places", func() { x.AddAt(New(2, 2), New(2, 3)) })
}

// AddAt adds up the elements of each place in their order, for one size after another, whether the places
// rise, fall or neither.
func TestAddAtOfManySizes(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 100 {
		n, k := 1+rng.IntN(50), rng.IntN(60)
		at, y, z := New(k), New(k).Normal(rng, 0, 1), New(n).Normal(rng, 0, 1)
		for i := range k {
			at.Data()[i] = float64(rng.IntN(n+1) - 1)
		}
		if round%3 > 0 {
			slices.Sort(at.Data())
		}
		if round%3 > 1 {
			slices.Reverse(at.Data())
		}
		sums, any := make([]float64, n), make([]bool, n)
		for i, v := range at.Data() {
			switch p := int(v); {
			case p < 0:
			case any[p]:
				sums[p] += y.Data()[i]
			default:
				sums[p], any[p] = y.Data()[i], true
			}
		}
		want := z.Clone()
		for p, v := range sums {
			if any[p] {
				want.Data()[p] += v
			}
		}
		if z.AddAt(at, y); !Equal(z, want) {
			t.Fatalf("round %d: places %v: got %v, want %v", round, at, z, want)
		}
	}
}

// The room for sums, which the garbage collector may take at any time, costs one allocation of z's size.
func TestAddAtAllocates(t *testing.T) {
	const n = 1 << 20
	z, at, y := New(n), FromSlice([]float64{1, 0}, 2), Full(1, 2)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	z.AddAt(at, y)
	runtime.ReadMemStats(&after)
	if bytes := after.TotalAlloc - before.TotalAlloc; bytes > 8*n+1<<16 {
		t.Errorf("AddAt to %d numbers allocates %d bytes", n, bytes)
	}
}

// BenchmarkAddAt times what is added at random places, of which each is named once on average.
func BenchmarkAddAt(b *testing.B) {
	for _, n := range []int{8, 1 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 2))
			at, y, z := New(n), New(n).Normal(rng, 0, 1), New(n)
			for i := range at.data {
				at.data[i] = float64(rng.IntN(n))
			}
			for b.Loop() {
				z.AddAt(at, y)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/value")
		})
	}
}
