package tensor

import (
	"fmt"
	"slices"
	"testing"
)

func TestMake(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		got   *Tensor
		shape []int
		data  []float64
	}{
		{"New", New(2, 3), []int{2, 3}, make([]float64, 6)},
		{"New scalar", New(), []int{}, []float64{0}},
		{"New without elements", New(0, 3), []int{0, 3}, []float64{}},
		{"New of five axes", New(1, 2, 1, 1, 1), []int{1, 2, 1, 1, 1}, []float64{0, 0}},
		{"New of sixteen axes", New(slices.Repeat([]int{1}, 16)...), slices.Repeat([]int{1}, 16), []float64{0}},
		{"New of huge axes and an empty one", New(1<<40, 1<<40, 0), []int{1 << 40, 1 << 40, 0}, []float64{}},
		{"Scalar", Scalar(4), []int{}, []float64{4}},
		{"Full", Full(4, 2), []int{2}, []float64{4, 4}},
		{"FromSlice", FromSlice([]float64{1, 2}, 2, 1), []int{2, 1}, []float64{1, 2}},
		{"FromSlice of nil", FromSlice(nil, 0), []int{0}, []float64{}},
		{"Arange", Arange(3), []int{3}, []float64{0, 1, 2}},
		{"Arange 0", Arange(0), []int{0}, []float64{}},
		{"Linspace", Linspace(-1, 1, 5), []int{5}, []float64{-1, -0.5, 0, 0.5, 1}},
		{"Linspace, NumPy's rounding", Linspace(0, 1, 11), []int{11},
			[]float64{0, 0.1, 0.2, 0.30000000000000004, 0.4, 0.5, 0.6000000000000001, 0.7000000000000001, 0.8, 0.9, 1}},
		{"Linspace downwards", Linspace(1, 0, 2), []int{2}, []float64{1, 0}},
		{"Linspace whose step underflows", Linspace(1e-323, 3e-323, 11), []int{11},
			[]float64{1e-323, 1e-323, 1.5e-323, 1.5e-323, 2e-323, 2e-323, 2e-323, 2.5e-323, 2.5e-323, 3e-323, 3e-323}}, // as NumPy 2.4 has it
		{"Linspace 2, whose distance loses hi", Linspace(-1, 1e-20, 2), []int{2}, []float64{-1, 1e-20}},
		{"Linspace 1", Linspace(3, 5, 1), []int{1}, []float64{3}},
		{"Linspace 0", Linspace(3, 5, 0), []int{0}, []float64{}},
		{"Eye", Eye(2), []int{2, 2}, []float64{1, 0, 0, 1}},
		{"Eye 0", Eye(0), []int{0, 0}, []float64{}},
	} {
		if !slices.Equal(c.got.Shape(), c.shape) || !slices.Equal(c.got.Data(), c.data) {
			t.Errorf("%s: %v %v, want %v %v", c.name, c.got.Shape(), c.got.Data(), c.shape, c.data)
		}
		if c.got.Rank() != len(c.shape) || c.got.Len() != len(c.data) || c.got.IsEmpty() {
			t.Errorf("%s: Rank %d, Len %d, IsEmpty %v", c.name, c.got.Rank(), c.got.Len(), c.got.IsEmpty())
		}
		for a, d := range c.shape {
			if c.got.Dim(a) != d || c.got.Dim(a-len(c.shape)) != d {
				t.Errorf("%s: Dim(%d) = %d, Dim(%d) = %d, want %d", c.name, a, c.got.Dim(a), a-len(c.shape), c.got.Dim(a-len(c.shape)), d)
			}
		}
	}
}

// TestLinspaceEnds checks that rounding does not move the ends.
func TestLinspaceEnds(t *testing.T) {
	t.Parallel()
	for n := 2; n < 200; n++ {
		x := Linspace(-0.1, 1.3, n)
		if x.At(0) != -0.1 || x.At(n-1) != 1.3 {
			t.Errorf("Linspace of %d values from %v to %v", n, x.At(0), x.At(n-1))
		}
	}
}

