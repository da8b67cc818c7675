package steps

import (
	"fmt"
	"math"
	"strings"
)

// down are the heads of a gradient's columns: one line for each child.
var down = [4]string{"child", "upstream", "local slope", "product"}

func (p *pass) errorBack() step {
	return step{
		Group: "II", Node: "E", title: "Back from E", rule: "∂E/∂E = 1",
		heads: down, rows: []line{{"none", "", "", ""}},
		Known:  []known{know("∂E/∂E", "∂E/∂E", p.dE)},
		result: equals("∂E/∂E", p.dE), worked: 1, library: p.dE,
		Equation: "∂E/∂E = 1",
		Sentence: "The way back begins at the error, which nothing comes after: its derivative with respect to itself is 1.",
	}
}

// activityBack is ∂E/∂a: the sum over the children of a, which is an input if l is −1.
func (p *pass) activityBack(l, j int) step {
	name := p.a(l, j)
	s := step{Group: "II", Node: name, title: "Back to " + mark(name), heads: down, signs: [2]string{"×", "="}}
	gradient := p.gradientOfA(l, j)
	s.library = gradient
	s.Known = []known{know("∂E/∂"+name, "∂E/∂"+name, gradient)}
	s.result = "sum  " + equals("∂E/∂"+name, gradient)
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
		s.rows = append(s.rows, line{mark(p.z(l+1, k)), full(d), full(w), full(d * w)})
		terms = append(terms, bracket(d)+"·"+bracket(w))
		s.worked += float64(d * w)
	}
	s.Equation = fmt.Sprintf("∂E/∂%s = %s = %s", name, strings.Join(terms, " + "), full(gradient))
	s.Sentence = start(p.unit(l, j)) + " has one child: its error signal comes back through the weight between them. More children would make a sum."
	if next.units > 1 {
		s.Sentence = fmt.Sprintf("%s has %d children in the layer above: the error signal of each comes back through its weight, and they are added up.", start(p.unit(l, j)), next.units)
	}
	if l < 0 {
		s.Sentence = fmt.Sprintf("%s feeds %s: what comes back adds up to how E changes with the input. Learning does not need it.", start(p.unit(l, j)), units(next.units))
	}
	return s
}

// units writes a number of units.
func units(n int) string {
	if n == 1 {
		return "one unit"
	}
	return fmt.Sprintf("%d units", n)
}

// outputBack is ∂E/∂a of the output, whose child is E.
func (p *pass) outputBack(s *step, a float64) {
	s.rule = "∂E/∂a = ∂E/∂E · (a − t)"
	s.With, s.Edges = []string{"E"}, []string{"a→E"}
	s.worked = p.dE * (a - p.t)
	s.rows = []line{{"E", full(p.dE), full(a - p.t), full(s.worked)}}
	s.Equation = fmt.Sprintf("∂E/∂%s = %s·(%s − %s) = %s", s.Node, full(p.dE), full(a), bracket(p.t), full(s.library))
	direction := "too high: E grows with a"
	if a < p.t {
		direction = "too low: E falls as a grows"
	}
	s.Sentence = fmt.Sprintf("The slope of ½(a − t)² is a − t, here %s. The prediction is %s.", said(s.library), direction)
}

// signal is δ = ∂E/∂z: what comes from a, times the activation's slope.
func (p *pass) signal(l, j int) step {
	layer, name, a := &p.layers[l], p.z(l, j), p.a(l, j)
	g := layer.activation
	_, slope := g.At(layer.z[j])
	s := step{
		Group: "II", Node: name, With: []string{a}, Edges: []string{p.edge(l, j)},
		title: "Back to " + mark(name) + ": the error signal " + mark(p.d(l, j)),
		rule:  "δ_j = ∂E/∂a_j · g′(z_j),  g′(z) = " + g.SlopeFormula,
		heads: down, signs: [2]string{"×", "="},
		Known:  []known{know(p.d(l, j), "∂E/∂"+name, layer.delta[j])},
		worked: layer.da[j] * slope, library: layer.delta[j],
	}
	s.rows = []line{{mark(a), full(layer.da[j]), full(slope), full(s.worked)}}
	s.result = "sum  " + equals("∂E/∂"+name, layer.delta[j]) + " = " + mark(p.d(l, j))
	s.Equation = fmt.Sprintf("%s = ∂E/∂%s = %s·%s = %s", p.d(l, j), name, bracket(layer.da[j]),
		g.SlopeWithA(full(layer.a[j]), bracket(layer.a[j])), full(layer.delta[j]))
	s.Sentence = fmt.Sprintf("The gradient from above times %s, %s, is the error signal δ of %s: %s.",
		g.SlopeName, said(slope), p.unit(l, j), said(layer.delta[j]))
	return s
}

// parameter returns the name, value, gradient and new value of the weight from unit i
// below to unit j of layer l, or of the bias, and what feeds it.
func (p *pass) parameter(l, i, j int) (name, from string, a, w, dw, newW float64) {
	layer := &p.layers[l]
	if i == bias {
		return p.b(l, j), "1", 1, layer.b[j], layer.db[j], layer.newB[j]
	}
	return p.w(l, i, j), p.a(l-1, i), p.below(l)[i], layer.w[i][j], layer.dw[i][j], layer.newW[i][j]
}

