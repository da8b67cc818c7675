package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
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
	if n := config.Parameters(); n > maxExplained {
		return fmt.Errorf("the network has %d parameters, each a line twice over; explain takes at most %d", n, maxExplained)
	}
	data, model, err := training.New(config)
	if err != nil {
		return err
	}
	if which < 1 || which > data.N {
		return usage(flags, fmt.Errorf("the observation must be 1 to %d, got %d", data.N, which))
	}
	e := newExplanation(config, data, model, which-1)
	e.page = bufio.NewWriter(stdout)
	e.text("%s, network %s, observation %d of %d, before training", config.Problem.Name, config.Network(), which, data.N)
	e.text(legend)
	e.forward()
	e.errors()
	e.gradients()
	e.update()
	e.text("\nLargest |manual − automatic|, at full precision: %.2g", e.largest)
	return e.page.Flush()
}

// maxExplained is the number of parameters up to which explain prints each.
const maxExplained = 1_000_000

const legend = `
z_1,2, a_1,2, δ_1,2 and b_1,2 are of layer 1, unit 2. w_1,3,2 leads to that unit from
unit 3 of the layer before, or input 3. What is manual is worked out by the formula on
its left, what is automatic by traversing the graph.`

// An explanation holds one pass, by the delta rules and by automatic differentiation.
type explanation struct {
	page    *bufio.Writer // of which the first error is told at the end
	config  training.Config
	model   *training.Model
	x, t    *tensor.Tensor
	closed  delta.Pass
	nodes   []training.Nodes
	loss    *autograd.Node
	grads   *autograd.Gradients
	largest float64 // |manual − automatic| so far
}

func newExplanation(c training.Config, data problems.Data, m *training.Model, i int) *explanation {
	e := &explanation{config: c, model: m}
	e.x = tensor.FromSlice(data.X, data.N, data.Inputs).Slice(0, i, i+1)
	e.t = tensor.FromSlice(data.T, data.N, 1).Slice(0, i, i+1)
	m.Closed.ForwardPropagate(&e.closed, e.x)
	m.Closed.BackpropagateErrors(&e.closed, e.t)
	m.Closed.CalculateGradients(&e.closed)
	e.nodes = m.Trace(autograd.Constant(e.x))
	e.loss = layers.SquaredError(e.nodes[len(e.nodes)-1].A, autograd.Constant(e.t))
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
	fmt.Fprintf(e.page, format+"\n", args...)
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
	for l, layer := range e.model.Closed {
		g := written[layer.Activation.Name]
		from := "a_i"
		if l == 0 {
			from = "x_i"
		}
		e.text("  layer %d: z_j = Σ_i %s w_ij + b_j, a_j = g(z_j), g(z) = %s", l+1, from, g.formula)
		s := &e.closed.Layers[l]
		for j, z := range s.Z.Data() {
			var terms []string
			for i, a := range e.below(l) {
				terms = append(terms, product(a, layer.Weight.At(i, j)))
			}
			terms = append(terms, bracket(layer.Bias.At(j)))
			e.line(unit("z", l, j), e.nodes[l].Z.Value().At(0, j), z, sum(terms)...)
			e.line(unit("a", l, j), e.nodes[l].A.Value().At(0, j), s.A.At(0, j), g.apply(unit("z", l, j), z))
		}
	}
	a, t := e.closed.Output().Item(), e.t.Item()
	e.text("  error: E = ½ (a − t)²")
	e.line("E", e.loss.Value().Item(), 0.5*(a-t)*(a-t), "½ ("+minus(a, t)+")²")
}

func (e *explanation) errors() {
	e.step("Step II: propagate the error back, δ = ∂E/∂z")
	last := len(e.model.Closed) - 1
	for l := last; l >= 0; l-- {
		s := &e.closed.Layers[l]
		g := written[e.model.Closed[l].Activation.Name]
		rule := "δ_j = g′(z_j) Σ_k δ_k w_jk"
		if l == last {
			rule = "δ_j = g′(z_j) (a_j − t)"
		}
		e.text("  layer %d: %s, g′(z) = %s", l+1, rule, g.slopeFormula)
		for j, d := range s.Delta.Data() {
			formula := append([]string{g.slope(s.A.At(0, j))}, e.upstream(l, j)...)
			e.line(unit("δ", l, j), e.grads.Of(e.nodes[l].Z).At(0, j), d, formula...)
		}
	}
}

// upstream returns how ∂E/∂a of a unit is worked out: the error that comes back to it.
func (e *explanation) upstream(l, j int) []string {
	if l == len(e.model.Closed)-1 {
		return []string{"· (" + minus(e.closed.Output().At(0, j), e.t.At(0, j)) + ")"}
	}
	var terms []string
	for k, d := range e.closed.Layers[l+1].Delta.Data() {
		terms = append(terms, product(d, e.model.Closed[l+1].Weight.At(j, k)))
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
	for l, linear := range e.model.Linears {
		s := &e.closed.Layers[l]
		from := "a_i"
		if l == 0 {
			from = "x_i"
		}
		e.text("  layer %d: ∂E/∂w_ij = %s δ_j, ∂E/∂b_j = δ_j", l+1, from)
		w, b := e.grads.Of(linear.Weight), e.grads.Of(linear.Bias)
		for j, d := range s.Delta.Data() {
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
	for l, linear := range e.model.Linears {
		s := &e.closed.Layers[l]
		e.text("  layer %d", l+1)
		for j := range s.Delta.Data() {
			for i := range e.below(l) {
				e.line(weight(l, i, j), linear.Weight.Value().At(i, j), manual[l].Weight.At(i, j),
					descent(before[l].Weight.At(i, j), eta, s.WeightGradient.At(i, j))...)
			}
			e.line(unit("b", l, j), linear.Bias.Value().At(j), manual[l].Bias.At(j),
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

// written says how an activation and its slope are written, in general and with
// numbers. A linear unit's activation is its pre-activation, which has a name.
var written = map[string]struct {
	formula, slopeFormula string
	apply                 func(name string, z float64) string
	slope                 func(a float64) string
}{
	delta.Sigmoid.Name: {
		"1/(1 + e^−z)", "a (1 − a)",
		func(_ string, z float64) string { return "1/(1 + e^−" + bracket(z) + ")" },
		func(a float64) string { return number(a) + " · (1 − " + number(a) + ")" },
	},
	delta.Tanh.Name: {
		"tanh z", "1 − a²",
		func(_ string, z float64) string { return "tanh(" + number(z) + ")" },
		func(a float64) string { return "(1 − " + bracket(a) + "²)" },
	},
	delta.Linear.Name: {
		"z", "1",
		func(name string, _ float64) string { return name },
		func(float64) string { return "1" },
	},
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