func TestAtSetAt(t *testing.T) {
	t.Parallel()
	for _, shape := range [][]int{{}, {4}, {2, 3}, {2, 3, 4}, {2, 1, 3, 2, 2}} {
		x := New(shape...)
		for i := range x.Data() {
			x.Data()[i] = float64(i)
		}
		next := 0.0
		indices(shape, func(index []int) {
			if got := x.At(index...); got != next {
				t.Errorf("At%v of %v = %v, want %v", index, shape, got, next)
			}
			x.SetAt(-next, index...)
			next++
		})
		for i, v := range x.Data() {
			if v != -float64(i) {
				t.Errorf("SetAt, shape %v: element %d is %v", shape, i, v)
			}
		}
	}
}

func TestItem(t *testing.T) {
	t.Parallel()
	for _, shape := range [][]int{{}, {1}, {1, 1}, {1, 1, 1, 1, 1}} {
		if got := Full(3, shape...).Item(); got != 3 {
			t.Errorf("Item of shape %v = %v", shape, got)
		}
	}
}

// TestSharing checks which tensors share memory and which do not.
func TestSharing(t *testing.T) {
	t.Parallel()
	data := []float64{1, 2, 3, 4, 5, 6}
	x := FromSlice(data, 3, 2)
	for _, c := range []struct {
		name   string
		z      *Tensor
		shares bool
	}{
		{"FromSlice", x, true},
		{"Wrap", new(Tensor).Wrap(data, 6), true},
		{"Reshape", x.Reshape(6), true},
		{"View", new(Tensor).View(x, 2, 3), true},
		{"Slice", x.Slice(0, 0, 2), true},
		{"SliceOf", new(Tensor).SliceOf(x, 0, 0, 1), true},
		{"Slice of the last axis", x.Slice(1, 0, 2), false},
		{"Clone", x.Clone(), false},
		{"Rows", Rows([][]float64{data[:2]}), false},
		{"Copy", new(Tensor).Copy(x), false},
		{"SliceOf into a tensor", New(2, 2).SliceOf(x, 0, 0, 2), false},
		{"Transpose", new(Tensor).Transpose(x), false},
		{"Copy of a view", new(Tensor).Copy(x.Slice(0, 0, 2)), false},
	} {
		if got := &c.z.Data()[0] == &data[0]; got != c.shares || c.z.IsView() != c.shares {
			t.Errorf("%s: shares memory: %v, IsView %v", c.name, got, c.z.IsView())
		}
		if grown := append(c.z.Data(), 99); &grown[0] == &c.z.Data()[0] {
			t.Errorf("%s: appending to Data writes behind it", c.name)
		}
	}
	if shape := x.Shape(); true {
		shape[0] = 7
		mustEqual(t, "Shape is a copy", x, FromSlice(data, 3, 2))
	}
	lent := new(Tensor)
	lent.Lend(make([]float64, 100))
	if d := lent.Copy(x).Data(); cap(d) != 6 {
		t.Errorf("Data of a tensor with a lent buffer has capacity %d", cap(d))
	}
}

