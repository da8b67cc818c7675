package autograd

import (
	"slices"
	"sync"

	"gentlegrad/tensor"
)

// Backward returns the gradients of the loss, a node of one element, with respect to every node that it
// was computed from, except constants; or, if xs are given, with respect to those alone, which takes less
// memory, and is enough for training.
//
// It panics unless loss has exactly one element; if no gradient flows to it, because it was computed from
// constants alone or not recorded; if an x is a Constant; and if a leaf was modified since the loss was
// computed from it, as by an optimiser's step: then build the graph anew, or make a [Plan] of it. (Only
// Set and methods of the leaf's tensor count as modifications; writing into its Data, or into a view of
// it such as a Slice, does not.)
func Backward(loss *Node, xs ...*Node) *Gradients {
	mustBeOne("Backward", loss)
	mustNeedGradient("Backward", loss)
	return backward(loss, 0, xs)
}

// backward is Backward, except that nodes with a number below since, the older ones, count as leaves.
func backward(loss *Node, since uint64, xs []*Node) *Gradients {
	s := traversals.Get().(*tensorSums)
	s.prepare("Backward", loss, since, xs)
	n := len(s.list)
	s.at = slices.Grow(s.at[:0], n)[:n]
	s.at[n-1].Like(loss.value).Fill(1) // ∂L/∂L
	s.node.ctx = merge(loss.ctx, unrecorded)
	s.backpropagate(s)
	grads := s.gradients(xs)
	s.passed(n - 1) // clears ∂L/∂L, which the loop leaves there if it passes nothing on from the loss
	clear(s.list)
	s.list, s.table, s.node = s.list[:0], nil, Node{} // the pool must not keep nodes alive
	traversals.Put(s)
	return grads
}

// traversals holds finished traversals, whose memory the next ones reuse.
var traversals = sync.Pool{New: func() any { return new(tensorSums) }}

// Grad returns the gradients of y, a node of one element, with respect to the nodes xs, as nodes that can
// be differentiated again. If y does not depend on an x, as a derivative of high order may no longer do,
// the gradient is zero, and can be differentiated too; so also if y depends on no Variable at all.
// Otherwise Grad panics as Backward does.
func Grad(y *Node, xs ...*Node) []*Node {
	mustBeOne("Grad", y)
	return vjp("Grad", y, Constant(tensor.Full(1, y.value.Shape()...)), xs)
}

// VJP returns the vector–Jacobian products of y, of any shape, with respect to the nodes xs: the
// gradients of Σ y ⊙ dy, where the seed dy has y's shape and counts as ∂L/∂y. Like Grad's results they
// are nodes, and they depend on dy too. It panics as Grad does, and if the shapes of y and dy differ.
func VJP(y, dy *Node, xs ...*Node) []*Node {
	mustBeNode("VJP", y, dy)
	if y.plan == nil && !tensor.SameShape(y.value, dy.Value()) {
		fail("VJP", "the seed is %v; it needs the shape of %v", dy, y)
	}
	return vjp("VJP", y, dy, xs)
}

// vjp is VJP for a function called op in messages.
func vjp(op string, y, dy *Node, xs []*Node) []*Node {
	grads := vjpOrNil(op, y, dy, 0, xs)
	for i, x := range xs {
		grads[i] = grads[i].dependingOn(x)
	}
	return grads
}

// vjpOrNil is vjp, except that a zero gradient may be nil, and that nodes with a number below since count
// as leaves.
func vjpOrNil(op string, y, dy *Node, since uint64, xs []*Node) []*Node {
	s := &nodeSums{shares: map[int][]share{}}
	s.prepare(op, y, since, xs)
	return s.gradients(s, dy, xs)
}

// A traversal is the graph of a loss, and which of its gradients are wanted. The index lists the nodes,
// each after its inputs and the loss last: a node's place is its position in this list.
type traversal struct {
	index
	asked []bool   // by place: whether the caller wants the node's gradient
	into  [][]edge // by place: the edges to those inputs whose gradients are asked for, or lead to one that is
	edges []edge   // the elements of into, one after another
}

// An edge leads from a node y to y.inputs[input], which is the node at place.
type edge struct{ input, place int }

// The sums are the gradients so far, one for each place: tensors in Backward, nodes in Grad and where a
// plan is made.
type sums interface {
	// dy returns ∂L/∂y for the node y at place; nil is zero.
	dy(place int) *Node
	// add adds dx, a result of y's rule, to ∂L/∂x for the node x at place. If owned, nothing else uses dx.
	add(place int, dx *Node, owned bool, y *Node)
	// addVJPs lets op, which made y, add to the gradients of these inputs itself, if the sums allow that; it
	// reports whether it has.
	addVJPs(op Adder, y, dy *Node, into []edge) bool
	// passed is told that ∂L/∂y, for the node y at place, has been passed on: no rule needs it any more.
	passed(place int)
}

