package autograd_test

import "fmt"

// reduceOps adds reductions, sorting and scans.
func (l *list) reduceOps() {
	l.softmaxOps()
}

// A lineCase is a shape and an axis of it.
type lineCase struct {
	x    shape
	axis int
}

// lineCases are for what goes along one axis.
var lineCases = []lineCase{{shape{3}, 0}, {shape{2, 3}, -1}, {shape{3, 2}, 0}, {shape{2, 3, 2}, 1}, {shape{1}, 0}, {shape{0, 2}, 0}, {shape{2, 0}, 0}}

// An axesCase is a shape and some axes of it.
type axesCase struct {
	x    shape
	axes []int
}

// axesCases are for reductions, of elements that are there.
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
