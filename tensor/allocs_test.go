package tensor

import (
	"fmt"
	"math"
	"testing"
)

// mustNotAllocate runs f, which gives z a buffer, and then checks that it allocates nothing, whether z is
// empty or has the result's shape.
func mustNotAllocate(t *testing.T, what string, z *Tensor, f func()) {
	t.Helper()
	f()
	if n := testing.AllocsPerRun(5, f); n > 0 && !z.view {
		t.Errorf("%s: %v allocations into a tensor of the result's shape", what, n)
	}
	if n := testing.AllocsPerRun(5, func() { z.Clear(); f() }); n > 0 {
		t.Errorf("%s: %v allocations into an empty tensor with a buffer", what, n)
	}
}

// TestOpsDoNotAllocate is not parallel, since the allocations of other tests would be counted.
func TestOpsDoNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes pools forget at random")
	}
	for _, op := range allOps {
		for _, s := range opShapes {
			xs, z := op.makeOperands(s), op.destination(s)
			what := fmt.Sprint(op.name, s)
			f := func() { op.run(z, xs) }
			if op.needs == nil {
				mustNotAllocate(t, what, z, f)
			} else if n := testing.AllocsPerRun(5, f); n > 0 {
				t.Errorf("%s: %v allocations", what, n)
			}
		}
	}
}

// TestNoAllocations has what allOps does not: operands that broadcast, views, many axes.
func TestNoAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes pools forget at random")
	}
	rng, random := newRand(1), newRand(2)
	of := func(shape ...int) *Tensor { return reals(rng, shape...) }
	mask := func(shape ...int) *Tensor { x := of(shape...); return x.Gt(x, Scalar(0)) }
	z := new(Tensor)
	scalar, row, column, matrix := of(), of(4), of(3, 1), of(3, 4)
	four, four2, six, six2 := of(2, 3, 1, 4), of(2, 1, 5, 1), of(2, 1, 2, 1, 3, 2), of(1, 3, 2, 4, 1, 1)
	maskRow, maskFour := mask(4), mask(1, 3, 5, 1)
	stack, stack2 := of(2, 1, 3, 4), of(5, 4, 2)
	stack6, stack62 := of(2, 1, 1, 2, 3, 4), of(3, 1, 1, 4, 2)
	buf := make([]float64, 100)
	few, few2 := of(3), of(3)
	view := few.Reshape(3)
	one, other, z2 := of(1, 32), of(2, 1), new(Tensor) // their shapes have one place in known
	for _, c := range []struct {
		name string
		f    func()
	}{
		{"Add, scalar and matrix", func() { z.Add(scalar, matrix) }},
		{"Add, in place", func() { few.Add(few, few2) }},
		{"Add, in a view of an operand", func() { few.Add(view, view) }},
		{"Add, column and row", func() { z.Add(column, row) }},
		{"Add, matrix and row", func() { z.Add(matrix, row) }},
		{"Lt, column and row", func() { z.Lt(column, row) }},
		{"Apply2, column and row", func() { z.Apply2(&less, column, row) }},
		{"Pow, four axes", func() { z.Pow(four, four2) }},
		{"Maximum, four axes", func() { z.Maximum(four, four2) }},
		{"Add, six axes", func() { z.Add(six, six2) }},
		{"Where, row, column, matrix", func() { z.Where(maskRow, column, matrix) }},
		{"Where, four axes", func() { z.Where(maskFour, four, four2) }},
		{"Where, scalars", func() { z.Where(maskRow, scalar, scalar) }},
		{"BroadcastTo, row", func() { z.BroadcastTo(row, 3, 4) }},
		{"BroadcastTo, six axes", func() { z.BroadcastTo(six2, 2, 3, 2, 4, 3, 2) }},
		{"Sum", func() { z.Sum(four) }},
		{"Sum, axes 0 and 3", func() { z.Sum(four, 0, 3) }},
		{"Sum, axes 1 and −1 of six", func() { z.Sum(six, 1, -1) }},
		{"Mean, axes 1 and 2", func() { z.Mean(four, 1, 2) }},
		{"Max, axes 0 and 2", func() { z.Max(four, 0, 2) }},
		{"Min", func() { z.Min(six) }},
		{"ArgMax, axis 0 of six", func() { z.ArgMax(six, 0) }},
		{"SumTo, four axes", func() { z.SumTo(four, 2, 1, 1, 4) }},
		{"SumTo, six axes", func() { z.SumTo(six, 2, 1, 1, 1, 3, 1) }},
		{"MatMul, stacks", func() { z.MatMul(stack, stack2) }},
		{"MatMul, stacks of six and five axes", func() { z.MatMul(stack6, stack62) }},
		{"Transpose, six axes", func() { z.Transpose(six, 5, 0, 1, 4, 2, 3) }},
		{"Zeros, five axes", func() { z.Zeros(2, 1, 3, 1, 2) }},
		{"Like", func() { z.Like(six) }},
		{"Concat", func() { z.Concat(1, matrix, column, matrix) }},
		{"Uniform", func() { few.Uniform(random, 0, 1) }},
		{"Normal", func() { few.Normal(random, 0, 1) }},
		{"Fill", func() { few.Fill(3) }},
		{"SetAt", func() { few.SetAt(few.At(1), 2) }},
		{"Swap", func() { few.Swap(few) }},
		{"Item, Dim, Count", func() { few.Fill(scalar.Item() + float64(few.Dim(-1)+four.Count(1, -1))) }},
		{"SameShape, Equal, MaxAbsDiff", func() { _ = SameShape(six, six) && Equal(six, six) && MaxAbsDiff(six, six) == 0 }},
		{"SharesMemory, Broadcasts", func() { _ = six.SharesMemory(six2) || Broadcasts(row, matrix) }},

		{"View", func() { z.Clear(); z.View(four, 6, -1) }},
		{"View, five axes", func() { z.Clear(); z.View(four, 1, 2, 3, 2, 2) }},
		{"ViewLike", func() { z.Clear(); z.ViewLike(six) }},
		{"ViewLike, of two in turns", func() { z.Clear(); z.ViewLike(one); z2.Clear(); z2.ViewLike(other) }},
		{"SliceOf, leading axis", func() { z.Clear(); z.SliceOf(six, 0, 1, 2) }},
		{"Wrap", func() { z.Clear(); z.Wrap(buf, 10, 10) }},
		{"Lend", func() { z.Clear(); z.Lend(buf); z.Mul(matrix, matrix) }},
	} {
		z.Clear()
		mustNotAllocate(t, c.name, z, c.f)
	}
}

var less = Function2{"Less", func(z, x, y []float64) {
	for i := range z {
		z[i] = math.Min(x[min(i, len(x)-1)], y[min(i, len(y)-1)])
	}
}}
