package gradcheck

import (
	"errors"
	"fmt"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// repeats checks that the same gradients come from a second Backward, from one for the inputs alone, and
// from a plan, also after it has run with other values.
func repeats(f Func, xs []*tensor.Tensor) error {
	nodes := variables(xs)
	y := f(nodes...)
	if !y.NeedsGrad() {
		return nil
	}
	seed := random(1, y.Value())
	want, err := gradients(y, seed, nodes)
	if err != nil {
		return err
	}
	others := clones(xs) // near by
	for _, x := range others {
		x.Scale(x, 1+0x1p-10)
	}
	at := variables(others)
	moved := f(at...)
	wantMoved, err := gradients(moved, seed, at)
	if err != nil {
		return err
	}
	values, valuesMoved := y.Value().Clone(), moved.Value().Clone()
	plan := autograd.NewPlan(y, nodes...)
	for round := range 3 {
		tensors, value, grads := xs, values, want
		if round == 1 {
			tensors, value, grads = others, valuesMoved, wantMoved
		}
		for i, x := range nodes {
			x.Set(tensors[i])
		}
		if !sameBits(plan.Forward(), value) {
			return fmt.Errorf("gradcheck: a plan gives another value than the heap, in round %d: what Go code does between operations is not repeated", round)
		}
		got := plan.Backward(seed)
		for i, x := range nodes {
			if !sameBits(got.Of(x), grads[i]) {
				return fmt.Errorf("gradcheck: input %d: a plan gives another gradient than the heap, in round %d:\n%v\n%v", i, round, got.Of(x), grads[i])
			}
		}
	}
	return nil
}

// gradients returns the gradients of Σ y·seed.
func gradients(y *autograd.Node, seed *tensor.Tensor, xs []*autograd.Node) (grads []*tensor.Tensor, err error) {
	loss := y.Mul(autograd.Constant(seed)).Sum()
	first, second, alone := autograd.Backward(loss), autograd.Backward(loss), autograd.Backward(loss, xs...)
	for i, x := range xs {
		grads = append(grads, first.Of(x))
		switch {
		case !tensor.SameShape(x.Value(), first.Of(x)):
			err = errors.Join(err, fmt.Errorf("gradcheck: input %d has shape %v, its gradient %v", i, x.Shape(), first.Of(x).Shape()))
		case !sameBits(first.Of(x), second.Of(x)):
			err = errors.Join(err, fmt.Errorf("gradcheck: input %d: a second Backward gives another gradient", i))
		case !sameBits(first.Of(x), alone.Of(x)):
			err = errors.Join(err, fmt.Errorf("gradcheck: input %d: Backward for the inputs alone gives another gradient", i))
		}
	}
	return grads, err
}
