package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"strings"

	"gentlegrad/autograd"
	"gentlegrad/demos/delta"
	"gentlegrad/demos/problems"
	"gentlegrad/demos/training"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

// explain prints the four steps of backpropagation for one observation, before
// training.
func explain(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("explain", flag.ContinueOnError)
	c := newConfigFlags(flags)
	number := flags.Int("observation", 1, "which observation, counted from 1 in the order of training")
	if err := parse(flags, args, "Prints the four steps of backpropagation for one observation, with its numbers:\nby the delta rules, and beside them what the traversal of the graph gives.\n", stdout); err != nil {
		return err
	}
	config, err := c.config()
	if err != nil {
		return err
	}
	data, model, err := training.New(config)
	if err != nil {
		return err
	}
	if *number < 1 || *number > data.N {
		return usageError{fmt.Errorf("explain: observation must be 1 to %d, got %d", data.N, *number)}
	}
	e := newExplanation(config, data, model, *number-1)
	fmt.Fprintf(stdout, "%s, network %s, observation %d of %d, before training\n\n", config.Problem.Name, config.Network(), *number, data.N)
	e.forward()
	e.errors()
	e.gradients()
	e.update()
	_, err = io.WriteString(stdout, e.text.String())
	return err
}

// An explanation holds one pass, by the delta rules and by automatic differentiation.
type explanation struct {
	text    strings.Builder
	config  training.Config
	model   *training.Model
	x, t    *tensor.Tensor
	closed  delta.Pass
	nodes   []*autograd.Node
	grads   *autograd.Gradients
	largest float64 // |manual − automatic| so far
}

func newExplanation(c training.Config, data problems.Data, m *training.Model, i int) *explanation {
	e := &explanation{config: c, model: m}
	e.x = tensor.FromSlice(data.X, data.N, data.Inputs).Slice(i, i+1)
	e.t = tensor.FromSlice(data.T, data.N, 1).Slice(i, i+1)
	m.Closed.ForwardPropagate(&e.closed, e.x)
	m.Closed.BackpropagateErrors(&e.closed, e.t)
	m.Closed.CalculateGradients(&e.closed)
	e.nodes = m.Net.Trace(autograd.Constant(e.x))
	e.grads = autograd.Backward(layers.SquaredError(e.nodes[len(e.nodes)-1], autograd.Constant(e.t)))
	return e
}

// line prints one quantity: how it is worked out by hand, and its automatic value.
func (e *explanation) line(name, sum string, manual, automatic float64) {
	e.largest = math.Max(e.largest, math.Abs(manual-automatic))
	fmt.Fprintf(&e.text, "    %-12s = %s = %s    automatic %s\n", name, sum, show(manual), show(automatic))
}

func (e *explanation) heading(format string, args ...any) {
	fmt.Fprintf(&e.text, format+"\n", args...)
}

// units returns the values of one row.
func units(x *tensor.Tensor) []float64 { return x.Data() }

// below returns the activations that feed layer l.
func (e *explanation) below(l int) []float64 {
	if l == 0 {
		return units(e.x)
	}
	return units(&e.closed.Layers[l-1].A)
}

func (e *explanation) forward() {
	e.heading("Step I: propagate the input forward")
	e.heading("  input x = %s, target t = %s", showAll(units(e.x)), show(e.t.Item()))
	for l, layer := range e.model.Closed {
		e.heading("  layer %d: z_j = Σ_i a_i w_ij + b_j, a_j = g(z_j), g%s", l+1, describe[layer.Activation.Name].g)
		s := &e.closed.Layers[l]
		for j, z := range units(&s.Z) {
			var terms []string
			for i, a := range e.below(l) {
				terms = append(terms, product(a, layer.Weight.At(i, j)))
			}
			terms = append(terms, bracket(layer.Bias.At(j)))
			e.line(name("z", l, j), strings.Join(terms, " + "), z, e.nodes[2*l].Value().At(0, j))
			e.line(name("a", l, j), fmt.Sprintf(describe[layer.Activation.Name].apply, show(z)), s.A.At(0, j), e.nodes[2*l+1].Value().At(0, j))
		}
	}
	a := e.closed.Output().Item()
	e.heading("  error E = ½ (a − t)² = ½ (%s − %s)² = %s\n", show(a), bracket(e.t.Item()), show(0.5*(a-e.t.Item())*(a-e.t.Item())))
}

