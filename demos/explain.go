package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"iter"
	"math"
	"strings"
	"unicode/utf8"

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
	which := 1
	flags.Func("observation", "`which` observation, counted from 1 in the order of training (default 1)", func(text string) (err error) {
		which, err = parseWhole(text)
		return err
	})
	if err := parse(flags, args, "Prints the four steps of backpropagation for one observation, with its numbers:\nby the delta rules, and beside them what the traversal of the graph gives.\n", stdout); err != nil {
		return err
	}
	c.settings = append(c.settings, func(t *training.Config) { t.Iterations = 1 }) // so that no history is too long
	config, err := c.config()
	if err != nil {
		return err
	}
	data, model, err := training.New(config)
	if err != nil {
		return err
	}
	if which < 1 || which > data.N {
		return usage(flags, fmt.Errorf("the observation must be 1 to %d, got %d", data.N, which))
	}
	e := newExplanation(config, data, model, which-1, stdout)
	e.text("%s, network %s, observation %d of %d, before training", config.Problem.Name, config.Network(), which, data.N)
	e.text(legend)
	e.forward()
	e.errors()
	e.gradients()
	e.update()
	e.text("\nLargest |manual − automatic|, at full precision: %.2g", e.largest)
	return e.out.Flush()
}

const legend = `
z_1,2, a_1,2, δ_1,2 and b_1,2 are of layer 1, unit 2. w_1,3,2 leads to that unit from
unit 3 of the layer before, or input 3. What is manual is worked out by the formula on
its left, what is automatic by traversing the graph.`

// An explanation holds one pass, by the delta rules and by automatic differentiation. It is
// printed as it is worked out: that of a large network is long.
type explanation struct {
	out     *bufio.Writer // keeps its first error
	config  training.Config
	model   *training.Model
	x, t    *tensor.Tensor
	closed  delta.Pass
	trace   training.Trace
	loss    *autograd.Node
	grads   *autograd.Gradients
	largest float64 // |manual − automatic| so far
}

func newExplanation(c training.Config, data problems.Data, m *training.Model, i int, out io.Writer) *explanation {
	e := &explanation{config: c, model: m, out: bufio.NewWriterSize(out, 1<<16)}
	e.x = tensor.FromSlice(data.X, data.N, data.Inputs).Slice(0, i, i+1)
	e.t = tensor.FromSlice(data.T, data.N, 1).Slice(0, i, i+1)
	m.Closed.ForwardPropagate(&e.closed, e.x)
	m.Closed.BackpropagateErrors(&e.closed, e.t)
	m.Closed.CalculateGradients(&e.closed)
	e.trace = m.Trace(autograd.Constant(e.x))
	e.loss = layers.SquaredError(e.trace.Output(), autograd.Constant(e.t))
	e.grads = autograd.Backward(e.loss)
	return e
}

// The columns of the page.
const (
	nameWidth    = 11
	formulaWidth = 44
	pageWidth    = 4 + nameWidth + 3 + formulaWidth + 3 // up to the numbers
)

// text prints a line of text.
func (e *explanation) text(format string, args ...any) {
	fmt.Fprintf(e.out, format+"\n", args...)
}

// units yields the units of layer l, as long as what is printed of them gets through.
func (e *explanation) units(l int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for j := range e.closed.Layers[l].Z.Dim(1) {
			if _, err := e.out.Write(nil); err != nil || !yield(j) {
				return
			}
		}
	}
}

// step prints a heading, and what the columns below it are.
func (e *explanation) step(heading string) {
	e.text("\n%s %s automatic", pad(heading, pageWidth), pad("manual", 13))
}

// line prints one quantity: how it is worked out by hand, what that gives, and its
// automatic value. A formula is in parts, between which it may wrap.
func (e *explanation) line(name string, automatic, manual float64, formula ...string) {
	e.largest = max(e.largest, math.Abs(manual-automatic))
	lines := wrap(formula)
	start := "    " + pad(name, nameWidth) + " = "
	for _, l := range lines[:len(lines)-1] {
		e.text("%s%s", start, l)
		start = strings.Repeat(" ", 4+nameWidth+3)
	}
	e.text("%s%s = %s  %s", start, pad(lines[len(lines)-1], formulaWidth), pad(column(manual), 12), column(automatic))
}

