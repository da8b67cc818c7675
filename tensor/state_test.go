package tensor

import (
	"fmt"
	"testing"
	"unsafe"
)

// TestSize checks that a Tensor stays small: each node of a graph has one.
func TestSize(t *testing.T) {
	t.Parallel()
	if size := unsafe.Sizeof(Tensor{}); size > 40 {
		t.Errorf("a Tensor has %d bytes", size)
	}
}

func TestLend(t *testing.T) {
	t.Parallel()
	x := Arange(6).Reshape(2, 3)
	for _, c := range []struct {
		name   string
		buf    []float64
		serves bool
	}{
		{"the right length", make([]float64, 6), true},
		{"more than is needed", make([]float64, 100), true},
		{"capacity alone", make([]float64, 0, 6), true},
		{"too small", make([]float64, 5), false},
		{"no capacity for its length", make([]float64, 100)[:5:5], false},
	} {
		for _, life := range []*Tensor{new(Tensor), New(6), New(100), x.Reshape(6)} {
			life.Clear()
			life.Lend(c.buf)
			life.Copy(x)
			mustEqual(t, c.name, life, x)
			if got := &life.Data()[0] == &c.buf[:1][0]; got != c.serves || life.IsView() {
				t.Errorf("%s: the buffer serves: %v, IsView %v", c.name, got, life.IsView())
			}
		}
	}
}

// TestLendNothing checks that Lend(nil) makes a tensor let go of its memory, its own or what it was lent.
func TestLendNothing(t *testing.T) {
	t.Parallel()
	for _, lent := range []bool{false, true} {
		z := new(Tensor)
		if lent {
			z.Lend(make([]float64, 10))
		}
		before := &z.Zeros(2, 2).Data()[0]
		z.Clear()
		z.Lend(nil)
		if !z.IsEmpty() || cap(z.data) != 0 {
			t.Errorf("lent %v: it keeps %d elements", lent, cap(z.data))
		}
		if after := &z.Zeros(2, 2).Data()[0]; after == before {
			t.Errorf("lent %v: the memory is used again", lent)
		}
	}
	for _, shape := range [][]int{{}, {0}, {3}, {1, 2, 1, 2, 1}} { // the shape left over must not be trusted
		z := New(shape...)
		z.Clear()
		z.Lend(nil)
		mustEqual(t, fmt.Sprint("after ", shape), z.Copy(New(shape...)), New(shape...))
	}
	for _, shape := range [][]int{{3}, {0, 0}} {
		db := New(shape...)
		db.Clear()
		db.Lend(nil)
		AddAffineGrads(nil, nil, db, New(2, 0), New(2, 1), New(1, 0))
		mustEqual(t, fmt.Sprint("a bias of no columns after ", shape), db, New(0))
	}
}

// TestVersion checks that every use of a tensor as a destination counts, and no use as an operand.
func TestVersion(t *testing.T) {
	t.Parallel()
	for _, op := range allOps {
		for _, s := range opShapes {
			xs, z := op.makeOperands(s), op.destination(s)
			what := fmt.Sprint(op.name, s)
			mustRise(t, what, z, func() { op.run(z, xs) })
			mustRise(t, what+" into a tensor", z, func() { op.run(z, xs) })
			if op.needs == nil {
				z.Clear()
				mustRise(t, what+" into a cleared tensor", z, func() { op.run(z, xs) })
			}
			for i, x := range xs {
				if want := op.makeOperands(s)[i].Version(); x.Version() != want {
					t.Errorf("%s: operand %d has version %d, had %d", what, i, x.Version(), want)
				}
			}
			if !op.apart && SameShape(xs[0], z) {
				mustRise(t, what+" in place", xs[0], func() { op.run(xs[0], xs) })
			}
		}
	}
	x, z := New(2, 3), New(2, 3)
	for _, c := range []struct {
		name string
		f    func()
	}{
		{"Fill", func() { z.Fill(1) }},
		{"SetAt", func() { z.SetAt(1, 0, 0) }},
		{"Zeros", func() { z.Zeros(2, 3) }},
		{"Like", func() { z.Like(x) }},
		{"Take", func() { z.Take(x, x) }},
		{"AddAt", func() { z.AddAt(x, x) }},
		{"Uniform", func() { z.Uniform(newRand(1), 0, 1) }},
		{"Normal", func() { z.Normal(newRand(1), 0, 1) }},
		{"Swap", func() { z.Swap(x) }},
		{"Swap, called on the other", func() { x.Swap(z) }},
		{"Clear", func() { z.Clear() }},
		{"View", func() { z.View(x, 6) }},
		{"Clear of a view", func() { z.Clear() }},
		{"ViewLike", func() { z.ViewLike(x); z.Clear() }},
		{"SliceOf", func() { z.SliceOf(x, 0, 0, 1); z.Clear() }},
		{"Wrap", func() { z.Wrap([]float64{1}, 1) }},
	} {
		mustRise(t, c.name, z, c.f)
	}
	before := x.Version()
	_, _, _, _, _ = x.At(0, 0), x.Clone(), x.Reshape(6), x.Slice(0, 0, 1), x.String()
	x.Data()[0] = 5
	if x.Version() != before {
		t.Error("what only reads counts")
	}
	if v := (*Tensor)(nil).Version(); v != new(Tensor).Version() {
		t.Errorf("nil, which stands for an empty tensor, has version %d", v)
	}
}

