package autograd

import (
	"math/rand/v2"
	"slices"

	"gentlegrad/tensor"
)

// A Func is a function of nodes: it builds the graph of its result.
type Func = func(xs ...*Node) *Node

// Checkpoint returns f(xs...), but keeps none of the intermediate values: the backward pass calls f again
// to recompute them, so that f's part of the graph takes memory only while its own gradients are
// computed. If each of √n parts of an n-layer network is a checkpoint, the network needs memory for about
// √n layers, and one more forward pass (T. Chen et al., Training deep nets with sublinear memory cost,
// 2016).
//
// f must compute the same each time, from the xs and from constants that do not change. Random numbers
// that it draws from its nodes' Context are the same again. Checkpoint panics if f uses a Variable, or a
// node that was computed before, such as a mask, that is not among the xs: so pass a layer's parameters
// too. Nor may f take gradients of its nodes, as by Grad: its first call is not recorded. The backward
// pass panics if f computes another value than before.
func Checkpoint(f Func, xs ...*Node) *Node {
	if f == nil {
		fail("Checkpoint", "the function is nil")
	}
	if len(xs) == 0 {
		fail("Checkpoint", "there are no nodes to compute from")
	}
	return apply(&checkpointOp{f: f, inputs: len(xs)}, xs...)
}

// SavedBytes returns the memory, in bytes, of the values that y, made by Checkpoint, does not keep, as of
// its last computation; 0 for other nodes.
func SavedBytes(y *Node) int {
	mustBeNode("SavedBytes", y)
	if op, ok := y.op.(*checkpointOp); ok {
		return op.saved
	}
	return 0
}

type checkpointOp struct {
	f         Func
	inputs    int
	saved     int
	after     []*Node // whose After has yet to be called
	seed, run uint64  // of the random numbers: run changes them, and a recomputation uses both again
}

// A recomputable belongs to one call of a Checkpoint's f: either to the first, which is not recorded,
// with what f may use and what it has computed; or to a recomputation, where only again is set.
type recomputable struct {
	inputs []*Node
	since  uint64         // f's own nodes are newer
	known  map[*Node]bool // what f has computed from constants alone and may use: to look at it once
	bytes  int
	after  []*Node // those that an Observer has computed
	again  bool
}

func (*checkpointOp) Name() string { return "Checkpoint" }

func (op *checkpointOp) arity() int { return op.inputs }

func (op *checkpointOp) Forward(y *Node) {
	if rng := y.Context().Rand; rng != nil && op.run == 0 {
		op.seed = rng.Uint64()
	}
	op.run++
	r := &recomputable{inputs: y.inputs, since: numbers.Load() + 1, known: map[*Node]bool{}}
	ctx := op.context(y)
	ctx.NoRecord, ctx.within = true, r
	z := op.call(y, ctx, func(x *Node) *Node {
		ctx.stopped = Constant(x.value).Named("in a Checkpoint")
		return ctx.stopped
	})
	r.mustKnow(z)
	y.value.Copy(z.value)
	op.saved, op.after = max(0, r.bytes-8*z.value.Len()), r.after
}

// After calls After of f's operations, once f has been computed for the first time.
func (op *checkpointOp) After(*Node) {
	for _, x := range op.after {
		x.op.(Observer).After(x)
	}
	op.after = nil
}

// context returns y's context, with a random source that draws the same numbers in a recomputation.
func (op *checkpointOp) context(y *Node) *context {
	ctx := &context{Context: y.Context()}
	if ctx.Rand != nil {
		ctx.Rand = rand.New(rand.NewPCG(op.seed, op.run))
	}
	return ctx
}

// call returns f of nodes that one makes from y's inputs, and from which the context flows.
func (op *checkpointOp) call(y *Node, ctx *context, one func(x *Node) *Node) *Node {
	xs := make([]*Node, len(y.inputs))
	for i, x := range y.inputs {
		xs[i] = one(x)
		xs[i].ctx = ctx
	}
	z := op.f(xs...)
	mustBeNode("Checkpoint", z)
	return z
}

// again returns f of y's inputs, recorded.
func (op *checkpointOp) again(y *Node) *Node {
	ctx := op.context(y)
	ctx.within = &recomputable{again: true}
	z := op.call(y, ctx, func(x *Node) *Node { return apply(identityOp{}, x) })
	mustBeRecorded("Checkpoint", z)
	if !tensor.SameShape(z.value, y.value) || slices.Compare(z.value.Data(), y.value.Data()) != 0 { // NaN is NaN
		fail("Checkpoint", "recomputed, %v has another value: the function uses something that changes and is not among its nodes", y)
	}
	return z
}

func (op *checkpointOp) VJP(y *Node, i int, dy *Node) *Node {
	if slices.Contains(y.inputs[:i], y.inputs[i]) {
		return nil // the gradient of that node has been given
	}
	return op.vjps(y, dy, y.inputs[i:i+1])[0]
}

// vjps returns the gradients of xs, which are some of y's inputs, by one recomputation of f; nil is zero.
func (op *checkpointOp) vjps(y, dy *Node, xs []*Node) []*Node {
	since := numbers.Load() + 1
	dxs := vjpOrNil("Checkpoint", op.again(y), dy, since, xs)
	for i, dx := range dxs {
		dxs[i] = outside(dx, y, dy)
	}
	return dxs
}

