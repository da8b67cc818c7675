package steps

import (
	"fmt"
	"slices"
	"strings"
)

// A group is one of the article's four steps.
type group struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	First int    `json:"first"` // its first step
}

var groups = []group{
	{Name: "I", Title: "forward"}, {Name: "II", Title: "back"}, {Name: "III", Title: "gradients"}, {Name: "IV", Title: "update"},
}

// A step looks at one node, or at one parameter, and works out one number.
type step struct {
	Group    string   `json:"group"`
	Node     string   `json:"node"`     // that is looked at, or the parameter; "" for none
	With     []string `json:"with"`     // the nodes that it is worked out from
	Edges    []string `json:"edges"`    // on the way
	Known    []known  `json:"known"`    // numbers known from now on
	Equation string   `json:"equation"` // with numbers
	Sentence string   `json:"sentence"`

	title, rule string    // marked up, as are the texts below
	heads       [4]string // over the columns
	rows        []line    // how it is worked out
	signs       [2]string // between the columns' numbers
	result      string
	worked      float64 // the result, worked out here
	library     float64 // and the library's
}

// A known is a number in the graph: what it is and where it stands. Without a text
// the place is empty from now on.
type known struct {
	At   string `json:"at"`
	Is   string `json:"is"`
	Text string `json:"text"`
}

// A line is a line of numbers. An empty one is left out.
type line [4]string

// walk returns the steps: forward, back, gradients, update.
func (p *pass) walk() []step {
	steps := []step{p.observation()}
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
	for _, step := range []func(l, i, j int) step{p.gradient, p.change} {
		for l := range p.layers {
			for j := range p.layers[l].units {
				for i := range p.layers[l].inputs {
					steps = append(steps, step(l, i, j))
				}
				steps = append(steps, step(l, bias, j))
			}
		}
	}
	return append(steps, p.again())
}

// bias stands for the unit below whose activity is always 1.
const bias = -1

// know is a number of the graph.
func know(at, is string, v float64) known {
	return known{at, is, short(v)}
}

// equals is "name = number", marked up.
func equals(name string, v float64) string { return mark(name) + " = " + full(v) }

func (p *pass) observation() step {
	s := step{Group: "I", Node: "t", title: "The observation"}
	s.heads = [4]string{"input", "", "", "value"}
	var xs []string
	for i, x := range p.x {
		name := p.a(-1, i)
		s.With = append(s.With, name)
		s.Known = append(s.Known, know(name, name, x))
		s.rows = append(s.rows, line{mark(name), "", "", full(x)})
		xs = append(xs, said(x))
	}
	s.Known = append(s.Known, know("t", "t", p.t))
	for l, layer := range p.layers {
		for j := range layer.units {
			for i := range layer.inputs {
				s.Known = append(s.Known, know(p.w(l, i, j), p.w(l, i, j), layer.w[i][j]))
			}
			s.Known = append(s.Known, know(p.b(l, j), p.b(l, j), layer.b[j]))
		}
	}
	s.worked, s.library = p.t, p.t
	s.result = "target  " + equals("t", p.t)
	s.Equation = fmt.Sprintf("x = (%s), t = %s", strings.Join(xs, ", "), full(p.t))
	s.Sentence = fmt.Sprintf("Observation %d comes in, with target %s. The numbers on the edges are the weights; each unit has a bias b.", p.number, full(p.t))
	return s
}

