package autograd

import (
	"slices"
	"sync"

	"gentlegrad/tensor"
)

// Backward returns the gradient of the loss, a node of one element, with respect to
// every node that it was computed from; or, if any xs are given, with respect to those
// alone, which takes less memory: for training.
//
// It panics unless loss has exactly one element; if no gradient flows to it, since it was
// computed from constants alone or not recorded; if an x is a Constant; and if a leaf was
// modified since the loss was computed from it, as by an optimiser's step: then the graph is to
// be built anew, or a [Plan] to be made of it. (Only methods of tensor.Tensor count as
// modifications, not writing into its Data.)
func Backward(loss *Node, xs ...*Node) *Gradients {
	mustBeOne("Backward", loss)
	mustNeedGradient("Backward", loss)
	return backward(loss, 0, xs)
}

// backward is Backward that goes no further than nodes which are older than since.
func backward(loss *Node, since uint64, xs []*Node) *Gradients {
	s := traversals.Get().(*numeric)
	s.since = since
	s.look("Backward", loss, xs)
	s.begin(loss)
	s.backpropagate(s)
	defer s.end()
	return s.gradients(xs)
}

// traversals are over: their memory serves again.
var traversals = sync.Pool{New: func() any { return new(numeric) }}

// Grad returns the gradients of y, a node of one element, with respect to the nodes
// xs, as nodes: to be differentiated again. Where y does not depend on an x, or no longer does,
// that is zero, which can be differentiated too. It panics as Backward does, but for what depends
// on no Variable.
func Grad(y *Node, xs ...*Node) []*Node {
	mustBeOne("Grad", y)
	return vjp("Grad", y, constantLike(y, 1), 0, xs)
}

// VJP returns the vector–Jacobian products of y, of any shape, with respect to the nodes xs: the
// gradients of Σ y ⊙ dy, where dy, the seed, has y's shape and counts as ∂L/∂y. They are nodes, as
// Grad's are, and depend on dy too. It panics as Grad does, and if the shapes of y and dy differ.
func VJP(y, dy *Node, xs ...*Node) []*Node {
	mustBeNode("VJP", y, dy)
	if !tensor.SameShape(y.value, dy.value) {
		fail("VJP", "the seed is %v; one of the shape of %v is needed", dy, y)
	}
	return vjp("VJP", y, dy, 0, xs)
}

// vjp is VJP that goes no further than nodes which are older than since.
func vjp(op string, y, dy *Node, since uint64, xs []*Node) []*Node {
	grads := vjpOrNil(op, y, dy, since, xs)
	for i, x := range xs {
		if grads[i] == nil {
			grads[i] = constantLike(x, 0)
		}
		grads[i] = grads[i].dependingOn(x)
	}
	return grads
}

// vjpOrNil is vjp, where nil is zero.
func vjpOrNil(op string, y, dy *Node, since uint64, xs []*Node) []*Node {
	s := &nodes{traversal: traversal{since: since}, shares: map[int][]share{}}
	s.look(op, y, xs)
	s.at = make([]*Node, len(s.list))
	s.at[len(s.list)-1] = dy
	s.backpropagate(s)
	grads := make([]*Node, len(xs))
	for i, x := range xs {
		if place := s.find(x); place >= 0 {
			grads[i] = s.dy(place)
		}
	}
	return grads
}

// A traversal is a graph, every node behind its inputs, and what is wanted of it.
type traversal struct {
	index
	since uint64 // older nodes count as leaves
	wants []want // of each node
	edges []int  // the places of the inputs of each node, one node after another; −1 where the gradient is not wanted
	into  []int  // those of the present one
}

// A want is what the gradient of a node is for.
type want byte

const (
	nothing want = iota
	leading      // it leads to one that is asked for
	taken        // that, and a rule's own tensor is the sum
	asked
)

// The gradients so far are sums: of numbers in Backward, of nodes in Grad.
type sums interface {
	// dy returns ∂L/∂y for the node y at a place; nil is zero.
	dy(place int) *Node
	// add adds dx to ∂L/∂x for the node x at a place. If owned, a rule made dx for this alone.
	add(place int, dx *Node, owned bool)
	// addVJPs has op, which made y, do the same for all inputs, if it can.
	addVJPs(op Adder, y, dy *Node, into []int) bool
	// passed says that ∂L/∂y has been passed on.
	passed(place int)
}

// backpropagate is backpropagation. It walks the graph from the loss to the leaves,
// results before operands: when it comes to a node y, all that y has an effect on has
// been there, so dy = ∂L/∂y is complete, and y can pass its share on to its inputs.
func (t *traversal) backpropagate(s sums) {
	for place := len(t.list) - 1; place >= 0; place-- {
		y, dy := t.list[place], s.dy(place)
		if !t.inputs(y) || dy == nil {
			continue // the loss does not depend on y, or nothing is wanted of what y depends on
		}
		t.pass(s, y, dy)
		s.passed(place)
	}
}

