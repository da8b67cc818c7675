package tensor

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

func TestTranspose(t *testing.T) {
	t.Parallel()
	rng := newRand(1)
	for range 500 {
		x := reals(rng, randomShape(rng, 6)...)
		perm := rng.Perm(x.Rank())
		shape := make([]int, x.Rank())
		for i, a := range perm {
			shape[i] = x.Dim(a)
		}
		want := naiveFill(shape, func(index []int) float64 {
			from := make([]int, len(index))
			for i, a := range perm {
				from[a] = index[i]
			}
			return x.At(from...)
		})
		for i := range perm {
			if rng.IntN(2) == 0 {
				perm[i] -= x.Rank()
			}
		}
		mustEqual(t, fmt.Sprint(x.Shape(), perm), new(Tensor).Transpose(x, perm...), want)

		reversed := naiveFill(reverse(x.Shape()), func(index []int) float64 { return x.At(reverse(index)...) })
		mustEqual(t, fmt.Sprint(x.Shape(), " reversed"), new(Tensor).Transpose(x), reversed)
	}
}

// TestTransposeOfSixteen has as many axes as a tensor may have.
func TestTransposeOfSixteen(t *testing.T) {
	t.Parallel()
	shape := slices.Repeat([]int{1}, 16)
	shape[0], shape[15] = 2, 3
	x := Arange(6).Reshape(shape...)
	mustEqual(t, "reversed", new(Tensor).Transpose(x), FromSlice([]float64{0, 3, 1, 4, 2, 5}, reverse(shape)...))
}

func reverse(s []int) []int {
	s = slices.Clone(s)
	slices.Reverse(s)
	return s
}

// moved returns index with i added on axis a.
func moved(index []int, a, i int) []int {
	index = slices.Clone(index)
	index[a] += i
	return index
}

// TestAlongAxis checks Slice, SliceOf, Pad and AddToSlice along every axis.
func TestAlongAxis(t *testing.T) {
	t.Parallel()
	rng := newRand(2)
	for range 500 {
		x := special(rng, randomShape(rng, 6)...)
		for a, d := range x.Shape() {
			i := rng.IntN(d + 1)
			j := i + rng.IntN(d-i+1)
			axis := a - x.Rank()*rng.IntN(2)

			part := x.Shape()
			part[a] = j - i
			slice := naiveFill(part, func(index []int) float64 { return x.At(moved(index, a, i)...) })
			what := fmt.Sprint(x.Shape(), axis, i, j)
			mustEqual(t, "Slice "+what, x.Slice(axis, i, j), slice)
			mustEqual(t, "SliceOf "+what, new(Tensor).SliceOf(x, axis, i, j), slice)
			mustEqual(t, "SliceOf into a tensor "+what, New(part...).SliceOf(x, axis, i, j), slice)

			padded := x.Shape()
			padded[a] = i + d + j
			inside := func(index []int) bool { return index[a] >= i && index[a] < i+d }
			want := naiveFill(padded, func(index []int) float64 {
				if inside(index) {
					return x.At(moved(index, a, -i)...)
				}
				return 0
			})
			mustEqual(t, "Pad "+what, new(Tensor).Pad(x, axis, i, i+d+j), want)

			z := reals(rng, padded...)
			want = naiveFill(padded, func(index []int) float64 {
				if inside(index) {
					return z.At(index...) + x.At(moved(index, a, -i)...)
				}
				return z.At(index...)
			})
			mustEqual(t, "AddToSlice "+what, z.AddToSlice(x, axis, i), want)
		}
	}
}

func TestConcat(t *testing.T) {
	t.Parallel()
	rng := newRand(3)
	for range 500 {
		shape := append([]int{rng.IntN(4)}, randomShape(rng, 5)...)
		a := rng.IntN(len(shape))
		var xs []*Tensor
		var of, at []int // for each index of the result along the axis: the operand, and the index there
		for i := range 1 + rng.IntN(4) {
			shape[a] = rng.IntN(4)
			xs = append(xs, special(rng, shape...))
			for k := range shape[a] {
				of, at = append(of, i), append(at, k)
			}
		}
		shape[a] = len(of)
		want := naiveFill(shape, func(index []int) float64 {
			own := slices.Clone(index)
			own[a] = at[index[a]]
			return xs[of[index[a]]].At(own...)
		})
		axis := a - len(shape)*rng.IntN(2)
		mustEqual(t, fmt.Sprint(shape, axis), new(Tensor).Concat(axis, xs...), want)
	}
	x := Full(math.Copysign(0, -1), 2)
	mustEqual(t, "an operand twice, of −0", new(Tensor).Concat(0, x, x), Full(math.Copysign(0, -1), 4))
}
