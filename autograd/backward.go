package autograd

import "slices"

// Backward returns the gradient of the loss, a node of one element, with respect to
// every node that it was computed from. A second call gives the same result as long
// as no leaf is modified. Once one is, as by an optimiser's step, the graph is out of
// date, and its gradients are wrong without notice: build it anew.
//
// It panics unless loss has exactly one element, and if no gradient flows to it: it was
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
	g.beginRoutine()
	g.traverse()
	g.endRoutine(loss)
	g.keepAsked()
	return g
}

// Grad returns the gradients of y, a node of one element, with respect to the nodes
// xs, as nodes: to be differentiated again. The gradient of an x that y does not
// depend on is zero, a Constant; so is what does not depend on a Variable any more, and
// Backward of a Constant panics. Gradients are nodes, not to be modified, and those of
// two xs may be the same one. It panics as Backward does, and if an x is a Constant.
func Grad(y *Node, xs ...*Node) []*Node {
	g := newGradients("Grad", y, true)
	g.ask("Grad", xs)
	g.traverse()
	grads := make([]*Node, len(xs))
	for i, x := range xs {
		if p := g.places[i]; p >= 0 && g.at[p] != nil {
			grads[i] = g.at[p]
		} else {
			grads[i] = y.constantLike(x.value, 0)
		}
	}
	return grads
}

// traverse is backpropagation. It walks the graph from the loss to the leaves,
// results before operands: when it comes to a node y, all that y has an effect on has
// been there, so dy = ∂L/∂y is complete, and y can pass its share on to its inputs.
func (g *Gradients) traverse() {
	for place := len(g.graph) - 1; place >= 0; place-- {
		y, dy := g.graph[place], g.at[place]
		if dy == nil || y.op == nil {
			continue // the loss does not depend on y, or y is a leaf
		}
		g.pass(y, dy)
		g.done(place)
	}
}

// pass gives each input xᵢ of y what comes from y, by the chain rule:
//
//	∂L/∂xᵢ ← ∂L/∂xᵢ + VJPᵢ(∂L/∂y)
//
// An [Adder] may do that itself. What a rule makes on a tape is given back at once.
func (g *Gradients) pass(y, dy *Node) {
	if op, ok := y.op.(Adder); ok && !g.record {
		g.addInPlace(op, y, dy)
		return
	}
	for i, x := range y.inputs {
		if g.wants(x) {
			g.routine.partly = true
			mark := g.mark()
			if dx := y.op.VJP(y, i, dy); dx != nil {
				g.add(x, g.fitting(y, i, x, dx), mark)
			}
			g.release(mark)
		}
	}
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
	slices.SortFunc(graph, func(a, b *Node) int { // the older first
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
