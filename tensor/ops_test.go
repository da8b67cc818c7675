package tensor

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"gentlegrad/tensor/internal/kernel"
)

// An opCase is a method with a destination, for the tests that hold for all of them.
type opCase struct {
	name     string
	operands func(s []int) [][]int // the operands' shapes, for a shape of two axes or more
	run      func(z *Tensor, x []*Tensor) *Tensor

	accumulates bool                // adds to z
	needs       func(s []int) []int // the shape that z must have, if it may not be empty
	apart       bool                // z may not be an operand
}

func one(s []int) [][]int   { return [][]int{s} }
func two(s []int) [][]int   { return [][]int{s, s} }
func three(s []int) [][]int { return [][]int{s, s, s} }

// withLast returns s with its last axes replaced.
func withLast(s []int, last ...int) []int {
	return append(slices.Clone(s[:len(s)-len(last)]), last...)
}

func unaryOp(name string, f func(z, x *Tensor) *Tensor) opCase {
	return opCase{name: name, operands: one, run: func(z *Tensor, x []*Tensor) *Tensor { return f(z, x[0]) }}
}

func binaryOp(name string, f func(z, x, y *Tensor) *Tensor) opCase {
	return opCase{name: name, operands: two, run: func(z *Tensor, x []*Tensor) *Tensor { return f(z, x[0], x[1]) }}
}

func addingOp(name string, f func(z, x, y *Tensor) *Tensor) opCase {
	op := binaryOp(name, f)
	op.accumulates = true
	return op
}

func productOp(name string, f func(z, x, y *Tensor) *Tensor, shapes func(s []int) [][]int) opCase {
	op := binaryOp(name, f)
	op.operands, op.apart, op.accumulates = shapes, true, name[:3] == "Add"
	if op.accumulates { // matrices alone
		op.operands = func(s []int) [][]int { return shapes(s[len(s)-2:]) }
	}
	return op
}

func shapesNN(s []int) [][]int { return [][]int{s, withLast(s, s[len(s)-1], 3)} }
func shapesNT(s []int) [][]int { return [][]int{s, withLast(s, 3, s[len(s)-1])} }
func shapesTN(s []int) [][]int { return [][]int{s, withLast(s, s[len(s)-2], 3)} }

type tt = *Tensor

