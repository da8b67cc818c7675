package delta

import (
	"fmt"

	"gentlegrad/tensor"
)

// An Error is a caller's mistake: a step out of order, an input that does not fit. Functions
// of this package panic with an *Error.
type Error struct {
	Op   string // the step
	Text string // what is wrong, with the values
}

func (e *Error) Error() string { return "delta: " + e.Op + ": " + e.Text }

func fail(op, format string, args ...any) {
	panic(&Error{Op: op, Text: fmt.Sprintf(format, args...)})
}

// mustFollow panics unless a pass has done a step.
func (p *Pass) mustFollow(op string, before step) {
	if p == nil {
		fail(op, "the pass is nil")
	}
	if p.done < before || len(p.Layers) == 0 {
		fail(op, "needs %v before it", before)
	}
}

// mustFollow panics unless a pass has done a step, through a network of as many layers, and the
// network is whole. Shapes are checked by the operations on tensors.
func (n Network) mustFollow(op string, p *Pass, before step) {
	p.mustFollow(op, before)
	n.mustBeWhole(op)
	if len(p.Layers) != len(n) {
		fail(op, "the pass was through %d layers, the network has %d", len(p.Layers), len(n))
	}
	if p.Input == nil {
		fail(op, "the pass has no input: it is nil")
	}
}

// mustBeWhole panics unless there are layers, of which no part is nil.
func (n Network) mustBeWhole(op string) {
	if len(n) == 0 {
		fail(op, "the network has no layers")
	}
	for l := range n {
		if n[l].Weight == nil || n[l].Bias == nil {
			fail(op, "layer %d has no weight or no bias: it is nil", l+1)
		}
		if n[l].Activation.G == nil || n[l].Activation.Prime == nil {
			fail(op, "layer %d has no activation", l+1)
		}
	}
}

// mustTake panics unless the layers are whole, and fit the input and one another.
func (n Network) mustTake(op string, input *tensor.Tensor) {
	n.mustBeWhole(op)
	if input == nil {
		fail(op, "the input is nil")
	}
	if input.Rank() != 2 || n[0].Weight.Rank() == 2 && input.Dim(1) != n[0].Weight.Dim(0) {
		fail(op, "input has shape %v, want observations × inputs, for a first weight %v", input.Shape(), n[0].Weight.Shape())
	}
	units := input.Dim(1)
	for l := range n {
		w, b := n[l].Weight, n[l].Bias
		if w.Rank() != 2 || w.Dim(0) != units || b.Rank() != 1 || b.Dim(0) != w.Dim(1) {
			fail(op, "layer %d has weight %v and bias %v, want [%d n] and [n]", l+1, w.Shape(), b.Shape(), units)
		}
		units = w.Dim(1)
	}
}
