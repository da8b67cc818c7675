package autograd

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gentlegrad/tensor"
)

// A Plan repeats a graph that was built once: it computes the values again from what the leaves now hold,
// and then the gradients. It is a list of steps, made once, that allocates no memory when it runs (except
// for a [Checkpoint], which builds its part of the graph again).
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
// Values and gradients have the bits that building the graph anew and Backward would give. What Go code
// did between the operations is not repeated: neither an if that depends on a value, nor making a
// constant from one, nor drawing random numbers (see [Context]). A leaf's tensor must not become a view of
// a plan's results, nor be swapped with one.
//
// A plan owns the graph's computed nodes, but not its leaves: goroutines each build a graph and a plan of
// their own, and may share parameters while none modifies them. Plans that share computed nodes, such as
// those of the two networks of a GAN, take turns: once the Forward of one has run, the results of the
// other are gone. Build all their graphs before you make the first plan: it takes over values that
// building needs. A tensor that a computed node's Value gave before is empty then: Clone it, if it is to
// be the tensor of a leaf. A plan serves one goroutine at a time.
type Plan struct {
	y       *Node
	xs      []*Node // whose gradients are wanted
	results []*Node // y, and after it what Keep was given

	leaves  []*leaf
	steps   []*step
	forward int       // the number of steps of the forward pass, which come first
	seed    *Node     // ∂L/∂y; nil if there is no backward pass
	grads   Gradients // of xs and results
	result  Gradients // what Backward returned: grads, until the caller's Add
	memory  memory
	block   *tensor.Tensor // the memory; nil if the plan could not be made
	lines   []string       // of the steps, for text
	text    string         // what String returns

	running bool // a pass runs: operations may use any value
	ready   bool // Forward has run: the caller may use results, until another plan takes a node
}

// A leaf is a leaf of a plan's graph, with what it takes to notice that it has changed.
type leaf struct {
	node    *Node
	value   *tensor.Tensor // the node's when Forward ran last
	version uint32         // the value's then
	needed  bool           // y depends on it
	shape   tensor.Shape   // the node's when the plan was made
}

// A step computes a node; or, if it has an adder, adds to the gradients dx of the node's inputs.
type step struct {
	node   *Node
	adder  Adder            // the node's op, or nil
	dy     *Node            // ∂L/∂y, if y is the node
	dx     []*tensor.Tensor // nil where the gradient is not wanted
	sets   []*Node          // the nodes whose values it sets; to other elements of dx it adds
	values []*tensor.Tensor // the values of sets
	shape  tensor.Shape     // the shape of the node that it computes
	view   bool             // one of the values is a view
	after  Observer         // the op of the node that it computes, or nil if that is no Observer
}

// NewPlan returns a plan that computes y, of any shape, and its gradients with respect to the nodes xs;
// for inference, give no xs. It asks each rule once. While the nodes belong to the plan, Backward, Grad,
// JVP and other functions that need the graph panic.
//
// It panics if y was not recorded, if an x is a Constant, if there are xs but y depends on no Variable,
// and if a rule makes a constant of several numbers, which would not follow the data; then the nodes
// belong to the graph again, with their values computed anew. It also panics if the graph includes a
// gradient, made by Grad, through a Checkpoint in which random numbers may be drawn.
func NewPlan(y *Node, xs ...*Node) *Plan {
	mustBeNode("NewPlan", y)
	mustNeedGradient("NewPlan", xs...)
	return (&Plan{y: y, xs: slices.Clone(xs)}).Keep(y)
}

// Keep makes p keep the values of these nodes too, and their gradients if there are xs and y depends on
// them, and returns p. The nodes need not be part of y's graph.
func (p *Plan) Keep(nodes ...*Node) *Plan {
	mustBeNode("Keep", append([]*Node{p.y}, nodes...)...)
	p.results = append(p.results, nodes...)
	p.make()
	return p
}