// pass adds to the gradient of each input xᵢ of y what comes from y, by the chain rule:
//
//	∂L/∂xᵢ ← ∂L/∂xᵢ + VJPᵢ(∂L/∂y)
//
// An [Adder] may do that itself, for all inputs at once.
func (t *traversal) pass(s sums, y, dy *Node) {
	if op, ok := y.op.(Adder); ok && s.addVJPs(op, y, dy, t.into) {
		return
	}
	for i, into := range t.into {
		if into < 0 {
			continue
		}
		mark := numbers.Load()
		if dx := y.op.VJP(y, i, dy); dx != nil {
			dx = fitting(y, i, dx)
			s.add(into, dx, dx.op != nil && dx.number > mark && !dx.value.IsView())
		}
	}
}

// inputs takes the places of y's inputs off the end of all, and reports whether the gradient of one is wanted.
func (t *traversal) inputs(y *Node) bool {
	first := len(t.edges) - len(y.inputsSince(t.since))
	t.into, t.edges = t.edges[first:], t.edges[:first]
	return slices.ContainsFunc(t.into, func(place int) bool { return place >= 0 })
}

// fitting returns dx, what the VJP of y's input i gave, in the input's shape: if the input was
// broadcast, its gradient is the sum over the repetitions.
func fitting(y *Node, i int, dx *Node) *Node {
	x := y.inputs[i]
	b, _ := y.op.(Broadcaster)
	switch {
	case dx.value.IsEmpty():
		fail(y.op.Name(), "the VJP of input %d returned a node that is gone: what a rule makes is returned once", i)
	case tensor.SameShape(dx.value, x.value):
		return dx
	case b == nil || !b.Broadcasts() || !tensor.Broadcasts(x.value, dx.value):
		fail(y.op.Name(), "the VJP of input %d has shape %v, the input has %v", i, dx.value.Shape(), x.value.Shape())
	}
	return dx.SumTo(x.value.Shape()...)
}

// mustBeOne panics unless y has one element.
func mustBeOne(op string, y *Node) {
	mustBeNode(op, y)
	if n := y.value.Len(); n != 1 {
		fail(op, "%v has %d elements; a gradient is taken of one (Sum or Mean makes one)", y, n)
	}
}

// look makes t the traversal from a loss to the nodes xs, or to all if there are none.
func (t *traversal) look(op string, loss *Node, xs []*Node) {
	mustBeRecorded(op, loss)
	t.order(loss, false, t.since)
	for _, y := range t.list {
		if y.number >= t.since {
			y.mustBeCurrent(op)
		}
	}
	t.ask(op, xs)
}

// ask makes the gradients of xs wanted, and of what was computed from them; all if there are no xs.
func (t *traversal) ask(op string, xs []*Node) {
	t.wants = append(t.wants, make([]want, len(t.list))...)
	for _, x := range xs {
		mustNeedGradient(op, x)
		if place := t.find(x); place >= 0 {
			t.wants[place] = asked
		}
	}
	for place, y := range t.list {
		if len(xs) == 0 {
			t.wants[place] = asked
		}
		for _, x := range y.inputsSince(t.since) {
			into := -1
			if x.needs {
				if at := t.find(x); t.wants[at] != nothing {
					into, t.wants[place] = at, max(t.wants[place], leading)
				}
			}
			t.edges = append(t.edges, into)
		}
	}
}

// numeric are the sums of Backward: tensors, added to in place, so that gradients share no memory
// with one another, a value or what a rule returned.
type numeric struct {
	traversal
	at   []*tensor.Tensor // by place; nil is zero so far
	node Node             // stands for ∂L/∂y in rules
	dx   []*tensor.Tensor

	free    []*tensor.Tensor // small ones, in which sums were that only lead
	tensors []tensor.Tensor  // for sums that are asked for
	block   []float64        // for their elements, if they are few
}

// small is the largest number of elements of a tensor that is better kept than left to the garbage collector.
const small = 64

// unrecorded is the context of rules in Backward.
var unrecorded = &context{Context: Context{NoRecord: true}}

// begin begins with ∂L/∂L = 1.
func (s *numeric) begin(loss *Node) {
	s.at = append(s.at[:0], make([]*tensor.Tensor, len(s.list))...)
	s.node.ctx = merge(loss.ctx, unrecorded)
	sums, elements := 0, 0
	for place, w := range s.wants {
		if w == asked {
			sums++
			elements += min(s.list[place].value.Len(), small)
		}
	}
	s.tensors, s.block = make([]tensor.Tensor, sums), make([]float64, elements)
	if place := s.find(loss); s.wants[place] != nothing {
		s.sum(place).Like(loss.value).Fill(1)
	}
}

