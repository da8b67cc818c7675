package autograd_test

import (
	"fmt"
	"math"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// Functions of two numbers and their gradients at kinks, ties and zeros, and where a square overflows.
// Where PyTorch 2.15 gives something else, that stands behind the row.
func TestPairs(t *testing.T) {
	type f2 = func(x, y *node) *node
	atan2, hypot, xlogy, xlog1py, add := (*node).Atan2, (*node).Hypot, (*node).Xlogy, (*node).Xlog1py, (*node).LogAddExp
	for _, c := range []struct {
		name            string
		f               f2
		x, y, z, dx, dy float64
	}{
		{"Atan2", atan2, 1e-13, 5.6843e-14, math.Atan2(1e-13, 5.6843e-14), 4296157198699.0356, -7557935363543.507},
		{"Atan2", atan2, 3e200, 4e200, math.Atan2(3, 4), 1.6e-201, -1.2e-201}, // 0 0
		{"Atan2", atan2, 3e-200, 4e-200, math.Atan2(3, 4), 1.6e199, -1.2e199},
		{"Atan2", atan2, 0, 0, 0, 0, math.Copysign(0, -1)},
		{"Atan2", atan2, 0, 2, 0, .5, math.Copysign(0, -1)},
		{"Atan2", atan2, 2, 0, math.Pi / 2, 0, -.5},
		{"Atan2", atan2, 0, -2, math.Pi, -.5, math.Copysign(0, -1)},
		{"Atan2", atan2, -1e-300, -1e100, -math.Pi, -1e-100, 0}, // the quotient underflows
		{"Hypot", hypot, 3e200, 4e200, 5e200, .6, .8},
		{"Hypot", hypot, -3e-200, 4e-200, 5e-200, -.6, .8},
		{"Hypot", hypot, 5e-324, 0, 5e-324, 1, 0},
		{"Hypot", hypot, 0, 0, 0, 0, 0}, // NaN NaN
		{"Hypot", hypot, inf, nan, inf, nan, nan},
		{"Hypot", hypot, nan, 0, nan, nan, 0},
		{"Hypot", hypot, nan, inf, inf, nan, nan},
		{"Hypot", hypot, -inf, nan, inf, nan, nan},
		{"Hypot", hypot, nan, -inf, inf, nan, nan},
		{"Hypot", hypot, 1e-300, 1e300, 1e300, 0, 1},
		{"Hypot", hypot, 1e300, 1e-300, 1e300, 1, 0},
		{"Xlogy", xlogy, 0, 2, 0, 0.6931471805599453, 0},
		{"Xlogy", xlogy, 0, 0, 0, 0, 0}, // 0 NaN
		{"Xlogy", xlogy, 0, -1, 0, 0, math.Copysign(0, -1)},
		{"Xlogy", xlogy, 2, 0, -inf, -inf, inf},
		{"Xlogy", xlogy, 2, 5e-324, -1488.88014384276252462, -744.44007192138126231, inf}, // math.Log: −709.09
		{"Xlogy", xlogy, 0, nan, nan, nan, 0},                                             // NaN NaN
		{"Xlogy", xlogy, 0, inf, 0, inf, 0},
		{"Xlog1py", xlog1py, 0, 1, 0, 0.6931471805599453, 0},
		{"Xlog1py", xlog1py, 0, -1, 0, 0, 0}, // 0 NaN
		{"Xlog1py", xlog1py, 2.5, 1e-18, 2.5e-18, 1e-18, 2.5},
		{"LogAddExp", add, 1000, 1000, 1000 + math.Ln2, .5, .5},
		{"LogAddExp", add, 1000, 0, 1000, 1, 0},
		{"LogAddExp", add, -40, 0, 4.248354255291589e-18, 4.248354255291589e-18, 1},
		{"LogAddExp", add, -inf, 3, 3, 0, 1},
		{"LogAddExp", add, -inf, -inf, -inf, .5, .5}, // NaN NaN
		{"LogAddExp", add, inf, inf, inf, .5, .5},    // NaN NaN
		{"LogAddExp", add, nan, 1, nan, nan, nan},
		{"Maximum", (*node).Maximum, 2, 1, 2, 1, 0},
		{"Maximum", (*node).Maximum, 2, 2, 2, .5, .5},
		{"Maximum", (*node).Maximum, nan, 1, nan, 1, 1},
		{"Minimum", (*node).Minimum, 2, 1, 1, 0, 1},
		{"Minimum", (*node).Minimum, 2, 2, 2, .5, .5},
		{"ClampMin", (*node).ClampMin, 2, 2, 2, 1, 0},
		{"ClampMin", (*node).ClampMin, 1, 2, 2, 0, 1},
		{"ClampMax", (*node).ClampMax, 2, 2, 2, 1, 0},
		{"ClampMax", (*node).ClampMax, 3, 2, 2, 0, 1},
		{"ClampMax", (*node).ClampMax, nan, 2, nan, 1, 0},
		{"PReLU", (*node).PReLU, 0, 3, 0, 3, 0},
		{"PReLU", (*node).PReLU, nan, 3, nan, 3, nan},
		{"Chain2", autograd.Chain2, -1, 0, math.Copysign(0, -1), 0, -1},
		{"Lerp to the end", func(x, y *node) *node { return x.LerpScalar(y, 1) }, 1e16, 1, 1, 0, 1},
		{"Lerp from the start", func(x, y *node) *node { return x.LerpScalar(y, 0) }, 1, 1e16, 1, 1, 0},
	} {
		x, y := autograd.Variable(tensor.Scalar(c.x)), autograd.Variable(tensor.Scalar(c.y))
		z := c.f(x, y)
		grads := autograd.Backward(z)
		expectNearly(t, fmt.Sprintf("%s of %v and %v: value and gradients", c.name, c.x, c.y),
			[]float64{z.Value().Item(), grads.Of(x).Item(), grads.Of(y).Item()}, []float64{c.z, c.dx, c.dy})
	}
}

// The second derivatives are finite even where squares overflow or underflow.
func TestPairsSecondOrder(t *testing.T) {
	second := func(f func(x, y *node) *node, x, y float64) []float64 {
		vx, vy := variable(x), variable(y)
		first := autograd.Grad(f(vx, vy).Sum(), vx, vy)
		grads := autograd.Backward(first[0].Add(first[1]).Sum())
		return []float64{grads.Of(vx).Data()[0], grads.Of(vy).Data()[0]}
	}
	// ∂²/∂y² = −2xy/h⁴, ∂²/∂x∂y = (y²−x²)/h⁴, ∂²/∂x² = 2xy/h⁴
	expectNearly(t, "Atan2", second((*node).Atan2, 3e-100, 4e-100), []float64{-31. / 625 * 1e200, 17. / 625 * 1e200})
	// y²/h³, −xy/h³, x²/h³
	expectNearly(t, "Hypot", second((*node).Hypot, 3e200, 4e200), []float64{4. / 125 * 1e-200, -3. / 125 * 1e-200})
	// Each of them by itself, where they differ by many powers of ten.
	for _, c := range []struct{ x, y, xx, xy, yy float64 }{
		{1e8, 3, 8.9999999999999878e-24, -2.9999999999999959e-16, 9.9999999999999865e-9},
		{-3, 1e8, 9.9999999999999865e-9, 2.9999999999999959e-16, 8.9999999999999878e-24},
		{1e-100, 1e-270, 1e-240, -1e-70, 1e100},
		{0, 0, 0, math.Copysign(0, -1), 0}, // as for Norm
	} {
		h := autograd.Hessian(func(xs ...*node) *node { return xs[0].Hypot(xs[1]) }, tensor.Scalar(c.x), tensor.Scalar(c.y))
		expectNearly(t, fmt.Sprint("Hypot of ", c.x, " and ", c.y), []float64{h[0][0].Item(), h[0][1].Item(), h[1][0].Item(), h[1][1].Item()},
			[]float64{c.xx, c.xy, c.xy, c.yy})
	}
	expectNearly(t, "Xlogy", second((*node).Xlogy, 0, 2), []float64{.5, .5})
	expectNearly(t, "LogAddExp", second(func(x, y *node) *node { return x.LogAddExp(y.Scale(2)) }, 2, 1), []float64{-.25, .5})
}

// Bounds that cross, bounds that are absent, an x on a bound, and the gradient of each bound.
func TestClamp(t *testing.T) {
	x := autograd.Variable(vector(-1, 0, .5, 1, 2, nan))
	z := x.ClampScalar(0, 1)
	expectNearly(t, "numbers", z.Value().Data(), []float64{0, 0, .5, 1, 1, nan})
	expect(t, "gradient", autograd.Backward(z.Sum()).Of(x), 0, 1, 1, 1, 0, 1)
	lo, hi := variable(0, 0, 0, 3), variable(1, 1, 1, 1)
	x = variable(-1, .5, 2, 2)
	z = x.Clamp(lo, hi)
	expect(t, "bounds", z.Value(), 0, .5, 1, 1)
	grads := autograd.Backward(z.Sum())
	expect(t, "by x", grads.Of(x), 0, 1, 0, 0)
	expect(t, "by lo", grads.Of(lo), 1, 0, 0, 0)
	expect(t, "by hi", grads.Of(hi), 0, 0, 1, 1)
	expect(t, "no bound", variable(-5, 5).ClampScalar(math.Inf(-1), math.Inf(1)).Value(), -5, 5)
}

// What is not chosen gets a gradient of 0, even if the incoming one is NaN or infinite.
func TestNotChosen(t *testing.T) {
	for name, f := range map[string]func(x, y *node) *node{
		"Maximum": (*node).Maximum, "ClampMin": (*node).ClampMin,
		"MaskedFill": func(x, y *node) *node { return x.MaskedFill(x.Lt(y), y) },
	} {
		x, y := variable(1, 3), variable(2, 2)
		grads := autograd.VJP(f(x, y), autograd.Constant(vector(nan, inf)), x, y)
		expectNearly(t, name+" x", grads[0].Value().Data(), []float64{0, inf})
		expectNearly(t, name+" y", grads[1].Value().Data(), []float64{nan, 0})
	}
}

// Functions whose slope is 0 or 1 have the bits of compositions of Where and clamps by nodes, whatever the limits, x and
// the incoming gradient are.
func TestGated(t *testing.T) {
	where, of := autograd.Where, autograd.Scalar
	numbers := []float64{nan, -inf, -2, -1, math.Copysign(0, -1), 0, .5, 1, 3, inf}
	var xs, dys []float64
	for _, x := range numbers {
		for _, dy := range numbers {
			xs, dys = append(xs, x), append(dys, dy)
		}
	}
	for i, low := range numbers {
		for _, high := range numbers[i:] {
			for name, c := range map[string][2]func(x *node) *node{
				"Threshold": {func(x *node) *node { return x.Threshold(low, high) }, func(x *node) *node { return where(x.Le(of(low)), of(high), x) }},
				"Hardtanh": {func(x *node) *node { return x.Hardtanh(low, high) }, func(x *node) *node {
					return where(x.Le(of(low)), of(low), where(x.Ge(of(high)), of(high), x))
				}},
				"Hardshrink": {func(x *node) *node { return x.Hardshrink(high) }, func(x *node) *node { return where(x.Abs().Le(of(high)), of(0), x) }},
				"Softshrink": {func(x *node) *node { return x.Softshrink(max(high, 0)) }, func(x *node) *node {
					return where(x.Abs().Le(of(max(high, 0))), of(0), x.Sub(x.Sign().Scale(max(high, 0))))
				}},
				"ClampScalar": {func(x *node) *node { return x.ClampScalar(low, high) }, func(x *node) *node { return x.Clamp(of(low), of(high)) }},
				"crossed":     {func(x *node) *node { return x.ClampScalar(high, low) }, func(x *node) *node { return x.Clamp(of(high), of(low)) }},
			} {
				var results [2][]*tensor.Tensor
				for k, f := range c {
					x, dy := variable(xs...), variable(dys...)
					y := f(x)
					dx := autograd.VJP(y, dy, x)[0]
					again := autograd.VJP(dx, x, dy)[0] // of dx by dy, given xs
					results[k] = []*tensor.Tensor{y.Value(), dx.Value(), again.Value()}
				}
				for k, got := range results[0] {
					if want := results[1][k]; !sameBits(got, want) {
						t.Errorf("%s, %v and %v, result %d: %v, want %v", name, low, high, k, got, want)
					}
				}
			}
		}
	}
}

// PReLU has a weight for each channel, along axis 1.
func TestPReLUChannels(t *testing.T) {
	x := autograd.Constant(tensor.FromSlice([]float64{-1, 2, -3, -4, 5, -6, -7, -8}, 2, 2, 2))
	w := variable(10, .5)
	y := x.PReLU(w)
	expect(t, "value", y.Value().Reshape(8), -10, 2, -1.5, -2, 5, -60, -3.5, -4)
	expect(t, "by the weight", autograd.Backward(y.Sum()).Of(w), -7, -22)
	for _, one := range []*node{variable(2), variable(2).Reshape(1, 1)} {
		if shape := number(-1).PReLU(one).Shape(); len(shape) != 0 {
			t.Errorf("PReLU of a number has shape %v", shape)
		}
	}
}

func TestArithPanics(t *testing.T) {
	x, w := autograd.Variable(tensor.New(2, 3)), variable(1, 2)
	for want, f := range map[string]func(){
		"Clamp: there is neither a lower nor an upper bound":                                                     func() { x.Clamp(nil, nil) },
		"PReLU: the weight has shape [2]; it must be one number, or one for each channel, axis 1 of shape [2 3]": func() { x.PReLU(w) },
		"PReLU: the weight has shape [2]; it must be one number, or one for each channel, axis 1 of shape [2]":   func() { w.PReLU(w) },
		"PReLU: the node is a nil or zero Node":                                                                  func() { x.PReLU(nil) },
		"Atan2: input 1 is a nil or zero Node":                                                                   func() { x.Atan2(nil) },
	} {
		mustPanic(t, "autograd: "+want, f)
	}
	mustPanic(t, "tensor: Where: mask element 1 is 2; it must be 0 or 1", func() { x.MaskedFill(w, number(0)) })
}
