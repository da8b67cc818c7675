package tensor

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gentlegrad/tensor/internal/kernel"
)

// Operations along an axis: values computed by hand or with 50 digits, along each axis of a tensor.
func TestAlong(t *testing.T) {
	t.Parallel()
	inf, nan := math.Inf(1), math.NaN()
	type row = []float64
	for _, c := range []struct {
		name    string
		f       func(z, x *Tensor, axis int) *Tensor
		x, want row
	}{
		{"Softmax", tt.Softmax, row{1000, 0}, row{1, 0}},
		{"Softmax", tt.Softmax, row{7, 7, 7, 7}, row{.25, .25, .25, .25}},
		{"Softmax", tt.Softmax, row{-inf, 3, -inf}, row{0, 1, 0}},
		{"Softmax", tt.Softmax, row{-inf, -inf}, row{0, 0}},
		{"Softmax", tt.Softmax, row{1, nan}, row{nan, nan}},
		{"Softmax", tt.Softmax, row{0, math.Ln2 - 1e-17}, row{1. / 3, 2. / 3}},
		{"LogSoftmax", tt.LogSoftmax, row{1e8, 1e8}, row{-math.Ln2, -math.Ln2}},
		{"LogSoftmax", tt.LogSoftmax, row{0, -40}, row{-4.248354255291589e-18, -40}},
		{"LogSoftmax", tt.LogSoftmax, row{-431, 279, 427}, row{-858, -148, -5.3017186660923236e-65}},
		{"LogSoftmax", tt.LogSoftmax, row{-inf, -inf}, row{-inf, -inf}},
		{"LogSoftmax", tt.LogSoftmax, row{-inf, 1}, row{-inf, 0}},
		{"LogSoftmax", tt.LogSoftmax, row{nan, 1}, row{nan, nan}},
		{"LogSumExp", tt.LogSumExp, row{1000, 1000}, row{1000.6931471805599}},
		{"LogSumExp", tt.LogSumExp, row{-40, 0}, row{4.248354255291589e-18}},
		{"LogSumExp", tt.LogSumExp, row{-inf, -inf}, row{-inf}},
		{"LogSumExp", tt.LogSumExp, row{1, inf}, row{inf}},
		{"LogSumExp", tt.LogSumExp, row{inf, nan}, row{nan}},
		{"LogSumExp", tt.LogSumExp, row{}, row{-inf}},
		{"LogCumSumExp", tt.LogCumSumExp, row{1000, 1000, 0}, row{1000, 1000.6931471805599, 1000.6931471805599}},
		{"LogCumSumExp", tt.LogCumSumExp, row{-inf, -inf, 2, inf, 1}, row{-inf, -inf, 2, inf, inf}},
		{"LogCumSumExp", tt.LogCumSumExp, row{0, nan, 1}, row{0, nan, nan}},
		{"LogCumSumExp", tt.LogCumSumExp, row{-40, 0}, row{-40, 4.248354255291589e-18}},
		{"CumSum", tt.CumSum, row{1, 2, -4, 0}, row{1, 3, -1, -1}},
		{"CumProd", tt.CumProd, row{2, 3, -4, 0, 5}, row{2, 6, -24, 0, 0}},
		{"Prod", func(z, x *Tensor, axis int) *Tensor { return z.Prod(x, axis) }, row{2, 3, -4}, row{-24}},
		{"Prod", func(z, x *Tensor, axis int) *Tensor { return z.Prod(x, axis) }, row{}, row{1}},
		{"2-norm", norm(2), row{3, -4}, row{5}},
		{"2-norm", norm(2), row{3e200, -4e200}, row{5e200}},
		{"2-norm", norm(2), row{3e-200, -4e-200}, row{5e-200}},
		{"2-norm", norm(2), row{0, 0}, row{0}},
		{"2-norm", norm(2), row{}, row{0}},
		{"2-norm", norm(2), row{1, -inf}, row{inf}},
		{"2-norm", norm(2), row{inf, nan}, row{nan}},
		{"1-norm", norm(1), row{3, -4}, row{7}},
		{"1-norm", norm(1), row{1e-300, 0}, row{1e-300}},
		{"3-norm", norm(3), row{1, -2, 2, 1e-130}, row{2.571281590658235}},
		{"3-norm", norm(3), row{1e200, -2e200, 2e200}, row{2.571281590658235e200}},
		{"½-norm", norm(.5), row{4, -9}, row{25}},
		{"½-norm", norm(.5), row{0}, row{0}},
		{"−1-norm", norm(-1), row{2, -2}, row{1}},
		{"−1-norm", norm(-1), row{2, 0}, row{0}},
		{"−1-norm", norm(-1), row{0, nan}, row{nan}},
		{"−1-norm", norm(-1), row{1e300, inf}, row{1e300}},
		{"−2-norm", norm(-2), row{3e-200, 4e-200}, row{2.4e-200}},
		{"−1-norm", norm(-1), row{}, row{inf}},
	} {
		first := c.f(new(Tensor), FromSlice(c.x, len(c.x)), 0)
		wantShape := []int{len(c.want)}
		if first.Rank() == 0 {
			wantShape = nil
		}
		for i, v := range first.Data() {
			if want := c.want[i]; !(math.Abs(v-want) <= 4e-16*math.Abs(want)) && v != want && !(v != v && want != want) {
				t.Errorf("%s of %v: %v, want %v", c.name, c.x, first, c.want)
			}
		}
		mustEqual(t, "shape", first, first.Reshape(wantShape...))
		// The same in the middle of three axes, and in a column.
		column := New(2, len(c.x), 3)
		for i, v := range c.x {
			for o := range 2 {
				for k := range 3 {
					column.SetAt(v, o, i, k)
				}
			}
		}
		got := c.f(new(Tensor), column, 1)
		if want := slices.Concat([]int{2}, wantShape, []int{3}); !got.HasShape(want...) {
			t.Errorf("%s of columns %v: shape %v, want %v", c.name, c.x, got.Shape(), want)
		}
		for i, v := range got.Data() {
			if want := first.Data()[i/3%first.Len()]; !(math.Abs(v-want) <= 4e-16*math.Abs(want)) && v != want && !(v != v && want != want) {
				t.Errorf("%s of columns %v: %v, want %v", c.name, c.x, got, first)
				break
			}
		}
	}
	mustEqual(t, "several axes", new(Tensor).Prod(FromSlice([]float64{1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 2), 0, -1), FromSlice([]float64{60, 672}, 2))
	for _, c := range []struct {
		want string
		f    func(x *Tensor)
	}{
		{"tensor: Softmax: axis 2 out of range for shape [2 3]", func(x *Tensor) { new(Tensor).Softmax(x, 2) }},
		{"tensor: LogSumExp: axis -3 out of range for shape [2 3]", func(x *Tensor) { new(Tensor).LogSumExp(x, -3) }},
		{"tensor: Prod: axis -1 named twice in [1 -1]", func(x *Tensor) { new(Tensor).Prod(x, 1, -1) }},
		{"tensor: Norm: p is 0; it must be finite and not 0", func(x *Tensor) { new(Tensor).Norm(x, 0, 0) }},
		{"tensor: Norm: p is +Inf; it must be finite and not 0", func(x *Tensor) { new(Tensor).Norm(x, inf, 0) }},
		{"tensor: Norm: p is -Inf; it must be finite and not 0", func(x *Tensor) { new(Tensor).Norm(x, -inf, 0) }},
		{"tensor: Norm: p is NaN; it must be finite and not 0", func(x *Tensor) { new(Tensor).Norm(x, nan, 0) }},
	} {
		mustPanic(t, c.want, func() { c.f(New(2, 3)) })
	}
}

func norm(p float64) func(z, x *Tensor, axis int) *Tensor {
	return func(z, x *Tensor, axis int) *Tensor { return z.Norm(x, p, axis) }
}

// Where nothing overflows or vanishes, a norm has the bits of the plain formula, and Softmax those of Exp
// and Sum.
func TestAlongIsPlain(t *testing.T) {
	t.Parallel()
	x := reals(newRand(7), 101)
	sums := map[float64]float64{}
	for part := range slices.Chunk(x.Data(), 64) {
		absolute, squares := slices.Clone(part), slices.Clone(part)
		for i, v := range part {
			absolute[i], squares[i] = math.Abs(v), v*v
		}
		sums[1] += kernel.Sum(absolute)
		sums[2] += kernel.Sum(squares)
	}
	mustEqual(t, "scaled by 2", new(Tensor).Norm(FromSlice([]float64{2, -2}, 2), 2000, 0), Scalar(2*kernel.Pow1(2, 1./2000)))
	for p, s := range sums {
		want := map[float64]float64{1: s, 2: math.Sqrt(s)}[p]
		if got := new(Tensor).Norm(x, p, 0).Item(); got != want {
			t.Errorf("the %v-norm is %v, want %v", p, got, want)
		}
	}
	// Outside 2⁻⁹⁰⁰ to 2¹⁰⁰⁰, a norm has the bits of the elements divided by the largest.
	for _, c := range []struct {
		sum   float64
		plain bool
	}{{0x1p-900, false}, {0x1.001p-900, true}, {0x1.fffp999, true}, {0x1p1000, false}, {0x1.001p1000, false}} {
		most, least := .72*c.sum, (1-.72)*c.sum
		want := most * (1 + least/most)
		if c.plain {
			want = most + least
		}
		for _, x := range [][]float64{{most, least}, {least, most}} {
			if got := new(Tensor).Norm(FromSlice(x, 2), 1, 0).Item(); got != want {
				t.Errorf("the 1-norm of %v is %v, want %v", x, got, want)
			}
		}
	}
	x.Scale(x, 1./1024) // otherwise few would count
	e := new(Tensor).AddScalar(x, -new(Tensor).Max(x).Item())
	e.Exp(e)
	mustEqual(t, "Softmax", new(Tensor).Softmax(x, 0), new(Tensor).Div(e, new(Tensor).Sum(e)))
}

// Exponentials along an axis are computed a part at a time, with the bits of those computed one by one.
func TestExponentialsAlong(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 63, 64, 65, 200} {
		for axis, shape := range [][]int{{n, 3}, {3, n}} {
			x := New(shape...).Uniform(rng, -9, 9)
			for k := range 3 {
				at := func(i int) int { return k*n + i }
				if axis == 0 {
					at = func(i int) int { return i*3 + k }
				}
				const m = 10 // the largest: at the end, where it may be the first of a part, or at the beginning
				best := (n - 1) * (k % 2)
				x.data[at(best)] = m
				softmax, logs, sums := new(Tensor).Softmax(x, axis), new(Tensor).LogSoftmax(x, axis), new(Tensor).LogSumExp(x, axis)
				exps, others := New(n), 0.0
				for i := range n {
					exps.data[i] = kernel.Exp1(x.data[at(i)] - m)
				}
				sum := kernel.Sum(exps.data)
				rest := slices.Clone(exps.data)
				rest[best] = 0
				for part := range slices.Chunk(rest, 64) {
					others += kernel.Sum(part)
				}
				log := kernel.LogOnePlus(others)
				for i := range n {
					o := at(i)
					if softmax.data[o] != exps.data[i]/sum || logs.data[o] != x.data[o]-m-log || sums.data[k] != m+log {
						t.Fatalf("%v, axis %d, line %d, element %d: %v %v %v", shape, axis, k, i, softmax.data[o], logs.data[o], sums.data[k])
					}
				}
			}
		}
	}
}

