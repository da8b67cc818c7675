package autograd

import (
	"fmt"
	"slices"
	"strings"

	"gentlegrad/tensor"
)

// A Plan repeats a graph that was built once: it computes the values again from what the leaves hold
// now, and the gradients again. It is a list of steps, made once, that needs no memory when it runs.
//
//	x, t := autograd.Constant(tensor.New(1, 2)), autograd.Constant(tensor.New(1, 1))
//	plan := autograd.NewPlan(layers.SquaredError(net.Forward(x), t), parameters...)
//	for i := range steps {
//		x.Set(inputs[i])
//		t.Set(targets[i])
//		plan.Forward()
//		descent.Step(plan.Backward())
//	}
//
// Values and gradients have the bits that building the graph anew and Backward would give. What Go
// code did between the operations is not repeated: neither an if that depends on a value, nor a
// constant made from one.
//
// A plan owns the graph's computed nodes, but not its leaves: goroutines each build a graph and a plan
// of their own, and may share parameters that none modifies. Plans that share computed nodes run one
// after the other. It serves one goroutine at a time.
type Plan struct {
	y    *Node
	xs   []*Node // whose gradients are wanted
	keep []*Node // whose values, and gradients if there are any, are wanted too

	nodes    []*Node // all of the graph
	leaves   []leaf
	forward  []step
	backward []step
	seed     *tensor.Tensor // ∂L/∂y; nil if there is no backward pass
	grads    Gradients      // those that were asked for
	result   Gradients      // these, and what the caller makes of them
	memory   memory

	running bool // values are there for operations
	ready   bool // Forward has run, and they are there for the caller
	ousted  bool // another plan has taken a node
}

// A leaf is a leaf, its tensor and the version of that when Forward ran last, and a tensor of the shape
// that it had when the plan was made.
type leaf struct {
	node    *Node
	value   *tensor.Tensor
	version uint32
	needed  bool // y depends on it
	shape   tensor.Tensor
}

// A step computes a node; or it has the op that made the node add to the gradients dx of its inputs.
type step struct {
	node  *Node
	adder Adder            // nil if it computes the node
	dy    *tensor.Tensor   // ∂L/∂y of the node
	dx    []*tensor.Tensor // nil where it is not wanted
	sets  []*tensor.Tensor // what it sets, rather than add to it
	size  int              // the number of elements of the node that it computes
	after Observer         // the op of that, if it is one; otherwise nil
}

// NewPlan returns a plan that computes y, of any shape, and its gradients with respect to the nodes
// xs; for inference there are none. It asks each rule once.
//
// It panics if y was not recorded, if an x is a Constant, if there are xs and y depends on no Variable, and
// if a rule makes a constant of several numbers, which would not follow the data. Nor can it repeat
// a gradient, made by Grad, through a Checkpoint in which random numbers may be drawn.
func NewPlan(y *Node, xs ...*Node) *Plan {
	mustBeNode("NewPlan", y)
	for _, x := range xs {
		mustNeedGradient("NewPlan", x)
	}
	if len(xs) > 0 {
		mustNeedGradient("NewPlan", y)
	}
	p := &Plan{y: y, xs: slices.Clone(xs)}
	p.make()
	return p
}

// Keep makes p keep the values of these nodes too, and their gradients if there are xs and y depends on
// them, and returns p. They need not be part of y's graph.
func (p *Plan) Keep(nodes ...*Node) *Plan {
	mustBeNode("Keep", nodes...)
	p.keep = append(p.keep, nodes...)
	p.make()
	return p
}

// Forward computes the values again, from what the leaves hold, and returns y's. That and the
// values of nodes that are kept are there until the next Forward. A leaf may be set to one, as the state of a recurrent
// network is: it then gets a copy. Forward panics if the shape of a leaf has changed.
func (p *Plan) Forward() *tensor.Tensor {
	if p.memory.block == nil {
		fail("Forward", "the plan could not be made")
	}
	if p.ousted {
		p.takeOver()
	}
	for i := range p.leaves {
		l := &p.leaves[i]
		if !tensor.SameShape(l.node.value, &l.shape) {
			fail("Forward", "the plan was made for %v with the shape %v", l.node, l.shape.Shape())
		}
		if v := l.node.value; v != l.value && (v.SharesMemory(p.memory.block) || p.gives(v)) { // a result, which the steps overwrite
			l.node.Set(v.Clone())
		}
		l.value, l.version = l.node.value, l.node.value.Version()
	}
	p.ready = false
	p.run(p.forward)
	p.ready = true
	return p.y.value
}

