package autograd_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// counted returns a Variable with the numbers 0, 1, 2, …
func counted(shape ...int) *node {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return autograd.Variable(tensor.Arange(n).Reshape(shape...))
}

// random returns a Variable of random numbers.
func random(rng *rand.Rand, shape ...int) *node {
	x := tensor.New(shape...)
	for i := range x.Data() {
		x.Data()[i] = signed(rng)
	}
	return autograd.Variable(x)
}

// alike compares sums of about ten numbers that were added up in different orders.
func alike(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if !tensor.AllClose(vector(got...), vector(want...), 1e-14, 1e-15) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestConvolutionCases(t *testing.T) {
	plain := constant([]float64{1, 2, 3}).Reshape(1, 3).Conv1D(autograd.Constant(tensor.Full(1, 1, 1, 2)), nil, autograd.Conv{OutputPadding: []int{0}})
	expect(t, "no output padding", plain.Value(), 3, 5)
	x := autograd.Variable(tensor.FromSlice([]float64{7, 3, 3, 2}, 2, 1, 2))
	w := autograd.Variable(tensor.FromSlice([]float64{3, 6, 4, 2}, 2, 1, 2))
	o := autograd.Conv{Stride: []int{2}, Padding: []int{1}, Dilation: []int{2}}
	expect(t, "convolution", x.Conv1D(w, nil, o).Value(), 18, 6, 12, 4)
	everywhere(t, "convolution by w", x.Conv1D(w, nil, o).Sum(), w, 0, 5, 0, 5)
	everywhere(t, "convolution by x", x.Conv1D(w, nil, o).Sum(), x, 0, 8, 0, 8)
	flat := func(x *node) *node { return x.Reshape(2, 1, 1, 2) } // the same with one more axis, of length 1
	y := flat(x).Conv2D(flat(w), nil, autograd.Conv{Stride: []int{1, 2}, Padding: []int{0, 1}, Dilation: []int{1, 2}})
	expect(t, "convolution in two dimensions", y.Value(), 18, 6, 12, 4)
	everywhere(t, "convolution in two dimensions by x", y.Sum(), x, 0, 8, 0, 8)

	x, w = counted(1, 4, 4, 4), counted(4, 1, 3, 3)
	y = x.Conv2D(w, nil, autograd.Conv{Stride: []int{2}, Padding: []int{1}, Groups: 4})
	grads := autograd.Backward(y.Sum())
	expect(t, "depthwise by x", grads.Of(x).Reshape(4, 16).Slice(0, 0, 1), 4, 8, 4, 5, 8, 16, 8, 10, 4, 8, 4, 5, 7, 14, 7, 8)
	expect(t, "depthwise by w", grads.Of(w).Slice(0, 1, 2), 21, 42, 44, 42, 84, 88, 50, 100, 104)
	for c := range 4 { // each channel by itself
		alone := x.Slice(1, c, c+1).Conv2D(w.Slice(0, c, c+1), nil, autograd.Conv{Stride: []int{2}, Padding: []int{1}})
		expect(t, "one channel", alone.Value(), y.Slice(1, c, c+1).Value().Data()...)
	}

	// Second order: the gradient by x of a gradient by w, with an odd padding.
	x, w = counted(1, 3), autograd.Variable(tensor.FromSlice([]float64{1, -1}, 1, 1, 2))
	y = x.Conv1D(w, nil, autograd.Conv{Same: true})
	expect(t, "an odd padding has its zero at the end", y.Value(), -1, -1, 2)
	dw := autograd.Grad(y.Square().Sum().Scale(.5), w)[0] // its first element: (x₀−x₁)x₀ + (x₁−x₂)x₁ + x₂x₂
	everywhere(t, "second order", dw.Slice(2, 0, 1).Sum(), x, -1, 0, 3)
}

// A convolution equals the sums of its definition, written out.
func TestConvolutionByDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		groups, n := 1+rng.IntN(2), 1+rng.IntN(2)
		in, out := groups*(1+rng.IntN(2)), groups*(1+rng.IntN(2))
		draw := func(k int) []int { return []int{1 + rng.IntN(k), 1 + rng.IntN(k)} }
		kernel, stride, dilation, padding := draw(3), draw(3), draw(2), []int{rng.IntN(3), rng.IntN(3)}
		x, w, b := random(rng, n, in, 5, 6), random(rng, out, in/groups, kernel[0], kernel[1]), random(rng, out)
		o := autograd.Conv{Stride: stride, Padding: padding, Dilation: dilation, Groups: groups}
		y := x.Conv2D(w, b, o)
		var want []float64
		for i := range n {
			for c := range out {
				for p := 0; p+dilation[0]*(kernel[0]-1) < 5+2*padding[0]; p += stride[0] {
					for q := 0; q+dilation[1]*(kernel[1]-1) < 6+2*padding[1]; q += stride[1] {
						sum := b.Value().At(c)
						for j := range in / groups {
							for k := range kernel[0] {
								for l := range kernel[1] {
									r, s := p+k*dilation[0]-padding[0], q+l*dilation[1]-padding[1]
									if r >= 0 && r < 5 && s >= 0 && s < 6 {
										sum += x.Value().At(i, c/(out/groups)*(in/groups)+j, r, s) * w.Value().At(c, j, k, l)
									}
								}
							}
						}
						want = append(want, sum)
					}
				}
			}
		}
		alike(t, "Conv2D", y.Value().Data(), want)

		// The transposed convolution is the gradient of the convolution, if the output padding says which
		// size x had.
		dy := random(rng, y.Shape()...)
		extra := make([]int, 2)
		for a, size := range []int{5, 6} {
			extra[a] = (size + 2*padding[a] - dilation[a]*(kernel[a]-1) - 1) % stride[a]
		}
		o.OutputPadding = extra
		dx := autograd.VJP(y, dy, x)[0].Value()
		alike(t, "ConvTranspose2D", dy.ConvTranspose2D(w, nil, o).Value().Data(), dx.Data())
	}
}