var allOps = []opCase{
	binaryOp("Add", tt.Add), binaryOp("Sub", tt.Sub), binaryOp("Mul", tt.Mul), binaryOp("Div", tt.Div),
	binaryOp("Pow", tt.Pow), binaryOp("Maximum", tt.Maximum), binaryOp("Minimum", tt.Minimum),
	binaryOp("Eq", tt.Eq), binaryOp("Ne", tt.Ne), binaryOp("Lt", tt.Lt), binaryOp("Le", tt.Le),
	binaryOp("Gt", tt.Gt), binaryOp("Ge", tt.Ge),
	binaryOp("Apply2", func(z, x, y tt) tt { return z.Apply2(&Function2{"Apply2", kernel.Sub}, x, y) }),
	binaryOp("AddScaled", func(z, x, y tt) tt { return z.AddScaled(x, 3, y) }),
	binaryOp("SquaredError", tt.SquaredError),
	addingOp("AddScaledDifference", func(z, x, y tt) tt { return z.AddScaledDifference(3, x, y) }),
	addingOp("AddChain", func(z, x, y tt) tt { return z.AddChain(x, y) }),
	unaryOp("Scale", func(z, x tt) tt { return z.Scale(x, 3) }),
	unaryOp("AddScalar", func(z, x tt) tt { return z.AddScalar(x, 3) }),
	unaryOp("Neg", tt.Neg), unaryOp("Abs", tt.Abs), unaryOp("Sqrt", tt.Sqrt), unaryOp("Square", tt.Square),
	unaryOp("Exp", tt.Exp), unaryOp("Log", tt.Log), unaryOp("Sigmoid", tt.Sigmoid), unaryOp("Tanh", tt.Tanh),
	unaryOp("ReLU", tt.ReLU), unaryOp("Copy", tt.Copy),
	unaryOp("Apply", func(z, x tt) tt { return z.Apply(&Function{Name: "Apply", Values: kernel.Exp}, x) }),
	unaryOp("Map", func(z, x tt) tt { return z.Map(x, math.Floor) }),
	unaryOp("BroadcastTo", func(z, x tt) tt { return z.BroadcastTo(x, append(append(make([]int, 0, maxRank), 2), x.shape()...)...) }),
	unaryOp("Sum", func(z, x tt) tt { return z.Sum(x, -1) }), unaryOp("Mean", func(z, x tt) tt { return z.Mean(x, 0) }),
	unaryOp("Max", func(z, x tt) tt { return z.Max(x, 1) }), unaryOp("Min", func(z, x tt) tt { return z.Min(x, -2, -1) }),
	unaryOp("ArgMax", func(z, x tt) tt { return z.ArgMax(x, -2) }),
	unaryOp("Prod", func(z, x tt) tt { return z.Prod(x, 0, -1) }), unaryOp("Norm", func(z, x tt) tt { return z.Norm(x, 3, 0) }),
	unaryOp("Softmax", func(z, x tt) tt { return z.Softmax(x, 0) }), unaryOp("LogSoftmax", func(z, x tt) tt { return z.LogSoftmax(x, -1) }),
	unaryOp("LogSumExp", func(z, x tt) tt { return z.LogSumExp(x, 1) }), unaryOp("LogCumSumExp", func(z, x tt) tt { return z.LogCumSumExp(x, 0) }),
	{name: "AddStandardiseVJP", apart: true, accumulates: true, operands: func(s []int) [][]int { return [][]int{s, s, s[:len(s)-1]} },
		run: func(z tt, x []tt) tt { return z.AddStandardiseVJP(x[0], x[1], x[2]) }},
	unaryOp("CumSum", func(z, x tt) tt { return z.CumSum(x, 0) }), unaryOp("CumProd", func(z, x tt) tt { return z.CumProd(x, 0) }),
	unaryOp("SumTo", func(z, x tt) tt { return z.SumTo(x, 1, 1) }),
	{name: "AddToSlice", operands: one, accumulates: true, apart: true, needs: func(s []int) []int { return withLast(s, s[len(s)-1]+2) },
		run: func(z tt, x []tt) tt { return z.AddToSlice(x[0], -1, 1) }},
	{name: "Where", operands: three, run: func(z tt, x []tt) tt { return z.Where(x[0], x[1], x[2]) }},
	{name: "Transpose", operands: one, apart: true, run: func(z tt, x []tt) tt { return z.Transpose(x[0]) }},
	{name: "Slice", operands: one, apart: true, run: func(z tt, x []tt) tt { return z.SliceOf(x[0], -1, 1, 2) }},
	{name: "Pad", operands: one, apart: true, run: func(z tt, x []tt) tt { return z.Pad(x[0], 1, 1, 24) }},
	{name: "Concat", operands: three, apart: true, run: func(z tt, x []tt) tt { return z.Concat(1, x...) }},
	productOp("MatMul", tt.MatMul, shapesNN), productOp("AddMatMul", tt.AddMatMul, shapesNN),
	productOp("MatMulNT", tt.MatMulNT, shapesNT), productOp("AddMatMulNT", tt.AddMatMulNT, shapesNT),
	productOp("MatMulTN", tt.MatMulTN, shapesTN), productOp("AddMatMulTN", tt.AddMatMulTN, shapesTN),
	{name: "Affine", apart: true,
		operands: func(s []int) [][]int { return [][]int{s, {s[len(s)-1], 3}, {3}} },
		run:      func(z tt, x []tt) tt { return z.Affine(x[0], x[1], x[2]) }},
	{name: "AddAffineGrads", apart: true, accumulates: true,
		operands: func(s []int) [][]int { return [][]int{withLast(s, 3), s, {s[len(s)-1], 3}} },
		run:      func(z tt, x []tt) tt { AddAffineGrads(z, nil, nil, x[0], x[1], x[2]); return z }},
	{name: "AddAffineGrads", apart: true, accumulates: true,
		operands: func(s []int) [][]int { return [][]int{withLast(s, 3), s, {s[len(s)-1], 3}} },
		run:      func(z tt, x []tt) tt { AddAffineGrads(nil, z, nil, x[0], x[1], x[2]); return z }},
	{name: "AddAffineGrads", apart: true, accumulates: true,
		operands: func(s []int) [][]int { return [][]int{withLast(s, 3), s, {s[len(s)-1], 3}} },
		run:      func(z tt, x []tt) tt { AddAffineGrads(nil, nil, z, x[0], x[1], x[2]); return z }},
}

