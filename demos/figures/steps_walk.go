package figures

import (
	"fmt"
	"slices"
	"strings"
)

// A stepsGroup is one of the article's four steps.
type stepsGroup struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	First int    `json:"first"` // its first step
}

var stepsGroups = []stepsGroup{
	{Name: "I", Title: "forward"}, {Name: "II", Title: "back"}, {Name: "III", Title: "gradients"}, {Name: "IV", Title: "update"},
}

// A stepsStep looks at one node, or at one parameter, and works out one number.
type stepsStep struct {
	Group    string       `json:"group"`
	Node     string       `json:"node"`     // that is looked at, or the parameter; "" for none
	With     []string     `json:"with"`     // the nodes that it is worked out from
	Edges    []string     `json:"edges"`    // on the way
	Known    []stepsKnown `json:"known"`    // numbers known from now on
	Equation string       `json:"equation"` // with numbers
	Sentence string       `json:"sentence"`

	title, rule string      // marked up, as are the texts below
	heads       [4]string   // over the columns
	rows        []stepsLine // how it is worked out
	signs       [2]string   // between the columns' numbers
	result      string
	worked      float64 // the result, worked out here
	library     float64 // and the library's
}

// A stepsKnown is a number in the graph: what it is and where it stands. Without a text
// the place is empty from now on.
type stepsKnown struct {
	At   string `json:"at"`
	Is   string `json:"is"`
	Text string `json:"text"`
}

// A stepsLine is a line of numbers. An empty one is left out.
type stepsLine [4]string

// walk returns the steps: forward, back, gradients, update.
func (p *stepsPass) walk() []stepsStep {
	steps := []stepsStep{p.observation()}
	for l := range p.layers {
		for j := range p.layers[l].z {
			steps = append(steps, p.sum(l, j))
		}
		for j := range p.layers[l].a {
			steps = append(steps, p.activity(l, j))
		}
	}
	steps = append(steps, p.error(), p.errorBack())
	for l := len(p.layers) - 1; l >= 0; l-- {
		for j := range p.layers[l].a {
			steps = append(steps, p.activityBack(l, j))
		}
		for j := range p.layers[l].z {
			steps = append(steps, p.signal(l, j))
		}
	}
	for i := range p.x {
		steps = append(steps, p.activityBack(-1, i))
	}
	for _, step := range []func(l, i, j int) stepsStep{p.gradient, p.change} {
		for l := range p.layers {
			for j := range p.layers[l].units {
				for i := range p.layers[l].inputs {
					steps = append(steps, step(l, i, j))
				}
				steps = append(steps, step(l, stepsBias, j))
			}
		}
	}
	return append(steps, p.again())
}

// stepsBias stands for the unit below whose activity is always 1.
const stepsBias = -1

// stepsKnow is a number of the graph.
func stepsKnow(at, is string, v float64) stepsKnown {
	return stepsKnown{at, is, stepsShort(v)}
}

// stepsEquals is "name = number", marked up.
func stepsEquals(name string, v float64) string { return stepsMark(name) + " = " + stepsFull(v) }

func (p *stepsPass) observation() stepsStep {
	s := stepsStep{Group: "I", Node: "t", title: "The observation"}
	s.heads = [4]string{"input", "", "", "value"}
	var xs []string
	for i, x := range p.x {
		name := p.a(-1, i)
		s.With = append(s.With, name)
		s.Known = append(s.Known, stepsKnow(name, name, x))
		s.rows = append(s.rows, stepsLine{stepsMark(name), "", "", stepsFull(x)})
		xs = append(xs, stepsSaid(x))
	}
	s.Known = append(s.Known, stepsKnow("t", "t", p.t))
	for l, layer := range p.layers {
		for j := range layer.units {
			for i := range layer.inputs {
				s.Known = append(s.Known, stepsKnow(p.w(l, i, j), p.w(l, i, j), layer.w[i][j]))
			}
			s.Known = append(s.Known, stepsKnow(p.b(l, j), p.b(l, j), layer.b[j]))
		}
	}
	s.worked, s.library = p.t, p.t
	s.result = "target  " + stepsEquals("t", p.t)
	s.Equation = fmt.Sprintf("x = (%s), t = %s", strings.Join(xs, ", "), stepsFull(p.t))
	s.Sentence = fmt.Sprintf("Observation %d comes in, with target %s. The numbers on the edges are the weights; each unit has a bias b.", p.number, stepsFull(p.t))
	return s
}

