package autograd_test

import (
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// A counter is an operation that counts its runs, y = x.
type counter struct{ runs int }

func (*counter) Name() string { return "Counter" }

func (*counter) Forward(y *autograd.Node) { y.Value().Copy(y.Input(0).Value()) }

func (*counter) VJP(_ *autograd.Node, _ int, dy *autograd.Node) *autograd.Node { return dy }

func (c *counter) After(y *autograd.Node) {
	if y.Value().Item() != 3 {
		panic("After has not the value")
	}
	c.runs++
}

func TestObserver(t *testing.T) {
	t.Parallel()
	c := new(counter)
	want := func(when string, runs int) {
		t.Helper()
		if c.runs != runs {
			t.Errorf("%s: %d runs, want %d", when, c.runs, runs)
		}
	}
	x := autograd.Variable(tensor.Scalar(3))
	count := func(xs ...*autograd.Node) *autograd.Node { return autograd.Apply(c, xs[0]).Square() }
	y := count(x)
	want("built", 1)
	autograd.Backward(y)
	autograd.Grad(y, x)
	want("gradients", 1)
	plan := autograd.NewPlan(y, x)
	want("a plan", 1)
	plan.Forward()
	plan.Backward()
	want("a plan's run", 2)

	c.runs = 0
	y = autograd.Checkpoint(count, x)
	want("a Checkpoint", 1)
	autograd.Backward(y)
	autograd.Backward(autograd.Grad(y, x)[0])
	want("gradients through a Checkpoint", 1)
	plan = autograd.NewPlan(y, x)
	plan.Forward()
	plan.Backward()
	want("a plan with a Checkpoint", 2)

	count(autograd.Context{NoRecord: true}.Constant(tensor.Scalar(3)))
	want("not recorded", 3)

	c.runs = 0
	autograd.Jacobian(count, tensor.Scalar(3))
	want("a Jacobian", 1)
	autograd.Hessian(count, tensor.Scalar(3), tensor.Scalar(4))
	want("a Hessian", 2)
	autograd.Hessian(func(xs ...*autograd.Node) *autograd.Node { return autograd.Checkpoint(count, xs...) }, tensor.Scalar(3))
	want("a Hessian through a Checkpoint", 3)
}
