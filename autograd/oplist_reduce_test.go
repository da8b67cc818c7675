package autograd_test

import (
	"fmt"

	"gentlegrad/autograd"
)

// reduceOps adds reductions, sorting and scans.
func (l *list) reduceOps() {
	l.softmaxOps()
	l.statisticsOps()
	l.cumulativeOps()
	l.orderOps()
	l.normOps()
}

// A lineCase is a shape and an axis of it.
type lineCase struct {
	x    shape
	axis int
}

// lineCases are for operations along one axis.
var lineCases = []lineCase{{shape{3}, 0}, {shape{2, 3}, -1}, {shape{3, 2}, 0}, {shape{2, 3, 2}, 1}, {shape{1}, 0}, {shape{0, 2}, 0}, {shape{2, 0}, 0}}

// An axesCase is a shape and some axes of it.
type axesCase struct {
	x    shape
	axes []int
}

// axesCases are for reductions; no axis that is reduced is empty.
var axesCases = []axesCase{{shape{}, nil}, {shape{4}, []int{0}}, {shape{2, 3}, nil}, {shape{3, 2}, []int{0}}, {shape{2, 3, 2}, []int{-1, 0}}, {shape{0, 3}, []int{1}}}

// along adds an operation along one axis.
func (l *list) along(name string, f func(x *node, axis int) *node) {
	for _, c := range lineCases {
		l.add(fmt.Sprintf("%s(%d)", name, c.axis), unary(func(x *node) *node { return f(x, c.axis) }), signed, c.x)
	}
}

// over adds a reduction over axes.
func (l *list) over(name string, f func(x *node, axes ...int) *node) {
	for _, c := range axesCases {
		l.add(fmt.Sprint(name, c.axes), unary(func(x *node) *node { return f(x, c.axes...) }), signed, c.x)
	}
}

func (l *list) softmaxOps() {
	l.along("Softmax", (*node).Softmax)
	l.along("Softmin", (*node).Softmin)
	l.along("LogSoftmax", (*node).LogSoftmax)
	l.over("LogSumExp", (*node).LogSumExp)
	l.add("LogSumExp", unary(func(x *node) *node { return x.LogSumExp(0) }), signed, shape{0, 2})
}

func (l *list) statisticsOps() {
	l.over("Prod", (*node).Prod)
	l.add("Prod", unary(func(x *node) *node { return x.Prod(0) }), signed, shape{0, 2})
	zeros := autograd.Constant(vector(1, 0, 1, 0))
	l.add("Prod one zero", unary(func(x *node) *node { return x.Mul(zeros.Slice(0, 0, 3)).Prod() }), signed, shape{3})
	l.add("Prod two zeros", unary(func(x *node) *node { return x.Mul(zeros).Prod() }), signed, shape{4})
	for _, c := range []axesCase{{shape{4}, nil}, {shape{2, 3}, []int{-1}}, {shape{3, 2}, []int{0}}, {shape{2, 2, 3}, []int{0, 2}}} {
		l.add(fmt.Sprint("Var", c.axes), unary(func(x *node) *node { return x.Var(1, c.axes...) }), signed, c.x)
		l.add(fmt.Sprint("Std", c.axes), unary(func(x *node) *node { return x.Std(.5, c.axes...) }), signed, c.x)
	}
	l.add("Var(0)", unary(func(x *node) *node { return x.Var(0) }), signed, shape{})
	l.add("Var[1]", unary(func(x *node) *node { return x.Var(1, 1) }), signed, shape{0, 3})
	l.over("Max", (*node).Max)
	l.over("Min", (*node).Min)
}

func (l *list) cumulativeOps() {
	l.along("CumSum", (*node).CumSum)
	l.along("CumProd", (*node).CumProd)
	zeros := autograd.Constant(vector(1, 0, 1, 0))
	l.add("CumProd zeros", unary(func(x *node) *node { return x.Mul(zeros).CumProd(0) }), signed, shape{4})
	l.along("LogCumSumExp", (*node).LogCumSumExp)
	l.along("CumMax", (*node).CumMax)
	l.along("CumMin", (*node).CumMin)
	for _, reverse := range []bool{false, true} {
		for _, c := range []lineCase{{shape{4}, 0}, {shape{2, 3}, 1}, {shape{3, 2}, 0}, {shape{1}, 0}, {shape{0, 2}, 0}} {
			l.add(fmt.Sprintf("recurrence(%d,%v)", c.axis, reverse), binary(func(a, b *node) *node {
				return autograd.Recurrence(a, b, c.axis, reverse)
			}), signed, c.x, c.x)
		}
	}
}

func (l *list) orderOps() {
	// with uses the indices as well, as numbers, which have no gradient.
	with := func(y, indices *node) *node { return y.Mul(indices.AddScalar(1)) }
	for _, falling := range []bool{false, true} {
		l.along(fmt.Sprint("Sort ", falling), func(x *node, axis int) *node { return x.Sort(axis, falling) })
		l.along(fmt.Sprint("ArgSort ", falling), func(x *node, axis int) *node { return x.Add(x.ArgSort(axis, falling)) })
	}
	for _, c := range []lineCase{{shape{4}, 0}, {shape{2, 3}, -1}, {shape{3, 2}, 0}, {shape{2, 3, 2}, 1}, {shape{0, 2}, 1}} {
		one := func(name string, f func(x *node) *node) {
			l.add(fmt.Sprintf("%s(%d)", name, c.axis), unary(f), signed, c.x)
		}
		for k := range 3 {
			one(fmt.Sprint("TopK ", k), func(x *node) *node { return with(x.TopK(k, c.axis, k == 2)) })
		}
		one("MaxAlong", func(x *node) *node { return with(x.MaxAlong(c.axis)) })
		one("MinAlong", func(x *node) *node { return with(x.MinAlong(c.axis)) })
		one("ArgMax", func(x *node) *node { return x.ArgMax(c.axis).Mul(x.Sum(c.axis)) })
		one("ArgMin", func(x *node) *node { return x.ArgMin(c.axis).Mul(x.Sum(c.axis)) })
		one("Median", func(x *node) *node { return x.Median(c.axis) })
	}
}

func (l *list) normOps() {
	for _, p := range []float64{2, 1, 3, .5, -1, 4, 2.5, 1.5, inf, -inf} {
		cases := []axesCase{{shape{3}, nil}, {shape{2, 3}, []int{1}}}
		if p == 2 {
			cases = append(axesCases, axesCase{shape{3, 0}, []int{1}})
		}
		for _, c := range cases {
			l.add(fmt.Sprint("Norm ", p, c.axes), unary(func(x *node) *node { return x.Norm(p, c.axes...) }), signed, c.x)
		}
	}
	l.add("Norm 0", unary(func(x *node) *node { return x.Norm(0, -1).Mul(x.Sum(-1)) }), signed, shape{2, 3})
	for _, c := range []lineCase{{shape{3}, 0}, {shape{3, 2}, 0}, {shape{2, 3}, -1}, {shape{2, 0}, 1}} {
		l.add(fmt.Sprintf("Normalize(%d)", c.axis), unary(func(x *node) *node { return x.Normalize(2, c.axis, 1e-12) }), signed, c.x)
	}
	l.add("Normalize 3", unary(func(x *node) *node { return x.Normalize(3, 1, 1e-12) }), signed, shape{2, 3})
	l.add("Normalize eps", unary(func(x *node) *node { return x.Normalize(2, 0, 10) }), signed, shape{3})
}
