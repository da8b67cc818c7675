// Package walk makes a walk through the graph of any loss, step by step and with the numbers: forward as
// the graph was recorded, and back as backpropagation goes. It is derived from the library's own trace
// of the backward pass, and knows nothing of layers. A [Walk] becomes text by [Book.WriteText], and a
// page for a reader to step through by [WritePage].
//
//	err := walk.WritePage(file, "My network", loss)
package walk

import (
	"fmt"
	"strconv"
	"strings"

	"gentlegrad/autograd"
	"gentlegrad/autograd/trace"
	"gentlegrad/tensor"
)

// A Walk goes through a graph: it begins with the leaves, records every operation, and then goes back
// from the loss.
type Walk struct {
	Nodes []Node // in the order of their making
	Steps []Step
}

// A Node is a node of the graph.
type Node struct {
	ID   string // as in a program: w1
	Name string // as in a formula: w₁
	Kind string // the operation, or leaf, or const
	Op   bool
	// Gradient is ∂L/∂x; nil if it is not wanted.
	Value, Gradient *tensor.Tensor
	Grad            string // what the gradient is called: ∂E/∂w₁, or δ₁
	Delta           bool   // it is a δ
	Inputs          []int  // the places of its inputs in Nodes
	Users           []Use  // where it is used, in the order of the graph

	node *autograd.Node
}

// A Use is an input of a node.
type Use struct{ User, Input int }

// A Kind is what happens in a step.
type Kind int

const (
	Leaves Kind = iota // what there is before anything is computed
	Record             // an operation is computed and recorded
	Visit              // the walk arrives at a node
	Pass               // the node passes a contribution to an input
	Skip               // the node passes nothing to an input: none is wanted, or nothing has reached the node
)

// A Step is a step of a walk.
type Step struct {
	Kind  Kind
	ID    string // for a link to it
	Node  int    // the one that is visited or recorded; −1 in Leaves
	Input int    // of Pass and Skip: which input, and where it is in Nodes
	To    int
	Title string
	Says  string
	Rule  string     // in symbols
	Value Expression // the rule with numbers, and what it gives
	Sum   Expression // what it is added to, if there is something
	// Part is how many of its Parts contributions the input has received now.
	Part, Parts int
	After       *tensor.Tensor // the input's gradient
	Variables   string         // of the traversal
}

// New returns the walk from a loss. It panics as [trace.Backward] does.
func New(loss *autograd.Node) *Walk {
	graph := autograd.Graph(loss)
	m := &maker{names: newNames(loss), at: map[*autograd.Node]int{}, places: map[*autograd.Node]int{}, edges: map[*autograd.Node][]trace.Edge{}, ids: map[string]bool{}, paid: map[int][]string{}}
	w, back := new(Walk), trace.Backward(loss)
	for i, x := range graph {
		m.at[x] = i
		w.Nodes = append(w.Nodes, m.node(back, x))
		m.ids[w.Nodes[i].ID] = true
		for k, input := range w.Nodes[i].Inputs {
			w.Nodes[input].Users = append(w.Nodes[input].Users, Use{i, k})
		}
	}
	m.walk = w
	for k, s := range back.Steps {
		m.places[s.Node], m.edges[s.Node] = len(back.Steps)-1-k, s.Edges
	}
	m.leaves()
	for i := range w.Nodes {
		if w.Nodes[i].Op {
			m.record(i)
		}
	}
	for k := range back.Steps {
		m.visit(&back.Steps[k])
	}
	return w
}

// A maker makes a walk.
type maker struct {
	names
	walk   *Walk
	at     map[*autograd.Node]int
	places map[*autograd.Node]int          // in the traversal
	edges  map[*autograd.Node][]trace.Edge // through which a node passes something
	ids    map[string]bool                 // of the steps, and of the nodes, which are those of their visits
	paid   map[int][]string                // the users of a node that have passed something to it
}

func (m *maker) node(t *trace.Trace, x *autograd.Node) Node {
	n := Node{ID: m.plain[x], Name: m.of(x), Kind: "const", Op: x.Op() != nil, Value: x.Value().Clone(), node: x}
	for k := range x.NumInputs() {
		n.Inputs = append(n.Inputs, m.at[x.Input(k)])
	}
	switch {
	case n.Op:
		n.Kind = x.Op().Name()
	case x.NeedsGrad():
		n.Kind = "leaf"
	}
	if x.NeedsGrad() {
		n.Gradient, n.Grad, n.Delta = t.Gradient(x).Clone(), m.gradient(x), m.isDelta(x)
	}
	return n
}