// wrap joins parts with spaces to lines that are not too long, if parts are not.
func wrap(parts []string) []string {
	lines := []string{parts[0]}
	for _, p := range parts[1:] {
		last := &lines[len(lines)-1]
		if utf8.RuneCountInString(*last)+1+utf8.RuneCountInString(p) <= formulaWidth {
			*last += " " + p
		} else {
			lines = append(lines, p)
		}
	}
	return lines
}

// pad adds spaces up to a width in characters.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
}

// below returns the activations that feed layer l.
func (e *explanation) below(l int) []float64 {
	if l == 0 {
		return e.x.Data()
	}
	return e.closed.Layers[l-1].A.Data()
}

func (e *explanation) forward() {
	e.step("Step I: propagate the input forward")
	e.text("  input x = %s, target t = %s", vector(e.x.Data()), number(e.t.Item()))
	for l, layer := range e.model.Layers {
		from := "a_i"
		if l == 0 {
			from = "x_i"
		}
		e.text("  layer %d: z_j = Σ_i %s w_ij + b_j, a_j = g(z_j), g(z) = %s", l+1, from, plain(layer.Activation.Formula))
		s, nodes := &e.closed.Layers[l], e.trace[l]
		for j := range e.units(l) {
			z := s.Z.At(0, j)
			var terms []string
			for i, a := range e.below(l) {
				terms = append(terms, product(a, layer.Linear.Weight.Value().At(i, j)))
			}
			terms = append(terms, bracket(layer.Linear.Bias.Value().At(j)))
			e.line(unit("z", l, j), nodes.Z.Value().At(0, j), z, sum(terms)...)
			g := layer.Activation.WithZ(number(z), bracket(z))
			if nodes.A == nodes.Z { // it has a name
				g = unit("z", l, j)
			}
			e.line(unit("a", l, j), nodes.A.Value().At(0, j), s.A.At(0, j), g)
		}
	}
	a, t := e.closed.Output().Item(), e.t.Item()
	e.text("  error: E = ½ (a − t)²")
	e.line("E", e.loss.Value().Item(), 0.5*(a-t)*(a-t), "½ ("+minus(a, t)+")²")
}

func (e *explanation) errors() {
	e.step("Step II: propagate the error back, δ = ∂E/∂z")
	last := len(e.model.Layers) - 1
	for l := last; l >= 0; l-- {
		rule := "δ_j = g′(z_j) Σ_k δ_k w_jk"
		if l == last {
			rule = "δ_j = g′(z_j) (a_j − t)"
		}
		g := e.model.Layers[l].Activation
		e.text("  layer %d: %s, g′(z) = %s", l+1, rule, plain(g.SlopeFormula))
		s, automatic := &e.closed.Layers[l], e.grads.Of(e.trace[l].Z)
		for j := range e.units(l) {
			a := s.A.At(0, j)
			slope := strings.ReplaceAll(g.SlopeWithA(number(a), bracket(a)), "·", " · ")
			e.line(unit("δ", l, j), automatic.At(0, j), s.Delta.At(0, j), append([]string{slope}, e.upstream(l, j)...)...)
		}
	}
}

// upstream returns how ∂E/∂a of a unit is worked out: the error that comes back to it.
func (e *explanation) upstream(l, j int) []string {
	if l == len(e.model.Layers)-1 {
		return []string{"· (" + minus(e.closed.Output().At(0, j), e.t.At(0, j)) + ")"}
	}
	var terms []string
	for k, d := range e.closed.Layers[l+1].Delta.Data() {
		terms = append(terms, product(d, e.model.Layers[l+1].Linear.Weight.Value().At(j, k)))
	}
	if len(terms) == 1 {
		return []string{"· " + terms[0]}
	}
	terms[0] = "· (" + terms[0]
	terms[len(terms)-1] += ")"
	return sum(terms)
}

