package optim

import (
	"errors"
	"math"
	"slices"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// Base is what all optimisers have: parameters, a learning rate and weight decay, and the state of
// the update rule. An optimiser must not be copied.
//
// Weight decay λ pulls parameters towards 0. It is part of the gradient, which the rule sees as g + λw,
// as if the penalty ½λ‖w‖² were added to the loss. With DecoupledDecay it is a step of its own before the
// rule instead:
//
//	w ← w − ηλw
//
// I. Loshchilov and F. Hutter, Decoupled weight decay regularization (2019), algorithms 1 and 2.
type Base struct {
	LearningRate   float64 // η
	WeightDecay    float64 // λ
	DecoupledDecay bool

	rule       rule
	self       *Base // in a copy, this and the rule are still those of the original
	parameters []parameter
	nodes      []*autograd.Node // of the parameters
	steps      float64          // made so far
	numbers    []number         // of the state
}

// Parameters returns what the optimiser updates, in the order given to the constructor.
func (b *Base) Parameters() []*autograd.Node { return slices.Clone(b.nodes) }

// A Group is some of an optimiser's parameters, with settings of their own. Its learning rate is the
// optimiser's times RateFactor, so that a schedule changes both. With the factor 0 the parameters stay as
// they are as long as the squares of their gradients are finite and ε is not 0, except with [Rprop],
// whose steps are not in proportion to the rate.
type Group struct {
	RateFactor  float64
	WeightDecay float64
}

// A rule is an optimiser's update rule.
type rule interface {
	// begin is called before a step. It panics if a setting is out of range, and otherwise works
	// out what is the same for all parameters.
	begin()

	// update changes one parameter.
	update(p *parameter)
}

// A parameter is what an update rule sees of a parameter, and keeps for it from step to step.
type parameter struct {
	node  *autograd.Node
	group *Group // nil: the optimiser's own settings
	kept  []kept

	// Of the present step:
	rate     float64        // its learning rate
	gradient *tensor.Tensor // with weight decay; not to be modified
	scratch  tensor.Tensor  // memory for gradient, and what a rule makes of it
}

// kept is a tensor of a parameter's shape that is kept from step to step.
type kept struct {
	name     string
	optional bool           // only some settings need it
	value    *tensor.Tensor // nil until it is needed
}

// A number is part of the state, and belongs to all parameters.
type number struct {
	name  string
	value *float64
}

// start makes the Base of an optimiser that keeps, from its first step on, tensors of those names for
// each parameter.
func (b *Base) start(op string, rule rule, rate float64, parameters []*autograd.Node, names ...string) {
	nodes := distinct(op, parameters)
	mustNotBeNegative(op, "the learning rate", rate)
	b.LearningRate, b.rule, b.self, b.nodes = rate, rule, b, nodes
	b.numbers = []number{{"steps", &b.steps}}
	b.parameters = make([]parameter, len(nodes))
	for i, n := range nodes {
		p := &b.parameters[i]
		p.node = n
		for _, name := range names {
			p.kept = append(p.kept, kept{name: name})
		}
	}
}

// mayKeep adds names of tensors that only some settings keep for each parameter.
func (b *Base) mayKeep(names ...string) {
	for i := range b.parameters {
		p := &b.parameters[i]
		for _, name := range names {
			p.kept = append(p.kept, kept{name: name, optional: true})
		}
	}
}

var errEncode = errors.New("optim: an optimiser or a Plateau can't be encoded: save its State")

// MarshalText returns an error: encoding/json and encoding/gob would write an optimiser without what it
// keeps.
func (b Base) MarshalText() ([]byte, error) { return nil, errEncode }

// MarshalBinary returns an error, as MarshalText does.
func (b Base) MarshalBinary() ([]byte, error) { return nil, errEncode }

// UnmarshalText returns an error, as MarshalText does.
func (b *Base) UnmarshalText([]byte) error { return errEncode }

// UnmarshalBinary returns an error, as MarshalText does.
func (b *Base) UnmarshalBinary([]byte) error { return errEncode }

// Settings returns b.
func (b *Base) Settings() *Base { return b }

// Group makes a group of some of the optimiser's parameters and returns it, with a RateFactor of 1 and
// the optimiser's present WeightDecay, which may be changed. A parameter leaves the group that it was in
// before. It panics if there are no parameters, or if one is not the optimiser's.
//
//	adam.Group(biases...).WeightDecay = 0
func (b *Base) Group(parameters ...*autograd.Node) *Group {
	nodes := distinct("Group", parameters)
	at := make(map[*autograd.Node]*parameter, len(b.parameters))
	for i := range b.parameters {
		at[b.parameters[i].node] = &b.parameters[i]
	}
	for _, n := range nodes {
		if at[n] == nil {
			fail("Group", "%v is not a parameter of the optimiser", n)
		}
	}
	g := &Group{RateFactor: 1, WeightDecay: b.WeightDecay}
	for _, n := range nodes {
		at[n].group = g
	}
	return g
}

// Step updates the parameters. One that the loss does not depend on has the gradient 0, and is updated
// too: momentum may still move it. Step panics, and updates none, if the gradient of a parameter is not
// in grads, a setting is out of range, or the optimiser is a copy. It also panics if the caller has given
// a gradient or a parameter another shape.
func (b *Base) Step(grads *autograd.Gradients) {
	switch {
	case len(b.parameters) == 0:
		fail("Step", "no parameters: a constructor takes them, such as NewGradientDescent")
	case b.self != b:
		fail("Step", "the optimiser is a copy, which would use the settings of the original: it must not be copied")
	}
	parameters := b.parameters
	mustNotBeNegative("Step", "LearningRate", b.LearningRate)
	mustNotBeNegative("Step", "WeightDecay", b.WeightDecay)
	for i := range parameters {
		p := &parameters[i]
		if g := p.group; g != nil {
			mustNotBeNegative("Step", "a group's RateFactor", g.RateFactor)
			mustNotBeNegative("Step", "a group's WeightDecay", g.WeightDecay)
		}
		p.gradient = grads.Of(p.node) // which may panic: before anything has changed
	}
	b.rule.begin()
	b.steps++
	for i := range parameters {
		p := &parameters[i]
		p.rate = b.LearningRate
		if p.group != nil || b.WeightDecay != 0 {
			b.decay(p)
		}
		b.rule.update(p)
	}
}

// Minimise makes a step by the gradients of a loss: Backward and Step. It panics as those do.
func (b *Base) Minimise(loss *autograd.Node) {
	b.Step(autograd.Backward(loss, b.nodes...))
}

// decay applies weight decay and the settings of its group to the parameter.
func (b *Base) decay(p *parameter) {
	decay := b.WeightDecay
	if p.group != nil {
		decay = p.group.WeightDecay
		p.rate *= p.group.RateFactor
	}
	w := p.node.Value()
	switch {
	case decay == 0:
	case b.DecoupledDecay:
		w.Scale(w, 1-float64(p.rate*decay))
	default:
		p.gradient = p.scratch.AddScaled(p.gradient, decay, w)
	}
}

// w returns the elements of the parameter's value, for the rule to change. It panics unless the gradient
// and what is kept have its shape, since the caller may have given either another one.
func (p *parameter) w() []float64 {
	w := p.node.Value()
	if !tensor.SameShape(p.gradient, w) {
		fail("Step", "the gradient of %v has shape %v; it needs the same shape", p.node, p.gradient.Shape())
	}
	for _, k := range p.kept {
		if k.value != nil && !tensor.SameShape(k.value, w) {
			fail("Step", "%v had shape %v when the optimiser took its first step; another shape needs another optimiser", p.node, k.value.Shape())
		}
	}
	return w.Like(w).Data() // Like counts as a change, which graphs see
}

// keep returns the elements of the tensor that is kept under the name: zeros at first.
func (p *parameter) keep(name string) []float64 { return p.keepFrom(name, 0) }

// keepFrom is keep with the initial value first.
func (p *parameter) keepFrom(name string, first float64) []float64 {
	k := p.find(name)
	if k.value == nil {
		k.value = tensor.Full(first, p.node.Value().Shape()...)
	}
	return k.value.Data()
}

func (p *parameter) find(name string) *kept {
	for i := range p.kept {
		if p.kept[i].name == name {
			return &p.kept[i]
		}
	}
	panic("optim: internal error: nothing is kept as " + name)
}

// average returns βa + (1−β)b, the moving average a with one more number b. The conversions keep the
// compiler from fusing a product with the sum, so that the bits are the same on all machines.
func average(beta, a, b float64) float64 { return float64(beta*a) + float64((1-beta)*b) }

// mustNotBeNegative is small enough to be inlined: every step calls it.
func mustNotBeNegative(op, name string, v float64) {
	if !(v >= 0 && v <= math.MaxFloat64) {
		failNegative(op, name, v)
	}
}

//go:noinline
func failNegative(op, name string, v float64) {
	fail(op, "%s is %v; it must be finite and not negative", name, v)
}

func mustBePart(name string, v float64) {
	if !(v >= 0 && v < 1) {
		fail("Step", "%s is %v; it must be at least 0 and below 1", name, v)
	}
}

// distinct returns the parameters, each once, in their order. It panics if there are none, or if one is
// not a Variable.
func distinct(op string, parameters []*autograd.Node) []*autograd.Node {
	if len(parameters) == 0 {
		fail(op, "no parameters: there is nothing to update")
	}
	once := make([]*autograd.Node, 0, len(parameters))
	seen := make(map[*autograd.Node]bool, len(parameters))
	for i, p := range parameters {
		switch {
		case p == nil:
			fail(op, "parameter %d is nil", i)
		case p.Op() != nil || !p.NeedsGrad():
			fail(op, "parameter %d is %v; only a Variable can be updated", i, p)
		}
		if !seen[p] {
			seen[p] = true
			once = append(once, p)
		}
	}
	return once
}