// Standardise and its gradient have the bits of the operations they are made of.
func TestStandardise(t *testing.T) {
	t.Parallel()
	rng := newRand(3)
	for _, n := range []int{1, 2, 3, 17, 64, 300} {
		x, dy := reals(rng, 4, n), reals(rng, 4, n)
		x.data[0], dy.data[n] = math.Inf(1), math.NaN() // in rows 0 and 1
		clear(dy.data[:n])
		mean := func(x *Tensor) *Tensor { return new(Tensor).Mean(x, 1).Reshape(4, 1) }
		of := func(f func(z, x, y *Tensor) *Tensor, x, y *Tensor) *Tensor { return f(new(Tensor), x, y) }
		d := of(tt.Sub, x, mean(x))
		d = of(tt.Sub, d, mean(d))
		r := new(Tensor).AddScalar(mean(new(Tensor).Square(d)), .1)
		r = of(tt.Div, Scalar(1), new(Tensor).Sqrt(r))
		roots := new(Tensor)
		y := new(Tensor).Standardise(roots, x, .1)
		mustEqual(t, "the value", y, of(tt.Mul, d, r))
		mustEqual(t, "the roots", roots, r.Reshape(4))

		memory := append(x.Clone().data, 0)
		over := new(Tensor).Wrap(memory[1:], 4, n) // begins one element after x
		mustEqual(t, "over x's memory", over.Standardise(new(Tensor), new(Tensor).Wrap(memory[:4*n], 4, n), .1), y)
		mustEqual(t, "in place", x.Standardise(new(Tensor), x, .1), y)

		chain := func(z, x, y *Tensor) *Tensor { return z.Apply2(&Chain, x, y) }
		want := of(tt.Sub, dy, mean(dy))
		want = of(tt.Sub, want, of(chain, mean(of(chain, dy, y)), y))
		want = of(chain, want, r)
		mustEqual(t, "the gradient", new(Tensor).AddStandardiseVJP(dy, y, roots), want)
		sum := reals(rng, 4, n)
		want.Add(want, sum)
		mustEqual(t, "the gradient, added", sum.AddStandardiseVJP(dy, y, roots), want)
	}
	for _, tt := range []struct {
		want string
		f    func()
	}{
		{"tensor: Standardise: axis -1 out of range for shape []", func() { New().Standardise(new(Tensor), New(), 0) }},
		{"tensor: Standardise: destination has shape [3], result has [2]", func() { new(Tensor).Standardise(New(3), New(2, 4), 0) }},
		{"tensor: Standardise: destination shares memory with an operand", func() { x := New(3, 1); new(Tensor).Standardise(x.Reshape(3), x, 0) }},
		{"tensor: Standardise: destination shares memory with an operand", func() {
			m := New(4) // x is the first three, z the last three, and the roots the first
			m.Slice(0, 1, 4).Reshape(1, 3).Standardise(m.Slice(0, 0, 1), m.Slice(0, 0, 3).Reshape(1, 3), 0)
		}},
		{"tensor: AddStandardiseVJP: the roots have shape [3], y [2 4]; the roots need the shape of y without the last axis", func() { new(Tensor).AddStandardiseVJP(New(2, 4), New(2, 4), New(3)) }},
		{"tensor: AddStandardiseVJP: operand is nil", func() { new(Tensor).AddStandardiseVJP(New(2, 4), New(2, 4), nil) }},
	} {
		mustPanic(t, tt.want, tt.f)
	}
}

// Where the elements of a line are far apart, other loops give the same results.
func TestLinesFarApart(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 7, 100, 8193} {
		for _, columns := range []int{2, beside, beside + 3} {
			x := New(n, columns)
			for i := range x.data {
				x.data[i] = float64(i%23) - 11.3
			}
			want := New(n, columns)
			for c := range columns {
				sum := 0.0
				for r := range n {
					sum += x.At(r, c)
					want.SetAt(sum, r, c)
				}
			}
			if got := new(Tensor).CumSum(x, 0); !Equal(got, want) {
				t.Errorf("%d columns of %d: wrong", columns, n)
			}
			if x.CumSum(x, 0); !Equal(x, want) {
				t.Errorf("%d columns of %d, in place: wrong", columns, n)
			}
		}
	}
}