// backpropagate is backpropagation. It walks the graph from the loss to the leaves,
// results before operands: when it comes to a node y, it has visited every node that
// uses y, so dy = ∂L/∂y is complete, and can be passed on to the inputs of y.
func (t *traversal) backpropagate(s sums) {
	for place := len(t.list) - 1; place >= 0; place-- {
		y, dy, into := t.list[place], s.dy(place), t.into[place]
		if dy == nil || len(into) == 0 {
			continue // ∂L/∂y is zero, or no wanted gradient depends on it
		}
		t.pass(s, y, dy, into)
		s.passed(place)
	}
}

// pass adds to the gradient of each input xᵢ of y what comes from y, by the chain rule:
//
//	∂L/∂xᵢ ← ∂L/∂xᵢ + VJPᵢ(∂L/∂y)
//
// VJPᵢ(∂L/∂y), the vector–Jacobian product, is the sum of ∂L/∂y ∂y/∂xᵢ over the elements of y. It is the
// rule of the operation that made y. An [Adder] may do all this itself, for all inputs at once.
func (t *traversal) pass(s sums, y, dy *Node, into []edge) {
	if op, ok := y.op.(Adder); ok && s.addVJPs(op, y, dy, into) {
		return
	}
	for _, to := range into {
		mark := numbers.Load() // nodes that the rule makes have larger numbers
		if dx := y.op.VJP(y, to.input, dy); dx != nil {
			dx = fitting(y, to.input, dx)
			s.add(to.place, dx, dx.op != nil && dx.number > mark && !dx.value.IsView(), y)
		}
	}
}

// fitting returns dx, the result of y's VJP for input i, in the shape of that input: if the input was
// broadcast, its gradient is the sum over the repetitions. It panics if dx can't be that gradient.
func fitting(y *Node, i int, dx *Node) *Node {
	x := y.inputs[i]
	b, _ := y.op.(Broadcaster)
	switch {
	case dx.value.IsEmpty():
		fail(y.op.Name(), "the VJP of input %d returned a node that an earlier call had returned, and whose value is gone: each call must make its own", i)
	case tensor.SameShape(dx.value, x.value):
		return dx
	case b == nil || !b.Broadcasts() || !tensor.Broadcasts(x.value, dx.value):
		fail(y.op.Name(), "the VJP of input %d has shape %v, the input has %v", i, dx.value.Shape(), x.value.Shape())
	}
	return dx.SumTo(x.value.Shape()...)
}

// mustBeOne panics unless y is a node of one element, or belongs to a plan, which prepare refuses.
func mustBeOne(op string, y *Node) {
	mustBeNode(op, y)
	if n := y.value.Len(); n != 1 && y.plan == nil {
		fail(op, "%v has %d elements; gradients are taken of a node of one element (Sum or Mean makes one)", y, n)
	}
}

// prepare makes t the traversal of the loss's graph for the gradients of the nodes xs, or of all nodes if
// there are no xs. Nodes with a number below since count as leaves.
func (t *traversal) prepare(op string, loss *Node, since uint64, xs []*Node) {
	mustBeRecorded(op, loss)
	t.order(loss, false, since)
	t.asked = append(t.asked[:0], make([]bool, len(t.list))...)
	mustNeedGradient(op, xs...)
	for _, x := range xs {
		if place := t.find(x); place >= 0 {
			t.asked[place] = true
		}
	}
	t.into, t.edges = append(t.into[:0], make([][]edge, len(t.list))...), t.edges[:0]
	for place, y := range t.list {
		t.asked[place] = t.asked[place] || len(xs) == 0
		if y.number < since {
			continue
		}
		y.mustBeCurrent(op)
		first := len(t.edges)
		for i, x := range y.inputs {
			if at := t.find(x); at >= 0 && (t.asked[at] || len(t.into[at]) > 0) { // or it leads to one that is asked for
				t.edges = append(t.edges, edge{i, at})
			}
		}
		t.into[place] = t.edges[first:]
	}
}

// tensorSums are the sums of Backward. Tensors are added to in place, so they must share no memory with
// one another, with a value, or with what a rule returned and others use.
type tensorSums struct {
	traversal
	at   []tensor.Tensor  // by place; empty is zero. Small ones keep their memory for the next traversal
	node Node             // ∂L/∂y, as rules get it
	dx   []*tensor.Tensor // as AddVJPs gets them
}

// small is the largest number of elements for which a tensor's memory is kept, not left to the garbage
// collector.
const small = 64

// unrecorded, merged into the context of ∂L/∂L, keeps what rules compute in Backward from being recorded.
var unrecorded = &context{Context: Context{NoRecord: true}}