func mustRise(t *testing.T, what string, z *Tensor, f func()) {
	t.Helper()
	before := z.Version()
	f()
	if z.Version() <= before {
		t.Errorf("%s: the version was %d and is %d", what, before, z.Version())
	}
}

// TestSwapVersions checks that neither tensor gets a version that one of them had: otherwise a change might
// go unseen.
func TestSwapVersions(t *testing.T) {
	t.Parallel()
	x, y := Arange(3), Arange(4)
	for range 7 {
		x.Fill(1)
	}
	old := max(x.Version(), y.Version())
	x.Swap(y)
	if x.Version() <= old || y.Version() <= old {
		t.Errorf("versions %d and %d, the largest was %d", x.Version(), y.Version(), old)
	}
}

func TestSharesMemory(t *testing.T) {
	t.Parallel()
	x := New(4, 3)
	cleared := x.Slice(0, 0, 2)
	cleared.Clear()
	for _, c := range []struct {
		name string
		y    *Tensor
		want bool
	}{
		{"itself", x, true},
		{"a reshaped view", x.Reshape(12), true},
		{"a leading slice", x.Slice(0, 0, 1), true},
		{"a last slice", x.Slice(0, 3, 4), true},
		{"a slice of a slice", x.Slice(0, 1, 3).Slice(0, 1, 2), true},
		{"the last element", FromSlice(x.Data()[11:], 1), true},
		{"a slice without elements", x.Slice(0, 2, 2), false},
		{"a slice of the last axis", x.Slice(1, 0, 1), false},
		{"a clone", x.Clone(), false},
		{"an empty tensor", new(Tensor), false},
		{"a cleared view", cleared, false},
		{"nil", nil, false},
	} {
		if x.SharesMemory(c.y) != c.want || c.y.SharesMemory(x) != c.want {
			t.Errorf("%s: %v, and %v the other way round", c.name, x.SharesMemory(c.y), c.y.SharesMemory(x))
		}
	}
	for i := range 4 {
		for j := range 4 {
			if got := x.Slice(0, i, i+1).SharesMemory(x.Slice(0, j, j+1)); got != (i == j) {
				t.Errorf("rows %d and %d: %v", i, j, got)
			}
		}
	}
}

// TestViewLike checks a view of all of a tensor, whatever the destination was before.
func TestViewLike(t *testing.T) {
	t.Parallel()
	for _, shape := range lives[1:] {
		x := reals(newRand(1), shape...)
		for _, life := range lives[1:] {
			z := New(life...)
			z.Clear()
			if z.ViewLike(x) != z || !SameShape(z, x) || !z.IsView() || x.Len() > 0 && !z.SharesMemory(x) {
				t.Errorf("%v after %v: %v", shape, life, z)
			}
		}
	}
}

func TestZeros(t *testing.T) {
	t.Parallel()
	z := new(Tensor)
	z.Lend(Full(7, 100).Data())
	mustEqual(t, "a lent buffer", z.Zeros(2, 3), New(2, 3))
	mustEqual(t, "a tensor of that shape", z.Fill(7).Zeros(2, 3), New(2, 3))
	z.Clear()
	mustEqual(t, "a buffer used again", z.Zeros(), New())
}
