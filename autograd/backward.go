package autograd

import (
	"slices"

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
	mustBeNode("Backward", loss)
	mustBeOne("Backward", loss)
	return backward(loss, 0, xs)
}

// backward is Backward that goes no further than nodes which are older than since.
func backward(loss *Node, since uint64, xs []*Node) *Gradients {
	s := new(numeric)
	s.since = since
	s.list, s.wants, s.into, s.at = s.few.list[:0], s.few.wants[:0], s.few.into[:0], s.few.at[:0]
	s.look("Backward", loss, xs)
	s.begin(loss)
	s.backpropagate(s)
	return s.gradients(xs)
}

// Grad returns the gradients of y, a node of one element, with respect to the nodes
// xs, as nodes: to be differentiated again. Where y does not depend on an x, or no longer does,
// that is zero, which can be differentiated too. It panics as Backward does, but for what depends
// on no Variable.
func Grad(y *Node, xs ...*Node) []*Node {
	mustBeNode("Grad", y)
	mustBeOne("Grad", y)
	return vjp("Grad", y, constantLike(y, 1), 0, xs)
}

// VJP returns the vector–Jacobian products of y, of any shape, with respect to the nodes xs: the
// gradients of Σ y ⊙ dy, where dy, the seed, has y's shape and counts as ∂L/∂y. They are nodes, as
// Grad's are, and depend on dy too. It panics as Grad does, and if the shapes of y and dy differ.
func VJP(y, dy *Node, xs ...*Node) []*Node {
	mustBeNode("VJP", y)
	mustBeNode("VJP", dy)
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
	into  []int  // the places of the inputs of the present one; −1 where the gradient is not wanted
}

// A want is what the gradient of a node is for.
type want byte

const (
	nothing want = iota
	leading      // it leads to one that is asked for
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
		if dy == nil || !t.inputs(y) {
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
			s.add(into, dx, dx.op != nil && dx.number > mark && !dx.own.IsView())
		}
	}
}

// inputs finds the places of y's inputs, and reports whether the gradient of one is wanted.
func (t *traversal) inputs(y *Node) (any bool) {
	t.into = t.into[:0]
	for _, x := range y.inputsSince(t.since) {
		into := -1
		if x.needs {
			if place := t.find(x); t.wants[place] != nothing {
				into, any = place, true
			}
		}
		t.into = append(t.into, into)
	}
	return any
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
	if n := y.value.Len(); n != 1 {
		fail(op, "%v has %d elements; a gradient is taken of one (Sum or Mean makes one)", y, n)
	}
}

// look makes t the traversal from a loss to the nodes xs, or to all if there are none.
func (t *traversal) look(op string, loss *Node, xs []*Node) {
	if op == "Backward" || !loss.recorded() {
		mustNeedGradient(op, loss)
	}
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
		for _, x := range y.inputsSince(t.since) {
			if x.needs && t.wants[place] == nothing && t.wants[t.find(x)] != nothing {
				t.wants[place] = leading
			}
		}
		if len(xs) == 0 {
			t.wants[place] = asked
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

	grads *Gradients // to be filled at the end
	// Memory for the sums, by what is wanted of them: apart, so that what leads only can be freed.
	tensors [asked + 1][]tensor.Tensor
	block   [asked + 1][]float64 // of those with few elements

	few struct { // memory for small graphs
		list    [10]*Node
		wants   [10]want
		into    [4]int
		at      [10]*tensor.Tensor
		dx      [4]*tensor.Tensor
		tensors [5]tensor.Tensor
		block   [32]float64
	}
}

// unrecorded is the context of rules in Backward.
var unrecorded = &context{Context: Context{NoRecord: true}}

// begin begins with ∂L/∂L = 1.
func (s *numeric) begin(loss *Node) {
	s.at = append(s.at, make([]*tensor.Tensor, len(s.list))...)
	s.dx, s.node.ctx = s.few.dx[:0], merge(loss.ctx, unrecorded)
	s.grads = new(Gradients)
	s.tensors = [...][]tensor.Tensor{leading: s.few.tensors[:], asked: s.grads.few.tensors[:]}
	s.block = [...][]float64{leading: s.few.block[:], asked: s.grads.few.block[:]}
	if place := s.find(loss); s.wants[place] != nothing {
		s.sum(place).Like(loss.value).Fill(1)
	}
}

// few returns the number of y's elements if they are few, otherwise 0.
func few(y *Node) int {
	if n := y.value.Len(); n <= 64 {
		return n
	}
	return 0
}

// sum returns the sum at a place; an empty tensor if it is zero so far.
func (s *numeric) sum(place int) *tensor.Tensor {
	if s.at[place] == nil {
		w, n := s.wants[place], few(s.list[place])
		if len(s.tensors[w]) == 0 {
			s.tensors[w] = make([]tensor.Tensor, 16)
		}
		if len(s.block[w]) < n {
			s.block[w] = make([]float64, 256)
		}
		s.at[place], s.tensors[w] = &s.tensors[w][0], s.tensors[w][1:]
		s.at[place].Lend(s.block[w][:n:n])
		s.block[w] = s.block[w][n:]
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
	if s.wants[place] == leading {
		s.at[place].Clear()
		s.at[place].Lend(nil) // frees the memory
	}
}

// gradients returns the gradients of xs, or of all nodes.
func (s *numeric) gradients(xs []*Node) *Gradients {
	g := s.grads
	if g.all = len(xs) == 0; g.all {
		xs = s.list
	}
	g.list, g.at = slices.Grow(g.few.list[:0], len(xs)), slices.Grow(g.few.at[:0], len(xs))
	for _, x := range xs {
		if g.find(x) < 0 {
			g.put(x, s.of(x))
		}
	}
	return g
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

// addVJPs has the shares of one node added up at once.
func (s *nodes) addVJPs(op Adder, y, dy *Node, into []int) bool {
	if _, ok := op.(interface{ isPart() }); !ok || into[0] < 0 {
		return false
	}
	s.shares[into[0]] = append(s.shares[into[0]], share{y, dy})
	return true
}

func (s *nodes) passed(int) {}

// constantLike returns a constant of x's shape and context, full of v.
func constantLike(x *Node, v float64) *Node {
	c := Constant(new(tensor.Tensor).Like(x.value).Fill(v))
	c.ctx = x.ctx
	return c
}