// Forward computes the values again, from what the leaves hold, and returns y's. This and the values of
// kept nodes are valid until the next Forward. After Backward, a leaf may be set to one of them, such as
// the state of a recurrent network: Forward then gives the leaf a copy. Forward panics if the shape of a
// leaf has changed, or that of a result, which must not depend on values.
func (p *Plan) Forward() *tensor.Tensor {
	if p.block == nil {
		fail("Forward", "the plan could not be made")
	}
	if !p.ready { // another plan may have taken nodes
		p.takeNodes()
	}
	p.ready = false
	for _, l := range p.leaves {
		if !l.shape.Is(l.node.value) {
			fail("Forward", "%v had the shape %v when the plan was made; another shape needs another plan", l.node, l.shape)
		}
		if v := l.node.value; (v != l.value || v.IsView() && v.Version() != l.version) && (v.SharesMemory(p.block) || p.hasResult(v)) {
			l.node.Set(v.Clone()) // the steps overwrite v
		}
		l.value, l.version = l.node.value, l.node.value.Version()
	}
	p.run(p.steps[:p.forward])
	p.ready = true
	return p.y.value
}

// hasResult reports whether v is the value of a result that is computed, which may be a view of a leaf.
func (p *Plan) hasResult(v *tensor.Tensor) bool {
	return slices.ContainsFunc(p.results, func(x *Node) bool { return x.op != nil && x.value == v })
}

// run runs the steps of a pass.
func (p *Plan) run(steps []*step) {
	p.running = true
	defer func() { p.running = false }()
	for _, s := range steps {
		for _, v := range s.values {
			v.Clear()
		}
		if s.adder != nil {
			s.adder.AddVJPs(s.node, s.dy.value, s.dx)
			continue
		}
		if s.node.op.Forward(s.node); !s.shape.Is(s.node.value) {
			fail("Forward", "%v had the shape %v when the plan was made: a shape that depends on values can't be in a plan", s.node, s.shape)
		}
		for _, v := range s.values {
			if v.IsView() && !s.view {
				fail("Forward", "%v, or what it keeps, was not a view when the plan was made: it can't become one", s.node)
			}
		}
		if s.after != nil {
			s.after.After(s.node)
		}
	}
}

// Backward, called after Forward, returns the gradients of y if it has one element, otherwise of
// Σ y ⊙ seed: the seed has y's shape, and counts as ∂L/∂y. The gradients may be modified, and are valid
// until the next Backward or Keep; Gradients.Add copies them. Backward may be called again, with other
// seeds. It panics if a leaf was modified since Forward, by a method of its tensor.
func (p *Plan) Backward(seed ...*tensor.Tensor) *Gradients {
	switch {
	case p.seed == nil:
		fail("Backward", "the plan was made for inference: NewPlan was given no nodes to take gradients with respect to")
	case !p.ready:
		fail("Backward", "the plan's Forward has not run, or another plan has taken its nodes since")
	case len(seed) > 1:
		fail("Backward", "there are %d seeds; at most one is possible", len(seed))
	case len(seed) == 1 && !tensor.SameShape(seed[0], p.y.value):
		fail("Backward", "the seed has shape %v; it needs the shape of %v", seed[0].Shape(), p.y)
	case len(seed) == 0 && p.y.value.Len() != 1:
		fail("Backward", "%v has %d elements; only a result of one element needs no seed", p.y, p.y.value.Len())
	}
	for _, l := range p.leaves {
		if l.needed && (l.node.value != l.value || l.value.Version() != l.version) {
			fail("Backward", "%v was modified since the plan's Forward: call Forward again", l.node)
		}
	}
	if len(seed) == 0 {
		p.seed.value.Fill(1)
	} else {
		p.seed.value.Copy(seed[0]) // a copy, since it may be one of the gradients
	}
	p.run(p.steps[p.forward:])
	p.result = p.grads // again, after the caller's Add
	return &p.result
}

// String lists the steps in their order, with the shapes and bytes of what they compute.
func (p *Plan) String() string { return cmp.Or(p.text, "a Plan that could not be made") }

// MarshalText returns an error: encoding/json would write nothing of a plan.
func (p Plan) MarshalText() ([]byte, error) { return nil, errEncode }

