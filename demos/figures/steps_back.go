package figures

import (
	"fmt"
	"math"
	"strings"

	"gentlegrad/demos/delta"
)

// A stepsFunction says how an activation and its slope are written.
type stepsFunction struct {
	g                      func(z float64) float64
	rule, apply, words     string
	innerName              string // a number on the way to g, if inner is not nil
	inner                  func(z float64) float64
	slopeRule, slope, role string // slope has the activation's number twice
}

var stepsFunctions = map[string]stepsFunction{
	delta.Sigmoid.Name: {
		g:    func(z float64) float64 { return 1 / (1 + math.Exp(-z)) },
		rule: "g(z) = 1/(1 + e^{−z})", apply: "1/(1 + e^−(%s))", words: "applies the logistic sigmoid",
		innerName: "e^{−z}", inner: func(z float64) float64 { return math.Exp(-z) },
		slopeRule: "g′(z) = a (1 − a)", slope: "%[1]s·(1 − %[1]s)", role: "the sigmoid’s slope",
	},
	delta.Tanh.Name: {
		g: math.Tanh, rule: "g(z) = tanh z", apply: "tanh(%s)", words: "applies the hyperbolic tangent",
		slopeRule: "g′(z) = 1 − a^2", slope: "(1 − %[2]s²)", role: "the slope of the tangent",
	},
	delta.Linear.Name: {
		g:    func(z float64) float64 { return z },
		rule: "g(z) = z", apply: "%s", words: "passes it on as it is",
		slopeRule: "g′(z) = 1", slope: "1", role: "a slope of 1",
	},
}

// stepsDown are the heads of a gradient's columns: one line for each child.
var stepsDown = [4]string{"child", "upstream", "local slope", "product"}

func (p *stepsPass) errorBack() stepsStep {
	return stepsStep{
		Group: "II", Node: "E", title: "Back from E", rule: "∂E/∂E = 1",
		heads: stepsDown, rows: []stepsLine{{"none", "", "", ""}},
		Known:  []stepsKnown{stepsKnow("∂E/∂E", "∂E/∂E", p.dE)},
		result: stepsEquals("∂E/∂E", p.dE), worked: 1, library: p.dE,
		Equation: "∂E/∂E = 1",
		Sentence: "The way back begins at the error, which nothing comes after: its derivative with respect to itself is 1.",
	}
}

// activityBack is ∂E/∂a: the sum over the children of a, which is an input if l is −1.
func (p *stepsPass) activityBack(l, j int) stepsStep {
	name := p.a(l, j)
	s := stepsStep{Group: "II", Node: name, title: "Back to " + stepsMark(name), heads: stepsDown, signs: [2]string{"×", "="}}
	gradient := p.gradientOfA(l, j)
	s.library = gradient
	s.Known = []stepsKnown{stepsKnow("∂E/∂"+name, "∂E/∂"+name, gradient)}
	s.result = "sum  " + stepsEquals("∂E/∂"+name, gradient)
	if l == len(p.layers)-1 {
		p.outputBack(&s, p.layers[l].a[j])
		return s
	}
	s.rule = "∂E/∂a_j = Σ_k δ_k w_{jk}"
	next := &p.layers[l+1]
	var terms []string
	for k, d := range next.delta {
		w := next.w[j][k]
		s.With = append(s.With, p.z(l+1, k))
		s.Edges = append(s.Edges, p.w(l+1, j, k))
		s.rows = append(s.rows, stepsLine{stepsMark(p.z(l+1, k)), stepsFull(d), stepsFull(w), stepsFull(d * w)})
		terms = append(terms, stepsBracket(d)+"·"+stepsBracket(w))
		s.worked += float64(d * w)
	}
	s.Equation = fmt.Sprintf("∂E/∂%s = %s = %s", name, strings.Join(terms, " + "), stepsFull(gradient))
	s.Sentence = stepsStart(p.unit(l, j)) + " has one child: its error signal comes back through the weight between them. More children would make a sum."
	if next.units > 1 {
		s.Sentence = fmt.Sprintf("%s has %d children in the layer above: the error signal of each comes back through its weight, and they are added up.", stepsStart(p.unit(l, j)), next.units)
	}
	if l < 0 {
		s.Sentence = fmt.Sprintf("%s feeds %s: what comes back adds up to how E changes with the input. Learning does not need it.", stepsStart(p.unit(l, j)), stepsUnits(next.units))
	}
	return s
}

// stepsUnits writes a number of units.
func stepsUnits(n int) string {
	if n == 1 {
		return "one unit"
	}
	return fmt.Sprintf("%d units", n)
}