func (e *explanation) errors() {
	e.heading("Step II: propagate the error back")
	for l := len(e.model.Closed) - 1; l >= 0; l-- {
		s := &e.closed.Layers[l]
		activation := describe[e.model.Closed[l].Activation.Name]
		last := l == len(e.model.Closed)-1
		if last {
			e.heading("  layer %d: δ_k = g′(z_k) (a_k − t_k), g′%s", l+1, activation.prime)
		} else {
			e.heading("  layer %d: δ_j = g′(z_j) Σ_k δ_k w_jk, g′%s", l+1, activation.prime)
		}
		for j, d := range units(&s.Delta) {
			a := s.A.At(0, j)
			upstream := fmt.Sprintf("(%s − %s)", show(a), bracket(e.t.Data()[0]))
			if !last {
				var terms []string
				for k, dk := range units(&e.closed.Layers[l+1].Delta) {
					terms = append(terms, product(dk, e.model.Closed[l+1].Weight.At(j, k)))
				}
				upstream = "(" + strings.Join(terms, " + ") + ")"
			}
			e.line(name("δ", l, j), fmt.Sprintf(activation.slope, show(a), bracket(a))+" · "+upstream, d, e.grads.Of(e.nodes[2*l]).At(0, j))
		}
	}
	e.heading("")
}

func (e *explanation) gradients() {
	e.heading("Step III: gradients, ∂E/∂w_ij = a_i δ_j, ∂E/∂b_j = δ_j")
	for l, linear := range e.model.Linears {
		s := &e.closed.Layers[l]
		e.heading("  layer %d", l+1)
		w, b := e.grads.Of(linear.Weight), e.grads.Of(linear.Bias)
		for j, d := range units(&s.Delta) {
			for i, a := range e.below(l) {
				e.line("∂E/∂"+weight(l, i, j), product(a, d), s.WeightGradient.At(i, j), w.At(i, j))
			}
			e.line("∂E/∂"+name("b", l, j), product(1, d), s.BiasGradient.At(j), b.At(j))
		}
	}
	e.heading("")
}

func (e *explanation) update() {
	eta := e.config.LearningRate
	e.heading("Step IV: update, w ← w − η ∂E/∂w with learning rate η = %g", eta)
	updated := make([][2]*tensor.Tensor, len(e.model.Linears)) // by hand
	for l, linear := range e.model.Linears {
		s := &e.closed.Layers[l]
		updated[l][0] = new(tensor.Tensor).AddScaled(linear.Weight.Value(), -eta, &s.WeightGradient)
		updated[l][1] = new(tensor.Tensor).AddScaled(linear.Bias.Value(), -eta, &s.BiasGradient)
	}
	before := make([][2]*tensor.Tensor, len(e.model.Linears))
	for l, linear := range e.model.Linears {
		before[l] = [2]*tensor.Tensor{linear.Weight.Value().Clone(), linear.Bias.Value().Clone()}
	}
	optim.NewGradientDescent(eta, layers.Nodes(e.model.Net.Parameters())...).Step(e.grads)
	for l, linear := range e.model.Linears {
		s := &e.closed.Layers[l]
		e.heading("  layer %d", l+1)
		for j := range units(&s.Delta) {
			for i := range e.below(l) {
				e.line(weight(l, i, j), difference(before[l][0].At(i, j), eta, s.WeightGradient.At(i, j)),
					updated[l][0].At(i, j), linear.Weight.Value().At(i, j))
			}
			e.line(name("b", l, j), difference(before[l][1].At(j), eta, s.BiasGradient.At(j)),
				updated[l][1].At(j), linear.Bias.Value().At(j))
		}
	}
	e.heading("\nLargest |manual − automatic|: %.2g", e.largest)
}

// describe says how an activation and its slope are written.
var describe = map[string]struct{ g, apply, prime, slope string }{
	delta.Sigmoid.Name: {"(z) = 1/(1+e^−z)", "1/(1 + e^−(%s))", "(z) = a (1−a)", "%[1]s · (1 − %[2]s)"},
	delta.Tanh.Name:    {"(z) = tanh z", "tanh(%s)", "(z) = 1 − a²", "(1 − %[2]s²)"},
	delta.Linear.Name:  {"(z) = z", "%s", "(z) = 1", "1"},
}

// name returns such as z_1,3: the third unit of layer 1.
func name(letter string, l, j int) string { return fmt.Sprintf("%s_%d,%d", letter, l+1, j+1) }

func weight(l, i, j int) string { return fmt.Sprintf("w_%d,%d%d", l+1, i+1, j+1) }

func product(a, b float64) string { return bracket(a) + "·" + bracket(b) }

func difference(w, eta, g float64) string {
	return fmt.Sprintf("%s − %g·%s", show(w), eta, bracket(g))
}

// show writes a number with six significant digits and a real minus sign.
func show(v float64) string { return strings.Replace(fmt.Sprintf("%.6g", v), "-", "−", 1) }

// bracket is show with brackets around a negative number.
func bracket(v float64) string {
	if math.Signbit(v) {
		return "(" + show(v) + ")"
	}
	return show(v)
}

func showAll(vs []float64) string {
	var parts []string
	for _, v := range vs {
		parts = append(parts, show(v))
	}
	return "(" + strings.Join(parts, ", ") + ")"
}