func (m *maker) add(s Step) {
	for s.Kind != Visit && m.ids[s.ID] { // the name of a node may be like the ID of another step
		s.ID += "+"
	}
	m.ids[s.ID] = true
	m.walk.Steps = append(m.walk.Steps, s)
}

func (m *maker) leaves() {
	var wanted, constants, rule []string
	for _, n := range m.walk.Nodes {
		switch {
		case n.Op:
		case n.Gradient != nil:
			wanted, rule = append(wanted, n.Name), append(rule, n.Grad)
		default:
			constants = append(constants, n.Name)
		}
	}
	says := "The leaves are what the graph begins with. A gradient is wanted for " + list(wanted) + "."
	switch len(constants) {
	case 0:
	case 1:
		says += " " + constants[0] + " is a constant: a leaf like the others, but its gradient is not wanted."
	default:
		says += " " + list(constants) + " are constants: leaves like the others, but their gradients are not wanted."
	}
	m.add(Step{Kind: Leaves, ID: "leaves", Node: -1, To: -1, Title: "The leaves", Says: says, Rule: "wanted: " + strings.Join(rule, ", ")})
}

// record is the step forward to node i.
func (m *maker) record(i int) {
	n := &m.walk.Nodes[i]
	var inputs []string
	for _, k := range n.Inputs {
		inputs = append(inputs, m.walk.Nodes[k].Name)
	}
	with := "its input"
	if len(inputs) > 1 {
		with = "its inputs"
	}
	s := Step{Kind: Record, ID: "record-" + n.ID, Node: i, To: -1, Title: "Record " + n.Name,
		Says: fmt.Sprintf("Forward: %s is computed, and recorded with its operation, %s, and %s, %s.", n.Name, n.Kind, with, list(inputs))}
	s.Rule = n.Name + " = " + m.forward(n.node, m.of)
	s.Value = Expression{digits: stepDigits}
	if _, symbolic := m.form(n.node); symbolic && small(n.node) {
		s.Value.form = m.forward(n.node, func(x *autograd.Node) string { return s.Value.put(m.walk.Nodes[m.at[x]].Value) })
	}
	s.Value = s.Value.equals(n.Value)
	m.add(s)
}

// visit is the walk's visit of a node: the steps from one of the trace.
func (m *maker) visit(t *trace.Step) {
	i := m.at[t.Node]
	n := &m.walk.Nodes[i]
	variables := fmt.Sprintf("place = %d, y = %s", m.places[t.Node], n.Name)
	s := Step{Kind: Visit, ID: n.ID, Node: i, To: -1, Variables: variables, Title: "Visit " + n.Name, Value: only(t.Gradient, stepDigits)}
	if !n.Op {
		s.Title += ", a leaf"
		s.Says = n.Name + " is a leaf: it has nothing to pass on. Its gradient is the sum of what was passed to it."
		s.Rule = n.Grad
		m.add(s)
		return
	}
	variables += ", dy = " + n.Grad
	s.Variables = variables
	s.Rule = "dy = " + n.Grad
	if n.Delta {
		s.Rule = "dy = " + m.partial(n.node) + " = " + n.Grad
	}
	s.Says = m.arrival(n)
	m.add(s)
	edges := t.Edges
	for k, to := range n.Inputs {
		if len(edges) > 0 && edges[0].Input == k {
			m.pass(i, &edges[0], t.Gradient, variables)
			edges = edges[1:]
			continue
		}
		x := &m.walk.Nodes[to]
		why := x.Name + " is a constant: no gradient is wanted."
		if x.Gradient != nil {
			why = "Nothing has reached " + n.Name + ": there is nothing to pass on."
		}
		m.add(Step{Kind: Skip, ID: stepID(n, k, x), Node: i, Input: k, To: to, Variables: variables,
			Title: n.Name + " passes over " + x.Name, Says: why, Rule: x.Name + ": nothing"})
	}
}

// stepID names the step from n to its input k: with the number of the input if it is there twice.
func stepID(n *Node, k int, x *Node) string {
	for j, other := range n.Inputs {
		if j != k && other == n.Inputs[k] {
			return n.ID + "-" + x.ID + "-" + strconv.Itoa(k)
		}
	}
	return n.ID + "-" + x.ID
}

