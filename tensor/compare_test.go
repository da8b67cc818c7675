package tensor

import (
	"fmt"
	"math"
	"sync"
	"testing"
)

func TestCompare(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	vector := func(v ...float64) *Tensor { return FromSlice(v, len(v)) }
	for _, c := range []struct {
		name       string
		x, y       *Tensor
		rtol, atol float64
		equal      bool
		close      bool
	}{
		{"equal", vector(1, 2), vector(1, 2), 0, 0, true, true},
		{"different", vector(1, 2), vector(1, 3), 0, 0, false, false},
		{"zeros", vector(0), vector(math.Copysign(0, -1)), 0, 0, true, true},
		{"NaN", vector(nan), vector(nan), 1, 1, false, false},
		{"NaN and a number", vector(1), vector(nan), 1, inf, false, false},
		{"infinities", vector(inf, -inf), vector(inf, -inf), 0, 0, true, true},
		{"infinities of different signs", vector(inf), vector(-inf), 1, 1, false, false},
		{"a number and an infinity", vector(1), vector(inf), 1, 1, false, false},
		{"an infinity and a number", vector(inf), vector(1), 1, 1, false, false},
		{"shapes", vector(1), Scalar(1), 1, 1, false, false},
		{"shapes of as many elements", New(2, 3), New(3, 2), 1, 1, false, false},
		{"no elements", New(0, 3), New(0, 3), 0, 0, true, true},
		{"no elements, other shapes", New(0, 3), New(3, 0), 0, 0, false, false},
		{"long shapes", New(1, 2, 1, 2, 2), New(1, 2, 1, 2, 2), 0, 0, true, true},
		{"other long shapes", New(1, 2, 1, 2, 1), New(1, 2, 1, 1, 2), 0, 0, false, false},
		{"empty tensors", new(Tensor), new(Tensor), 1, 1, false, false},
		{"an empty tensor and a scalar", new(Tensor), Scalar(0), 1, 1, false, false},
		{"at the absolute tolerance", vector(1), vector(1.5), 0, 0.5, false, true},
		{"beyond it", vector(1), vector(1.75), 0, 0.5, false, false},
		{"at the relative tolerance", vector(1), vector(2), 0.5, 0, false, true},
		{"which is one of the second", vector(2), vector(1), 0.5, 0, false, false},
	} {
		if got := Equal(c.x, c.y); got != c.equal {
			t.Errorf("%s: Equal = %v", c.name, got)
		}
		if got := AllClose(c.x, c.y, c.rtol, c.atol); got != c.close {
			t.Errorf("%s: AllClose = %v", c.name, got)
		}
	}
}

func TestMaxAbsDiff(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	vector := func(v ...float64) *Tensor { return FromSlice(v, len(v)) }
	for _, c := range []struct {
		name string
		x, y *Tensor
		want float64
	}{
		{"numbers", vector(1, -2, 3), vector(1, 2, 4), 4},
		{"nothing", New(0), New(0), 0},
		{"scalars", Scalar(1), Scalar(-1), 2},
		{"NaN", vector(1, nan, 1), vector(5, 2, 1), nan},
		{"NaN after an infinity", vector(inf, nan), vector(0, 0), nan},
		{"an infinity in both", vector(inf, 1), vector(inf, 2), nan},
		{"an infinity in one", vector(1, 1), vector(1, -inf), inf},
	} {
		mustEqual(t, c.name, Scalar(MaxAbsDiff(c.x, c.y)), Scalar(c.want))
	}
}

func TestSameShape(t *testing.T) {
	t.Parallel()
	shapes := [][]int{{}, {1}, {2}, {1, 2}, {2, 1}, {0}, {0, 1}, {1, 1, 1, 1}, {1, 1, 1, 1, 1}, {1, 1, 1, 1, 2}, {1, 1, 1, 2}, {1, 32}}
	for i, x := range shapes {
		for j, y := range shapes {
			if got := SameShape(New(x...), New(y...)); got != (i == j) {
				t.Errorf("SameShape(%v, %v) = %v", x, y, got)
			}
			if got := New(x...).HasShape(y...); got != (i == j) {
				t.Errorf("HasShape of %v, %v: %v", x, y, got)
			}
			if got := ShapeOf(New(x...)).Is(New(y...)); got != (i == j) {
				t.Errorf("Is of %v, %v: %v", x, y, got)
			}
		}
		if got := ShapeOf(New(x...)).String(); got != fmt.Sprint(x) {
			t.Errorf("the shape %v as a string: %s", x, got)
		}
	}
	if SameShape(new(Tensor), new(Tensor)) || SameShape(new(Tensor), New()) || SameShape(New(), new(Tensor)) || new(Tensor).HasShape() || (*Tensor)(nil).HasShape() {
		t.Error("an empty tensor has a shape")
	}
	for _, x := range []*Tensor{nil, {}, New()} {
		if none := ShapeOf(new(Tensor)); none != ShapeOf(nil) || none.Is(x) || ShapeOf(New()).Is(x) != (x.Len() == 1) || none.String() != "[]" {
			t.Errorf("the shape of an empty tensor, or of %v", x)
		}
	}
}

// Tensors of one shape mostly share its axes. Here they do not: goroutines make those of two shapes that
// have one place in the table of known ones.
func TestSameShapeWithOtherAxes(t *testing.T) {
	t.Parallel()
	x, y := New(1, 32), New(2, 1)
	if x2 := New(1, 32); x.axes == x2.axes {
		t.Fatal("the shapes have different places: choose others")
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 1000 {
				for _, like := range []*Tensor{x, y} {
					z := New(like.Shape()...)
					if !SameShape(z, like) || !ShapeOf(like).Is(z) || z.Len() != like.Len() || SameShape(z, x) == SameShape(z, y) {
						t.Errorf("a tensor of shape %v has shape %v", like.Shape(), z.Shape())
						return
					}
				}
			}
		})
	}
	all.Wait()
}
