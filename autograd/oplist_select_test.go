package autograd_test

import (
	"fmt"
	"slices"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// selectOps adds shapes and indices.
func (l *list) selectOps() {
	l.rearranged()
	l.parts()
	l.repeated()
	l.indexed()
	l.scattered()
	l.padded()
	l.triangles()
}

// one adds an operation of one input, on several shapes.
func (l *list) one(name string, f func(x *node) *node, shapes ...shape) {
	for _, s := range shapes {
		l.add(name, unary(f), signed, s)
	}
}

// constant returns a constant matrix, or a vector if there is one row.
func constant(rows ...[]float64) *node {
	if len(rows) == 1 {
		return autograd.Constant(vector(rows[0]...))
	}
	return autograd.Constant(tensor.Rows(rows))
}

// reversed returns the parts in reverse, one after another along the axis.
func reversed(axis int, parts []*node) *node {
	parts = slices.Clone(parts)
	slices.Reverse(parts)
	return autograd.Concat(axis, parts...)
}

func (l *list) rearranged() {
	l.one("Squeeze", func(x *node) *node { return x.Squeeze() }, shape{1, 3, 1}, shape{1, 1}, shape{1, 0})
	l.one("Squeeze(-1)", func(x *node) *node { return x.Squeeze(-1) }, shape{1, 3, 1})
	l.one("Unsqueeze(0)", func(x *node) *node { return x.Unsqueeze(0) }, shape{}, shape{2, 3}, shape{0})
	l.one("Unsqueeze(-1)", func(x *node) *node { return x.Unsqueeze(-1) }, shape{}, shape{2, 3})
	l.one("SwapAxes(0,-1)", func(x *node) *node { return x.SwapAxes(0, -1) }, shape{3}, shape{2, 1, 3}, shape{0, 2})
	l.one("MoveAxis(0,-1)", func(x *node) *node { return x.MoveAxis(0, -1) }, shape{3}, shape{2, 2, 3}, shape{0, 2})
	l.one("Flip", func(x *node) *node { return x.Flip() }, shape{}, shape{3}, shape{2, 3}, shape{2, 0})
	l.one("Flip(-1,0)", func(x *node) *node { return x.Flip(-1, 0) }, shape{2, 2, 3}, shape{0, 3, 1})
	for _, shift := range []int{0, 2, -1, 7} {
		l.one(fmt.Sprintf("Roll(-1,%d)", shift), func(x *node) *node { return x.Roll(-1, shift) }, shape{3}, shape{2, 3})
	}
	l.one("Roll(0,1)", func(x *node) *node { return x.Roll(0, 1) }, shape{3, 2}, shape{0, 2})
	for _, k := range []int{1, 2, 3, -1, 5} {
		l.one(fmt.Sprintf("Rot90(%d,0,-1)", k), func(x *node) *node { return x.Rot90(k, 0, -1) }, shape{2, 3}, shape{2, 1, 3})
	}
}

func (l *list) parts() {
	for _, axis := range []int{0, 1, -1} {
		stack := func(xs ...*node) *node { return autograd.Stack(axis, xs...) }
		for _, s := range []shape{{3}, {2, 2}, {0, 2}} {
			l.add(fmt.Sprintf("Stack(%d)", axis), stack, signed, s, s)
		}
	}
	l.add("Stack(0)", func(xs ...*node) *node { return autograd.Stack(0, xs...) }, signed, shape{}, shape{}, shape{})
	l.one("Split(-1,1,0,2)", func(x *node) *node { return reversed(-1, x.Split(-1, 1, 0, 2)) }, shape{3}, shape{2, 3}, shape{0, 3})
	l.one("Chunk(0,3)", func(x *node) *node { return reversed(0, x.Chunk(0, 3)) }, shape{4}, shape{7, 1}, shape{0, 2})
	l.one("Unbind(-1)", func(x *node) *node {
		parts := x.Unbind(-1)
		slices.Reverse(parts)
		return autograd.Stack(0, parts...)
	}, shape{3}, shape{2, 3}, shape{0, 2})
}

func (l *list) repeated() {
	l.one("Tile(2)", func(x *node) *node { return x.Tile(2) }, shape{}, shape{3}, shape{2, 2}, shape{0})
	l.one("Tile(2,1,3)", func(x *node) *node { return x.Tile(2, 1, 3) }, shape{}, shape{2}, shape{2, 1, 2})
	l.one("Tile(2,0)", func(x *node) *node { return x.Tile(2, 0) }, shape{3}, shape{2, 2})
	l.one("RepeatInterleave(-1,2)", func(x *node) *node { return x.RepeatInterleave(-1, 2) }, shape{3}, shape{2, 2}, shape{0})
	l.one("RepeatInterleave(0,3)", func(x *node) *node { return x.RepeatInterleave(0, 3) }, shape{2, 2})
	l.one("RepeatInterleave(0,0)", func(x *node) *node { return x.RepeatInterleave(0, 0) }, shape{2, 2})
}

func (l *list) indexed() {
	index := constant([]float64{2, 0}, []float64{1, 1})
	for _, axis := range []int{0, -1} {
		l.one(fmt.Sprintf("Gather(%d)", axis), func(x *node) *node { return x.Gather(axis, index) }, shape{3, 3})
	}
	none := autograd.Constant(tensor.New(0))
	l.one("Gather", func(x *node) *node { return x.Gather(0, constant([]float64{1, 1, 0, 1})) }, shape{2})
	l.one("Gather none", func(x *node) *node { return x.Gather(0, none) }, shape{2}, shape{0})
	l.one("TakeAlong(0)", func(x *node) *node { return x.TakeAlong(0, constant([]float64{2, 0, -1}).Unsqueeze(-1)) }, shape{3, 2})
	l.one("TakeAlong(1)", func(x *node) *node { return x.TakeAlong(1, index) }, shape{1, 3}, shape{2, 3})
	for _, s := range []shape{{2, 3}, {2, 3, 2}, {0, 2}} {
		l.one("IndexSelect(1)", func(x *node) *node { return x.IndexSelect(1, constant([]float64{1, 0, 1})) }, s)
	}
	l.one("IndexSelect(-2,none)", func(x *node) *node { return x.IndexSelect(-2, none) }, shape{2, 3})
	l.one("IndexSelect(0,2)", func(x *node) *node { return x.IndexSelect(0, number(2)) }, shape{3}, shape{3, 2})
	l.one("Embedding", func(x *node) *node { return autograd.Embedding(x, index) }, shape{3}, shape{3, 2}, shape{3, 0})
}

func (l *list) scattered() {
	index := constant([]float64{2, 0}, []float64{1, 0})
	three := constant([]float64{1, 0, 1})
	for _, axis := range []int{0, -1} {
		set := func(xs ...*node) *node { return xs[0].Scatter(axis, index, xs[1]) }
		add := func(xs ...*node) *node { return xs[0].ScatterAdd(axis, index, xs[1]) }
		for _, source := range []shape{{2, 2}, {3, 2}, {2, 3}} {
			l.add(fmt.Sprintf("Scatter(%d)", axis), set, signed, shape{3, 3}, source)
			l.add(fmt.Sprintf("ScatterAdd(%d)", axis), add, signed, shape{3, 3}, source)
		}
	}
	l.add("Scatter", func(xs ...*node) *node { return xs[0].Scatter(0, three, xs[1]) }, signed, shape{2}, shape{3})
	l.add("ScatterAdd", func(xs ...*node) *node { return xs[0].ScatterAdd(0, three, xs[1]) }, signed, shape{2}, shape{3})
	none := autograd.Constant(tensor.New(0))
	l.add("Scatter none", func(xs ...*node) *node { return xs[0].Scatter(0, none, xs[1]) }, signed, shape{2}, shape{0})
	l.add("ScatterAdd none", func(xs ...*node) *node { return xs[0].ScatterAdd(0, none, xs[1]) }, signed, shape{2}, shape{0})
	l.add("IndexAdd(0)", func(xs ...*node) *node { return xs[0].IndexAdd(0, three, xs[1]) }, signed, shape{2, 2}, shape{3, 2})
	l.add("IndexAdd(-1)", func(xs ...*node) *node { return xs[0].IndexAdd(-1, three, xs[1]) }, signed, shape{2, 2}, shape{2, 3})
	l.add("IndexAdd(0)", func(xs ...*node) *node { return xs[0].IndexAdd(0, three, xs[1]) }, signed, shape{2}, shape{3})
}

func (l *list) padded() {
	pad := func(name string, f func(x *node, axis, before, after int) *node, axis, before, after int, shapes ...shape) {
		l.one(fmt.Sprintf("%s(%d,%d,%d)", name, axis, before, after), func(x *node) *node { return f(x, axis, before, after) }, shapes...)
	}
	zeros := func(x *node, axis, before, after int) *node { return x.Pad(axis, before, after, 0) }
	ones := func(x *node, axis, before, after int) *node { return x.Pad(axis, before, after, 1) }
	for _, r := range [][2]int{{1, 2}, {-1, 2}, {2, -2}, {-1, -1}} {
		pad("Pad", zeros, -1, r[0], r[1], shape{3}, shape{2, 3})
		pad("Pad 1", ones, -1, r[0], r[1], shape{3}, shape{2, 3})
		pad("PadReflect", (*node).PadReflect, -1, r[0], r[1], shape{3}, shape{2, 3})
		pad("PadReplicate", (*node).PadReplicate, -1, r[0], r[1], shape{3}, shape{2, 3})
	}
	for _, r := range [][2]int{{1, 2}, {3, 3}, {-1, 2}, {1, -2}, {-1, -1}} {
		pad("PadCircular", (*node).PadCircular, -1, r[0], r[1], shape{3}, shape{2, 3})
	}
	for _, mode := range []struct {
		name string
		f    func(x *node, axis, before, after int) *node
	}{{"Pad", zeros}, {"Pad 1", ones}, {"PadReflect", (*node).PadReflect}, {"PadReplicate", (*node).PadReplicate}, {"PadCircular", (*node).PadCircular}} {
		pad(mode.name, mode.f, 0, 1, 1, shape{3, 2}, shape{2, 0})
		pad(mode.name, mode.f, 1, 0, 1, shape{0, 2})
		pad(mode.name, mode.f, 0, 0, 0, shape{0})
	}
	pad("PadReplicate", (*node).PadReplicate, 0, -2, 3, shape{2})
	pad("Pad", zeros, 0, 2, 1, shape{0})
}

func (l *list) triangles() {
	for _, k := range []int{-1, 0, 1} {
		l.one(fmt.Sprintf("Tril(%d)", k), func(x *node) *node { return x.Tril(k) }, shape{2, 3}, shape{2, 2, 2})
		l.one(fmt.Sprintf("Triu(%d)", k), func(x *node) *node { return x.Triu(k) }, shape{3, 2}, shape{2, 2, 2})
		l.one(fmt.Sprintf("Diagonal(%d,0,-1)", k), func(x *node) *node { return x.Diagonal(k, 0, -1) }, shape{2, 3}, shape{3, 2, 2})
		l.one(fmt.Sprintf("DiagEmbed(%d,-2,-1)", k), func(x *node) *node { return x.DiagEmbed(k, -2, -1) }, shape{2}, shape{2, 2})
		l.one(fmt.Sprintf("DiagEmbed(%d,2,0)", k), func(x *node) *node { return x.DiagEmbed(k, 2, 0) }, shape{2, 2})
	}
	l.one("Tril(0)", func(x *node) *node { return x.Tril(0) }, shape{0, 2}, shape{2, 0})
	l.one("Triu(0)", func(x *node) *node { return x.Triu(0) }, shape{0, 2})
	l.one("Diagonal(5,0,1)", func(x *node) *node { return x.Diagonal(5, 0, 1) }, shape{2, 3}, shape{0, 2})
	l.one("DiagEmbed(0,0,1)", func(x *node) *node { return x.DiagEmbed(0, 0, 1) }, shape{0})
	l.one("Trace", (*node).Trace, shape{2, 3}, shape{2, 2, 2}, shape{0, 2})
	for _, n := range []int{1, 2, 5} {
		l.one(fmt.Sprintf("Diff(-1,%d)", n), func(x *node) *node { return x.Diff(-1, n) }, shape{3}, shape{2, 3}, shape{0, 3})
	}
	l.one("Diff(0,1)", func(x *node) *node { return x.Diff(0, 1) }, shape{3, 2})
	trapezoid := func(axis int) func(xs ...*node) *node {
		return func(xs ...*node) *node { return xs[0].Trapezoid(axis, xs[1]) }
	}
	l.add("Trapezoid(0)", trapezoid(0), signed, shape{3}, shape{2})
	l.add("Trapezoid(0)", trapezoid(0), signed, shape{3, 2}, shape{2, 1})
	l.add("Trapezoid(-1)", trapezoid(-1), signed, shape{2, 3}, shape{})
	l.add("Trapezoid(-1)", trapezoid(-1), signed, shape{2, 0}, shape{})
}
