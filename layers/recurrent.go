package layers

import (
	"cmp"
	"fmt"
	"slices"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// A Cell has the parameters of one layer of a recurrent network, in one direction: the weights of the
// input and of the state before, each with those of all gates side by side.
type Cell struct {
	WeightIH *autograd.Node // in × gates·units (PyTorch's is gates·units × in)
	WeightHH *autograd.Node // units × gates·units
	BiasIH   *autograd.Node // gates·units; nil for none
	BiasHH   *autograd.Node // gates·units; nil for none
}

// A Stack says how a recurrent network is made of layers.
type Stack struct {
	Layers        int  // one after another; 0 is 1
	Bidirectional bool // each layer also goes through the sequence from its end, with parameters of its own
}

const maxLayers = 1 << 16 // more than memory has room for: a mistake is found before that is full

// A recurrence has what is different in each kind of recurrent network.
type recurrence struct {
	name  string
	gates int

	// step returns the state after a step, the values that go to the next step. The first of them is the
	// output.
	step func(c *Cell, x *autograd.Node, state []*autograd.Node) []*autograd.Node
}

// cells returns the cells of a network, and those of the other direction, if there is one.
func (r recurrence) cells(in, units int, s Stack, init Init) (cells, reverse []*Cell) {
	n := cmp.Or(s.Layers, 1)
	mustBePositive("New"+r.name, "numbers of inputs, units and layers", in, units, n)
	if n > maxLayers {
		fail("New"+r.name, "%d layers; at most %d are possible", n, maxLayers)
	}
	for range n {
		cells = append(cells, newCell(in, units, r.gates, init))
		if s.Bidirectional {
			reverse = append(reverse, newCell(in, units, r.gates, init))
		}
		in = units
		if s.Bidirectional {
			in = 2 * units
		}
	}
	return cells, reverse
}

// newCell returns a cell; init sets the parameters of each gate separately.
func newCell(in, units, gates int, init Init) *Cell {
	side := func(in int) (weight, bias *autograd.Node) {
		w, b := tensor.New(in, gates*units), tensor.New(gates*units)
		for g := range gates {
			gw, gb := tensor.New(in, units), tensor.New(units)
			if init != nil {
				init(gw, gb)
			}
			for i := range in {
				copy(w.Data()[(i*gates+g)*units:], gw.Data()[i*units:(i+1)*units])
			}
			copy(b.Data()[g*units:], gb.Data())
		}
		return Init(nil).parameters(w, b)
	}
	c := new(Cell)
	c.WeightIH, c.BiasIH = side(in)
	c.WeightHH, c.BiasHH = side(units)
	return c
}

// run returns the outputs [N, T, directions·units] of a network for x [N, T, in], and its states after
// the last step, each [layers·directions, N, units]. The states in start have that shape too; nil is
// zeros.
func (r recurrence) run(cells, reverse []*Cell, between Dropout, x *autograd.Node, start []*autograd.Node) (y *autograd.Node, end []*autograd.Node) {
	r.mustFit(cells, reverse, x)
	r.mustStart(start, len(cells)+len(reverse), x.Value().Dim(0), cells[0].WeightHH.Value().Dim(0))
	ends := make([][]*autograd.Node, len(start))
	place := 0
	direction := func(c *Cell, x *autograd.Node, backwards bool) *autograd.Node {
		y, state := r.pass(c, x, r.startAt(start, place, c, x), backwards)
		for i, s := range state {
			ends[i] = append(ends[i], s)
		}
		place++
		return y
	}
	for i, c := range cells {
		if i > 0 {
			x = between.Forward(x)
		}
		y := direction(c, x, false)
		if len(reverse) > 0 {
			y = autograd.Concat(-1, y, direction(reverse[i], x, true))
		}
		x = y
	}
	for _, states := range ends {
		end = append(end, autograd.Stack(0, states...))
	}
	return x, end
}

func (r recurrence) mustFit(cells, reverse []*Cell, x *autograd.Node) {
	mustBeSet(r.name, "the input is nil", x)
	switch {
	case len(cells) == 0:
		fail(r.name, "there are no Cells; New%s makes them", r.name)
	case len(reverse) != 0 && len(reverse) != len(cells):
		fail(r.name, "there are %d Cells and %d of Reverse; Reverse needs as many, or none", len(cells), len(reverse))
	case x.Value().Rank() != 3 || x.Value().Dim(1) == 0:
		fail(r.name, "the input has shape %v; it needs axes [N, T, in], with at least 1 step", x.Shape())
	}
	for _, c := range slices.Concat(cells, reverse) {
		if c == nil || !isSet(c.WeightIH, 2) || !isSet(c.WeightHH, 2) {
			fail(r.name, "a cell is without weights; New%s makes them", r.name)
		}
		units, columns := c.WeightHH.Value().Dim(0), c.WeightHH.Value().Dim(1)
		if columns != r.gates*units || c.WeightIH.Value().Dim(1) != columns {
			fail(r.name, "the weights have shapes %v and %v; %d columns are needed for %d units", c.WeightIH.Shape(), c.WeightHH.Shape(), r.gates*units, units)
		}
	}
}

// mustStart panics unless the states to start with have the wanted shape.
func (r recurrence) mustStart(start []*autograd.Node, want ...int) {
	for _, s := range start {
		if s != nil && !s.Value().HasShape(want...) {
			fail(r.name, "a state to start with has shape %v; it needs %v: layers and directions, N, units", s.Shape(), want)
		}
	}
}

// startAt returns the states, each [N, units], that a cell starts with.
func (r recurrence) startAt(start []*autograd.Node, place int, c *Cell, x *autograd.Node) []*autograd.Node {
	state := make([]*autograd.Node, len(start))
	for i, s := range start {
		if s != nil {
			state[i] = s.Slice(0, place, place+1).Squeeze(0)
		} else {
			state[i] = autograd.Constant(tensor.New(x.Value().Dim(0), c.WeightHH.Value().Dim(0)))
		}
	}
	return state
}

// pass goes through the sequences x [N, T, in] from one end to the other. It returns the outputs
// [N, T, units], in the order of x, and the states after the last step.
func (r recurrence) pass(c *Cell, x *autograd.Node, state []*autograd.Node, backwards bool) (y *autograd.Node, end []*autograd.Node) {
	steps := affine(x, c.WeightIH, c.BiasIH).Unbind(1) // the part of the input, computed for all steps at once
	outputs := make([]*autograd.Node, len(steps))
	for i := range steps {
		t := i
		if backwards {
			t = len(steps) - 1 - i
		}
		state = r.step(c, steps[t], state)
		outputs[t] = state[0]
	}
	return autograd.Stack(1, outputs...), state
}

// describe returns the String of a network.
func (r recurrence) describe(cells, reverse []*Cell) string {
	if len(cells) == 0 || cells[0] == nil || !isSet(cells[0].WeightIH, 2) || !isSet(cells[0].WeightHH, 2) {
		return r.name
	}
	text := fmt.Sprintf("%s %d→%d", r.name, cells[0].WeightIH.Value().Dim(0), cells[0].WeightHH.Value().Dim(0))
	if len(cells) > 1 {
		text += fmt.Sprintf(", %d layers", len(cells))
	}
	if len(reverse) > 0 {
		text += ", both directions"
	}
	return text
}

// fromTorch sets the cells to what PyTorch calls weight_ih_l0 and so on, with the weights transposed.
func fromTorch(m *TorchModule, cells []*Cell, suffix string) {
	for i, c := range cells {
		if c == nil {
			continue
		}
		for _, x := range []struct {
			name string
			node *autograd.Node
		}{{"weight_ih", c.WeightIH}, {"weight_hh", c.WeightHH}, {"bias_ih", c.BiasIH}, {"bias_hh", c.BiasHH}} {
			if x.node == nil {
				continue
			}
			shape := x.node.Shape()
			slices.Reverse(shape)
			m.Set(x.node, new(tensor.Tensor).Transpose(m.Tensor(fmt.Sprintf("%s_l%d%s", x.name, i, suffix), shape...)))
		}
	}
}
