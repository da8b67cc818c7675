package walk

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	_ "embed"

	"gentlegrad/autograd"
	"gentlegrad/demos/legacy"
	"gentlegrad/demos/problems"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

// An Example is one of the seven graphs that the page shows. The first is the article's;
// the others depart from it.
type Example struct {
	ID, Title string
	About     string
	// Again says what has to be derived again by hand; empty if nothing has to be.
	Again string

	function string // in graphs.go
	leaves   []leaf
	build    func(leaves []node) named
	rules    func(leaves []*tensor.Tensor) []Line // by hand
}

// A leaf is a name, and a shape if it is a parameter; an observation's shape is its own.
type leaf struct {
	name  string
	shape []int
}

func parameter(name string, shape ...int) leaf { return leaf{name, shape} }

// four returns the leaves of a network of two layers.
func four(in, hidden, out int) []leaf {
	return []leaf{{name: "x"}, {name: "t"}, parameter("w1", in, hidden), parameter("b1", hidden), parameter("w2", hidden, out), parameter("b2", out)}
}

func six(f func(x, t, w1, b1, w2, b2 node) named) func([]node) named {
	return func(l []node) named { return f(l[0], l[1], l[2], l[3], l[4], l[5]) }
}

// Examples returns the seven graphs.
func Examples() []Example {
	return []Example{
		{
			ID: "article", Title: "Article’s network", function: "article", leaves: four(2, 4, 1), build: six(article),
			About: "2-4-1, sigmoid, for XOR. Every node is used once, so no contribution is ever added to another.",
			rules: articleRules,
		},
		{
			ID: "activation", Title: "Own activation", function: "activation", leaves: four(2, 2, 1), build: six(activation),
			About: "The hidden units apply z·sigmoid(z), which the article does not have. z₁ is used twice: by the sigmoid and by the product.",
			Again: "The rules stay the same, but they need g′: the derivative of z·sigmoid(z) has to be worked out, by the product rule. In the graph there is nothing to derive: each of its operations has its rule already.",
			rules: activationRules,
		},
		{
			ID: "tied", Title: "Weight used twice", function: "tied", leaves: []leaf{{name: "x"}, parameter("w", 2, 1)},
			build: func(l []node) named { return tied(l[0], l[1]) },
			About: "An autoencoder, 2-1-2: the same w encodes and, transposed, decodes. So w has two users, and gets a sum.",
			Again: "w appears in E in two places, so by the product rule its gradient has two terms. And the rule for δ₁ has w where the article’s has w₂ᵀ.",
			rules: tiedRules,
		},
		{
			ID: "skip", Title: "Skip connection", function: "skip", leaves: four(2, 2, 2), build: six(skip),
			About: "a₁ goes on in two ways: through z₂, and past z₂ straight to h = a₁ + z₂. So a₁ has two users.",
			Again: "E depends on a₁ in two ways, so the rule for δ₁ needs a second term, with no weight in it.",
			rules: skipRules,
		},
		{
			ID: "entropy", Title: "Cross-entropy", function: "entropy", leaves: []leaf{{name: "x"}, {name: "class"}, parameter("w1", 2, 2), parameter("b1", 2), parameter("w2", 2, 2), parameter("b2", 2)},
			build: six(entropy),
			About: "Two outputs, one for each class, and the cross-entropy of their softmax. q is log softmax(z₂), and E is minus its entry for the class.",
			Again: "The article’s δ₂ is (a₂ − t) g′(z₂), which holds for E = ½ (a₂ − t)² and a g of one number. Another error, and a softmax, whose outputs each depend on all of z₂, need a derivation of their own. From δ₂ on, the old rules hold.",
			rules: entropyRules,
		},
		{
			ID: "batch", Title: "Batch", function: "article", leaves: four(2, 2, 1), build: six(article),
			About: "The article’s network with four observations at once, one in each row. The rule of each operation stays the same; that for the weights, aᵀδ, sums over the rows.",
			Again: "The rules are for one observation. For several, E is a sum over the observations, and so is the gradient of each parameter: every rule of step III has to be changed. Written with matrices that have a row for each observation, the rule for w already sums, and the rule for b gets a Σ.",
			rules: articleRules,
		},
		{
			ID: "recurrent", Title: "Recurrent unit", function: "recurrent",
			leaves: []leaf{{name: "x1"}, {name: "x2"}, {name: "x3"}, {name: "t"}, parameter("w", 2, 1), parameter("u", 1, 1), parameter("b", 1)},
			build:  func(l []node) named { return recurrent(l[0], l[1], l[2], l[3], l[4], l[5], l[6]) },
			About:  "One unit that sees three inputs, one after another, and remembers: unrolled, it is a graph like any other. w and b are used three times, u twice.",
			Again:  "Nearly everything: δ now goes back in time, and each parameter’s rule is a sum over the time steps. This has a name of its own, backpropagation through time, as if it were another algorithm.",
			rules:  recurrentRules,
		},
	}
}

// ExampleIDs returns the IDs of the graphs.
func ExampleIDs() []string {
	var ids []string
	for _, e := range Examples() {
		ids = append(ids, e.ID)
	}
	return ids
}

// ExampleOf returns the graph of an ID.
func ExampleOf(id string) (Example, error) {
	ids := ExampleIDs()
	if i := slices.Index(ids, id); i >= 0 {
		return Examples()[i], nil
	}
	last := len(ids) - 1
	return Example{}, fmt.Errorf("no graph is called %q: want %s or %s", id, strings.Join(ids[:last], ", "), ids[last])
}

// Observations is the number of observations of XOR with which an example can be walked: one for each corner.
const Observations = 4

// The states in which a graph can be walked.
var States = []string{"before training", "during training", "after training"}