// sum is z, a sum over all that feeds a unit.
func (p *pass) sum(l, j int) step {
	layer, name := &p.layers[l], p.z(l, j)
	s := step{Group: "I", Node: name, title: "Forward to " + mark(name), rule: "z_j = Σ_i a_i w_{ij} + b_j"}
	s.heads, s.signs = [4]string{"from", "activity a_i", "weight w_{ij}", "product"}, [2]string{"×", "="}
	var terms []string
	for i, a := range p.below(l) {
		w := layer.w[i][j]
		s.With = append(s.With, p.a(l-1, i))
		s.Edges = append(s.Edges, p.w(l, i, j))
		s.rows = append(s.rows, line{mark(p.a(l-1, i)), full(a), full(w), full(a * w)})
		terms = append(terms, bracket(a)+"·"+bracket(w))
		s.worked += float64(a * w)
	}
	s.Edges = append(s.Edges, p.b(l, j))
	s.rows = append(s.rows, line{"bias", "1", full(layer.b[j]), full(layer.b[j])})
	terms = append(terms, bracket(layer.b[j]))
	s.worked += layer.b[j]
	s.library = layer.z[j]
	s.Known = []known{know(name, name, layer.z[j])}
	s.result = "sum  " + equals(name, layer.z[j])
	s.Equation = fmt.Sprintf("%s = %s = %s", name, strings.Join(terms, " + "), full(layer.z[j]))
	s.Sentence = fmt.Sprintf("%s adds up what comes in, each activity times its weight, and its bias: its pre-activation is %s.", start(p.unit(l, j)), said(layer.z[j]))
	return s
}

// activity is a = g(z).
func (p *pass) activity(l, j int) step {
	layer, name, z := &p.layers[l], p.a(l, j), p.z(l, j)
	g := layer.activation
	s := step{
		Group: "I", Node: name, With: []string{z}, Edges: []string{p.edge(l, j)},
		title: "Forward to " + mark(name), rule: "a_j = g(z_j),  g(z) = " + g.Formula,
		heads: [4]string{"", "", "", "value"},
		Known: []known{know(name, name, layer.a[j])},
	}
	s.rows = append(s.rows, line{mark(z), "", "", full(layer.z[j])})
	if g.Inner != nil {
		s.rows = append(s.rows, line{g.InnerFormula, "", "", full(g.Inner(layer.z[j]))})
	}
	s.worked, _ = g.At(layer.z[j])
	s.library = layer.a[j]
	s.result = equals(name, layer.a[j])
	s.Equation = fmt.Sprintf("%s = %s = %s", name, g.WithZ(full(layer.z[j]), "("+full(layer.z[j])+")"), full(layer.a[j]))
	s.Sentence = fmt.Sprintf("%s %s: its activity is %s.", start(p.unit(l, j)), g.Does, said(layer.a[j]))
	return s
}

func (p *pass) error() step {
	out, a := p.output()
	diff := a - p.t
	s := step{
		Group: "I", Node: "E", With: []string{out, "t"}, Edges: []string{"a→E", "t→E"},
		title: "Forward to E", rule: "E = ½ (a − t)^2", heads: [4]string{"", "", "", "value"},
		Known: []known{know("E", "E", p.e)},
		rows: []line{
			{"prediction " + mark(out), "", "", full(a)}, {"target t", "", "", full(p.t)},
			{"a − t", "", "", full(diff)}, {"(a − t)^2", "", "", full(diff * diff)},
		},
		result: equals("E", p.e),
		worked: 0.5 * diff * diff, library: p.e,
	}
	s.Equation = fmt.Sprintf("E = ½ (%s − %s)² = %s", full(a), bracket(p.t), full(p.e))
	s.Sentence = fmt.Sprintf("The prediction is %s, the target %s: the error is half the squared difference, %s.",
		said(a), full(p.t), said(p.e))
	return s
}

// output returns the output's name and value.
func (p *pass) output() (string, float64) {
	l := len(p.layers) - 1
	return p.a(l, 0), p.layers[l].a[0]
}

// edge is the id of the way from z to a.
func (p *pass) edge(l, j int) string { return p.z(l, j) + "→" + p.a(l, j) }

// unit names a unit in words: an input if l is −1.
func (p *pass) unit(l, j int) string {
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

// start begins a sentence with s.
func start(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// numbered says where each group begins.
func numbered(steps []step) []group {
	groups := slices.Clone(groups)
	for g := range groups {
		groups[g].First = slices.IndexFunc(steps, func(s step) bool { return s.Group == groups[g].Name })
	}
	return groups
}