// observe returns all that can be seen of a tensor, panics included.
func observe(x *Tensor) string {
	see := func(f func() any) (text string) {
		defer func() {
			if e := recover(); e != nil {
				text = fmt.Sprint(e)
			}
		}()
		return fmt.Sprintf("%#v", f())
	}
	return fmt.Sprint(
		x.Shape(), x.Shape() == nil, x.Rank(), x.Len(), x.Data() == nil, x.IsEmpty(), x.IsView(), x,
		SameShape(x, New()), SameShape(x, x), Equal(x, x), AllClose(x, Scalar(0), 1, 1),
		see(func() any { return x.Item() }), see(func() any { return x.Dim(0) }), see(func() any { return x.Dim(-1) }),
		see(func() any { return x.At() }), see(func() any { return x.At(0) }), see(func() any { return x.At(0, 0) }),
		see(func() any { x.SetAt(1); return nil }), see(func() any { x.SetAt(1, 0); return nil }),
		see(func() any { return x.Count() }), see(func() any { return x.Count(0) }),
		see(func() any { return x.Clone() }), see(func() any { return x.Reshape(-1) }), see(func() any { return x.Reshape() }),
		see(func() any { return x.Slice(0, 0, 0) }), see(func() any { return x.Fill(1) }), see(func() any { return MaxAbsDiff(x, x) }),
		see(func() any { return x.Uniform(newRand(1), 0, 1) }), see(func() any { return x.Normal(newRand(1), 0, 1) }),
		see(func() any { return new(Tensor).Sum(x, 0) }), see(func() any { return new(Tensor).Max(x) }),
		see(func() any { return x.AddToSlice(New(1), 0, 0) }),
	)
}

// TestCleared checks that a cleared tensor is like a new one, whatever it was before.
func TestCleared(t *testing.T) {
	t.Parallel()
	want := observe(new(Tensor))
	for _, shape := range lives[1:] {
		for _, c := range []struct {
			name string
			z    *Tensor
		}{
			{"own memory", Full(3, shape...)},
			{"a view", Full(3, shape...).Reshape(shape...)},
			{"swapped", Full(3, shape...)},
		} {
			switch c.name {
			case "swapped":
				other := new(Tensor)
				c.z.Swap(other)
				mustEqual(t, "Swap", other, Full(3, shape...))
			default:
				c.z.Clear()
			}
			if got := observe(c.z); got != want {
				t.Errorf("%s, %v: cleared, it is\n%s\nwant\n%s", c.name, shape, got, want)
			}
			for _, next := range lives[1:] {
				x := reals(newRand(1), next...)
				mustEqual(t, "then a view", c.z.View(x, next...), x)
				if !SameShape(c.z, x) {
					t.Errorf("%s, %v then a view of %v: SameShape is false", c.name, shape, next)
				}
				c.z.Clear()
				mustEqual(t, fmt.Sprint(c.name, shape, " then ", next), c.z.Copy(x), x)
				if !SameShape(c.z, x) {
					t.Errorf("%s, %v then %v: SameShape is false", c.name, shape, next)
				}
				if c.z.IsView() || !c.z.IsEmpty() && c.z.Len() > 0 && &c.z.Data()[0] == &x.Data()[0] {
					t.Errorf("%s: the next result is a view", c.name)
				}
				c.z.Clear()
			}
		}
	}
}

// TestClearedView checks that what is computed into a cleared view does not go to the memory that it
// shared.
func TestClearedView(t *testing.T) {
	t.Parallel()
	x := Arange(4)
	v := x.Slice(0, 1, 3)
	v.Clear()
	v.Copy(Full(9, 2))
	mustEqual(t, "what was viewed", x, Arange(4))
}

func TestSwap(t *testing.T) {
	t.Parallel()
	x, y := Arange(3), New(2, 1, 1, 1, 1)
	x.Swap(y)
	mustEqual(t, "x", x, New(2, 1, 1, 1, 1))
	mustEqual(t, "y", y, Arange(3))
	x.Swap(x)
	mustEqual(t, "x with itself", x, New(2, 1, 1, 1, 1))
}

func TestFill(t *testing.T) {
	t.Parallel()
	x := New(2, 3)
	x.Slice(0, 1, 2).Fill(4)
	mustEqual(t, "a row", x, FromSlice([]float64{0, 0, 0, 4, 4, 4}, 2, 3))
	mustEqual(t, "no elements", New(0).Fill(1), New(0))
	z := new(Tensor).Like(x)
	if !SameShape(z, x) || z.IsView() {
		t.Errorf("Like: shape %v", z.Shape())
	}
}
