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

// mustFollow panics unless a pass has done a step, through a network as n is.
func (n Network) mustFollow(op string, p *Pass, before step) {
	p.mustFollow(op, before)
	n.mustTake(op, p.Input)
	if len(p.Layers) != len(n) {
		fail(op, "the pass was through %d layers, the network has %d", len(p.Layers), len(n))
	}
	for l := range n {
		s := &p.Layers[l]
		p.mustHave(op, l, &s.Z, n[l])
		p.mustHave(op, l, &s.A, n[l])
		if before >= backpropagateErrors {
			p.mustHave(op, l, &s.Delta, n[l])
		}
		if before >= calculateGradients && !(tensor.SameShape(&s.WeightGradient, n[l].Weight) && tensor.SameShape(&s.BiasGradient, n[l].Bias)) {
			fail(op, "the pass left layer %d gradients %v and %v, for weight %v and bias %v",
				l+1, s.WeightGradient.Shape(), s.BiasGradient.Shape(), n[l].Weight.Shape(), n[l].Bias.Shape())
		}
	}
}

// mustHave panics unless x, of layer l, is observations × units.
func (p *Pass) mustHave(op string, l int, x *tensor.Tensor, layer Layer) {
	rows, units := p.Input.Dim(0), layer.Weight.Dim(1)
	if x.Rank() != 2 || x.Dim(0) != rows || x.Dim(1) != units {
		fail(op, "the pass left layer %d signals %v, want %v", l+1, x.Shape(), []int{rows, units})
	}
}

// mustTake panics unless the layers are whole, and fit the input and one another.
func (n Network) mustTake(op string, input *tensor.Tensor) {
	if len(n) == 0 {
		fail(op, "the network has no layers")
	}
	if input == nil {
		fail(op, "the input is nil")
	}
	for l, layer := range n {
		if layer.Weight == nil || layer.Bias == nil {
			fail(op, "layer %d has no weight or no bias: it is nil", l+1)
		}
		if layer.Activation.G == nil || layer.Activation.Prime == nil {
			fail(op, "layer %d has no activation", l+1)
		}
	}
	if input.Rank() != 2 || n[0].Weight.Rank() == 2 && input.Dim(1) != n[0].Weight.Dim(0) {
		fail(op, "input has shape %v, want observations × inputs, for a first weight %v", input.Shape(), n[0].Weight.Shape())
	}
	units := input.Dim(1)
	for l, layer := range n {
		w, b := layer.Weight, layer.Bias
		if w.Rank() != 2 || w.Dim(0) != units || b.Rank() != 1 || b.Dim(0) != w.Dim(1) {
			fail(op, "layer %d has weight %v and bias %v, want [%d n] and [n]", l+1, w.Shape(), b.Shape(), units)
		}
		units = w.Dim(1)
	}
}