// TestAllOps checks that no exported method with a destination is missing above.
func TestAllOps(t *testing.T) {
	t.Parallel()
	others := []string{ // these have tests of their own
		"AddAt", "At", "Clear", "Clone", "Count", "Data", "Dim", "Fill", "Format", "HasShape", "IsEmpty", "IsView", "Item", "Len", "Lend", "Like",
		"MarshalBinary", "MarshalText",
		"Normal", "Rank", "Reshape", "SetAt", "Shape", "SharesMemory", "SliceOf", "Standardise", "String", "Swap", "Take", "Uniform", "UnmarshalBinary",
		"UnmarshalText", "Version",
		"View", "ViewLike", "Wrap", "Zeros",
	}
	for method := range reflect.TypeFor[*Tensor]().Methods() {
		inOps := slices.ContainsFunc(allOps, func(op opCase) bool { return op.name == method.Name })
		if inOps == slices.Contains(others, method.Name) {
			t.Errorf("method %s must be in one of allOps and others", method.Name)
		}
	}
}

// opShapes are the shapes that every op is run with.
var opShapes = [][]int{{2, 3}, {4, 2}, {3, 2, 4}, {2, 3, 1, 4}, {2, 1, 3, 2, 2}, {2, 1, 2, 1, 3, 2}, {1, 2}, {3, 20}}

func forAllOps(t *testing.T, test func(t *testing.T, op opCase, s []int)) {
	for _, op := range allOps {
		for _, s := range opShapes {
			t.Run(fmt.Sprint(op.name, s), func(t *testing.T) {
				t.Parallel()
				test(t, op, s)
			})
		}
	}
}

// makeOperands returns the operands; an operand that is used as a mask is one.
func (op opCase) makeOperands(s []int) []*Tensor {
	rng := newRand(7)
	var xs []*Tensor
	for _, shape := range op.operands(s) {
		xs = append(xs, reals(rng, shape...))
	}
	if op.name == "Where" {
		xs[0].Gt(xs[0], Scalar(0))
	}
	return xs
}

// destination returns an empty tensor, or one of the shape that the op needs.
func (op opCase) destination(s []int) *Tensor {
	if op.needs == nil {
		return new(Tensor)
	}
	return New(op.needs(s)...)
}

func clones(xs []*Tensor) (out []*Tensor) {
	for _, x := range xs {
		out = append(out, x.Clone())
	}
	return out
}

func TestOpsDestination(t *testing.T) {
	t.Parallel()
	forAllOps(t, func(t *testing.T, op opCase, s []int) {
		xs := op.makeOperands(s)
		before := clones(xs)
		z := op.destination(s)
		if got := op.run(z, xs); got != z {
			t.Fatal("the receiver is not returned")
		}
		want := z.Clone()
		for i, x := range xs {
			mustEqual(t, fmt.Sprintf("operand %d afterwards", i), x, before[i])
		}

		full := Full(math.NaN(), want.Shape()...)
		if op.accumulates {
			full.Fill(0)
		}
		mustEqual(t, "destination of the right shape", op.run(full, xs), want)

		wrong := Full(5, 7, 7, 7)
		if op.needs == nil {
			mustPanic(t, fmt.Sprintf("tensor: %s: destination has shape [7 7 7], result has %v", op.name, want.Shape()),
				func() { op.run(wrong, xs) })
		}
		mustEqual(t, "destination of a wrong shape", wrong, Full(5, 7, 7, 7))
	})
}

// lives are shapes that a tensor may have had before Clear.
var lives = [][]int{nil, {}, {0}, {1}, {5}, {2, 3}, {2, 3, 0}, {3, 2}, {4, 20}, {2, 3, 4}, {2, 1, 3, 2}, {1, 2, 1, 3, 1, 2}, {2, 1, 3, 2, 2}, {40, 40}}