// sum is z, a sum over all that feeds a unit.
func (p *stepsPass) sum(l, j int) stepsStep {
	layer, name := &p.layers[l], p.z(l, j)
	s := stepsStep{Group: "I", Node: name, title: "Forward to " + stepsMark(name), rule: "z_j = Σ_i a_i w_{ij} + b_j"}
	s.heads, s.signs = [4]string{"from", "activity a_i", "weight w_{ij}", "product"}, [2]string{"×", "="}
	var terms []string
	for i, a := range p.below(l) {
		w := layer.w[i][j]
		s.With = append(s.With, p.a(l-1, i))
		s.Edges = append(s.Edges, p.w(l, i, j))
		s.rows = append(s.rows, stepsLine{stepsMark(p.a(l-1, i)), stepsFull(a), stepsFull(w), stepsFull(a * w)})
		terms = append(terms, stepsBracket(a)+"·"+stepsBracket(w))
		s.worked += float64(a * w)
	}
	s.Edges = append(s.Edges, p.b(l, j))
	s.rows = append(s.rows, stepsLine{"bias", "1", stepsFull(layer.b[j]), stepsFull(layer.b[j])})
	terms = append(terms, stepsBracket(layer.b[j]))
	s.worked += layer.b[j]
	s.library = layer.z[j]
	s.Known = []stepsKnown{stepsKnow(name, name, layer.z[j])}
	s.result = "sum  " + stepsEquals(name, layer.z[j])
	s.Equation = fmt.Sprintf("%s = %s = %s", name, strings.Join(terms, " + "), stepsFull(layer.z[j]))
	s.Sentence = fmt.Sprintf("%s adds up what comes in, each activity times its weight, and its bias: its pre-activation is %s.", stepsStart(p.unit(l, j)), stepsSaid(layer.z[j]))
	return s
}

// activity is a = g(z).
func (p *stepsPass) activity(l, j int) stepsStep {
	layer, name, z := &p.layers[l], p.a(l, j), p.z(l, j)
	g := stepsFunctions[layer.activation.Name]
	s := stepsStep{
		Group: "I", Node: name, With: []string{z}, Edges: []string{p.edge(l, j)},
		title: "Forward to " + stepsMark(name), rule: "a_j = g(z_j),  " + g.rule,
		heads: [4]string{"", "", "", "value"},
		Known: []stepsKnown{stepsKnow(name, name, layer.a[j])},
	}
	s.rows = append(s.rows, stepsLine{stepsMark(z), "", "", stepsFull(layer.z[j])})
	if g.inner != nil {
		s.rows = append(s.rows, stepsLine{g.innerName, "", "", stepsFull(g.inner(layer.z[j]))})
	}
	s.worked, s.library = g.g(layer.z[j]), layer.a[j]
	s.result = stepsEquals(name, layer.a[j])
	s.Equation = fmt.Sprintf("%s = %s = %s", name, fmt.Sprintf(g.apply, stepsFull(layer.z[j])), stepsFull(layer.a[j]))
	s.Sentence = fmt.Sprintf("%s %s: its activity is %s.", stepsStart(p.unit(l, j)), g.words, stepsSaid(layer.a[j]))
	return s
}

func (p *stepsPass) error() stepsStep {
	out, a := p.output()
	diff := a - p.t
	s := stepsStep{
		Group: "I", Node: "E", With: []string{out, "t"}, Edges: []string{"a→E", "t→E"},
		title: "Forward to E", rule: "E = ½ (a − t)^2", heads: [4]string{"", "", "", "value"},
		Known: []stepsKnown{stepsKnow("E", "E", p.e)},
		rows: []stepsLine{
			{"prediction " + stepsMark(out), "", "", stepsFull(a)}, {"target t", "", "", stepsFull(p.t)},
			{"a − t", "", "", stepsFull(diff)}, {"(a − t)^2", "", "", stepsFull(diff * diff)},
		},
		result: stepsEquals("E", p.e),
		worked: 0.5 * diff * diff, library: p.e,
	}
	s.Equation = fmt.Sprintf("E = ½ (%s − %s)² = %s", stepsFull(a), stepsBracket(p.t), stepsFull(p.e))
	s.Sentence = fmt.Sprintf("The prediction is %s, the target %s: the error is half the squared difference, %s.",
		stepsSaid(a), stepsFull(p.t), stepsSaid(p.e))
	return s
}

// output returns the output's name and value.
func (p *stepsPass) output() (string, float64) {
	l := len(p.layers) - 1
	return p.a(l, 0), p.layers[l].a[0]
}

// edge is the id of the way from z to a.
func (p *stepsPass) edge(l, j int) string { return p.z(l, j) + "→" + p.a(l, j) }

// unit names a unit in words: an input if l is −1.
func (p *stepsPass) unit(l, j int) string {
	switch {
	case l < 0 && len(p.x) == 1:
		return "the input"
	case l < 0:
		return fmt.Sprintf("input %d", j+1)
	case l == len(p.layers)-1:
		return "the output unit"
	case len(p.layers) == 2:
		return fmt.Sprintf("hidden unit %d", j+1)
	}
	return fmt.Sprintf("unit %d of hidden layer %d", j+1, l+1)
}

// stepsStart begins a sentence with s.
func stepsStart(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// stepsNumbered says where each group begins.
func stepsNumbered(steps []stepsStep) []stepsGroup {
	groups := slices.Clone(stepsGroups)
	for g := range groups {
		groups[g].First = slices.IndexFunc(steps, func(s stepsStep) bool { return s.Group == groups[g].Name })
	}
	return groups
}