// arrival says why the walk may visit an operation.
func (m *maker) arrival(n *Node) string {
	delta := ""
	if n.Delta {
		delta = ": it is what the article calls " + n.Grad
	}
	switch k := len(n.Users); k {
	case 0:
		return fmt.Sprintf("The walk begins at %s. %s is 1.", n.Name, n.Grad)
	case 1:
		return fmt.Sprintf("The one user of %s, %s, has been visited, so its gradient is complete%s.", n.Name, m.walk.Nodes[n.Users[0].User].Name, delta)
	default:
		all := fmt.Sprintf("All %d", k)
		if k == 2 {
			all = "Both"
		}
		return fmt.Sprintf("%s uses of %s have been visited, so its sum is complete%s.", all, n.Name, delta)
	}
}

// pass is the step in which node i passes a contribution to an input.
func (m *maker) pass(i int, e *trace.Edge, dy *tensor.Tensor, variables string) {
	n, to := &m.walk.Nodes[i], m.at[e.To]
	x := &m.walk.Nodes[to]
	s := Step{Kind: Pass, ID: stepID(n, e.Input, x), Node: i, Input: e.Input, To: to,
		Variables: fmt.Sprintf("%s, to.input = %d, to.place = %d", variables, e.Input, m.places[e.To]),
		Title:     n.Name + " passes to " + x.Name, Part: e.Part, Parts: e.Parts, After: e.After}
	symbol := n.Grad
	s.Rule = x.Grad + " += " + strings.ReplaceAll(e.Formula(symbol, m.of), "("+symbol+")ᵀ", symbol+"ᵀ")
	if strings.Contains(symbol, "/") { // ∂E/∂aᵀ would be the gradient of aᵀ
		s.Rule = x.Grad + " += " + e.Formula(symbol, m.of)
	}
	s.Value = m.numbers(e, dy)
	if s.After == nil {
		s.After = tensor.New(x.Value.Shape()...)
	}
	if e.Before != nil && e.Contribution != nil {
		s.Sum = Expression{digits: stepDigits}
		s.Sum.form = "from " + list(m.paid[to]) + ": " + s.Sum.put(e.Before) + " + from " + n.Name + ": " + s.Sum.put(e.Contribution) + " = " + s.Sum.put(e.After)
	}
	switch {
	case s.Part < s.Parts && s.Part == 1:
		times := fmt.Sprintf("%d times", len(x.Users))
		if len(x.Users) == 2 {
			times = "twice"
		}
		s.Says = fmt.Sprintf("%s is used %s. This comes from one of its uses, so its sum is not complete yet.", x.Name, times)
	case s.Part < s.Parts:
		s.Says = fmt.Sprintf("Another contribution to %s is added to its sum: %d of %d, so the sum is not complete yet.", x.Name, s.Part, s.Parts)
	case s.Parts > 1:
		s.Says = fmt.Sprintf("The last of %d contributions to %s is added to its sum: now the sum is complete.", s.Parts, x.Name)
	case len(x.Users) > 1:
		s.Says = "No other user of " + x.Name + " passes anything to it, so this is all it gets."
	default:
		s.Says = x.Name + " has no other user, so this is all it gets."
	}
	m.paid[to] = append(m.paid[to], n.Name)
	m.add(s)
}

// numbers returns the rule of an edge with numbers, and its result.
func (m *maker) numbers(e *trace.Edge, dy *tensor.Tensor) Expression {
	if e.Contribution == nil {
		return text("0")
	}
	v := Expression{digits: stepDigits}
	slot := v.put(dy)
	f := e.Formula(slot, func(x *autograd.Node) string { return v.put(m.walk.Nodes[m.at[x]].Value) })
	switch {
	case !small(e.From):
		v = Expression{digits: stepDigits}
	case e.Slope != nil && f != slot: // upstream × local
		v = Expression{digits: stepDigits}
		v.form = v.put(dy) + " ⊙ " + v.put(e.Slope)
		if e.Summed {
			v.form = "Σ(" + v.form + ")"
		}
	case strings.HasPrefix(f, "VJP") || f == slot && tensor.SameShape(dy, e.Contribution):
		v = Expression{digits: stepDigits}
	default:
		v.form = f
	}
	return v.equals(e.Contribution)
}

// small reports whether the numbers of a node and its inputs can be written out.
func small(y *autograd.Node) bool {
	fits := y.Value().Len() <= mostRows*mostColumns
	for k := range y.NumInputs() {
		fits = fits && y.Input(k).Value().Len() <= mostRows*mostColumns
	}
	return fits
}