// outputBack is ∂E/∂a of the output, whose child is E.
func (p *stepsPass) outputBack(s *stepsStep, a float64) {
	s.rule = "∂E/∂a = ∂E/∂E · (a − t)"
	s.With, s.Edges = []string{"E"}, []string{"a→E"}
	s.worked = p.dE * (a - p.t)
	s.rows = []stepsLine{{"E", stepsFull(p.dE), stepsFull(a - p.t), stepsFull(s.worked)}}
	s.Equation = fmt.Sprintf("∂E/∂%s = %s·(%s − %s) = %s", s.Node, stepsFull(p.dE), stepsFull(a), stepsBracket(p.t), stepsFull(s.library))
	direction := "too high: E grows with a"
	if a < p.t {
		direction = "too low: E falls as a grows"
	}
	s.Sentence = fmt.Sprintf("The slope of ½(a − t)² is a − t, here %s. The prediction is %s.", stepsSaid(s.library), direction)
}

// signal is δ = ∂E/∂z: what comes from a, times the activation's slope.
func (p *stepsPass) signal(l, j int) stepsStep {
	layer, name, a := &p.layers[l], p.z(l, j), p.a(l, j)
	g, slope := stepsFunctions[layer.activation.Name], layer.slope(j)
	s := stepsStep{
		Group: "II", Node: name, With: []string{a}, Edges: []string{p.edge(l, j)},
		title: "Back to " + stepsMark(name) + ": the error signal " + stepsMark(p.d(l, j)),
		rule:  "δ_j = ∂E/∂a_j · g′(z_j),  " + g.slopeRule,
		heads: stepsDown, signs: [2]string{"×", "="},
		Known:  []stepsKnown{stepsKnow(p.d(l, j), "∂E/∂"+name, layer.delta[j])},
		worked: layer.da[j] * slope, library: layer.delta[j],
	}
	s.rows = []stepsLine{{stepsMark(a), stepsFull(layer.da[j]), stepsFull(slope), stepsFull(s.worked)}}
	s.result = "sum  " + stepsEquals("∂E/∂"+name, layer.delta[j]) + " = " + stepsMark(p.d(l, j))
	s.Equation = fmt.Sprintf("%s = ∂E/∂%s = %s·%s = %s", p.d(l, j), name, stepsBracket(layer.da[j]),
		fmt.Sprintf(g.slope, stepsFull(layer.a[j]), stepsBracket(layer.a[j])), stepsFull(layer.delta[j]))
	s.Sentence = fmt.Sprintf("The gradient from above times %s, %s, is the error signal δ of %s: %s.",
		g.role, stepsSaid(slope), p.unit(l, j), stepsSaid(layer.delta[j]))
	return s
}

// parameter returns the name, value, gradient and new value of the weight from unit i
// below to unit j of layer l, or of the bias, and what feeds it.
func (p *stepsPass) parameter(l, i, j int) (name, from string, a, w, dw, newW float64) {
	layer := &p.layers[l]
	if i == stepsBias {
		return p.b(l, j), "1", 1, layer.b[j], layer.db[j], layer.newB[j]
	}
	return p.w(l, i, j), p.a(l-1, i), p.below(l)[i], layer.w[i][j], layer.dw[i][j], layer.newW[i][j]
}

// gradient is the activity below times the error signal above.
func (p *stepsPass) gradient(l, i, j int) stepsStep {
	name, from, a, _, dw, _ := p.parameter(l, i, j)
	d, signal := p.layers[l].delta[j], p.d(l, j)
	s := stepsStep{
		Group: "III", Node: name, With: []string{from, p.z(l, j)}, Edges: []string{name},
		title: "The gradient of the weight " + stepsMark(name), rule: "∂E/∂w_{ij} = a_i δ_j",
		heads: [4]string{"", "activity below", "signal above", "gradient"}, signs: [2]string{"×", "="},
		Known:  []stepsKnown{stepsKnow(name, "∂E/∂"+name, dw)},
		worked: a * d, library: dw,
	}
	s.rows = []stepsLine{{stepsMark(from) + ", " + stepsMark(signal), stepsFull(a), stepsFull(d), stepsFull(s.worked)}}
	s.result = stepsEquals("∂E/∂"+name, dw)
	s.Equation = fmt.Sprintf("∂E/∂%s = %s %s = %s·%s = %s", name, from, signal, stepsBracket(a), stepsBracket(d), stepsFull(dw))
	s.Sentence = fmt.Sprintf("A Hebbian product: activity below, %s, times error signal above, %s.", stepsSaid(a), stepsSaid(d))
	switch little := .05; {
	case math.Abs(a) < little:
		s.Sentence += " Little activity, little blame."
	case math.Abs(d) < little*p.largestSignal():
		s.Sentence += " Little signal, little blame."
	}
	if i == stepsBias {
		s.With = s.With[1:]
		s.title, s.rule = "The gradient of the bias "+stepsMark(name), "∂E/∂b_j = 1 · δ_j"
		s.Sentence = fmt.Sprintf("A bias is a weight whose activity below is always 1: its gradient is the error signal itself, %s.", stepsSaid(dw))
	}
	return s
}

