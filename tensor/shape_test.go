package tensor

import (
	"fmt"
	"slices"
	"testing"
)

func TestReshape(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to, want []int
	}{
		{[]int{6}, []int{2, 3}, []int{2, 3}},
		{[]int{2, 3}, []int{-1}, []int{6}},
		{[]int{2, 3}, []int{3, -1}, []int{3, 2}},
		{[]int{2, 3}, []int{-1, 6}, []int{1, 6}},
		{[]int{2, 3}, []int{2, -1, 3}, []int{2, 1, 3}},
		{[]int{}, []int{1, 1}, []int{1, 1}},
		{[]int{}, []int{-1}, []int{1}},
		{[]int{1, 1}, []int{}, []int{}},
		{[]int{0, 3}, []int{3, 0}, []int{3, 0}},
		{[]int{0, 3}, []int{-1, 3}, []int{0, 3}},
		{[]int{0, 3}, []int{-1}, []int{0}},
		{[]int{0}, []int{5, -1}, []int{5, 0}},
		{[]int{64}, []int{2, 2, 2, 2, 2, 2}, []int{2, 2, 2, 2, 2, 2}},
		{[]int{2, 2, 2, 2, 2, 2}, []int{8, -1}, []int{8, 8}},
		{[]int{1}, slices.Repeat([]int{1}, 16), slices.Repeat([]int{1}, 16)},
	} {
		x := reals(newRand(1), c.from...)
		for name, z := range map[string]*Tensor{"Reshape": x.Reshape(c.to...), "View": new(Tensor).View(x, c.to...)} {
			if !slices.Equal(z.Shape(), c.want) || !slices.Equal(z.Data(), x.Data()) || !z.IsView() {
				t.Errorf("%s %v to %v: %v", name, c.from, c.to, z.Shape())
			}
		}
	}
}

// TestViewOutlivesShape checks that a shape of many axes is not shared with a tensor
// that gets another one.
func TestViewOutlivesShape(t *testing.T) {
	t.Parallel()
	x := New(1, 2, 1, 2, 1)
	z := new(Tensor).Like(x)
	x.Clear()
	x.Copy(New(3, 1, 3, 1, 3, 1))
	if got := fmt.Sprint(z.Shape()); got != "[1 2 1 2 1]" {
		t.Errorf("shape %s", got)
	}
	shape := []int{1, 2, 1, 2, 1}
	y := New(shape...)
	shape[0] = 7
	if got := y.Dim(0); got != 1 {
		t.Errorf("the caller's slice is kept: %v", y.Shape())
	}
}

func TestSliceKeepsWithin(t *testing.T) {
	t.Parallel()
	x := FromSlice([]float64{0, 1, 2, 3, 4, 5}, 3, 2)
	s := x.Slice(0, 1, 2)
	_ = append(s.Data(), 99, 99)
	mustEqual(t, "x", x, Arange(6).Reshape(3, 2))
	s.Fill(7)
	mustEqual(t, "x", x, FromSlice([]float64{0, 1, 7, 7, 4, 5}, 3, 2))
	s.SliceOf(x, 0, 0, 1) // into x's own memory
	mustEqual(t, "x", x, FromSlice([]float64{0, 1, 0, 1, 4, 5}, 3, 2))
	for _, c := range []struct{ i, j int }{{0, 0}, {3, 3}, {0, 3}} {
		if got := x.Slice(0, c.i, c.j); got.Dim(0) != c.j-c.i || got.Dim(1) != 2 {
			t.Errorf("Slice(%d, %d): %v", c.i, c.j, got.Shape())
		}
	}
	high := reals(newRand(1), 3, 1, 2, 1, 2, 1)
	mustEqual(t, "six axes", high.Slice(0, 1, 3), New(2, 1, 2, 1, 2, 1).SliceOf(high, 0, 1, 3))
}