func (e *explanation) gradients() {
	e.step("Step III: calculate the gradients")
	for l, layer := range e.model.Layers {
		from := "a_i"
		if l == 0 {
			from = "x_i"
		}
		e.text("  layer %d: ∂E/∂w_ij = %s δ_j, ∂E/∂b_j = δ_j", l+1, from)
		s, w, b := &e.closed.Layers[l], e.grads.Of(layer.Linear.Weight), e.grads.Of(layer.Linear.Bias)
		for j := range e.units(l) {
			d := s.Delta.At(0, j)
			for i, a := range e.below(l) {
				e.line("∂E/∂"+weight(l, i, j), w.At(i, j), s.WeightGradient.At(i, j), product(a, d))
			}
			e.line("∂E/∂"+unit("b", l, j), b.At(j), s.BiasGradient.At(j), number(d))
		}
	}
}

func (e *explanation) update() {
	eta := e.config.LearningRate
	before, manual := clone(e.model.Closed), clone(e.model.Closed)
	manual.UpdateParameters(&e.closed, eta)
	optim.NewGradientDescent(eta, layers.Parameters(e.model.Net)...).Step(e.grads)
	e.step("Step IV: update the parameters")
	e.text("  learning rate η = %s: w ← w − η ∂E/∂w, b ← b − η ∂E/∂b", signs(fmt.Sprint(eta)))
	for l, layer := range e.model.Layers {
		s, w, b := &e.closed.Layers[l], layer.Linear.Weight.Value(), layer.Linear.Bias.Value()
		e.text("  layer %d", l+1)
		for j := range e.units(l) {
			for i := range e.below(l) {
				e.line(weight(l, i, j), w.At(i, j), manual[l].Weight.At(i, j),
					descent(before[l].Weight.At(i, j), eta, s.WeightGradient.At(i, j))...)
			}
			e.line(unit("b", l, j), b.At(j), manual[l].Bias.At(j),
				descent(before[l].Bias.At(j), eta, s.BiasGradient.At(j))...)
		}
	}
}

// clone returns a network with parameters of its own.
func clone(n delta.Network) delta.Network {
	var c delta.Network
	for _, l := range n {
		l.Weight, l.Bias = l.Weight.Clone(), l.Bias.Clone()
		c = append(c, l)
	}
	return c
}

// plain takes the mark-up of package draw out of a formula.
func plain(formula string) string {
	return strings.NewReplacer("^2", "²", "{", "", "}", "").Replace(formula)
}

// unit names a quantity of a unit, and weight a weight: see the legend.
func unit(letter string, l, j int) string { return fmt.Sprintf("%s_%d,%d", letter, l+1, j+1) }

func weight(l, i, j int) string { return fmt.Sprintf("w_%d,%d,%d", l+1, i+1, j+1) }

// sum makes terms the parts of a formula.
func sum(terms []string) []string {
	parts := []string{terms[0]}
	for _, t := range terms[1:] {
		parts = append(parts, "+ "+t)
	}
	return parts
}

func product(a, b float64) string { return bracket(a) + "·" + bracket(b) }

func minus(a, b float64) string { return number(a) + " − " + bracket(b) }

// descent is a step of gradient descent.
func descent(w, eta, g float64) []string {
	return []string{number(w), "− " + signs(fmt.Sprint(eta)) + "·" + bracket(g)}
}

// number writes six significant digits.
func number(v float64) string { return signs(fmt.Sprintf("%.6g", v)) }

// column is number with room for a sign.
func column(v float64) string { return signs(fmt.Sprintf("% .6g", v)) }

// signs makes hyphens minus signs.
func signs(s string) string { return strings.ReplaceAll(s, "-", "−") }

// bracket is number with brackets around a negative one.
func bracket(v float64) string {
	if math.Signbit(v) {
		return "(" + number(v) + ")"
	}
	return number(v)
}

func vector(vs []float64) string {
	var parts []string
	for _, v := range vs {
		parts = append(parts, number(v))
	}
	return "(" + strings.Join(parts, ", ") + ")"
}