// gives reports whether v is the value of a computed result, which may be a view of a leaf.
func (p *Plan) gives(v *tensor.Tensor) bool {
	gives := func(x *Node) bool { return x.op != nil && x.value == v }
	return gives(p.y) || slices.ContainsFunc(p.keep, gives)
}

// run runs the steps of a pass.
func (p *Plan) run(steps []step) {
	p.running = true
	defer p.stop()
	for i := range steps {
		s := &steps[i]
		for _, t := range s.sets {
			t.Clear()
		}
		if s.adder != nil {
			s.adder.AddVJPs(s.node, s.dy, s.dx)
			continue
		}
		if s.node.op.Forward(s.node); s.node.value.Len() != s.size {
			fail("Forward", "%v had %d elements when the plan was made: a shape that depends on values can't be in a plan", s.node, s.size)
		}
		if s.after != nil {
			s.after.After(s.node)
		}
	}
}

// stop says that no operation runs any more.
func (p *Plan) stop() { p.running = false }

// Backward returns the gradients, after Forward, of y if it has one element, otherwise of Σ y ⊙ seed: a
// seed has y's shape, and is ∂L/∂y. They may be modified, and are there until the next Backward or Keep;
// Gradients.Add copies. It may be called again with other seeds. It panics if a leaf was modified since Forward.
func (p *Plan) Backward(seed ...*tensor.Tensor) *Gradients {
	switch {
	case p.seed == nil:
		fail("Backward", "the plan was made for inference: NewPlan had no nodes to take gradients of")
	case !p.ready:
		fail("Backward", "the plan's Forward has not run, or another plan of the same nodes has since")
	case len(seed) > 1 || len(seed) == 1 && !tensor.SameShape(seed[0], p.y.value):
		fail("Backward", "the seed is %v; one tensor of the shape of %v is needed", seed, p.y)
	case len(seed) == 0 && p.y.value.Len() != 1:
		fail("Backward", "%v has %d elements; without a seed a gradient is taken of one", p.y, p.y.value.Len())
	}
	for i := range p.leaves {
		if l := &p.leaves[i]; l.needed && (l.node.value != l.value || l.value.Version() != l.version) {
			fail("Backward", "%v was modified since the plan's Forward: it is to run again", l.node)
		}
	}
	if len(seed) == 0 {
		p.seed.Like(p.y.value).Fill(1)
	} else {
		p.seed.Copy(seed[0]) // which may be one of the gradients
	}
	p.run(p.backward)
	p.result.index, p.result.at = p.grads.index, p.grads.at // whatever the caller has added
	return &p.result
}

// String lists the steps in their order, with the shapes and bytes of what they compute as they were
// when the plan ran last.
func (p *Plan) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d steps forward, %d backward, %d bytes\n", p.y.describe(), len(p.forward), len(p.backward), 8*p.memory.size)
	for _, s := range p.forward {
		fmt.Fprintf(&b, "forward  %v\n", s)
	}
	for _, s := range p.backward {
		fmt.Fprintf(&b, "backward %v\n", s)
	}
	return b.String()
}

func (s step) String() string {
	if s.adder == nil {
		return fmt.Sprintf("%s, %d bytes", s.node.describe(), 8*s.node.value.Len())
	}
	text := "inputs of " + s.node.describe() + ":"
	if s.adder == (addValue{}) {
		text = "add to a gradient:"
	}
	for _, dx := range s.dx {
		if dx != nil {
			text += fmt.Sprintf(" %v, %d bytes;", dx.Shape(), 8*dx.Len())
		}
	}
	return text
}

