package figures

import (
	"fmt"
	"strings"

	"gentlegrad/demos/problems"
	"gentlegrad/demos/training"
)

// python returns a Python program that does what the article's own does, and prints the losses of a run: with
// the same random numbers, and for each observation the four steps, by rules derived by hand.
func python(r *training.Run) string {
	p := pythonProgram{layers: r.Model.Layers}
	p.line("import numpy as np")
	p.line("")
	p.activations()
	p.line("")
	p.line("np.random.seed(%d)", problems.Seed)
	p.data(r.Problem, r.Observations)
	p.line("order = np.random.permutation(len(t))")
	p.line("x, t = x[order], t[order]")
	p.line("")
	p.parameters()
	p.line("")
	p.line("rate = %g", r.LearningRate)
	p.line("for i in range(%d):", len(r.Loss))
	p.line("    loss = 0")
	p.line("    for k in range(len(t)): # one observation at a time")
	p.steps()
	p.line("    print(i + 1, loss)")
	if r.Anneal != 1 {
		p.line("    rate *= %g", r.Anneal)
	}
	return p.text.String()
}

type pythonProgram struct {
	layers []training.Layer
	text   strings.Builder
}

func (p *pythonProgram) line(format string, args ...any) { fmt.Fprintf(&p.text, format+"\n", args...) }

// inPython holds for each activation function its value, of z, and its slope, of z and a = g(z).
var inPython = map[string]struct{ value, slope string }{
	"sigmoid": {"1 / (1 + np.exp(-z))", "a * (1 - a)"},
	"tanh":    {"np.tanh(z)", "(1 - a**2)"},
	"linear":  {"z", "1"},
}

// activations defines the activation functions that are used.
func (p *pythonProgram) activations() {
	done := map[string]bool{}
	for _, l := range p.layers {
		if name := l.Activation.Name; !done[name] {
			p.line("def %s(z): return %s", name, inPython[name].value)
			done[name] = true
		}
	}
}

// data makes x and t, in order.
func (p *pythonProgram) data(of problems.Problem, observations int) {
	if of.Regression {
		curve := map[string]string{"SIN": "2.5 + np.sin(x)", "ABS": "np.abs(x)"}[of.Name]
		p.line("x = np.linspace(-5, 5, %d)", observations)
		p.line("t = %s + 0.5 * np.random.randn(%d)", curve, observations)
		p.line("x = x[:, None]")
		return
	}
	p.line("points = np.array(%s)", list(of.Prototypes))
	p.line("classes = np.array(%s)", list(of.Classes))
	p.line("x = np.tile(points, (%d, 1)) + 0.15 * np.random.randn(%d, 2)", observations, observations*len(of.Prototypes))
	p.line("t = np.tile(classes, %d)", observations)
}

// list writes a slice as a list of Python's.
func list(of any) string { return strings.ReplaceAll(fmt.Sprint(of), " ", ", ") }

// parameters draws the weights, in × out, and then the biases.
func (p *pythonProgram) parameters() {
	for i, l := range p.layers {
		w := l.Linear.Weight.Value()
		p.line("w%d = np.random.rand(%d, %d) - 0.5", i+1, w.Dim(0), w.Dim(1))
	}
	for i, l := range p.layers {
		p.line("b%d = np.random.rand(%d) - 0.5", i+1, l.Linear.Weight.Value().Dim(1))
	}
}

// steps are the four steps of backpropagation.
func (p *pythonProgram) steps() {
	last := len(p.layers)
	p.line("        a0 = x[k:k+1] # I: forward")
	for i, l := range p.layers {
		p.line("        a%d = %s(a%d @ w%d + b%d)", i+1, l.Activation.Name, i, i+1, i+1)
	}
	p.line("        loss += ((a%d - t[k])**2).item()", last)
	for i := last; i > 0; i-- {
		slope := strings.ReplaceAll(inPython[p.layers[i-1].Activation.Name].slope, "a", fmt.Sprint("a", i))
		if i == last {
			p.line("        d%d = %s * (a%d - t[k]) # II: the error signals", i, slope, i)
		} else {
			p.line("        d%d = %s * (d%d @ w%d.T)", i, slope, i+1, i+1)
		}
	}
	for i := last; i > 0; i-- {
		p.line("        dw%d, db%d = a%d.T @ d%d, d%d[0]%s", i, i, i-1, i, i, map[bool]string{true: " # III: the gradients"}[i == last])
	}
	for i := last; i > 0; i-- {
		p.line("        w%d, b%d = w%d - rate * dw%d, b%d - rate * db%d%s", i, i, i, i, i, i, map[bool]string{true: " # IV: the update"}[i == last])
	}
}

// The other figures' networks in Python.
const (
	singleLayerPython = `def network(a, w, b): # a 1 × 3, w 3 × 1, b 1
    z = a @ w + b
    return 1 / (1 + np.exp(-z))
`
	activationPython = `z = np.linspace(-5, 5, 100)
g = 1 / (1 + np.exp(-z))
prime = g * (1 - g) # derived by hand
`
	multiLayerPython = `def sigmoid(z): return 1 / (1 + np.exp(-z))

def network(a, w1, b1, w2, b2): # a 1 × 3, w1 3 × 4, w2 4 × 2
    hidden = sigmoid(a @ w1 + b1)
    return sigmoid(hidden @ w2 + b2)
`
)

// descentPython returns a program that descends the error ½(a − 1)² of a chain of units without biases,
// for the input 1, by rules derived by hand.
func descentPython(start ...float64) string {
	p := new(pythonProgram)
	p.line("import numpy as np")
	p.line("")
	p.line("def g(z): return 1 / (1 + np.exp(-z))")
	p.line("")
	for i, w := range start {
		p.line("w%d = %g", i+1, w)
	}
	p.line("for step in range(%d):", descentSteps)
	last, input := len(start), "1"
	for i := range start {
		p.line("    a%d = g(w%d * %s)", i+1, i+1, input)
		input = fmt.Sprint("a", i+1)
	}
	p.line("    d%d = (a%d - 1) * a%d * (1 - a%d)", last, last, last, last)
	for i := last - 1; i > 0; i-- {
		p.line("    d%d = d%d * w%d * a%d * (1 - a%d)", i, i+1, i+1, i, i)
	}
	for i := last; i > 0; i-- {
		below := "1"
		if i > 1 {
			below = fmt.Sprint("a", i-1)
		}
		p.line("    w%d -= %d * d%d * %s", i, descentRate, i, below)
	}
	return p.text.String()
}