// gradient is the activity below times the error signal above.
func (p *pass) gradient(l, i, j int) step {
	name, from, a, _, dw, _ := p.parameter(l, i, j)
	d, signal := p.layers[l].delta[j], p.d(l, j)
	s := step{
		Group: "III", Node: name, With: []string{from, p.z(l, j)}, Edges: []string{name},
		title: "The gradient of the weight " + mark(name), rule: "∂E/∂w_{ij} = a_i δ_j",
		heads: [4]string{"", "activity below", "signal above", "gradient"}, signs: [2]string{"×", "="},
		Known:  []known{know(name, "∂E/∂"+name, dw)},
		worked: a * d, library: dw,
	}
	s.rows = []line{{mark(from) + ", " + mark(signal), full(a), full(d), full(s.worked)}}
	s.result = equals("∂E/∂"+name, dw)
	s.Equation = fmt.Sprintf("∂E/∂%s = %s %s = %s·%s = %s", name, from, signal, bracket(a), bracket(d), full(dw))
	s.Sentence = fmt.Sprintf("A Hebbian product: activity below, %s, times error signal above, %s.", said(a), said(d))
	switch little := .05; {
	case math.Abs(a) < little:
		s.Sentence += " Little activity, little blame."
	case math.Abs(d) < little*p.largestSignal():
		s.Sentence += " Little signal, little blame."
	}
	if i == bias {
		s.With = s.With[1:]
		s.title, s.rule = "The gradient of the bias "+mark(name), "∂E/∂b_j = 1 · δ_j"
		s.Sentence = fmt.Sprintf("A bias is a weight whose activity below is always 1: its gradient is the error signal itself, %s.", said(dw))
	}
	return s
}

// largestSignal returns the largest |δ|.
func (p *pass) largestSignal() float64 {
	largest := 0.0
	for _, l := range p.layers {
		for _, d := range l.delta {
			largest = max(largest, math.Abs(d))
		}
	}
	return largest
}

// change moves one parameter against its gradient.
func (p *pass) change(l, i, j int) step {
	name, _, _, w, dw, newW := p.parameter(l, i, j)
	eta := p.config.LearningRate
	s := step{
		Group: "IV", Node: name, Edges: []string{name},
		title: "The update of " + mark(name), rule: fmt.Sprintf("w ← w − η ∂E/∂w,  η = %g", eta),
		heads: [4]string{"", "old value", "η × gradient", "new value"}, signs: [2]string{"−", "="},
		rows:   []line{{mark(name), full(w), bracket(eta * dw), full(newW)}},
		Known:  []known{know(name, name+" new", newW)},
		result: mark(name) + " ← " + full(newW),
		worked: w - float64(eta*dw), library: newW,
	}
	if i == bias {
		s.rule = fmt.Sprintf("b ← b − η ∂E/∂b,  η = %g", eta)
	}
	s.Equation = fmt.Sprintf("%s ← %s − %g·%s = %s", name, full(w), eta, bracket(dw), full(newW))
	from, to := said(w), said(newW)
	if from == to {
		from, to = full(w), full(newW)
	}
	s.Sentence = fmt.Sprintf("Against its gradient, %s %s from %s to %s.", p.words(l, i, j), moves(w, newW), from, to)
	return s
}

func moves(from, to float64) string {
	switch {
	case to > from:
		return "rises"
	case to < from:
		return "falls"
	}
	return "stays"
}

// again looks at the same observation with the new parameters.
func (p *pass) again() step {
	s := step{
		Group: "IV", Node: "E", title: "The same observation again", rule: "E = ½ (a − t)^2 with the new parameters",
		heads: [4]string{"", "", "", "error"},
		rows:  []line{{"before the update", "", "", full(p.e)}, {"after the update", "", "", full(p.after)}},
	}
	s.worked, s.library = p.after, p.after
	for l, layer := range p.layers {
		for j := range layer.units {
			s.Known = append(s.Known, know(p.z(l, j), p.z(l, j)+" new", layer.newZ[j]), know(p.a(l, j), p.a(l, j)+" new", layer.newA[j]))
		}
	}
	s.Known = append(s.Known, know("E", "E new", p.after))
	for _, place := range p.gradientPlaces() {
		s.Known = append(s.Known, known{At: place}) // they were those of the old parameters
	}
	s.result = equals("E", p.e) + " → " + full(p.after)
	s.Equation = fmt.Sprintf("E = %s, now %s", full(p.e), full(p.after))
	s.Sentence = fmt.Sprintf("Sent through again, the observation has the error %s instead of %s. Now it is the next one’s turn.",
		said(p.after), said(p.e))
	return s
}

// gradientPlaces returns where the graph has the gradients of nodes.
func (p *pass) gradientPlaces() []string {
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
func (p *pass) words(l, i, j int) string {
	if i == bias {
		return "the bias of " + p.unit(l, j)
	}
	return "the weight from " + p.unit(l-1, i) + " to " + p.unit(l, j)
}