func TestOpsUseBuffersAgain(t *testing.T) {
	t.Parallel()
	forAllOps(t, func(t *testing.T, op opCase, s []int) {
		if op.needs != nil {
			return
		}
		xs := op.makeOperands(s)
		want := op.run(new(Tensor), xs)
		for _, life := range lives {
			for _, lent := range []int{-1, 0, 5, 2000} {
				z := new(Tensor)
				if life != nil {
					z.BroadcastTo(Scalar(math.NaN()), life...).Clear()
				}
				if lent >= 0 {
					z.Lend(Full(math.NaN(), lent).Data())
				}
				op.run(z, xs)
				mustEqual(t, fmt.Sprintf("after a life as %v, lent %d", life, lent), z, want)
				z.Clear()
				op.run(z, xs)
				mustEqual(t, "and once more", z, want)
			}
		}
	})
}

func TestOpsEmptyOperand(t *testing.T) {
	t.Parallel()
	forAllOps(t, func(t *testing.T, op opCase, s []int) {
		want := "tensor: " + op.name + ": operand is empty: it has no shape yet"
		for i := range op.operands(s) {
			xs := op.makeOperands(s)
			cleared := xs[i].Clone()
			cleared.Clear()
			z := op.destination(s)
			before := z.IsEmpty()
			for _, empty := range []*Tensor{new(Tensor), cleared, z} {
				if xs[i] = empty; !empty.IsEmpty() {
					continue
				}
				mustPanic(t, want, func() { op.run(z, xs) })
				if z.IsEmpty() != before {
					t.Fatalf("operand %d empty: the destination has got shape %v", i, z.Shape())
				}
			}
		}
		if op.needs != nil {
			mustPanic(t, want, func() { op.run(new(Tensor), op.makeOperands(s)) })
		}
	})
}

// TestOpsInPlace runs every op with a destination that is, or overlaps, an operand.
func TestOpsInPlace(t *testing.T) {
	t.Parallel()
	forAllOps(t, func(t *testing.T, op opCase, s []int) {
		for i := range op.operands(s) {
			shape := op.run(op.destination(s), op.makeOperands(s)).Shape()
			n, m := New(shape...).Len(), op.makeOperands(s)[i].Len()
			for shift := range min(m, 12) {
				op.overlapping(t, s, i, shape, m, shift, 0)
			}
			for shift := range min(n, 12) {
				op.overlapping(t, s, i, shape, m, 0, shift)
			}
		}
		xs := op.makeOperands(s)
		if z := xs[0]; !op.apart && slices.Equal(z.Shape(), op.run(op.destination(s), xs).Shape()) {
			want := op.run(z.Clone(), clones(xs))
			mustEqual(t, "the destination is an operand", op.run(z, xs), want)
		}
		if xs := op.makeOperands(s); len(xs) == 2 && SameShape(xs[0], xs[1]) {
			z := xs[0]
			xs[1] = z
			if op.apart || op.name == "SquaredError" {
				return
			}
			want := op.run(z.Clone(), clones(xs))
			mustEqual(t, "the destination is both operands", op.run(z, xs), want)
		}
	})
}

// overlapping runs op with operand i and the destination in one piece of memory,
// beginning at these offsets.
func (op opCase) overlapping(t *testing.T, s []int, i int, shape []int, m, zAt, xAt int) {
	t.Helper()
	xs := op.makeOperands(s)
	n := New(shape...).Len()
	memory := Full(1, zAt+n+xAt+m).Data()
	copy(memory[xAt:], xs[i].Data())
	xs[i] = FromSlice(memory[xAt:xAt+m], xs[i].Shape()...)
	z := FromSlice(memory[zAt:zAt+n], shape...)
	if op.name == "Where" && i == 0 {
		for k := range memory {
			if memory[k] != 1 {
				memory[k] = 0
			}
		}
	}
	if op.apart {
		before := slices.Clone(memory)
		mustPanic(t, "tensor: "+op.name+": destination shares memory with an operand", func() { op.run(z, xs) })
		if !slices.Equal(memory, before) {
			t.Error("an overlap is found only after the operand is overwritten")
		}
		return
	}
	want := op.run(z.Clone(), clones(xs))
	op.run(z, xs)
	mustEqual(t, fmt.Sprintf("operand %d at %d, destination at %d", i, xAt, zAt), z, want)
}