// mustHaveValue panics if x belongs to a plan that has no value of it now.
func (x *Node) mustHaveValue() {
	if p := x.plan; p != nil && !p.running && !(p.ready && (x == p.y || slices.Contains(p.keep, x))) {
		fail("Value", "%v belongs to a plan, which has no value of it: name it in Keep, and call Forward", x)
	}
}

// make makes the steps.
func (p *Plan) make() {
	results := append(slices.Clone(p.keep), p.y)
	var g, needed index
	for _, y := range results {
		g.order(y, true, 0)
	}
	needed.order(p.y, true, 0)
	*p = Plan{y: p.y, xs: p.xs, keep: p.keep, nodes: g.list, running: true, memory: newMemory()}
	defer p.stop()
	p.separate()
	for _, y := range p.nodes {
		switch {
		case y.op == nil:
			p.leaves = append(p.leaves, leaf{node: y, needed: needed.find(y) >= 0, shape: *y.value})
		case !y.recorded():
			fail("NewPlan", "%v was not recorded: the context of its input %v has NoRecord", y, y.ctx.stopped)
		case y.op != keepOp{}:
			y.belongTo(p)
			p.forward = append(p.forward, step{node: y, sets: y.values(), after: y.observerInPlan()})
			y.free()
		}
	}
	for at := range p.forward {
		s := &p.forward[at]
		s.node.op.Forward(s.node)
		s.size = s.node.value.Len()
		p.memory.computes(s.node, at)
	}
	if len(p.xs) > 0 {
		p.planBackward()
	}
	for _, y := range results {
		p.memory.reads(y.value, len(p.forward))
	}
	p.memory.forward(p.forward)
	for _, part := range p.memory.parts {
		part.tensor.Clear()
	}
	p.memory.block = tensor.New(p.memory.size)
	p.memory.lend()
}

// values returns what Forward sets.
func (y *Node) values() []*tensor.Tensor {
	values := []*tensor.Tensor{y.value}
	for _, k := range y.kept {
		values = append(values, k.value)
	}
	return values
}

// free frees what the heap, or another plan, has for y's values.
func (y *Node) free() {
	for _, t := range y.values() {
		t.Clear()
		t.Lend(nil)
	}
}

// separate gives leaves that were set to the tensor of a computed node copies, before that is overwritten.
func (p *Plan) separate() {
	computed := map[*tensor.Tensor]bool{}
	for _, y := range p.nodes {
		if y.op != nil {
			computed[y.value] = true
		}
	}
	for _, x := range p.nodes {
		if x.op == nil && computed[x.value] {
			x.Set(x.value.Clone())
		}
	}
}

// takeOver gives p the nodes that another plan may have, and their memory.
func (p *Plan) takeOver() {
	p.separate()
	for _, s := range p.forward {
		s.node.belongTo(p)
		s.node.free()
	}
	p.memory.lend()
	p.ousted = false
}

func (y *Node) belongTo(p *Plan) {
	if old := y.plan; old != nil && old != p && !old.ousted {
		old.separate()
		old.ready, old.ousted = false, true
	}
	y.plan = p
	for _, k := range y.kept {
		k.plan = p
	}
}

// planBackward makes the steps of the backward pass: those that Backward takes, once.
func (p *Plan) planBackward() {
	var asked []*Node
	for _, x := range append(slices.Clone(p.xs), p.keep...) {
		if x.needs {
			asked = append(asked, x)
		}
	}
	s := &planned{p: p, mark: numbers.Load()}
	s.order(p.y, false, 0)
	s.ask("NewPlan", asked)
	s.begin(p.y)
	if p.seed = s.at[s.find(p.y)]; p.seed == nil { // y depends on none of the nodes
		p.seed = new(tensor.Tensor)
	}
	p.memory.give(p.seed, false)
	s.backpropagate(s)
	for _, x := range asked {
		if p.grads.find(x) < 0 {
			p.grads.put(x, s.gradient(x))
		}
	}
}