func (s *tensorSums) dy(place int) *Node {
	if s.node.value = &s.at[place]; s.node.value.IsEmpty() {
		return nil
	}
	return &s.node
}

func (s *tensorSums) add(place int, dx *Node, owned bool, _ *Node) {
	if sum := &s.at[place]; owned && sum.IsEmpty() {
		sum.Swap(dx.value) // no copy: dx is empty then
	} else {
		addTo(sum, dx.value)
	}
}

// addTo adds dx to a sum in place; an empty sum is zero.
func addTo(sum, dx *tensor.Tensor) {
	if sum.IsEmpty() {
		sum.Copy(dx)
	} else {
		sum.Add(sum, dx)
	}
}

func (s *tensorSums) addVJPs(op Adder, y, dy *Node, into []edge) bool {
	s.dx = append(s.dx[:0], make([]*tensor.Tensor, len(y.inputs))...)
	for _, to := range into {
		s.dx[to.input] = &s.at[to.place]
	}
	addVJPs(op, y, dy.value, s.dx)
	return true
}

// addVJPs calls op's AddVJPs, and panics if one of the dx is then no gradient of its input.
func addVJPs(op Adder, y *Node, dy *tensor.Tensor, dx []*tensor.Tensor) {
	op.AddVJPs(y, dy, dx)
	for i, dx := range dx {
		if dx != nil && (dx.IsView() || !tensor.SameShape(dx, y.inputs[i].value)) {
			fail(op.Name(), "after AddVJPs the gradient of input %d is empty, a view, or not of the input's shape %v: its shape is %v", i, y.inputs[i].value.Shape(), dx.Shape())
		}
	}
}

func (s *tensorSums) passed(place int) {
	if t := &s.at[place]; !s.asked[place] && t.Len() > small {
		*t = tensor.Tensor{} // frees the memory
	} else if !s.asked[place] {
		t.Clear()
	}
}

// fourGradients are Gradients with room for four nodes, in one allocation.
type fourGradients struct {
	Gradients
	nodes    [4]*Node
	tensors  [4]tensor.Tensor
	pointers [4]*tensor.Tensor
}

// gradients takes the gradients of xs, or of all nodes if there are no xs, out of the sums.
func (s *tensorSums) gradients(xs []*Node) *Gradients {
	g := &fourGradients{Gradients: Gradients{all: len(xs) == 0}}
	if g.all {
		xs = s.list
	}
	tensors := slices.Grow(g.tensors[:0], len(xs))[:len(xs)]
	g.list, g.at = slices.Grow(g.nodes[:0], len(xs)), slices.Grow(g.pointers[:0], len(xs))
	for i, x := range xs {
		if place := s.find(x); place >= 0 {
			tensors[i].Swap(&s.at[place])
		}
		g.put(x, zerosLike(&tensors[i], x.Value()))
	}
	return &g.Gradients
}

// nodeSums are the sums of Grad: nodes, which record how they are computed.
type nodeSums struct {
	traversal
	at     []*Node         // by place; nil is zero
	shares map[int][]share // by place: the contributions of parts of the node, such as slices, not yet added
}

// gradients returns the gradients of xs, given dy, that of the loss; nil is zero. The traversal adds to
// the sums by: s, or what embeds it.
func (s *nodeSums) gradients(by sums, dy *Node, xs []*Node) []*Node {
	s.at = make([]*Node, len(s.list))
	s.at[len(s.list)-1] = dy
	s.backpropagate(by)
	grads := make([]*Node, len(xs))
	for i, x := range xs {
		if place := s.find(x); place >= 0 {
			grads[i] = s.dy(place)
		}
	}
	return grads
}

func (s *nodeSums) dy(place int) *Node {
	if shares := s.shares[place]; len(shares) > 0 {
		s.at[place] = addShares(s.at[place], shares)
		delete(s.shares, place)
	}
	return s.at[place]
}

func (s *nodeSums) add(place int, dx *Node, _ bool, _ *Node) { s.at[place] = plus(s.dy(place), dx) }

// addVJPs leaves most ops to their VJP, which is recorded. Some have their own way to add nodes: a part of
// a node, such as a slice, notes its share, so that dy adds up all shares at once; and a Checkpoint is
// recomputed once for all its inputs.
func (s *nodeSums) addVJPs(op Adder, y, dy *Node, into []edge) bool {
	own, ok := op.(interface {
		addVJPsTo(s *nodeSums, y, dy *Node, into []edge)
	})
	if ok {
		own.addVJPsTo(s, y, dy, into)
	}
	return ok
}

func (s *nodeSums) passed(int) {}

// constantLike returns a constant of x's shape, with every element v.
func constantLike(x *Node, v float64) *Node {
	return Constant(new(tensor.Tensor).Like(x.Value()).Fill(v))
}