func TestPoolingCases(t *testing.T) {
	expect(t, "no channels", autograd.Constant(vector(1, 3, 5, 7)).AvgPool1D(autograd.Pool{Kernel: []int{2}}).Value(), 2, 6)
	expect(t, "no channels, the largest", rows([]float64{1, 3}, []float64{5, 7}).MaxPool2D(autograd.Pool{Kernel: []int{2}}).Value(), 7)
	x := autograd.Variable(tensor.FromSlice([]float64{5, 3, 1, 2, 5}, 1, 5))
	two := autograd.Pool{Kernel: []int{2}, Stride: []int{1}}
	expect(t, "max windows", x.MaxPool1D(two).Value(), 5, 3, 2, 5)
	everywhere(t, "max windows", x.MaxPool1D(two).Sum(), x, 1, 1, 0, 1, 1)
	standing := autograd.Pool{Kernel: []int{2, 1}, Stride: []int{1}} // the same along the other axis
	everywhere(t, "max windows along the first axis", x.Reshape(1, 5, 1).MaxPool2D(standing).Sum(), x, 1, 1, 0, 1, 1)
	everywhere(t, "second order of max windows", autograd.Grad(x.MaxPool1D(two).Square().Sum().Scale(.5), x)[0].Square().Sum().Scale(.5), x, 5, 3, 0, 2, 5)

	padded := autograd.Pool{Kernel: []int{3}, Stride: []int{1}, Padding: []int{1}}
	tied := autograd.Variable(tensor.FromSlice([]float64{-2, -2, -2}, 1, 3))
	expect(t, "padding is no maximum", tied.MaxPool1D(padded).Value(), -2, -2, -2)
	everywhere(t, "ties: the first", tied.MaxPool1D(padded).Sum(), tied, 2, 1, 0)
	special := autograd.Variable(tensor.FromSlice([]float64{-inf, -inf, 1, nan, inf, nan}, 1, 6))
	y := special.MaxPool1D(autograd.Pool{Kernel: []int{2}})
	expect(t, "−Inf, NaN and Inf", y.Value().Slice(1, 0, 1), -inf)
	if v := y.Value().Data(); v[1] == v[1] || v[2] == v[2] {
		t.Errorf("the largest of windows with NaN are %v", v)
	}
	everywhere(t, "−Inf, NaN and Inf", y.Sum(), special, 1, 0, 0, 1, 0, 1)
	folded := autograd.Constant(tensor.Full(1, 4, 2)).Fold([]int{3}, []int{2}, autograd.Conv{}).Value()
	if want := rows([]float64{1, 2, 1}, []float64{1, 2, 1}).Value(); !tensor.Equal(folded, want) {
		t.Errorf("two channels folded are %v, right is %v", folded, want)
	}
	pair := autograd.Variable(tensor.FromSlice([]float64{3, 4}, 2, 1))
	expect(t, "windows of one element", pair.Unfold([]int{1}, autograd.Conv{}).Value(), 3, 4)
	everywhere(t, "windows of one element", pair.Unfold([]int{1}, autograd.Conv{}).Sum(), pair, 1, 1)
	bad := autograd.Variable(tensor.FromSlice([]float64{nan, nan}, 1, 2))
	everywhere(t, "the first NaN", bad.MaxPool1D(autograd.Pool{Kernel: []int{2}}).Sum(), bad, 1, 0)
	negative := math.Copysign(0, -1)
	alike := autograd.Variable(tensor.FromSlice([]float64{negative, 0, 0, negative, -2, -1, -1, negative, 5, math.Copysign(nan, -1), -1e-320, 1e-320}, 1, 12))
	everywhere(t, "0 and −0 are equal", alike.MaxPool1D(autograd.Pool{Kernel: []int{2}}).Sum(), alike, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1)

	// A plan finds the maxima anew in each run.
	plan := autograd.NewPlan(x.MaxPool1D(two).Sum(), x)
	x.Set(tensor.FromSlice([]float64{1, 2, 3, 2, 1}, 1, 5))
	expect(t, "a plan's value", plan.Forward(), 2+3+3+2)
	expect(t, "a plan's gradient", plan.Backward().Of(x), 0, 1, 2, 1, 0)

	// Windows over [1, 2, 3, 4, 5] with a zero at either end. The last window may reach beyond the
	// padding: then it has two elements and one zero.
	x = autograd.Variable(tensor.FromSlice([]float64{1, 2, 3, 4, 5}, 1, 5))
	average := autograd.Pool{Kernel: []int{3}, Stride: []int{2}, Padding: []int{1}}
	expectNearly(t, "averages", x.AvgPool1D(average).Value().Data(), []float64{1, 3, 3})
	average.ExcludePadding = true
	expectNearly(t, "averages without padding", x.AvgPool1D(average).Value().Data(), []float64{1.5, 3, 4.5})
	average.Divisor = -2
	expectNearly(t, "averages with a divisor", x.AvgPool1D(average).Value().Data(), []float64{-1.5, -4.5, -4.5})
	beyond := autograd.Pool{Kernel: []int{3}, Stride: []int{3}, Padding: []int{1}, Ceil: true}
	expectNearly(t, "beyond the padding", x.AvgPool1D(beyond).Value().Data(), []float64{1, 4})
	beyond.Stride = []int{2}
	beyond.Kernel = []int{4}
	expectNearly(t, "beyond the padding", x.AvgPool1D(beyond).Value().Data(), []float64{1.5, 3.5, 3})
	expectNearly(t, "gradient beyond the padding", autograd.Backward(x.AvgPool1D(beyond).Sum()).Of(x).Data(), []float64{.25, .5, .5, 7. / 12, 7. / 12})
	pairs := autograd.Pool{Kernel: []int{2}, Ceil: true} // as in PyTorch
	expect(t, "a window of the one element left", x.MaxPool1D(pairs).MaxPool1D(pairs).MaxPool1D(pairs).MaxPool1D(pairs).Value(), 5)
	expect(t, "an average of it", x.Slice(1, 3, 4).AvgPool1D(pairs).Value(), 4)
	wide := autograd.Pool{Kernel: []int{4}, Stride: []int{2}, Padding: []int{1}, Ceil: true}
	expect(t, "a window of one element and padding", x.Slice(1, 4, 5).MaxPool1D(wide).Value(), 5)
	expectNearly(t, "an average of them", x.Slice(1, 4, 5).AvgPool1D(wide).Value().Data(), []float64{5. / 3})
	wide.Kernel, wide.Stride = []int{6}, []int{3}
	mustPanic(t, "autograd: MaxPool1D: a window covers 6 elements of an axis that has 3 with its padding: size [1]", func() { x.Slice(1, 0, 1).MaxPool1D(wide) })
	wide.Kernel, wide.Padding = []int{2}, nil
	mustPanic(t, "autograd: MaxPool1D: a window covers 2 elements of an axis that has 0 with its padding: size [0]", func() { x.Slice(1, 0, 0).MaxPool1D(wide) })
	pairs.Stride, pairs.Kernel = []int{2}, []int{3}
	mustPanic(t, "autograd: MaxPool1D: a window covers 3 elements of an axis that has 1 with its padding: size [1]", func() { x.Slice(1, 0, 1).MaxPool1D(pairs) })
	expectNearly(t, "three windows of five", x.AdaptiveAvgPool1D(3).Value().Data(), []float64{1.5, 3, 4.5})
	everywhere(t, "three windows of five", x.AdaptiveMaxPool1D(3).Sum(), x, 0, 1, 0, 1, 1)
}