const (
	trainedSteps = 4000
	duringSteps  = 400
	trainedRate  = .5
)

// observation returns the values of the leaves that are not parameters, for observation k.
func (e *Example) observation(k int) []*tensor.Tensor {
	p := problems.MustByName("XOR")
	data := p.MustData(legacy.New(problems.Seed), p.Observations)
	x, t := data.Tensors()
	// The observations go round the four corners.
	row := func(k int) *tensor.Tensor { return x.Slice(0, k, k+1).Clone() }
	target := func(k int) *tensor.Tensor { return t.Slice(0, k, k+1).Clone() }
	switch e.ID {
	case "tied":
		return []*tensor.Tensor{row(k)}
	case "skip":
		return []*tensor.Tensor{row(k), tensor.FromSlice([]float64{1 - data.T[k], data.T[k]}, 1, 2)}
	case "entropy":
		return []*tensor.Tensor{row(k), target(k).Reshape(1)}
	case "batch":
		return []*tensor.Tensor{x.Slice(0, 4*k, 4*k+4).Clone(), t.Slice(0, 4*k, 4*k+4).Clone()}
	case "recurrent":
		return []*tensor.Tensor{row(k), row((k + 1) % 4), row((k + 2) % 4), target((k + 2) % 4)}
	}
	return []*tensor.Tensor{row(k), target(k)}
}

// parameters returns the parameters in every state.
func (e *Example) parameters() [][]*tensor.Tensor {
	rng := rand.New(legacy.New(problems.Seed))
	var now []*tensor.Tensor
	for _, l := range e.leaves {
		if l.shape != nil {
			now = append(now, tensor.New(l.shape...).Uniform(rng, -.5, .5))
		}
	}
	states := [][]*tensor.Tensor{clones(now)}
	variables := make([]node, len(now))
	for i, p := range now {
		variables[i] = autograd.Variable(p)
	}
	descent := optim.NewGradientDescent(trainedRate, variables...)
	var plans []*autograd.Plan
	for k := range Observations {
		plans = append(plans, autograd.NewPlan(e.graph(e.observation(k), variables)["E"], variables...))
	}
	for i := range trainedSteps {
		if i == e.during() {
			states = append(states, clones(now))
		}
		p := plans[i%Observations]
		p.Forward()
		descent.Step(p.Backward())
	}
	return append(states, clones(now))
}

// during is the number of steps before the state "during training". The autoencoder is soon as good as
// it gets.
func (e *Example) during() int {
	if e.ID == "tied" {
		return 4
	}
	return duringSteps
}

func clones(ts []*tensor.Tensor) []*tensor.Tensor {
	var c []*tensor.Tensor
	for _, t := range ts {
		c = append(c, t.Clone())
	}
	return c
}

// graph builds the graph for an observation and parameters, and names its nodes.
func (e *Example) graph(observation []*tensor.Tensor, parameters []node) named {
	var leaves []node
	o, p := 0, 0
	for _, l := range e.leaves {
		if l.shape == nil {
			leaves, o = append(leaves, autograd.Constant(observation[o])), o+1
		} else {
			leaves, p = append(leaves, parameters[p]), p+1
		}
		leaves[len(leaves)-1].Named(l.name)
	}
	nodes := e.build(leaves)
	for name, n := range nodes {
		n.Named(name)
	}
	return nodes
}

// Book returns the example with the walks for every observation in every state.
func (e Example) Book() *Book {
	b := &Book{ID: e.ID, Title: e.Title, About: e.About, Again: e.Again, program: program(e.function), States: States}
	for k := range Observations {
		b.Observations = append(b.Observations, e.describe(k))
	}
	for _, p := range e.parameters() {
		for k := range Observations {
			b.add(e.walk(e.observation(k), p))
		}
	}
	return b
}

// One returns the example with one walk: for an observation and a state of States, both counted from 0.
func (e Example) One(observation, state int) *Book {
	b := &Book{ID: e.ID, Title: e.Title, About: e.About, Again: e.Again, program: program(e.function)}
	b.add(e.walk(e.observation(observation), e.parameters()[state]))
	return b
}

func (e *Example) walk(observation, parameters []*tensor.Tensor) (*Walk, []Line) {
	var variables []node
	for _, p := range parameters {
		variables = append(variables, autograd.Variable(p))
	}
	w := New(e.graph(observation, variables)["E"])
	return w, e.rules(append(clones(observation), parameters...))
}

// describe returns observation k as text.
func (e *Example) describe(k int) string {
	o := e.observation(k)
	switch e.ID {
	case "batch":
		return fmt.Sprintf("%d to %d", 4*k+1, 4*k+4)
	case "recurrent":
		return fmt.Sprintf("%d, %d, %d", k+1, (k+1)%4+1, (k+2)%4+1)
	case "tied":
		return fmt.Sprintf("%d: x = %s", k+1, newMatrix(o[0], graphDigits).text(false))
	}
	return fmt.Sprintf("%d: x = %s, %s = %s", k+1, newMatrix(o[0], graphDigits).text(false), lowered(e.leaves[1].name), newMatrix(o[1], graphDigits).text(false))
}

//go:embed graphs.go
var graphsSource string

// A codeLine is a line of a program, and the node that it makes.
type codeLine struct{ node, code string }

// program returns the lines of a function in graphs.go.
func program(function string) []codeLine {
	_, body, _ := strings.Cut(graphsSource, "\nfunc "+function+"(")
	body, _, _ = strings.Cut(body, "\n\treturn ")
	var lines []codeLine
	for _, l := range strings.Split(body, "\n")[1:] {
		l = strings.TrimSpace(l)
		made, _, _ := strings.Cut(l, " := ")
		lines = append(lines, codeLine{made, l})
	}
	return lines
}
