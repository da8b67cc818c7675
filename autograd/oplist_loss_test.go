package autograd_test

import (
	"maps"
	"slices"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// lossOps adds losses and distances.
func (l *list) lossOps() {
	l.losses()
	l.classes()
	l.distances()
	hook := func(x *node) *node { return x.Hook(func(*tensor.Tensor) {}).Square() }
	l.add("Hook", unary(hook), signed, shape{2, 3})
	l.add("Hook", unary(hook), signed, shape{})
	checkpoint := func(xs ...*node) *node {
		return autograd.Checkpoint(func(xs ...*node) *node { return xs[0].Affine(xs[1], xs[2]).Tanh() }, xs...)
	}
	l.add("Checkpoint", checkpoint, signed, shape{2, 3}, shape{3, 2}, shape{2})
}

func (l *list) losses() {
	for _, s := range []shape{{}, {3}, {2, 3}, {0}} {
		losses := map[string]func(a, t *node) *node{
			"AbsoluteError": (*node).AbsoluteError,
			"Huber":         func(a, t *node) *node { return a.Huber(t, .7) },
			"SmoothL1":      func(a, t *node) *node { return a.SmoothL1(t, .7) },
			"SmoothL1(0)":   func(a, t *node) *node { return a.SmoothL1(t, 0) },
			"Hinge":         (*node).Hinge, "SoftMargin": (*node).SoftMargin,
			"KLDivergenceOfLogs": (*node).KLDivergenceOfLogs, "PoissonNLLWithLog": (*node).PoissonNLLWithLog,
			"BinaryCrossEntropyWithLogits": func(x, t *node) *node { return x.BinaryCrossEntropyWithLogits(t, nil) },
			"HingeEmbedding": func(x, t *node) *node { // of targets 1, −1 and others
				return x.HingeEmbedding(t.Sign(), .8).Add(x.HingeEmbedding(t.Detach(), .8))
			},
		}
		for _, name := range slices.Sorted(maps.Keys(losses)) { // the order decides which numbers are drawn
			l.add(name, binary(losses[name]), signed, s, s)
		}
		l.add("KLDivergence", binary((*node).KLDivergence), positive, s, s)
		l.add("PoissonNLL", binary(func(x, t *node) *node { return x.PoissonNLL(t, 1e-8) }), positive, s, s)
		l.add("BinaryCrossEntropy", binary(func(x, t *node) *node { return x.Sigmoid().BinaryCrossEntropy(t) }), signed, s, s)
		l.add("LogFactorial", unary(func(t *node) *node { return t.Scale(2).AddScalar(.8).LogFactorial() }), positive, s)
		l.add("MarginRanking", func(xs ...*node) *node { return xs[0].MarginRanking(xs[1], xs[2], .3) }, signed, s, s, s)
		l.add("BinaryCrossEntropyWithLogits weighted", func(xs ...*node) *node { return xs[0].BinaryCrossEntropyWithLogits(xs[1], xs[2]) }, signed, s, s, shape{})
	}
	l.add("MeanSquaredError", binary((*node).MeanSquaredError), signed, shape{2, 3}, shape{2, 3})
	l.add("MeanSquaredError", binary((*node).MeanSquaredError), signed, shape{}, shape{})
	for _, s := range [][2]shape{{{3}, {3}}, {{2, 3}, {1}}, {{3}, {}}, {{0}, {1}}} {
		l.add("GaussianNLL", func(xs ...*node) *node { return xs[0].GaussianNLL(xs[1], xs[2].Square().AddScalar(.2), 1e-6) }, positive, s[0], s[0], s[1])
	}
}

func (l *list) classes() {
	for _, c := range []struct {
		x, classes shape
		of         []float64
	}{
		{shape{3}, shape{}, []float64{2}}, {shape{4, 3}, shape{4}, []float64{0, 2, -1, 2}}, {shape{2, 1, 3}, shape{2, 1}, []float64{1, 0}}, {shape{0, 3}, shape{0}, nil},
	} {
		classes := autograd.Constant(vector(c.of...).Reshape(c.classes...))
		l.add("NLL", unary(func(x *node) *node { return x.NLL(classes) }), signed, c.x)
		l.add("CrossEntropy", unary(func(x *node) *node { return x.CrossEntropy(classes) }), signed, c.x)
		l.add("CrossEntropyOf", binary((*node).CrossEntropyOf), positive, c.x, c.x)
		l.add("SmoothCrossEntropy", unary(func(x *node) *node { return x.SmoothCrossEntropy(classes, .2, nil) }), signed, c.x)
		l.add("SmoothCrossEntropy weighted", binary(func(x, w *node) *node { return x.SmoothCrossEntropy(classes, .2, w) }), positive, c.x, shape{3})
		l.add("OfClasses", unary(func(w *node) *node { return w.OfClasses(classes) }), signed, shape{3})
	}
}

func (l *list) distances() {
	for _, s := range [][2]shape{{{3}, {3}}, {{2, 3}, {3}}, {{2, 1, 3}, {2, 3}}, {{0, 3}, {3}}} {
		l.add("CosineSimilarity", binary(func(x, y *node) *node { return x.CosineSimilarity(y, -1, 1e-8) }), signed, s[0], s[1])
		l.add("PairwiseDistance", binary(func(x, y *node) *node { return x.PairwiseDistance(y, 2, 1e-6) }), signed, s[0], s[1])
		l.add("PairwiseDistance(3)", binary(func(x, y *node) *node { return x.PairwiseDistance(y, 3, 1e-6) }), positive, s[0], s[1])
	}
	for _, s := range [][2]shape{{{2, 3}, {3, 3}}, {{1, 1}, {2, 1}}, {{2, 2, 2}, {1, 2}}, {{2, 3}, {0, 3}}} {
		l.add("Cdist", binary(func(x, y *node) *node { return x.Cdist(y, 2) }), signed, s[0], s[1])
		l.add("Cdist(1)", binary(func(x, y *node) *node { return x.Cdist(y, 1) }), signed, s[0], s[1])
	}
	for _, s := range []shape{{3}, {2, 3}, {0, 3}} {
		l.add("TripletMargin", func(xs ...*node) *node { return xs[0].TripletMargin(xs[1], xs[2], 5, 2, 1e-6, false) }, signed, s, s, s)
		l.add("TripletMargin swapped", func(xs ...*node) *node { return xs[0].TripletMargin(xs[1], xs[2], 5, 2, 1e-6, true) }, signed, s, s, s)
		l.add("CosineEmbedding", binary(func(x, y *node) *node {
			same := x.Sum(-1).Detach().Scale(0).AddScalar(1)
			return x.CosineEmbedding(y, same, -.9).Scale(3).Add(x.CosineEmbedding(y, same.Neg(), -.9)).Add(x.CosineEmbedding(y, same.Scale(0), -.9))
		}), signed, s, s)
	}
}
