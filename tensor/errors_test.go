package tensor

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

// TestErrors has every panic of the package, except those that TestOps… check for every method: empty
// operands, and destinations of a wrong shape or in an operand.
func TestErrors(t *testing.T) {
	t.Parallel()
	x, y := New(2, 3), New(4)
	long := slices.Repeat([]int{1}, 17)
	ones := "[1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1]"
	z := func() *Tensor { return new(Tensor) }
	const empty = ": operand is empty: it has no shape yet"
	for _, c := range []struct {
		want string
		f    func()
	}{
		// Shapes.
		{"New: negative axis in shape [2 -1]", func() { New(2, -1) }},
		{"New: shape " + ones + " has 17 axes; at most 16 are possible", func() { New(long...) }},
		{"New: shape [1048576 1048577] has 1.099512676e+12 elements, 8.796e+12 bytes; at most 4294967296 elements are possible", func() { New(1<<20, 1<<20+1) }},
		{"New: shape [4294967296 4294967296] has 1.844674407e+19 elements, 1.476e+20 bytes; at most 4294967296 elements are possible", func() { New(1<<32, 1<<32) }},
		{"New: shape [1099511627776] has 1.099511628e+12 elements, 8.796e+12 bytes; at most 4294967296 elements are possible", func() { New(1 << 40) }},
		{"New: shape [4294967296 4294967296 1] has 1.844674407e+19 elements, 1.476e+20 bytes; at most 4294967296 elements are possible", func() { New(1<<32, 1<<32, 1) }},
		{"New: shape [9223372036854775807 9223372036854775807] has 8.507059173e+37 elements, 6.806e+38 bytes; at most 4294967296 elements are possible", func() { New(math.MaxInt, math.MaxInt) }},
		{"Full: negative axis in shape [-1]", func() { Full(1, -1) }},
		{"Arange: negative axis in shape [-1]", func() { Arange(-1) }},
		{"Linspace: negative axis in shape [-2]", func() { Linspace(0, 1, -2) }},
		{"Eye: negative axis in shape [-1 -1]", func() { Eye(-1) }},
		{"FromSlice: there are 5 elements for shape [2 3]; it needs 6", func() { FromSlice(make([]float64, 5), 2, 3) }},
		{"FromSlice: negative axis in shape [-1]", func() { FromSlice(nil, -1) }},
		{"FromSlice: shape " + ones + " has 17 axes; at most 16 are possible", func() { FromSlice([]float64{1}, long...) }},
		{"Wrap: there are 1 elements for shape [0]; it needs 0", func() { z().Wrap([]float64{1}, 0) }},
		{"Wrap: destination already has shape [4]; it must be empty", func() { y.Wrap(nil, 0) }},
		{"Reshape: destination already has shape [4]; it must be empty", func() { y.View(x, 6) }},
		{"Reshape: shape [2 3] has 6 elements; it can't become [4]", func() { x.Reshape(4) }},
		{"Reshape: shape [2 3] has 6 elements; it can't become []", func() { x.Reshape() }},
		{"Reshape: shape [2 3] has 6 elements; it can't become [4 -1]", func() { x.Reshape(4, -1) }},
		{"Reshape: shape [2 3] has 6 elements; it can't become [12 -1]", func() { x.Reshape(12, -1) }},
		{"Reshape: shape [2 3] can't become [0 -1]: −1 could be any number", func() { x.Reshape(0, -1) }},
		{"Reshape: shape [0] can't become [0 -1]: −1 could be any number", func() { New(0).Reshape(0, -1) }},
		{"Reshape: negative axis in shape [-1 -1]; one may be −1", func() { x.Reshape(-1, -1) }},
		{"Reshape: negative axis in shape [-1 -6]; one may be −1", func() { x.Reshape(-1, -6) }},
		{"Reshape: negative axis in shape [-6]", func() { x.Reshape(-6) }},
		{"Reshape: shape [6148914691236517206 3] has 1.844674407e+19 elements, 1.476e+20 bytes; at most 4294967296 elements are possible", func() { New(2).Reshape(6148914691236517206, 3) }},
		{"Reshape: shape [2] has 2 elements; it can't become [4294967296]", func() { New(2).Reshape(1 << 32) }}, // so many elements are possible
		{"Reshape: shape [4294967297] has 4294967297 elements, 3.436e+10 bytes; at most 4294967296 elements are possible", func() { New(2).Reshape(1<<32 + 1) }},
		{"Reshape: shape " + ones + " has 17 axes; at most 16 are possible", func() { New().Reshape(long...) }},
		{"Reshape: shape [2 3] has 6 elements; it can't become [5]", func() { z().View(x, 5) }},
		{"Slice: range [1:3] out of range for axis 0 of shape [2 3]", func() { x.Slice(0, 1, 3) }},
		{"Slice: range [-1:1] out of range for axis 0 of shape [2 3]", func() { x.Slice(0, -1, 1) }},
		{"Slice: range [2:1] out of range for axis 0 of shape [2 3]", func() { x.Slice(0, 2, 1) }},
		{"Slice: axis 0 out of range for shape []", func() { New().Slice(0, 0, 0) }},
		{"Slice: axis 2 out of range for shape [2 3]", func() { x.Slice(2, 0, 1) }},
		{"Slice: range [2:4] out of range for axis -1 of shape [2 3]", func() { z().SliceOf(x, -1, 2, 4) }},
		{"Slice: destination has shape [4], result has [1 3]", func() { y.SliceOf(x, 0, 0, 1) }},
		{"ViewLike: destination already has shape [4]; it must be empty", func() { y.ViewLike(x) }},
		{"ViewLike" + empty, func() { z().ViewLike(z()) }},
		{"Zeros: destination has shape [4], result has [2]", func() { y.Zeros(2) }},
		{"Zeros: negative axis in shape [-2]", func() { z().Zeros(-2) }},
		{"Lend: the tensor already has shape [2 3]; it must be empty", func() { x.Lend(nil) }},
		{"Rows: there are no rows; at least one is needed", func() { Rows(nil) }},
		{"Rows: row 1 is nil", func() { Rows([][]float64{{}, nil}) }},
		{"Rows: row 1 has 1 elements, row 0 has 2", func() { Rows([][]float64{{1, 2}, {3}}) }},
		{"Like: destination has shape [4], result has [2 3]", func() { y.Like(x) }},

		// Elements.
		{"Dim: axis 2 out of range for shape [2 3]", func() { x.Dim(2) }},
		{"Dim: axis -3 out of range for shape [2 3]", func() { x.Dim(-3) }},
		{"Dim: axis 0 out of range for shape []", func() { New().Dim(0) }},
		{"Item: needs one element; got shape [2 3]", func() { x.Item() }},
		{"Item: needs one element; got shape [0]", func() { New(0).Item() }},
		{"At: index [1] needs one number for each axis of shape [2 3]", func() { x.At(1) }},
		{"At: index [0] needs one number for each axis of shape []", func() { New().At(0) }},
		{"At: index [0 3] out of range for shape [2 3]", func() { x.At(0, 3) }},
		{"At: index [-1 0] out of range for shape [2 3]", func() { x.At(-1, 0) }},
		{"SetAt: index [0 0 0] needs one number for each axis of shape [2 3]", func() { x.SetAt(1, 0, 0, 0) }},
		{"SetAt: index [2 0] out of range for shape [2 3]", func() { x.SetAt(1, 2, 0) }},

		// Element-wise methods and comparisons.
		{"Add: shapes do not broadcast: [2 3] and [4]", func() { z().Add(x, y) }},
		{"Add: shapes do not broadcast: [4] and [2 3]", func() { z().Add(y, x) }},
		{"Where: shapes do not broadcast: [2 3] and [4]", func() { z().Where(New(), x, y) }},
		{"Where: shapes do not broadcast: [4] and [2 3]", func() { z().Where(y, x, New()) }},
		{"Where: mask element 1 is 0.5; it must be 0 or 1", func() { z().Where(FromSlice([]float64{0, 0.5}, 2), y, y) }},
		{"Where: mask element 0 is NaN; it must be 0 or 1", func() { z().Where(Scalar(math.NaN()), y, y) }},
		{"AddScaled: shapes differ: [2 3] and [4]", func() { z().AddScaled(x, 1, y) }},
		{"AddScaledDifference: shapes differ: [2 3] and [4]", func() { z().AddScaledDifference(1, x, y) }},
		{"AddChain: shapes differ: [2 3] and [4]", func() { z().AddChain(x, y) }},
		{"SquaredError: shapes differ: [3 1] and [3]", func() { z().SquaredError(New(3, 1), New(3)) }},
		{"MaxAbsDiff: shapes differ: [2 3] and [4]", func() { MaxAbsDiff(x, y) }},
		{"BroadcastTo: shape [2 3] does not broadcast to [2 4]", func() { z().BroadcastTo(x, 2, 4) }},
		{"BroadcastTo: shape [2 3] does not broadcast to [3]", func() { z().BroadcastTo(x, 3) }},
		{"BroadcastTo: negative axis in shape [-1]", func() { z().BroadcastTo(New(1), -1) }},
		{"BroadcastTo: shape " + ones + " has 17 axes; at most 16 are possible", func() { z().BroadcastTo(New(), long...) }},

		// Reductions.
		{"Sum: axis 2 out of range for shape [2 3]", func() { z().Sum(x, 2) }},
		{"Sum: axis -1 named twice in [1 -1]", func() { z().Sum(x, 1, -1) }},
		{"Mean: axis -3 out of range for shape [2 3]", func() { z().Mean(x, -3) }},
		{"Max: axis 2 out of range for shape [2 3]", func() { z().Max(x, 2) }},
		{"Max: shape [0 3] has no elements over the axes []", func() { z().Max(New(0, 3)) }},
		{"Min: shape [0 3] has no elements over the axes [0]", func() { z().Min(New(0, 3), 0) }},
		{"Min: axis 0 named twice in [0 0]", func() { z().Min(x, 0, 0) }},
		{"Count: axis 0 named twice in [0 0]", func() { x.Count(0, 0) }},
		{"Count: axis 5 out of range for shape [2 3]", func() { x.Count(5) }},
		{"ArgMax: axis 2 out of range for shape [2 3]", func() { z().ArgMax(x, 2) }},
		{"ArgMax: shape [0 3] has no elements along axis -2", func() { z().ArgMax(New(0, 3), -2) }},
		{"SumTo: shape [2 3] can't be summed to [2]", func() { z().SumTo(x, 2) }},
		{"SumTo: shape [2 3] can't be summed to [1 2 3]", func() { z().SumTo(x, 1, 2, 3) }},

		// Products.
		{"MatMul: inner dimensions differ: [3 4] × [5 2]", func() { z().MatMul(New(3, 4), New(5, 2)) }},
		{"MatMulNT: inner dimensions differ: [3 4] × [4 2] with the second transposed", func() { z().MatMulNT(New(3, 4), New(4, 2)) }},
		{"MatMulTN: inner dimensions differ: [3 4] × [4 2] with the first transposed", func() { z().MatMulTN(New(3, 4), New(4, 2)) }},
		{"AddMatMul: operands must be matrices: [2 3 4] × [4 2]", func() { z().AddMatMul(New(2, 3, 4), New(4, 2)) }},
		{"AddMatMul: inner dimensions differ: [2 3 4] × [5 2]", func() { z().AddMatMul(New(2, 3, 4), New(5, 2)) }},
		{"MatMul: operands need at least two axes (reshape a vector to [1 n] or [n 1]): [2 3] × [4]", func() { z().MatMul(x, y) }},
		{"MatMulTN: operands need at least two axes (reshape a vector to [1 n] or [n 1]): [] × [2 3]", func() { z().MatMulTN(New(), x) }},
		{"MatMul: axes before the last two do not broadcast: [2 4 3] × [3 3 5]", func() { z().MatMul(New(2, 4, 3), New(3, 3, 5)) }},
		{"MatMul: shape [1099511627776 1099511627776] has 1.20892582e+24 elements, 9.671e+24 bytes; at most 4294967296 elements are possible", func() { z().MatMul(New(1<<40, 0), New(0, 1<<40)) }},
		{"MatMul: shape [131072 131072] has 1.717986918e+10 elements, 1.374e+11 bytes; at most 4294967296 elements are possible", func() { z().MatMul(New(1<<17, 0), New(0, 1<<17)) }},
		{"Affine: inner dimensions differ: x has 3 columns, w 4 rows: [2 3] × [4 5] + [5]", func() { z().Affine(x, New(4, 5), New(5)) }},
		{"Affine: inner dimensions differ: x has 3 columns, w 4 rows: [3] × [4 5] + [5]", func() { z().Affine(New(3), New(4, 5), New(5)) }},
		{"Affine: w has 5 columns, b 4 elements: [2 3] × [3 5] + [4]", func() { z().Affine(x, New(3, 5), y) }},
		{"Affine: needs x […, in], w [in, out], b [out]; got [], [3 5], [5]", func() { z().Affine(New(), New(3, 5), New(5)) }},
		{"Affine: needs x […, in], w [in, out], b [out]; got [2 3], [3 5], [1 5]", func() { z().Affine(x, New(3, 5), New(1, 5)) }},
		{"Affine: needs x […, in], w [in, out], b [out]; got [2 3], [3 5], [5 1]", func() { z().Affine(x, New(3, 5), New(5, 1)) }},
		{"Affine: needs x […, in], w [in, out], b [out]; got [2 3], [3 5 1], [5]", func() { z().Affine(x, New(3, 5, 1), New(5)) }},
		{"Affine: needs x […, in], w [in, out], b [out]; got [2 3], [3], [3]", func() { z().Affine(x, New(3), New(3)) }},
		{"AddAffineGrads: needs δ […, out], x […, in], w [in, out]; got [3 4], [2 3], [3 4]", func() { AddAffineGrads(z(), nil, nil, New(3, 4), x, New(3, 4)) }},
		{"AddAffineGrads: needs δ […, out], x […, in], w [in, out]; got [2 5], [2 3], [3 4]", func() { AddAffineGrads(z(), nil, nil, New(2, 5), x, New(3, 4)) }},
		{"AddAffineGrads: needs δ […, out], x […, in], w [in, out]; got [2 5], [2 3], [4 5]", func() { AddAffineGrads(z(), nil, nil, New(2, 5), x, New(4, 5)) }},
		{"AddAffineGrads: needs δ […, out], x […, in], w [in, out]; got [2 1 5], [2 1 3], [3 4]", func() { AddAffineGrads(z(), nil, nil, New(2, 1, 5), New(2, 1, 3), New(3, 4)) }},
		{"AddAffineGrads: needs δ […, out], x […, in], w [in, out]; got [2 1 5], [2 1 3], [4 5]", func() { AddAffineGrads(z(), nil, nil, New(2, 1, 5), New(2, 1, 3), New(4, 5)) }},
		{"AddAffineGrads: needs δ […, out], x […, in], w [in, out]; got [3 2 4], [2 3 3], [3 4]", func() { AddAffineGrads(z(), nil, nil, New(3, 2, 4), New(2, 3, 3), New(3, 4)) }},
		{"AddAffineGrads: needs δ […, out], x […, in], w [in, out]; got [], [], [3 4]", func() { AddAffineGrads(z(), nil, nil, New(), New(), New(3, 4)) }},
		{"AddAffineGrads: destination has shape [4], result has [2 3]", func() { AddAffineGrads(y, nil, nil, New(2, 5), x, New(3, 5)) }},
		{"AddAffineGrads: destination has shape [4], result has [3 5]", func() { AddAffineGrads(nil, y, nil, New(2, 5), x, New(3, 5)) }},
		{"AddAffineGrads: destination has shape [4], result has [5]", func() { AddAffineGrads(nil, nil, y, New(2, 5), x, New(3, 5)) }},
		{"Affine: operand is nil", func() { z().Affine(x, nil, y) }},
		{"AddAffineGrads: operand is nil", func() { AddAffineGrads(z(), nil, nil, New(2, 5), x, nil) }},
		{"AddScaled: operand is nil", func() { z().AddScaled(x, 1, nil) }},
		{"MaxAbsDiff: operand is nil", func() { MaxAbsDiff(nil, x) }},

		// Methods that move elements.
		{"Transpose: axes [0] must name every axis of shape [2 3] once", func() { z().Transpose(x, 0) }},
		{"Transpose: axes [0 0] must name every axis of shape [2 3] once", func() { z().Transpose(x, 0, 0) }},
		{"Transpose: axes [0 -2] must name every axis of shape [2 3] once", func() { z().Transpose(x, 0, -2) }},
		{"Transpose: axes [0 2] must name every axis of shape [2 3] once", func() { z().Transpose(x, 0, 2) }},
		{"Transpose: axes [2 1] must name every axis of shape [2 3] once", func() { z().Transpose(x, 2, 1) }},
		{"Transpose: axes [1 -3] must name every axis of shape [2 3] once", func() { z().Transpose(x, 1, -3) }},
		{"Transpose: axes [0 -3] must name every axis of shape [2 3] once", func() { z().Transpose(x, 0, -3) }},
		{"Transpose: axes [1] must name every axis of shape [4] once", func() { z().Transpose(y, 1) }},
		{"Transpose: axes [0] must name every axis of shape [] once", func() { z().Transpose(New(), 0) }},
		{"Pad: axis 2 out of range for shape [2 3]", func() { z().Pad(x, 2, 0, 3) }},
		{"Pad: shape [2 3] at index 2 of axis -1 does not fit into length 4", func() { z().Pad(x, -1, 2, 4) }},
		{"Pad: shape [2 3] at index -1 of axis 0 does not fit into length 4", func() { z().Pad(x, 0, -1, 4) }},
		{"Pad: shape [2 3] at index 9223372036854775807 of axis 0 does not fit into length 4", func() { z().Pad(x, 0, math.MaxInt, 4) }},
		{"AddToSlice: shape [4] does not fit [2 3] along axis 0; the other axes must be the same", func() { x.AddToSlice(y, 0, 0) }},
		{"AddToSlice: shape [2 2] does not fit [2 3] along axis 0; the other axes must be the same", func() { x.AddToSlice(New(2, 2), 0, 0) }},
		{"AddToSlice: axis 2 out of range for shape [2 3]", func() { x.AddToSlice(x, 2, 0) }},
		{"AddToSlice: shape [2 2] at index 2 of axis 1 does not fit into shape [2 3]", func() { x.AddToSlice(New(2, 2), 1, 2) }},
		{"AddToSlice: shape [2 2] at index 9223372036854775807 of axis 1 does not fit into shape [2 3]",
			func() { x.AddToSlice(New(2, 2), 1, math.MaxInt) }},
		{"Concat: there are no operands; at least one is needed", func() { z().Concat(0) }},
		{"Concat: axis 1 out of range for shape [4]", func() { z().Concat(1, y, y) }},
		{"Concat: shape [4] does not fit [2 3] along axis 0; the other axes must be the same", func() { z().Concat(0, x, y) }},
		{"Concat: shape [2 4] does not fit [2 3] along axis 0; the other axes must be the same", func() { z().Concat(0, x, New(2, 4)) }},
		{"Concat: together the operands are too long along axis 1: [0 2] and others", func() { z().Concat(1, New(0, math.MaxInt), New(0, 2)) }},

		// Nil.
		{"Add: destination is nil", func() { (*Tensor)(nil).Add(x, x) }},
		{"MatMul: destination is nil", func() { (*Tensor)(nil).MatMul(x, New(3, 2)) }},
		{"Sum: destination is nil", func() { (*Tensor)(nil).Sum(x) }},
		{"Slice: destination is nil", func() { (*Tensor)(nil).SliceOf(x, 0, 0, 1) }},
		{"Reshape: destination is nil", func() { (*Tensor)(nil).View(x, 6) }},
		{"Zeros: destination is nil", func() { (*Tensor)(nil).Zeros(1) }},
		{"Swap: destination is nil", func() { z().Swap(nil) }},
		{"Fill: operand is nil", func() { (*Tensor)(nil).Fill(1) }},
		{"Map: the function is nil", func() { z().Map(x, nil) }},
		{"Apply: the function, or its Values, is nil", func() { z().Apply(new(Function), x) }},
		{"Apply2: the function, or its Values, is nil", func() { z().Apply2(nil, x, x) }},
		{"Uniform: the random source is nil", func() { New(2).Uniform(nil, 0, 1) }},
		{"Uniform: lo is 1, hi 0; both must be finite, and lo at most hi", func() { New(2).Uniform(newRand(1), 1, 0) }},
		{"Uniform: lo is 0, hi NaN; both must be finite, and lo at most hi", func() { New(2).Uniform(newRand(1), 0, math.NaN()) }},
		{"Uniform: lo is 0, hi +Inf; both must be finite, and lo at most hi", func() { New(2).Uniform(newRand(1), 0, math.Inf(1)) }},
		{"Uniform: lo is -Inf, hi 1; both must be finite, and lo at most hi", func() { New(2).Uniform(newRand(1), math.Inf(-1), 1) }},
		{"Normal: the random source is nil", func() { New(2).Normal(nil, 0, 1) }},
		{"Concat: operand is nil", func() { z().Concat(0, x, nil) }},

		// Empty tensors, besides those of TestOpsEmptyOperand.
		{"Dim" + empty, func() { z().Dim(0) }}, {"Item" + empty, func() { z().Item() }},
		{"At" + empty, func() { z().At() }}, {"SetAt" + empty, func() { z().SetAt(1) }},
		{"Fill" + empty, func() { z().Fill(1) }}, {"Clone" + empty, func() { z().Clone() }},
		{"Like" + empty, func() { z().Like(z()) }}, {"Count" + empty, func() { z().Count() }},
		{"Sum" + empty, func() { z().Sum(z()) }}, {"Max" + empty, func() { z().Max(z()) }},
		{"MaxAbsDiff" + empty, func() { MaxAbsDiff(z(), x) }}, {"MaxAbsDiff" + empty, func() { MaxAbsDiff(x, z()) }},
		{"Reshape" + empty, func() { z().Reshape() }}, {"Reshape" + empty, func() { z().View(z()) }},
		{"Slice" + empty, func() { z().Slice(0, 0, 0) }}, {"Slice" + empty, func() { z().SliceOf(z(), 0, 0, 0) }},
		{"AddAt" + empty, func() { z().AddAt(x, x) }}, {"AddAt" + empty, func() { x.AddAt(z(), x) }}, {"AddAt" + empty, func() { x.AddAt(x, z()) }},
		{"Uniform" + empty, func() { z().Uniform(newRand(1), 0, 1) }}, {"Normal" + empty, func() { z().Normal(newRand(1), 0, 1) }},
	} {
		mustPanic(t, "tensor: "+c.want, c.f)
	}
	mustEqual(t, "x afterwards", x, New(2, 3))
	mustEqual(t, "y afterwards", y, New(4))
}

// TestErrorFields checks that an *Error can be told from other errors, and taken apart.
func TestErrorFields(t *testing.T) {
	t.Parallel()
	defer func() {
		err, _ := recover().(error)
		var e *Error
		if !errors.As(err, &e) || e.Op != "Dim" || !strings.HasPrefix(e.Text, "axis 7") {
			t.Errorf("%#v", err)
		}
	}()
	New(2).Dim(7)
}