func TestNormalisationCases(t *testing.T) {
	rows := constant([]float64{1, -1}, []float64{6, -2})
	expect(t, "LayerNorm of rows", rows.LayerNorm(nil, nil, 0).Value(), 1, -1, 1, -1)
	rows = constant([]float64{3, -3}, []float64{.5, .5})
	expect(t, "RMSNorm of rows", rows.RMSNorm(nil, 0).Value(), 1, -1, 1, 1)

	row := tensor.Rows([][]float64{{1, 0}})
	weight := autograd.Constant(vector(1, 2))
	for name, norm := range map[string]func(x *node) *node{ // of x = (t, 0)
		"LayerNorm":                func(x *node) *node { return x.LayerNorm(weight, nil, .25) },
		"LayerNorm along axis 0":   func(x *node) *node { return x.Reshape(2, 1).LayerNorm(weight.Reshape(2, 1), nil, .25, 0) },
		"LayerNorm over both axes": func(x *node) *node { return x.LayerNorm(weight, nil, .25, 0, 1) },
		"GroupNorm":                func(x *node) *node { return x.GroupNorm(1, weight, nil, .25) },
		"InstanceNorm":             func(x *node) *node { return x.Reshape(1, 1, 2).InstanceNorm(nil, nil, .25).Mul(weight) },
		"BatchNorm": func(x *node) *node {
			return x.Reshape(2, 1).BatchNorm(nil, nil, nil, nil, .25).Mul(weight.Reshape(2, 1))
		},
		"LayerNorm far away": func(x *node) *node { return x.AddScalar(1<<10).LayerNorm(weight, nil, .25) },
	} {
		got := derivatives(func(t *node) *node { return norm(t.Mul(autograd.Constant(row))) }, 3, .7)
		if name != "LayerNorm far away" {
			expectNearly(t, name, []float64{got[1][0], got[2][0]}, []float64{0.7749142079590942, -0.7132479766449956})
		} else if !(math.Abs(got[2][0]+0.7132479766449956) <= 1e-12) {
			t.Errorf("%s: %v", name, got[2])
		}
	}

	// The batch of xᵢ = (i+1)t + (i%3−1)t² + i.
	var linear, quadratic, constant, factor [8]float64
	for i := range 8 {
		linear[i], quadratic[i], constant[i], factor[i] = float64(i+1), float64(i%3-1), float64(i), float64(i+1)
	}
	of := func(v [8]float64) *node { return autograd.Constant(tensor.FromSlice(v[:], 2, 2, 2)) }
	w, b := autograd.Constant(vector(1.5, -.5)), autograd.Constant(vector(.25, 1))
	batch := func(perm ...int) float64 {
		f := func(t *node) *node {
			x := t.Mul(of(linear)).Add(t.Square().Mul(of(quadratic))).Add(of(constant)).Transpose(perm...)
			return x.BatchNorm(nil, nil, w, b, .25).Mul(of(factor).Transpose(perm...))
		}
		return derivatives(f, 2, -6)[1][0]
	}
	expectNearly(t, "batch norm", []float64{batch(0, 1, 2), batch(2, 1, 0)}, []float64{-0.20703015646993195, -0.20703015646993195})

	// A large mean costs no digits.
	far := autograd.Variable(tensor.FromSlice([]float64{1e9, 1e9 + 1, 1e9 + 2}, 1, 3))
	expectNearly(t, "a large mean", far.LayerNorm(nil, nil, 0).Value().Data(), []float64{-math.Sqrt(1.5), 0, math.Sqrt(1.5)})
	// The gradient where x does not vary: y = (x − m)/√ε.
	same := autograd.Variable(tensor.FromSlice([]float64{3, 3, 3, 3}, 1, 4))
	everywhere(t, "constant x", same.LayerNorm(nil, nil, .25).Mul(autograd.Constant(vector(1, 0, 0, 0))).Sum(), same, 1.5, -.5, -.5, -.5)

	// Running statistics that equal the batch's give the same value, but another gradient, since they are
	// constants.
	x := random(rand.New(rand.NewPCG(3, 4)), 4, 2, 3)
	mean, variance := x.Mean(0, 2).Detach(), x.Var(0, 0, 2).Detach()
	alike(t, "running statistics", x.BatchNorm(mean, variance, w, b, .1).Value().Data(), x.BatchNorm(nil, nil, w, b, .1).Value().Data())
	dx := autograd.Backward(x.BatchNorm(mean, variance, nil, nil, 0).Sum(), x).Of(x)
	expectNearly(t, "gradient with running statistics", []float64{dx.At(0, 1, 0), dx.At(3, 1, 2)},
		[]float64{1 / math.Sqrt(variance.Value().At(1)), 1 / math.Sqrt(variance.Value().At(1))})
}