// addVJPsTo adds the gradients of y's inputs to the sums. An input that is there twice gets its gradient
// once.
func (op *checkpointOp) addVJPsTo(s *nodeSums, y, dy *Node, into []edge) {
	var xs []*Node
	var places []int
	for _, to := range into {
		if x := y.inputs[to.input]; !slices.Contains(xs, x) {
			xs, places = append(xs, x), append(places, to.place)
		}
	}
	for i, dx := range op.vjps(y, dy, xs) {
		if dx != nil {
			s.add(places[i], dx, false, y)
		}
	}
}

// outside returns d, a derivative of recomputed nodes, with the context of a result of the nodes from,
// some of which may be nil: what is computed from d is not part of the Checkpoint. If d is nil, so is the
// result.
func outside(d *Node, from ...*Node) *Node {
	if d == nil {
		return nil
	}
	same := apply(identityOp{}, d)
	same.ctx = plain
	for _, x := range from {
		if x != nil {
			same.ctx = merge(same.ctx, x.ctx)
		}
	}
	return same
}

func (op *checkpointOp) AddVJPs(y *Node, dy *tensor.Tensor, dx []*tensor.Tensor) {
	var xs []*Node
	var into []*tensor.Tensor
	for i, x := range y.inputs {
		if dx[i] != nil && !slices.Contains(xs, x) {
			xs, into = append(xs, x), append(into, dx[i])
		}
	}
	since := numbers.Load() + 1
	z := op.again(y)
	if !z.needs {
		for i, x := range xs {
			zerosLike(into[i], x.value)
		}
		return
	}
	grads := backward(z.Mul(Constant(dy)).Sum(), since, xs)
	for i, x := range xs {
		addTo(into[i], grads.Of(x))
	}
}

func (op *checkpointOp) JVP(y *Node, dx []*Node) *Node {
	xs, dxs := []*Node{}, []*Node{}
	for i, d := range dx {
		if !slices.Contains(xs, y.inputs[i]) {
			xs, dxs = append(xs, y.inputs[i]), append(dxs, d)
		}
	}
	since := numbers.Load() + 1
	return outside(pushForward("Checkpoint", op.again(y), since, xs, dxs), append(dxs, y)...)
}

// takes counts the memory of y's value, and panics if y was computed from what f may not use.
func (r *recomputable) takes(y *Node) {
	if r == nil || r.again {
		return
	}
	if !y.value.IsView() {
		r.bytes += 8 * y.value.Len()
	}
	for _, x := range y.inputs {
		r.mustKnow(x)
	}
}

// mustKnow panics if f may not use x: if x, or a node that f computed it from, is not an input, and is a
// Variable, was computed before f was called, or belongs to an enclosing Checkpoint.
func (r *recomputable) mustKnow(x *Node) {
	todo := []*Node{x}
	for len(todo) > 0 {
		x, todo = todo[len(todo)-1], todo[:len(todo)-1]
		switch {
		case r.known[x] || slices.Contains(r.inputs, x):
		case x.op == nil && x.needs, x.number < r.since && (x.op != nil || x.ctx.within != nil):
			fail("Checkpoint", "the function uses %v, which is not among its nodes: pass it too", x)
		case !x.ctx.NoRecord: // other nodes were looked at when they were made
			r.known[x] = true
			todo = append(todo, x.inputs...)
		}
	}
}

// identityOp is y = x.
type identityOp struct{}

func (identityOp) Name() string { return "Identity" }

func (identityOp) arity() int { return 1 }

func (identityOp) Forward(y *Node) { y.value.ViewLike(y.inputs[0].value) }

func (identityOp) VJP(_ *Node, _ int, dy *Node) *Node { return dy }

func (identityOp) JVP(_ *Node, dx []*Node) *Node { return dx[0] }

// Hook returns a node y with x's value, and calls f with ∂L/∂y on its way to x; gradients that reach x
// without passing y do not pass f. f may look at the gradient, or change it in place, as in clipping:
// then everything computed from it changes too. f gets a copy of its own, which in a Plan is valid only
// during the call. f is called once in every backward pass: by Backward, Grad and VJP, by a Plan's
// Backward, and when a plan is made, or made anew by Keep.
//
//	∂L/∂x = f(∂L/∂y); when that is differentiated again, what f changes counts as constant
func (x *Node) Hook(f func(grad *tensor.Tensor)) *Node {
	if f == nil {
		fail("Hook", "the function is nil")
	}
	return apply(hookOp{f: f}, x)
}

type hookOp struct {
	identityOp
	f func(grad *tensor.Tensor)
}

func (hookOp) Name() string { return "Hook" }

// VJP returns a view, so that the copy that f has seen does not become the gradient itself.
func (op hookOp) VJP(_ *Node, _ int, dy *Node) *Node {
	return apply(identityOp{}, apply(hookedOp{f: op.f}, dy))
}

// hookedOp is a gradient that a hook has seen.
type hookedOp struct {
	identityOp
	f func(grad *tensor.Tensor)
}

func (hookedOp) Name() string { return "Hooked" }

func (op hookedOp) Forward(y *Node) {
	x := y.inputs[0].value
	y.value.Copy(x)
	if op.f(y.value); !tensor.SameShape(x, y.value) {
		fail("Hook", "the function changed the gradient's shape from %v to %v", x.Shape(), y.value.Shape())
	}
}