// mustHaveValue panics if x's plan has no value of x now.
func (x *Node) mustHaveValue() {
	if p := x.plan; !p.running && !(p.ready && slices.Contains(p.results, x)) {
		fail("Value", "%v belongs to a plan, which has no value of it: call Forward, and give it to Keep unless it is the result", x)
	}
}

// make makes the steps. Meanwhile the nodes belong to no plan: if a rule makes it panic, they are the
// graph's again.
func (p *Plan) make() {
	*p = Plan{y: p.y, xs: p.xs, results: p.results, memory: memory{}}
	var g, needed index
	for _, x := range slices.Backward(p.results) { // y last
		g.order(x, true, 0)
	}
	needed.order(p.y, true, 0)
	computed := map[*tensor.Tensor]bool{}
	for _, x := range g.list {
		if x.op == nil {
			p.leaves = append(p.leaves, &leaf{node: x, needed: needed.find(x) >= 0, shape: tensor.ShapeOf(x.value)})
		} else {
			computed[x.value] = true
		}
	}
	for _, l := range p.leaves {
		if computed[l.node.value] { // the leaf keeps the present value
			l.node.Set(l.node.value.Clone())
		}
	}
	for _, y := range g.list {
		if y.op == nil || y.op == (keepOp{}) {
			continue
		}
		mustBeRecorded("NewPlan", y)
		for _, x := range y.outputs() {
			if x.plan == nil {
				free(x)
			}
			x.becomes(nil, new(tensor.Tensor))
		}
		y.version = leafVersions(y.inputs)
		y.op.Forward(y)
		p.computes(y)
	}
	if p.forward = len(p.steps); len(p.xs) > 0 {
		p.planBackward(&g)
	}
	p.memory.note(len(p.steps), nil, p.results)
	y := p.y.describe()
	p.block, p.memory = p.memory.assign(p.steps, p.forward), nil
	p.text, p.lines = fmt.Sprintf("%s: %d steps forward, %d backward, %d bytes\n%s", y, p.forward, len(p.steps)-p.forward, 8*p.block.Len(), strings.Join(p.lines, "")), nil
	p.takeNodes()
}

// computes adds a step that computes y, whose value must be there already.
func (p *Plan) computes(y *Node) {
	p.add(&step{node: y, sets: y.outputs(), shape: tensor.ShapeOf(y.value), after: y.observerInPlan()}, y.inputs, fmt.Sprintf("%s, %d bytes", y.describe(), 8*y.value.Len()))
}

// add adds s, which reads the values of the nodes reads; line describes it.
func (p *Plan) add(s *step, reads []*Node, line string) {
	pass := "forward"
	if p.seed != nil {
		pass = "backward"
	}
	p.memory.note(len(p.steps), s.sets, reads)
	for _, x := range s.sets {
		s.values, s.view = append(s.values, x.value), s.view || x.value.IsView()
	}
	p.steps, p.lines = append(p.steps, s), append(p.lines, fmt.Sprintf("%-8s %s\n", pass, line))
}

// outputs returns the nodes that y's Forward sets: what it keeps, and y.
func (y *Node) outputs() []*Node { return append(slices.Clip(y.kept), y) }

// free frees the memory of the nodes' values.
func free(nodes ...*Node) {
	for _, x := range nodes {
		x.value.Swap(new(tensor.Tensor)) // the value is now empty
	}
}

// takeNodes takes over the nodes that the steps set, from the graph or from other plans.
func (p *Plan) takeNodes() {
	for _, s := range p.steps {
		for i, x := range s.sets {
			if x.plan != p {
				x.becomes(p, s.values[i])
			}
		}
	}
}