// planned are the sums of a plan: it notes what Backward does.
type planned struct {
	numeric
	p    *Plan
	mark uint64           // nodes with larger numbers are made by rules
	temp []*tensor.Tensor // which no later rule reads
}

// note adds a step.
func (s *planned) note(st step) {
	for _, t := range st.node.values() {
		s.p.memory.reads(t, len(s.p.forward))
	}
	for _, t := range st.sets {
		s.p.memory.give(t, false)
	}
	s.p.backward = append(s.p.backward, st)
}

// dy returns a node for each place, which the steps refer to.
func (s *planned) dy(place int) *Node {
	if s.at[place] == nil {
		return nil
	}
	return &Node{value: s.at[place], ctx: s.p.y.ctx, plan: s.p}
}

func (s *planned) add(place int, dx *Node, owned bool) {
	s.record(dx)
	first := s.at[place] == nil
	s.numeric.add(place, dx, owned)
	if s.at[place] == dx.value { // its memory holds the sum
		s.temp = slices.DeleteFunc(s.temp, func(t *tensor.Tensor) bool { return t == dx.value })
		return
	}
	s.adds(dx, s.at[place], first)
}

// adds adds a step that adds v's value to a sum, or sets it to that.
func (s *planned) adds(v *Node, sum *tensor.Tensor, first bool) {
	st := step{node: v, adder: addValue{}, dx: []*tensor.Tensor{sum}}
	if first {
		st.sets = st.dx
	}
	s.note(st)
}

// addValue is the Adder of a step that adds a value to a gradient.
type addValue struct{ Op }

func (addValue) AddVJPs(v *Node, _ *tensor.Tensor, dx []*tensor.Tensor) {
	if sum := dx[0]; sum.IsEmpty() {
		sum.Copy(v.value)
	} else {
		sum.Add(sum, v.value)
	}
}

func (s *planned) addVJPs(op Adder, y, dy *Node, into []int) bool {
	var first []*tensor.Tensor
	for _, place := range into {
		if place >= 0 && s.at[place] == nil {
			first = append(first, s.sum(place))
		}
	}
	s.numeric.addVJPs(op, y, dy, into)
	s.note(step{node: y, adder: op, dy: dy.value, dx: slices.Clone(s.dx), sets: first})
	s.p.memory.computes(y, len(s.p.forward)) // reads the inputs
	return true
}

// record makes steps that compute v, which a rule returned, from what the plan has computed.
func (s *planned) record(v *Node) {
	switch made := v.number > s.mark; {
	case v.plan == s.p || v.op == nil && !(made && v.value.Len() > 1):
		return
	case v.op == nil:
		fail("NewPlan", "a rule made the %v, which would not follow the data: it is to be computed by operations, or kept by Forward", v)
	case !made || !v.recorded():
		fail("NewPlan", "a rule uses %v, which is not computed from the inputs, the result or dy", v)
	}
	for _, x := range v.inputs {
		s.record(x)
	}
	if v.plan != s.p { // not kept by an input
		v.belongTo(s.p)
		s.p.memory.computes(v, len(s.p.forward))
		s.note(step{node: v, sets: v.values(), size: v.value.Len()})
		s.temp = append(s.temp, v.values()...)
	}
}

// passed frees the memory that no later rule needs.
func (s *planned) passed(place int) {
	if s.wants[place] != asked {
		s.temp = append(s.temp, s.at[place])
	}
	for _, t := range s.temp {
		s.p.memory.release(t)
		t.Clear()
		t.Lend(nil)
	}
	s.temp = s.temp[:0]
}

// gradient returns the tensor that will hold the gradient of x.
func (s *planned) gradient(x *Node) *tensor.Tensor {
	if place := s.find(x); place >= 0 && s.at[place] != nil {
		return s.at[place]
	}
	if x.value.IsEmpty() {
		fail("NewPlan", "%v belongs to another plan, which has not run: the shape of its gradient, which is 0, is not known", x)
	}
	zero := constantLike(x, 0) // y does not depend on x
	sum := zero.value.Clone()
	s.adds(zero, sum, true)
	return sum
}