func TestAttentionCases(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	q, k, v := random(rng, 2, 4, 3, 2), random(rng, 2, 4, 3, 2), random(rng, 2, 4, 3, 5)
	plain := autograd.Attention{}
	bits := func(what string, got, want *node) {
		t.Helper()
		if !sameBits(got.Value(), want.Value()) {
			t.Errorf("%s: %v\nwant %v", what, got.Value(), want.Value())
		}
	}
	triangle := tensor.Rows([][]float64{{1, 0, 0}, {1, 1, 0}, {1, 1, 1}})
	causal := autograd.ScaledDotProductAttention(q, k, v, autograd.Attention{Causal: true})
	bits("causal", causal, autograd.ScaledDotProductAttention(q, k, v, autograd.Attention{Mask: autograd.Constant(triangle)}))
	bias := tensor.New(3, 3)
	for i, m := range triangle.Data() {
		if m == 0 {
			bias.Data()[i] = -inf
		}
	}
	bits("causal by a bias", causal, autograd.ScaledDotProductAttention(q, k, v, autograd.Attention{Bias: autograd.Constant(bias)}))
	bits("the first query sees the first value", causal.Slice(2, 0, 1), v.Slice(2, 0, 1))
	bits("scale", autograd.ScaledDotProductAttention(q, k, v, plain),
		autograd.ScaledDotProductAttention(q, k, v, autograd.Attention{Scale: 1 / math.Sqrt(2)}))
	bits("a scale below 0", autograd.ScaledDotProductAttention(q, k, v, autograd.Attention{Scale: -2}),
		autograd.ScaledDotProductAttention(q.Neg(), k, v, autograd.Attention{Scale: 2}))

	// Four heads of queries that share two of keys and values give the same as with each of the two
	// repeated.
	few := func(x *node) *node { return x.Slice(1, 0, 2) }
	twice := func(x *node) *node {
		return autograd.Concat(1, x.Slice(1, 0, 1), x.Slice(1, 0, 1), x.Slice(1, 1, 2), x.Slice(1, 1, 2))
	}
	bits("grouped", autograd.ScaledDotProductAttention(q, few(k), few(v), autograd.Attention{Causal: true}),
		autograd.ScaledDotProductAttention(q, twice(k), twice(v), autograd.Attention{Causal: true}))

	all := func(x *node) *node {
		return autograd.Concat(1, x.Slice(1, 0, 1), x.Slice(1, 0, 1), x.Slice(1, 0, 1), x.Slice(1, 0, 1))
	}
	first := func(x *node) *node { return x.Slice(1, 0, 1) }
	bits("one for all", autograd.ScaledDotProductAttention(q, first(k), first(v), plain), autograd.ScaledDotProductAttention(q, all(k), all(v), plain))

	// If one side has no heads, it is the same for each head of the other.
	two, three := autograd.Constant(random(rng, 3, 2).Value()), random(rng, 4, 3, 2)
	each := two.BroadcastTo(4, 3, 2)
	bits("queries without heads", autograd.ScaledDotProductAttention(two, three, three, plain), autograd.ScaledDotProductAttention(each, three, three, plain))
	bits("keys without heads", autograd.ScaledDotProductAttention(three, two, two, plain), autograd.ScaledDotProductAttention(three, each, each, plain))

	// A query that sees nothing gives zeros, and gradients of 0, of three orders.
	one := autograd.Constant(tensor.Rows([][]float64{{0, 0, 0}, {1, 0, 1}, {1, 1, 1}}))
	y := autograd.ScaledDotProductAttention(q, k, v, autograd.Attention{Mask: one})
	blind := y.Slice(2, 0, 1)
	bits("blind", blind, blind.Scale(0))
	for range 3 {
		y = autograd.Grad(y.Square().Sum(), q)[0]
		if first := y.Value().Slice(2, 0, 1); !sameBits(first, tensor.New(2, 4, 1, 2)) {
			t.Errorf("gradients of a query that sees nothing: %v", first)
		}
		for _, d := range y.Value().Data() {
			if d != d {
				t.Fatalf("NaN in %v", y.Value())
			}
		}
	}

	// Large scores do not overflow.
	large := autograd.ScaledDotProductAttention(q.Scale(1e200), k, v, plain)
	for _, d := range large.Value().Data() {
		if !(math.Abs(d) <= 1.5) {
			t.Errorf("large scores give %v", d)
		}
	}
	expectNearly(t, "GLU", counted(4).GLU(0).Value().Data(), []float64{0, 1 / (1 + math.Exp(-3))})
}

