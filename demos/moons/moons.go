// Package moons trains the network of micrograd's demo: from the same weights, on the same
// data, to the same losses.
//
// Data, initial weights and micrograd's losses are in micrograd.json, with their source and licence in
// README.md: [Source] is that text.
package moons

import (
	_ "embed"
	"encoding/json"
	"fmt"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

//go:embed micrograd.json
var recorded []byte

// Source says where the data and the losses come from, and under which licence they may be used.
//
//go:embed README.md
var Source string

// A record is what micrograd's training began with, and what came out of it.
type record struct {
	Inputs     [][]float64 // points of the plane
	Targets    []float64   // 1 or −1: which moon
	Parameters []float64   // unit by unit, its weights and then its bias
	Micrograd  []float64   `json:"losses"` // its losses, each before a step, with operands visited in a fixed order
	Published  []float64   // the same in the notebook that micrograd publishes
	Seconds    float64     // that the steps took, and when and where
	Recorded   string

	x, t *autograd.Node // the inputs, [100, 2], and the targets, [100, 1]
}

func read() *record {
	r := new(record)
	if err := json.Unmarshal(recorded, r); err != nil {
		panic(fmt.Sprintf("moons: internal error: the embedded file: %v", err))
	}
	r.x = autograd.Constant(tensor.Rows(r.Inputs))
	r.t = autograd.Constant(tensor.FromSlice(r.Targets, len(r.Targets), 1))
	return r
}

// A way to add up: how to make a layer of its units' weights, [out, in+1] with the bias last,
// and how to sum all elements.
type way struct {
	layer func(units *tensor.Tensor) layers.Layer
	sum   func(x *autograd.Node) *autograd.Node
}

// usual is the library's way: a product and its addition are rounded once, together, and long
// sums are made of short ones.
var usual = way{
	layer: func(units *tensor.Tensor) layers.Layer {
		in := units.Dim(1) - 1
		return &layers.Linear{
			Weight: autograd.Variable(new(tensor.Tensor).Transpose(units.Slice(1, 0, in))),
			Bias:   autograd.Variable(units.Slice(1, in, in+1).Reshape(-1)),
		}
	},
	sum: func(x *autograd.Node) *autograd.Node { return x.Sum() },
}

// oneByOne is micrograd's: every product is rounded, and added to the sum of those before it.
var oneByOne = way{
	layer: func(units *tensor.Tensor) layers.Layer { return neurons{autograd.Variable(units)} },
	sum: func(x *autograd.Node) *autograd.Node {
		n := x.Value().Len()
		return x.Reshape(-1).CumSum(0).Slice(0, n-1, n).Reshape()
	},
}

// neurons is a linear layer that adds up as micrograd's neurons do, beginning with the bias, which is
// the weight of an input that is always 1.
type neurons struct{ Units *autograd.Node }

// Forward returns the results of the units, [n, out], for x [n, in].
func (l neurons) Forward(x *autograd.Node) *autograd.Node {
	biasFirst := l.Units.Roll(1, 1)
	return autograd.Apply(product{}, x.Pad(1, 1, 0, 1), biasFirst.Transpose())
}

// product is the matrix product zᵢⱼ = Σₚ xᵢₚ yₚⱼ, each product rounded and added in the order of p.
type product struct{}

func (product) Name() string { return "product" }

func (product) Forward(z *autograd.Node) {
	x, y := z.Input(0).Value(), z.Input(1).Value()
	n := y.Dim(1)
	xs, ys, zs := x.Data(), y.Data(), z.Value().Zeros(x.Dim(0), n).Data()
	for k, v := range xs { // row k/Dim(1) of z takes v times a row of y
		row := zs[k/x.Dim(1)*n:][:n]
		for j, w := range ys[k%x.Dim(1)*n:][:n] {
			row[j] += float64(v * w)
		}
	}
}

// VJP gives ∂L/∂x = ∂L/∂z · yᵀ and ∂L/∂y = xᵀ · ∂L/∂z.
func (product) VJP(z *autograd.Node, i int, dz *autograd.Node) *autograd.Node {
	if i == 0 {
		return autograd.Apply(product{}, dz, z.Input(1).Transpose())
	}
	return autograd.Apply(product{}, z.Input(0).Transpose(), dz)
}

// A model is a network, and a way to add up its loss.
type model struct {
	layers.Sequential
	sum func(x *autograd.Node) *autograd.Node
}

// newModel returns micrograd's network as it was before training: 2-16-16-1 units, all but the last with
// ReLU.
func (r *record) newModel(by way) model {
	rest := r.Parameters
	linear := func(in, out int) layers.Layer {
		n := out * (in + 1)
		units := tensor.FromSlice(rest[:n], out, in+1).Clone()
		rest = rest[n:]
		return by.layer(units)
	}
	return model{layers.Sequential{linear(2, 16), layers.ReLU{}, linear(16, 16), layers.ReLU{}, linear(16, 1)}, by.sum}
}

// loss returns the mean hinge loss of the scores of x [n, 2] for targets t [n, 1], plus a small multiple
// of the sum of the squared parameters. The hinge loss is that of a support vector machine: a point
// counts unless its score is at least 1 on the right side of 0.
func (m model) loss(x, t *autograd.Node) *autograd.Node {
	var squares []*autograd.Node
	for _, w := range layers.Parameters(m.Sequential) {
		squares = append(squares, w.Mul(w).Reshape(-1))
	}
	decay := m.sum(autograd.Concat(0, squares...)).Scale(1e-4)
	hinge := m.sum(m.Forward(x).Hinge(t)).Scale(1 / float64(t.Value().Len()))
	return decay.Add(hinge)
}
