package autograd

import (
	"slices"

	"gentlegrad/tensor"
)

// What tests in package autograd_test, which can import gradcheck, need from inside.

func Chain2(x, y *Node) *Node                             { return x.chain2(y) }
func ChainDiv(x, y *Node) *Node                           { return x.chainDiv(y) }
func Pad(x *Node, axis, i, n int) *Node                   { return x.pad(axis, i, n) }
func (p *Plan) Bytes() int                                { return 8 * p.block.Len() }
func Take(x, at *Node, row ...int) *Node                  { return x.take(at, row) }
func Recurrence(a, b *Node, axis int, reverse bool) *Node { return recurrence(a, b, axis, reverse) }
func Put(x, at, like *Node) *Node                         { return x.put(at, like) }

// FactoredOnce reports whether Solve comes to each of the matrices a once, and then to all of its b.
func FactoredOnce(a, b *tensor.Tensor) bool {
	var order []int
	solve.eachMatrix(new(tensor.Tensor), a, b, func(_ []float64, i, _ int) { order = append(order, i) })
	return slices.IsSorted(order)
}

// DerivedJVP is JVP of the last operation alone, derived from its VJP.
func DerivedJVP(y *Node, dx []*Node) *Node {
	op := y.op
	y.op = onlyVJP{op}
	defer func() { y.op = op }()
	return jvp(y, dx)
}

type onlyVJP struct{ Op }

func (op onlyVJP) Broadcasts() bool {
	b, ok := op.Op.(Broadcaster)
	return ok && b.Broadcasts()
}

// RuleJVP is JVP of the last operation alone, by its rule if it has one.
func RuleJVP(y *Node, dx []*Node) (dy *Node, ok bool) {
	if _, ok := y.op.(JVPer); !ok {
		return nil, false
	}
	return jvp(y, dx), true
}