// sum returns the sum at a place; an empty tensor if it is zero so far.
func (s *numeric) sum(place int) *tensor.Tensor {
	switch n := len(s.free); {
	case s.at[place] != nil:
	case s.wants[place] == asked:
		n := min(s.list[place].value.Len(), small) // if there are more, they get memory of their own
		s.at[place], s.tensors = &s.tensors[0], s.tensors[1:]
		s.at[place].Lend(s.block[:n:n])
		s.block = s.block[n:]
	case n > 0:
		s.at[place], s.free = s.free[n-1], s.free[:n-1]
	default:
		s.at[place] = new(tensor.Tensor)
	}
	return s.at[place]
}

func (s *numeric) dy(place int) *Node {
	if s.node.value = s.at[place]; s.node.value == nil {
		return nil
	}
	return &s.node
}

func (s *numeric) add(place int, dx *Node, owned bool) {
	switch {
	case s.at[place] != nil:
		s.at[place].Add(s.at[place], dx.value)
	case owned:
		s.at[place] = dx.value
		s.wants[place] = max(s.wants[place], taken)
	default:
		s.sum(place).Copy(dx.value)
	}
}

func (s *numeric) addVJPs(op Adder, y, dy *Node, into []int) bool {
	s.dx = s.dx[:0]
	for _, place := range into {
		var sum *tensor.Tensor
		if place >= 0 {
			sum = s.sum(place)
		}
		s.dx = append(s.dx, sum)
	}
	op.AddVJPs(y, dy.value, s.dx)
	for i, dx := range s.dx {
		if dx != nil && (dx.IsView() || !tensor.SameShape(dx, y.inputs[i].value)) {
			fail(op.Name(), "AddVJPs left the gradient of input %d empty, a view, or not of the input's shape %v: %v", i, y.inputs[i].value.Shape(), dx.Shape())
		}
	}
	return true
}

func (s *numeric) passed(place int) {
	if t := s.at[place]; s.wants[place] != asked {
		if t.Clear(); s.wants[place] == leading && s.list[place].value.Len() <= small {
			s.free = append(s.free, t)
		} else {
			t.Lend(nil) // frees the memory
		}
	}
}

// gradients returns the gradients of xs, or of all nodes.
func (s *numeric) gradients(xs []*Node) *Gradients {
	g := &Gradients{all: len(xs) == 0}
	if g.all {
		xs = s.list
	}
	g.list, g.at = make([]*Node, 0, len(xs)), make([]*tensor.Tensor, 0, len(xs))
	for _, x := range xs {
		if g.find(x) < 0 {
			g.put(x, s.of(x))
		}
	}
	return g
}

// end forgets all nodes and gradients, so that the memory may serve another traversal.
func (s *numeric) end() {
	clear(s.list)
	clear(s.at)
	clear(s.dx)
	s.list, s.table, s.wants, s.edges = s.list[:0], nil, s.wants[:0], s.edges[:0]
	s.node.value, s.node.ctx, s.tensors, s.block = nil, nil, nil, nil
	traversals.Put(s)
}

// of returns the gradient of x.
func (s *numeric) of(x *Node) *tensor.Tensor {
	if place := s.find(x); place >= 0 && s.at[place] != nil {
		return s.at[place]
	}
	return tensor.New(x.value.Shape()...)
}

// nodes are the sums of Grad: they are recorded.
type nodes struct {
	traversal
	at     []*Node         // by place; nil is zero so far
	shares map[int][]share // which are to be added to these
}

func (s *nodes) dy(place int) *Node {
	if shares := s.shares[place]; len(shares) > 0 {
		s.at[place] = addShares(s.at[place], shares)
		delete(s.shares, place)
	}
	return s.at[place]
}

func (s *nodes) add(place int, dx *Node, _ bool) { s.at[place] = plus(s.dy(place), dx) }

// addVJPs has the shares of one node added up at once, and a Checkpoint computed again once.
func (s *nodes) addVJPs(op Adder, y, dy *Node, into []int) bool {
	switch op := op.(type) {
	case interface{ isPart() }:
		s.shares[into[0]] = append(s.shares[into[0]], share{y, dy})
	case *checkpointOp:
		op.addVJPsTo(s, y, dy, into)
	default:
		return false
	}
	return true
}

func (s *nodes) passed(int) {}

// constantLike returns a constant of x's shape, full of v.
func constantLike(x *Node, v float64) *Node {
	return Constant(new(tensor.Tensor).Like(x.value).Fill(v))
}