// largestSignal returns the largest |δ|.
func (p *stepsPass) largestSignal() float64 {
	largest := 0.0
	for _, l := range p.layers {
		for _, d := range l.delta {
			largest = max(largest, math.Abs(d))
		}
	}
	return largest
}

// change moves one parameter against its gradient.
func (p *stepsPass) change(l, i, j int) stepsStep {
	name, _, _, w, dw, newW := p.parameter(l, i, j)
	eta := p.config.LearningRate
	s := stepsStep{
		Group: "IV", Node: name, Edges: []string{name},
		title: "The update of " + stepsMark(name), rule: fmt.Sprintf("w ← w − η ∂E/∂w,  η = %g", eta),
		heads: [4]string{"", "old value", "η × gradient", "new value"}, signs: [2]string{"−", "="},
		rows:   []stepsLine{{stepsMark(name), stepsFull(w), stepsBracket(eta * dw), stepsFull(newW)}},
		Known:  []stepsKnown{stepsKnow(name, name+" new", newW)},
		result: stepsMark(name) + " ← " + stepsFull(newW),
		worked: w - float64(eta*dw), library: newW,
	}
	if i == stepsBias {
		s.rule = fmt.Sprintf("b ← b − η ∂E/∂b,  η = %g", eta)
	}
	s.Equation = fmt.Sprintf("%s ← %s − %g·%s = %s", name, stepsFull(w), eta, stepsBracket(dw), stepsFull(newW))
	from, to := stepsSaid(w), stepsSaid(newW)
	if from == to {
		from, to = stepsFull(w), stepsFull(newW)
	}
	s.Sentence = fmt.Sprintf("Against its gradient, %s %s from %s to %s.", p.words(l, i, j), stepsMoves(w, newW), from, to)
	return s
}

func stepsMoves(from, to float64) string {
	switch {
	case to > from:
		return "rises"
	case to < from:
		return "falls"
	}
	return "stays"
}

// again looks at the same observation with the new parameters.
func (p *stepsPass) again() stepsStep {
	s := stepsStep{
		Group: "IV", Node: "E", title: "The same observation again", rule: "E = ½ (a − t)^2 with the new parameters",
		heads: [4]string{"", "", "", "error"},
		rows:  []stepsLine{{"before the update", "", "", stepsFull(p.e)}, {"after the update", "", "", stepsFull(p.after)}},
	}
	s.worked, s.library = p.after, p.after
	for l, layer := range p.layers {
		for j := range layer.units {
			s.Known = append(s.Known, stepsKnow(p.z(l, j), p.z(l, j)+" new", layer.newZ[j]), stepsKnow(p.a(l, j), p.a(l, j)+" new", layer.newA[j]))
		}
	}
	s.Known = append(s.Known, stepsKnow("E", "E new", p.after))
	for _, place := range p.gradientPlaces() {
		s.Known = append(s.Known, stepsKnown{At: place}) // they were those of the old parameters
	}
	s.result = stepsEquals("E", p.e) + " → " + stepsFull(p.after)
	s.Equation = fmt.Sprintf("E = %s, now %s", stepsFull(p.e), stepsFull(p.after))
	s.Sentence = fmt.Sprintf("Sent through again, the observation has the error %s instead of %s. Now it is the next one’s turn.",
		stepsSaid(p.after), stepsSaid(p.e))
	return s
}

// gradientPlaces returns where the graph has the gradients of nodes.
func (p *stepsPass) gradientPlaces() []string {
	places := []string{"∂E/∂E"}
	for i := range p.x {
		places = append(places, "∂E/∂"+p.a(-1, i))
	}
	for l, layer := range p.layers {
		for j := range layer.units {
			places = append(places, p.d(l, j), "∂E/∂"+p.a(l, j))
		}
	}
	return places
}

// words names a parameter in words.
func (p *stepsPass) words(l, i, j int) string {
	if i == stepsBias {
		return "the bias of " + p.unit(l, j)
	}
	return "the weight from " + p.unit(l-1, i) + " to " + p.unit(l, j)
}