// planBackward makes the steps of the backward pass, by one traversal. The available nodes are the leaves
// and what the forward pass computes.
func (p *Plan) planBackward(available *index) {
	mustNeedGradient("NewPlan", p.y)
	asked := slices.DeleteFunc(slices.Concat(p.xs, p.results[1:]), func(x *Node) bool { return !x.needs })
	s := &planSums{p: p, available: available}
	s.prepare("NewPlan", p.y, 0, asked)
	p.seed = constantLike(p.y, 1)
	p.seed.ctx = p.y.ctx
	available.add(p.seed)
	grads := s.gradients(s, p.seed, asked)
	p.seed.value.Like(p.y.value) // passed may have freed it
	for i, x := range asked {
		if dx := grads[i]; dx == nil || dx == p.seed { // the gradient is zero, or y is x
			grads[i] = cmp.Or(dx, constantLike(x, 0)).Scale(1) // a copy, which may be modified
			p.computes(grads[i])
		}
		p.grads.put(x, grads[i].value)
	}
	p.memory.note(len(p.steps), nil, grads)
}

// planSums are the sums of a plan: nodes, as in Grad, but added to in place, by the plan's steps.
type planSums struct {
	nodeSums
	p         *Plan
	available *index // the leaves, and what the steps so far compute
}

// add makes steps that compute dx and add it to the sum. The first dx becomes the sum, if it is owned.
func (s *planSums) add(place int, dx *Node, owned bool, y *Node) {
	sets := s.record(y, dx)
	if owned && s.at[place] == nil {
		s.at[place] = dx
	} else {
		s.addVJPs(addition{}, apply(addition{}, dx), dx, []edge{{0, place}})
	}
	free(slices.DeleteFunc(sets, func(x *Node) bool { return x == s.at[place] })...) // no other rule reads these
}

// record makes steps that compute v, which y's rule returned, from the available nodes, and returns the
// nodes that they set. Nodes that rules made have larger numbers than the seed.
func (s *planSums) record(y, v *Node) (sets []*Node) {
	first := len(s.available.list)
	s.available.order(v, true, s.p.seed.number)
	for _, x := range s.available.list[first:] {
		switch made := x.number > s.p.seed.number; {
		case x.op == nil && !made: // such as one that an Op holds
			s.p.leaves = append(s.p.leaves, &leaf{node: x, needed: true, shape: tensor.ShapeOf(x.value)})
		case x.op == nil && x.value.Len() > 1:
			fail("NewPlan", "the VJP of %s made the %v, which would not follow the data: compute it by operations, or keep it in Forward", y.op.Name(), x)
		case x.op == nil || x.op == keepOp{} && s.available.find(x.inputs[0]) >= 0: // a number, or another step sets it
		case !made:
			fail("NewPlan", "the VJP of %s uses %v, which is not computed from the inputs, the result or dy", y.op.Name(), x)
		default:
			mustBeRecorded("NewPlan", x)
			s.p.computes(x)
			sets = append(sets, x.outputs()...)
		}
	}
	return sets
}

// addVJPs makes a step that has op add to the sums.
func (s *planSums) addVJPs(op Adder, y, dy *Node, into []edge) bool {
	st := &step{node: y, adder: op, dy: dy, dx: make([]*tensor.Tensor, len(y.inputs))}
	reads := slices.Concat(y.inputs, y.kept, []*Node{y, dy})
	line := "add to inputs of " + y.describe() + ":"
	for _, to := range into {
		if s.at[to.place] == nil { // an empty sum, which this step sets
			s.at[to.place] = &Node{op: keepOp{}, value: new(tensor.Tensor), inputs: s.p.results[:1], ctx: s.p.y.ctx, number: numbers.Add(1)}
			st.sets = append(st.sets, s.at[to.place])
		}
		st.dx[to.input] = s.at[to.place].value
		reads = append(reads, s.at[to.place])
		x := y.inputs[to.input].value
		line += fmt.Sprintf(" %v, %d bytes;", x.Shape(), 8*x.Len())
	}
	addVJPs(op, y, dy.value, st.dx)
	s.p.add(st, reads, line)
	return true
}

// passed frees the gradient, which no rule reads any more.
func (s *planSums) passed(place int) { free(s.at[place]) }

// An addition is the identity, whose rule adds ∂L/∂y to ∂L/∂x.
type addition struct{ identityOp }

func (addition) AddVJPs(_ *Node, dy *tensor.Tensor, dx []*tensor.Tensor) { addTo(dx[0], dy) }
