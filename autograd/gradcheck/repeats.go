package gradcheck

import (
	"errors"
	"fmt"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// repeats checks that a second Backward, a Backward for the inputs alone, and a plan, also after it has
// run with other values, give the same gradients.
func repeats(f Func, xs []*tensor.Tensor) error {
	nodes := variables(xs)
	y := f(nodes...)
	other := nodesOf(f(variables(xs)...))
	for _, x := range autograd.Graph(y) {
		if x.Op() != nil && other[x] {
			return fmt.Errorf("gradcheck: the function uses %v, which was computed before: it must compute this itself, or use a Constant of its value", x)
		}
	}
	if !y.NeedsGrad() {
		return nil
	}
	here, err := pass(y, nodes)
	if err != nil {
		return err
	}
	plan := autograd.NewPlan(y, nodes...)
	run := func(when string, xs []*tensor.Tensor, want result) error {
		for i, x := range nodes {
			x.Set(xs[i])
		}
		return want.compare(plan, nodes, when)
	}
	if err := run("", xs, here); err != nil {
		return err
	}
	for _, by := range []float64{0x1p-12, -0x1p-12} {
		others := nearBy(xs, by)
		at := variables(others)
		var y *autograd.Node
		if refused(func() { y = f(at...) }) {
			continue
		}
		there, err := pass(y, at)
		if err != nil {
			return err
		}
		if err := run(" at other values", others, there); err != nil {
			return err
		}
	}
	return run(" back at the first values", xs, here)
}

// nodesOf returns the nodes of y's graph. Those that were computed before f was called are in the graph of
// every call.
func nodesOf(y *autograd.Node) map[*autograd.Node]bool {
	nodes := map[*autograd.Node]bool{}
	for _, x := range autograd.Graph(y) {
		nodes[x] = true
	}
	return nodes
}

// nearBy returns tensors whose elements differ from those of xs by a few times by, relative to their
// size; where they are 0, by this itself.
func nearBy(xs []*tensor.Tensor, by float64) []*tensor.Tensor {
	others := clones(xs)
	for i, x := range others {
		for j, v := range x.Data() {
			if v == 0 {
				v = 1
			}
			x.Data()[j] += float64(1+(i+3*j)%5) * by * v
		}
	}
	return others
}

// A result is the value of f, and its gradients with a fixed seed.
type result struct {
	value, seed *tensor.Tensor
	grads       []*tensor.Tensor
}

// pass returns the result without a plan, and an error unless it is the same each time.
func pass(y *autograd.Node, xs []*autograd.Node) (r result, err error) {
	r.value, r.seed = y.Value().Clone(), random(1, y.Value())
	loss := y.Mul(autograd.Constant(r.seed)).Sum()
	first, second, alone := autograd.Backward(loss), autograd.Backward(loss), autograd.Backward(loss, xs...)
	for i, name := range names(xs) {
		x, dx := xs[i], first.Of(xs[i])
		r.grads = append(r.grads, dx)
		switch {
		case !tensor.SameShape(x.Value(), dx):
			err = errors.Join(err, fmt.Errorf("gradcheck: %s has shape %v, its gradient %v", name, x.Shape(), dx.Shape()))
		case !sameBits(dx, second.Of(x)):
			err = errors.Join(err, fmt.Errorf("gradcheck: %s%s", name, other("a second Backward", second.Of(x), "the first", dx)))
		case !sameBits(dx, alone.Of(x)):
			err = errors.Join(err, fmt.Errorf("gradcheck: %s%s", name, other("Backward for the inputs alone", alone.Of(x), "Backward", dx)))
		}
	}
	return r, err
}

// compare runs a plan and compares its results with r.
func (r *result) compare(plan *autograd.Plan, xs []*autograd.Node, when string) error {
	if y := plan.Forward(); !sameBits(y, r.value) {
		return fmt.Errorf("gradcheck: the value%s; what Go code does between operations is not repeated", other("a plan"+when, y, "the graph", r.value))
	}
	grads := plan.Backward(r.seed)
	for i, name := range names(xs) {
		if dx := grads.Of(xs[i]); !sameBits(dx, r.grads[i]) {
			return fmt.Errorf("gradcheck: %s%s", name, other("a plan"+when, dx, "Backward", r.grads[i]))
		}
	}
	return nil
}

// other says where two tensors first differ that should have the same bits.
func other(what string, x *tensor.Tensor, than string, y *tensor.Tensor) string {
	if !tensor.SameShape(x, y) {
		return fmt.Sprintf(": %s gives shape %v, %s %v", what, x.Shape(), than, y.Shape())
	}
	j := 0
	for sameNumber(x.Data()[j], y.Data()[j]) {
		j++
	}
	return fmt.Sprintf(" %v: %s gives %v, %s %v", index(j, x.Shape()), what, x.Data()[j], than, y.Data()[j])
}