func TestNetworkPanics(t *testing.T) {
	x, w := autograd.Constant(tensor.New(1, 2, 5)), autograd.Constant(tensor.New(2, 2, 3))
	image := autograd.Constant(tensor.New(1, 2, 3, 4))
	var none *node
	pool := func(kernel, padding int) autograd.Pool {
		return autograd.Pool{Kernel: []int{kernel}, Padding: []int{padding}}
	}
	for _, tt := range []struct {
		want string
		f    func()
	}{
		{"Conv1D: the node is a nil or zero Node", func() { none.Conv1D(w, nil, autograd.Conv{}) }},
		{"Conv1D: the node is a nil or zero Node", func() { x.Conv1D(nil, nil, autograd.Conv{}) }},
		{"Conv2D: Constant [5] has too few axes: channels and 2 spatial ones are needed", func() { autograd.Constant(tensor.New(5)).Conv2D(w, nil, autograd.Conv{}) }},
		{"Conv2D: the weight Constant [2 2 3] needs 4 axes", func() { image.Conv2D(w, nil, autograd.Conv{}) }},
		{"Conv1D: the channels of Constant [1 2 5] and of the weight Constant [2 2 3] [out, in/groups, kernel] do not fit with 2 groups", func() { x.Conv1D(w, nil, autograd.Conv{Groups: 2}) }},
		{"Conv1D: there are -1 groups; the number must not be negative", func() { x.Conv1D(w, nil, autograd.Conv{Groups: -1}) }},
		{"Conv1D: Constant [2 2 3] needs shape [2], a number for each channel", func() { x.Conv1D(w, w, autograd.Conv{}) }},
		{"Conv1D: the stride is [0]; at least 1 is needed", func() { x.Conv1D(w, nil, autograd.Conv{Stride: []int{0}}) }},
		{"Conv1D: the padding is [-1]; at least 0 is needed", func() { x.Conv1D(w, nil, autograd.Conv{Padding: []int{-1}}) }},
		{"Conv1D: the dilation is [1 2]; one number, or one for each of 1 axes, is needed", func() { x.Conv1D(w, nil, autograd.Conv{Dilation: []int{1, 2}}) }},
		{"Conv1D: a window covers 7 elements of an axis that has 5 with its padding: size [5]", func() { x.Conv1D(w, nil, autograd.Conv{Dilation: []int{3}}) }},
		{"ConvTranspose1D: the channels of Constant [1 2 5] and of the weight Constant [1 2 3] [in, out/groups, kernel] do not fit with 1 groups", func() { x.ConvTranspose1D(autograd.Constant(tensor.New(1, 2, 3)), nil, autograd.Conv{}) }},
		{"ConvTranspose1D: a transposed convolution can't be Same", func() { x.ConvTranspose1D(w, nil, autograd.Conv{Same: true}) }},
		{"ConvTranspose1D: the output padding [1] must be less than the stride [1] or the dilation [1]", func() { x.ConvTranspose1D(w, nil, autograd.Conv{OutputPadding: []int{1}}) }},
		{"ConvTranspose1D: the result would have -1 elements along spatial axis 0: kernel [3], stride [1], padding [4]", func() { x.ConvTranspose1D(w, nil, autograd.Conv{Padding: []int{4}}) }},
		{"Unfold: Constant [1 2 5] has too few axes: channels and 3 spatial ones are needed", func() { x.Unfold([]int{1, 1, 1}, autograd.Conv{}) }},
		{"Fold: the size [4] and the kernel [2 2] differ in their number of axes", func() { x.Fold([]int{4}, []int{2, 2}, autograd.Conv{}) }},
		{"Fold: Constant [1 2 5] can't be windows of size [5], kernel [2]: a multiple of 2 rows and 4 columns are needed", func() { x.Fold([]int{5}, []int{2}, autograd.Conv{}) }},
		{"MaxPool1D: there is no Kernel", func() { x.MaxPool1D(autograd.Pool{}) }},
		{"AvgPool2D: a window covers 4 elements of an axis that has 3 with its padding: size [3 4]", func() { image.AvgPool2D(pool(4, 0)) }},
		{"MaxPool1D: a window lies entirely in the padding: size [5]", func() { x.MaxPool1D(pool(2, 2)) }},
		{"AvgPool1D: a window lies entirely in the padding: size [5]", func() {
			x.AvgPool1D(autograd.Pool{Kernel: []int{2}, Padding: []int{2}, ExcludePadding: true})
		}},
		{"AdaptiveAvgPool2D: [0 1] windows can't be laid on size [3 4]", func() { image.AdaptiveAvgPool2D(0, 1) }},
		{"LayerNorm: axis 3 is out of range for Constant [1 2 5]", func() { x.LayerNorm(nil, nil, 1, 3) }},
		{"LayerNorm: the weight or bias Constant [2 2 3] does not broadcast to shape [1 2 5]", func() { x.LayerNorm(nil, w, 1) }},
		{"BatchNorm: one of mean and variance is nil and the other is not; give both or neither", func() { x.BatchNorm(w, nil, nil, nil, 1) }},
		{"BatchNorm: Constant [] = 1 needs axes [N C …]", func() { number(1).BatchNorm(nil, nil, nil, nil, 1) }},
		{"BatchNorm: Constant [2 2 3] needs shape [2], a number for each channel", func() { x.BatchNorm(nil, nil, w, nil, 1) }},
		{"GroupNorm: 3 groups do not divide the 2 channels of Constant [1 2 5]", func() { x.GroupNorm(3, nil, nil, 1) }},
		{"GroupNorm: 0 groups do not divide the 2 channels of Constant [1 2 5]", func() { x.GroupNorm(0, nil, nil, 1) }},
		{"InstanceNorm: Constant [] = 1 needs axes [N C …]", func() { number(1).InstanceNorm(nil, nil, 1) }},
		{"ScaledDotProductAttention: Constant [] = 1 needs at least two axes", func() { autograd.ScaledDotProductAttention(x, number(1), x, autograd.Attention{}) }},
		{"ScaledDotProductAttention: the node is a nil or zero Node", func() { autograd.ScaledDotProductAttention(x, x, nil, autograd.Attention{}) }},
		{"ScaledDotProductAttention: 3 heads of queries can't share 2 heads of keys or values; a multiple is needed", func() {
			q, k := autograd.Constant(tensor.New(3, 1, 2)), autograd.Constant(tensor.New(2, 1, 2))
			autograd.ScaledDotProductAttention(q, k, k, autograd.Attention{})
		}},
		{"ScaledDotProductAttention: 2 heads of queries can't share 0 heads of keys or values; a multiple is needed", func() {
			q, k := autograd.Constant(tensor.New(2, 1, 2)), autograd.Constant(tensor.New(0, 1, 2))
			autograd.ScaledDotProductAttention(q, k, k, autograd.Attention{})
		}},
		{"ScaledDotProductAttention: the mask or bias Constant [4 3] does not broadcast to the scores, of shape [2 1 3]", func() {
			q, k := autograd.Constant(tensor.New(2, 1, 2)), autograd.Constant(tensor.New(2, 3, 2))
			autograd.ScaledDotProductAttention(q, k, k, autograd.Attention{Mask: autograd.Constant(tensor.Full(1, 4, 3))})
		}},
		{"ScaledDotProductAttention: the mask or bias Constant [2 1 3] does not broadcast to the scores, of shape [1 3]", func() {
			q, k := autograd.Constant(tensor.New(1, 2)), autograd.Constant(tensor.New(3, 2))
			autograd.ScaledDotProductAttention(q, k, k, autograd.Attention{Bias: autograd.Constant(tensor.New(2, 1, 3))})
		}},
		{"ScaledDotProductAttention: the mask Constant [1 3] may hold only ones, where a query may attend to a key, and zeros; numbers to add to the scores go into Bias", func() {
			q, k := autograd.Constant(tensor.New(1, 2)), autograd.Constant(tensor.New(3, 2))
			autograd.ScaledDotProductAttention(q, k, k, autograd.Attention{Mask: autograd.Constant(tensor.Rows([][]float64{{1, 0, -1e9}}))})
		}},
		{"GLU: Constant [1 2 5] has an odd length on axis 2: it can't be halved", func() { x.GLU(-1) }},
		{"GLU: axis 0 is out of range for Constant [] = 1", func() { number(1).GLU(0) }},
	} {
		mustPanic(t, "autograd: "+tt.want, tt.f)
	}
}
