package autograd

import (
	"slices"

	"gentlegrad/tensor"
)

// Backward returns the gradient of the loss, a node of one element, with respect to
// every node that it was computed from. A second call gives the same result as long
// as no leaf is modified.
//
// It panics if loss has not one element, or if no gradient flows to it: it was
// computed from constants alone, or not recorded.
func Backward(loss *Node) *Gradients {
	g := newGradients("Backward", loss, false)
	g.traverse()
	return g
}

// BackwardTo returns the gradient of the loss with respect to the nodes xs alone, and
// uses the memory of other gradients again on the way: for training. It panics as
// Backward does, and if an x is a Constant.
func BackwardTo(loss *Node, xs ...*Node) *Gradients {
	if g := repeated(loss, xs); g != nil {
		return g
	}
	g := newGradients("BackwardTo", loss, false)
	g.ask("BackwardTo", xs)
	g.traverse()
	g.routine.end(g.tape, loss)
	return g
}

// Grad returns the gradients of y, a node of one element, with respect to the nodes
// xs, as nodes: to be differentiated again. The gradient of an x that y does not
// depend on is zero. It panics as Backward does, and if an x is a Constant.
func Grad(y *Node, xs ...*Node) []*Node {
	g := newGradients("Grad", y, true)
	g.ask("Grad", xs)
	g.traverse()
	grads := make([]*Node, len(xs))
	for i, x := range xs {
		if grads[i] = g.find(x); grads[i] == nil {
			grads[i] = y.constantLike(x.value, 0)
		}
	}
	return grads
}

// traverse is backpropagation. It walks the graph from the loss to the leaves,
// results before operands: when it comes to a node y, all that y has an effect on has
// been there, so dy = ∂L/∂y is complete. Each input xᵢ of y then gets its share, by
// the chain rule:
//
//	∂L/∂xᵢ ← ∂L/∂xᵢ + VJPᵢ(∂L/∂y)
func (g *Gradients) traverse() {
	for slot := len(g.graph) - 1; slot >= 0; slot-- {
		y, dy := g.graph[slot], g.at[slot]
		if dy == nil || y.op == nil {
			continue
		}
		if op, ok := y.op.(Adder); ok && !g.record {
			g.addAll(op, y, dy)
		} else {
			for i, x := range y.inputs {
				if g.wants(x) {
					g.add(y, i, x, dy)
				}
			}
		}
		g.done(slot)
	}
}

// add adds to the gradient of x, input i of y, what comes from y.
func (g *Gradients) add(y *Node, i int, x, dy *Node) {
	if g.record {
		if dx := g.vjp(y, i, x, dy); dx != nil {
			g.addNode(x, dx)
		}
		return
	}
	g.routine.partly = true
	made := g.mark()
	if dx := y.op.VJP(y, i, dy); dx != nil {
		g.addValue(x, g.checked(y, i, x, dx), made)
	}
	g.release(made)
}

// addAll adds to the gradients of y's inputs what comes from y.
func (g *Gradients) addAll(op Adder, y, dy *Node) {
	g.into = g.into[:0]
	for _, x := range y.inputs {
		if g.wants(x) {
			g.into = append(g.into, g.sum(x))
		} else {
			g.into = append(g.into, nil)
		}
	}
	op.AddVJPs(y, dy, g.into)
	g.routine.note(op, y, dy, g.into)
}

// vjp asks y's rule for the gradient of x, input i, and un-broadcasts it.
func (g *Gradients) vjp(y *Node, i int, x, dy *Node) *Node {
	dx := y.op.VJP(y, i, dy)
	if dx == nil || tensor.SameShape(g.checked(y, i, x, dx).value, x.value) {
		return dx
	}
	return dx.SumTo(x.Shape()...)
}

// checked returns dx if it is fit to be the gradient of x, input i of y.
func (g *Gradients) checked(y *Node, i int, x, dx *Node) *Node {
	if tensor.SameShape(dx.value, x.value) {
		return dx
	}
	if b, ok := y.op.(Broadcaster); !ok || !b.Broadcasts() {
		fail(y.op.Name(), "the VJP of input %d has shape %v, the input has %v", i, dx.Shape(), x.Shape())
	}
	return dx
}

// heapGraph returns the nodes that y was computed from, operands before results, and
// the place of each.
func heapGraph(y *Node) ([]*Node, map[*Node]int) {
	graph, place := []*Node{y}, map[*Node]int{y: 0}
	for next := 0; next < len(graph); next++ {
		for _, x := range graph[next].inputs {
			if _, seen := place[x]; x.needs && !seen {
				place[x] = 0
				graph = append(graph, x)
			}
		}
	}
	slices.SortFunc(graph, func(a, b *Node) int {
		if a.number < b.number {
			return -1
		}
		return 1
	})
	for i, x := range graph {
		place[x] = i
	}
	return graph, place
}
