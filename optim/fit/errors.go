package fit

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// An Error is a caller's mistake, such as a Training without a loss. Run panics with an *Error.
type Error struct {
	Op   string // the function
	Text string // what is wrong, with the values
}

func (e *Error) Error() string { return "fit: " + e.Op + ": " + e.Text }

func fail(op, format string, args ...any) {
	panic(&Error{Op: op, Text: fmt.Sprintf(format, args...)})
}

func isNilPointer(v reflect.Value) bool { return v.Kind() == reflect.Pointer && v.IsNil() }

func (t *Training) mustBeComplete(ctx context.Context, train, validation []*tensor.Tensor) {
	switch {
	case ctx == nil:
		fail("Run", "the context is nil")
	case t.Loss == nil:
		fail("Run", "the Loss is nil")
	case t.Optimiser == nil || isNilPointer(reflect.ValueOf(t.Optimiser)):
		fail("Run", "the Optimiser is nil")
	case len(t.parameters()) == 0:
		fail("Run", "the Optimiser has no parameters: nothing is trained")
	case t.Epochs < 1:
		fail("Run", "Epochs is %d; it must be at least 1", t.Epochs)
	case t.BatchSize < 1:
		fail("Run", "the BatchSize is %d; it must be at least 1", t.BatchSize)
	case t.Patience > 0 && len(validation) == 0:
		fail("Run", "a Patience of %d needs validation data", t.Patience)
	case len(train) == 0 || len(validation) > 0 && len(validation) != len(train):
		fail("Run", "there are %d tensors to train with and %d to validate with; at least 1 is needed, and as many or none to validate with", len(train), len(validation))
	case slices.ContainsFunc(t.State, func(n *autograd.Node) bool { return n == nil || n.Value() == nil }):
		fail("Run", "a node of the State is nil, or a zero Node")
	case t.Resume.Best < 0 || t.Resume.Best > len(t.Resume.Epochs):
		fail("Run", "the best epoch to resume with is %d; it must be from 0 to %d, the number of epochs", t.Resume.Best, len(t.Resume.Epochs))
	case t.Patience > 0 && t.Resume.Best > 0 && t.Resume.Values == nil:
		fail("Run", "the history to resume with has no Values of its best epoch, %d; Patience needs them, and only a run with Patience keeps them", t.Resume.Best)
	case t.Resume.Values != nil && len(t.Resume.Values) != len(t.trained()):
		fail("Run", "there are %d values to resume with; %d parameters and %d nodes of the State need one each", len(t.Resume.Values), len(t.parameters()), len(t.State))
	}
	for i, v := range t.Resume.Values { // they are restored only at the end: too late for this error
		if x := t.trained()[i]; !tensor.SameShape(v, x.Value()) {
			fail("Run", "value %d to resume with has shape %v; it needs the shape of %v", i, v.Shape(), x)
		}
	}
	for _, m := range t.Metrics {
		if m.Of == nil {
			fail("Run", "the function of the metric %q is nil", m.Name)
		}
	}
	mustHaveRows("Run", "to train with", train)
	mustHaveRows("Run", "to validate with", validation)
}

func mustHaveRows(op, what string, xs []*tensor.Tensor) {
	for i, x := range xs {
		if x.Rank() == 0 || x.Dim(0) == 0 {
			fail(op, "tensor %d %s has shape %v; at least 1 row is needed", i, what, x.Shape())
		}
		if x.Dim(0) != xs[0].Dim(0) {
			fail(op, "tensor %d %s has %d rows, tensor 0 has %d; they need equally many", i, what, x.Dim(0), xs[0].Dim(0))
		}
	}
}
