package autograd_test

import (
	"math"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// Losses of one number a and a target t, with their gradients: at kinks, where an exponential overflows,
// and at probabilities of 0 and 1. They are those of PyTorch 2.15; where it gives something else, that
// stands behind the row.
func TestLosses(t *testing.T) {
	type loss = func(a, t *node) *node
	huber := func(a, t *node) *node { return a.Huber(t, 1) }
	smooth := func(a, t *node) *node { return a.SmoothL1(t, 2) }
	binary := (*node).BinaryCrossEntropy
	logits := func(x, t *node) *node { return x.BinaryCrossEntropyWithLogits(t, nil) }
	embedding := func(x, t *node) *node { return x.HingeEmbedding(t, 1) }
	ranking := func(x, t *node) *node { return x.MarginRanking(number(0), t, .5) }
	variance := func(v, t *node) *node { return number(1).GaussianNLL(t, v, .25) }
	poisson := func(x, t *node) *node { return x.PoissonNLL(t, 1e-8) }
	minus0, tiny := math.Copysign(0, -1), 4.248354255291589e-18
	for _, c := range []struct {
		name            string
		f               loss
		a, t, y, da, dt float64
	}{
		{"AbsoluteError", (*node).AbsoluteError, 1, 3, 2, -1, 1},
		{"AbsoluteError", (*node).AbsoluteError, 2, 2, 0, 0, minus0},
		{"Huber", huber, -2, 0, 1.5, -1, 1},
		{"Huber", huber, -1, 0, .5, -1, 1},
		{"Huber", huber, .5, 0, .125, .5, -.5},
		{"Huber", huber, 1e200, 0, 1e200, 1, -1},
		{"Huber", huber, nan, 0, nan, nan, nan},
		{"SmoothL1", smooth, -3, 0, 2, -1, 1},
		{"SmoothL1", smooth, 1, 0, .25, .5, -.5},
		{"SmoothL1", smooth, 2, 0, 1, 1, -1},
		{"SmoothL1", func(a, t *node) *node { return a.SmoothL1(t, 1e-310) }, 0, 0, 0, 0, minus0},
		{"BinaryCrossEntropy", binary, .5, .25, math.Ln2, 1, 0},
		{"BinaryCrossEntropy", binary, 0, 1, 100, -1e12, 100}, // ∂t: ∞
		{"BinaryCrossEntropy", binary, 1, 0, 100, 1e12, -100}, // ∂t: −∞
		{"BinaryCrossEntropy", binary, 1, 1, 0, 0, -100},      // ∂t: −∞
		{"BinaryCrossEntropy", binary, 1e-18, 0, 1e-18, 1e-6, math.Log(1e18)},
		{"BinaryCrossEntropyWithLogits", logits, 800, 0, 800, 1, -800},
		{"BinaryCrossEntropyWithLogits", logits, -800, 1, 800, -1, 800},
		{"BinaryCrossEntropyWithLogits", logits, 800, 1, 0, 0, -800},
		{"BinaryCrossEntropyWithLogits", logits, 40, 1, tiny, -tiny, -40}, // ∂x: 0
		{"BinaryCrossEntropyWithLogits", logits, inf, 1, 0, 0, -inf},      // NaN
		{"KLDivergence", (*node).KLDivergence, -1, .5, 0.15342640972002736, -.5, 1.3068528194400546},
		{"KLDivergence", (*node).KLDivergence, math.Inf(-1), 0, 0, minus0, inf},            // NaN; ∂p: NaN
		{"KLDivergenceOfLogs", (*node).KLDivergenceOfLogs, -2, math.Inf(-1), 0, minus0, 0}, // NaN
		{"Hinge", (*node).Hinge, .25, 1, .75, -1, -.25},
		{"Hinge", (*node).Hinge, 1, 1, 0, minus0, minus0},
		{"Hinge", (*node).Hinge, 3, -1, 4, 1, -3},
		{"SoftMargin", (*node).SoftMargin, 0, 1, math.Ln2, -.5, minus0},
		{"SoftMargin", (*node).SoftMargin, 800, -1, 800, 1, -800}, // ∞; NaN
		{"HingeEmbedding", embedding, .5, 1, .5, 1, 0},
		{"HingeEmbedding", embedding, .5, -1, .5, -1, 0},
		{"HingeEmbedding", embedding, 1, -1, 0, 0, 0},
		{"HingeEmbedding", embedding, .5, .3, 1, 0, 0},
		{"MarginRanking", ranking, 0, 1, .5, -1, minus0},
		{"MarginRanking", ranking, .5, 1, 0, minus0, minus0},
		{"MarginRanking", ranking, 2, -1, 2.5, 1, -2},
		{"GaussianNLL by the variance", variance, 2, 0, 0.5965735902799727, .125, -.5},
		{"GaussianNLL by the variance", variance, .01, 0, 1.3068528194400546, -6, -4},
		{"GaussianNLL", func(x, t *node) *node { return x.GaussianNLL(t, number(1e300), 0) }, 3e200, 1e200, 2e100, 2e-100, -2e-100}, // ∞
		{"PoissonNLL", poisson, 0, 1, 8 * math.Ln10, 1 - 1e8, 8 * math.Ln10},
		{"PoissonNLL", poisson, 2, 0, 2, 1, -math.Log(2 + 1e-8)},
		{"PoissonNLLWithLog", (*node).PoissonNLLWithLog, .5, 3, math.Exp(.5) - 1.5, math.Exp(.5) - 3, -.5},
	} {
		a, target := autograd.Variable(tensor.Scalar(c.a)), autograd.Variable(tensor.Scalar(c.t))
		y := c.f(a, target)
		got := []float64{y.Value().Item(), 0, 0}
		for i, x := range []*node{a, target} {
			got[1+i] = autograd.Grad(y, x)[0].Value().Item()
		}
		want := []float64{c.y, c.da, c.dt}
		for i := range got {
			if !nearly(got[i], want[i]) {
				t.Errorf("%s of %v and %v: value and gradients %v, want %v", c.name, c.a, c.t, got, want)
				break
			}
		}
	}
}

// Stirling's formula is used above 1; up to 1 the result is 0.
func TestLogFactorial(t *testing.T) {
	want := 1.5*math.Log(1.5) - 1.5 + .5*math.Log(3*math.Pi)
	expectNearly(t, "log t!", constant([]float64{.5, 1, 1.5, nan}).LogFactorial().Value().Data(), []float64{0, 0, want, nan})
}

// unsigned returns x's numbers, with 0 for −0.
func unsigned(x *tensor.Tensor) []float64 {
	return new(tensor.Tensor).AddScalar(x, 0).Data()
}

// Cross-entropy of scores whose exponentials overflow, its gradient, and its second derivatives.
func TestCrossEntropyOfLargeScores(t *testing.T) {
	class := values
	x := autograd.Variable(tensor.Rows([][]float64{{1e8, 1e8, math.Inf(-1)}, {-431, 279, 427}, {0, 0, 800}}))
	y := x.CrossEntropy(class(0, 0, 2))
	expectNearly(t, "losses", unsigned(y.Value()), []float64{math.Ln2, 858, 0})
	expectNearly(t, "gradient", unsigned(autograd.Backward(y.Sum()).Of(x)), []float64{-.5, .5, 0, -1, 5.301718666092324e-65, 1, 0, 0, 0})
	// ∂²/∂x₀² = p(1−p), ∂²/∂x₀∂x₁ = −p(1−p)
	z := autograd.Variable(vector(1e8, 1e8))
	first := autograd.Grad(z.CrossEntropy(autograd.Constant(tensor.Scalar(0))), z)[0]
	expectNearly(t, "second", autograd.Backward(first.Slice(0, 0, 1).Sum()).Of(z).Data(), []float64{.25, -.25})
}

// Weights of classes, ignored examples and smoothing, as in PyTorch's
// cross_entropy(x, [0, 2, 1], weight=[1, 2, 4], ignore_index=1, label_smoothing=.3).
func TestCrossEntropyByWeights(t *testing.T) {
	x := autograd.Variable(tensor.Rows([][]float64{{1, 2, 3}, {0, 1, 0}, {5, 5, 5}}))
	weights, classes := autograd.Constant(vector(1, 2, 4)), autograd.Constant(vector(0, 2, -1))
	w := weights.OfClasses(classes)
	expect(t, "weights", w.Value(), 1, 4, 0)
	loss := x.SmoothCrossEntropy(classes, .3, weights).Sum().Div(w.Sum())
	expectNearly(t, "loss", loss.Value().Data(), []float64{1.5201409697968622})
	expectNearly(t, "gradient", unsigned(autograd.Backward(loss).Of(x)), []float64{
		-0.13479143951229347, 0.028523971895343326, 0.10626746761695005,
		0.12835909033195977, 0.3632818193360803, -0.49164090966804014, 0, 0, 0})

	// Smoothing turns classes into probabilities; without it, the loss is that of the classes.
	all := autograd.Constant(vector(0, 2, 1))
	smoothed := autograd.Constant(tensor.Rows([][]float64{{.8, .1, .1}, {.1, .1, .8}, {.1, .8, .1}}))
	mean := x.SmoothCrossEntropy(all, .3, nil).Mean()
	expectNearly(t, "smoothed", mean.Value().Data(), []float64{1.5525543223481801})
	expectNearly(t, "as probabilities", x.CrossEntropyOf(smoothed).Mean().Value().Data(), []float64{1.5525543223481801})
	expectNearly(t, "without smoothing", x.SmoothCrossEntropy(all, 0, nil).Value().Data(), x.CrossEntropy(all).Value().Data())
	// A class with a score of −Inf and a probability of 0 does no harm.
	impossible := autograd.Variable(vector(0, math.Inf(-1)))
	y := impossible.CrossEntropyOf(autograd.Constant(vector(1, 0)))
	expect(t, "impossible", y.Value(), 0)
}

// Distances without coordinates, between equal points, and of zero, huge or tiny vectors.
func TestDistances(t *testing.T) {
	a := autograd.Variable(tensor.Rows([][]float64{{1, 2}, {4, 6}}))
	b := autograd.Variable(tensor.Rows([][]float64{{1, 2}, {1, 5}}))
	for _, c := range []struct {
		p         float64
		d, da, db []float64
	}{
		{1, []float64{0, 3, 7, 4}, []float64{0, -1, 2, 2}, []float64{-1, -1, -1, 0}},
		{2, []float64{0, 3, 5, 3.1622776601683795}, []float64{0, -1, 1.5486832980505136, 1.116227766016838}, []float64{-.6, -.8, -0.9486832980505138, 0.683772233983162}},
		{3, []float64{0, 3, 4.497941445275415, 3.0365889718756622}, []float64{0, -1, 1.4208978069762845, 0.8992964536593686}, []float64{-0.4448513517305356, -0.7908468475209521, -0.9760464552457488, 0.8915503938615834}},
		{inf, []float64{0, 3, 4, 3}, []float64{0, -1, 1, 1}, []float64{0, -1, -1, 1}},
	} {
		d := a.Cdist(b, c.p)
		expectNearly(t, "Cdist", d.Value().Reshape(4).Data(), c.d)
		grads := autograd.Backward(d.Sum())
		for i, x := range []*node{a, b} {
			for k, v := range grads.Of(x).Data() {
				if want := [][]float64{c.da, c.db}[i][k]; !(math.Abs(v-want) <= 2e-15) {
					t.Errorf("Cdist(%v): gradient %d: element %d: %v, want %v", c.p, i, k, v, want)
				}
			}
		}
	}
	expect(t, "Cdist(0)", a.Cdist(b, 0).Value(), 0, 1, 2, 2)
	none := autograd.Constant(tensor.New(2, 0))
	for _, p := range []float64{0, 1, 2, inf} {
		expect(t, "no coordinates", none.Cdist(none, p).Value(), 0, 0, 0, 0)
	}
	huge, tiny := autograd.Constant(vector(3e200, 4e200)), autograd.Constant(vector(4e-200, -3e-200))
	zero := autograd.Variable(vector(0, 0))
	expectNearly(t, "huge", huge.PairwiseDistance(zero, 2, 0).Value().Data(), []float64{5e200})
	expectNearly(t, "tiny", tiny.PairwiseDistance(zero, 2, 0).Value().Data(), []float64{5e-200})
	expect(t, "PairwiseDistance of equal points", autograd.Backward(zero.PairwiseDistance(zero.Detach(), 2, 0)).Of(zero), 0, 0)

	unit := autograd.Variable(vector(.3, .4))
	cosine := func(x, y *node, eps float64) *node { return x.CosineSimilarity(y, 0, eps) }
	expectNearly(t, "cosine of huge vectors", cosine(huge, autograd.Constant(vector(4, 3)), 1e-8).Value().Data(), []float64{.96})
	expect(t, "cosine with zeros", cosine(zero, unit, 1e-8).Value(), 0)
	expectNearly(t, "by the zeros", autograd.Backward(cosine(zero, unit, 1e-8)).Of(zero).Data(), []float64{6e7, 8e7})
	short := autograd.Variable(vector(.1, .2))
	grads := autograd.Backward(cosine(short, unit, .5))
	expectNearly(t, "cosine below ε", cosine(short, unit, .5).Value().Data(), []float64{.44})
	columns := autograd.Constant(tensor.Rows([][]float64{{1, 3}, {0, 4}})) // against (3, 3) and (4, 4)
	for _, x := range []*node{autograd.Constant(vector(3, 4)), autograd.Constant(tensor.Rows([][]float64{{3, 4}}))} {
		expectNearly(t, "cosine of what is repeated", cosine(x, columns, 1e-8).Value().Data(), []float64{math.Sqrt2 / 2, 1.4 * math.Sqrt2 / 2})
		expectNearly(t, "cosine with what is repeated", cosine(columns, x, 1e-8).Value().Data(), []float64{math.Sqrt2 / 2, 1.4 * math.Sqrt2 / 2})
	}
	expectNearly(t, "gradient below ε", grads.Of(short).Data(), []float64{0.8064520359600369, 0.8129040719200741})
}

// Losses of vectors, as PyTorch defines them.
func TestEmbeddings(t *testing.T) {
	x := autograd.Variable(tensor.Rows([][]float64{{1, 0}, {1, 0}, {-1, 0}}))
	y := autograd.Constant(tensor.Rows([][]float64{{1, 1}, {1, 1}, {1, 0}}))
	z := x.CosineEmbedding(y, autograd.Constant(vector(1, -1, -1)), .5)
	expectNearly(t, "CosineEmbedding", z.Value().Data(), []float64{1 - math.Sqrt2/2, math.Sqrt2/2 - .5, 0})
	expect(t, "CosineEmbedding of another target", y.CosineEmbedding(y, autograd.Constant(vector(0, .5, 2)), .5).Value(), 0, 0, 0)
	short, axis := autograd.Constant(vector(5e-9, 0)), autograd.Constant(vector(1, 0))
	expectNearly(t, "CosineEmbedding of a short vector", short.CosineEmbedding(axis, number(1), .5).Value().Data(), []float64{.5})

	anchor := autograd.Variable(vector(0, 0))
	positive, negative := autograd.Constant(vector(3, 4)), autograd.Constant(vector(1, 1))
	triplet := func(swap bool) float64 {
		return anchor.TripletMargin(positive, negative, 1, 2, 1e-6, swap).Value().Item()
	}
	expectNearly(t, "TripletMargin", []float64{triplet(false), triplet(true)}, []float64{4.585786451840471, 4.585786451840471})
	negative.Set(vector(2, 3)) // nearer to the positive than to the anchor
	d := func(x, y float64) float64 { return math.Hypot(x+1e-6, y+1e-6) }
	expectNearly(t, "swapped", []float64{triplet(false), triplet(true)},
		[]float64{d(-3, -4) - d(-2, -3) + 1, d(-3, -4) - d(1, 1) + 1})
}

func TestLossPanics(t *testing.T) {
	x, row := autograd.Variable(tensor.New(2, 3)), autograd.Variable(tensor.New(3))
	classes := values
	const no = "; it must be a whole number from 0 to 2, or −1 to ignore the example"
	for want, f := range map[string]func(){
		"AbsoluteError: predictions have shape [2 3], targets [3]; a loss does not broadcast":                                 func() { x.AbsoluteError(row) },
		"MeanSquaredError: predictions have shape [3], targets [2 3]; a loss does not broadcast":                              func() { row.MeanSquaredError(x) },
		"Hinge: the node is a nil or zero Node":                                                                               func() { x.Hinge(nil) },
		"Huber: δ is 0; it must be above 0":                                                                                   func() { x.Huber(x, 0) },
		"SmoothL1: β is -1; it must be 0 or above":                                                                            func() { x.SmoothL1(x, -1) },
		"SmoothL1: β is NaN; it must be 0 or above":                                                                           func() { x.SmoothL1(x, nan) },
		"GaussianNLL: a variance is -1; it must not be negative":                                                              func() { row.GaussianNLL(row, number(-1), 1e-6) },
		"NLL: the class of example 1 is 3" + no:                                                                               func() { x.NLL(classes(0, 3)) },
		"CrossEntropy: the class of example 0 is 0.5" + no:                                                                    func() { x.CrossEntropy(classes(.5, 1)) },
		"NLL: the class of example 0 is NaN" + no:                                                                             func() { x.NLL(classes(nan, 1)) },
		"OfClasses: the class of example 0 is -2" + no:                                                                        func() { row.OfClasses(classes(-2)) },
		"OfClasses: shape [2 3] is not that of a vector with a number for each class":                                         func() { x.OfClasses(classes(0)) },
		"NLL: predictions have shape [2 3], classes [3]; the classes need the shape of the predictions without the last axis": func() { x.NLL(classes(0, 1, 2)) },
		"NLL: predictions have shape [], classes [1]; the classes need the shape of the predictions without the last axis":    func() { number(1).NLL(classes(0)) },
		"Cdist: shapes [2 3] and [3] are not […, points, coordinates] with equally many coordinates":                          func() { x.Cdist(row, 2) },
		"Cdist: shapes [2 3] and [3 2] are not […, points, coordinates] with equally many coordinates":                        func() { x.Cdist(x.Transpose(), 2) },
		"CosineEmbedding: predictions have shape [2], targets [3]; a loss does not broadcast":                                 func() { x.CosineEmbedding(x, row, 0) },
	} {
		mustPanic(t, "autograd: "+want, f)
	}
}
