package layers

import (
	"iter"
	"strings"

	"gentlegrad/autograd"
)

// Parameters returns the Variables of a network, each once: what an optimiser takes. It finds them in
// exported fields, through structs, pointers, interfaces, slices, arrays and maps, in the order of the
// fields and elements, and in maps in the order of the keys. It calls no methods: a layer of your own
// needs none but Forward. A Constant is not a parameter but state, such as a running mean, which [State]
// includes. A field with the tag `grad:"-"` is left out.
//
// It panics if
//   - a Variable is in an unexported field, and in no exported one: it would not be trained (an interface
//     there is searched only if a method of it takes or returns a node, as Layer's does);
//   - a node in an exported field was computed, as by Transpose or Detach: it goes stale when what it was
//     computed from is trained, and [Save] would not write it, since it is no state (keep a Constant of
//     its value);
//   - a field is an [autograd.Node] and not a pointer to one;
//   - a map's keys are neither strings nor whole numbers: parameters need an order;
//   - a name that a tag gives has a dot, or two nodes have one name;
//   - net is nil, or can't have a Variable, as a number can't: it must be a Layer, a struct or a pointer
//     to one, or something that leads to a node, as a slice of Layers does.
//
// Variables that only a closure has can't be found: [Check] reports them.
func Parameters(net any) []*autograd.Node {
	return nodesOf(mustFind("Parameters", net).parameters)
}

// Constants returns the state of a network: the Constants in its exported fields, such as running means,
// each once, found as Parameters finds Variables. It panics as Parameters does.
func Constants(net any) []*autograd.Node {
	return nodesOf(mustFind("Constants", net).state)
}

func nodesOf(found []parameter) []*autograd.Node {
	nodes := make([]*autograd.Node, len(found))
	for i, p := range found {
		nodes[i] = p.node
	}
	return nodes
}

// Named yields what [Parameters] returns, with names: those of the fields, with the first letter in lower
// case, and the indices and keys on the way, such as "0.weight". An embedded struct is a field named by
// its type. The tag `grad:"name"` renames a field. It panics as Parameters does.
func Named(net any) iter.Seq2[string, *autograd.Node] {
	w := mustFind("Named", net)
	return func(yield func(string, *autograd.Node) bool) {
		for _, p := range w.parameters {
			if !yield(p.name, p.node) {
				return
			}
		}
	}
}

// mustFind returns what is found in a network. It panics if there are mistakes.
func mustFind(op string, net any) *walker {
	w := find(net)
	if err := w.err(op); err != nil {
		panic(err)
	}
	return w
}

// err returns the mistakes as one *Error, or nil.
func (w *walker) err(op string) error {
	if len(w.mistakes) == 0 {
		return nil
	}
	return &Error{Op: op, Text: strings.Join(w.mistakes, "\n")}
}

// Check compares what [Parameters] finds in a network with what the network's result for x depends on. It
// returns an *[Error] that names the Variables which are not found, such as those of a closure, and the
// parameters on which the result does not depend; or the error that Parameters would panic with. It is
// for tests. It panics as Forward does.
func Check(net Layer, x *autograd.Node) error {
	w := find(net)
	if err := w.err("Check"); err != nil {
		return err
	}
	y := net.Forward(x)
	switch {
	case y == nil:
		w.mistake("Forward returned nil")
	case y.Context().NoRecord:
		w.mistake("the result was not recorded, for its context has NoRecord: what it depends on is not known")
	default:
		w.compare(variables(y, x))
	}
	return w.err("Check")
}

// compare notes how the Variables that a result depends on differ from those found.
func (w *walker) compare(reached []*autograd.Node) {
	reaches := map[*autograd.Node]bool{}
	for _, v := range reached {
		reaches[v] = true
		if !w.found[v] && !w.leftOut[v] {
			w.mistake("the result depends on %v, which is in no exported field: it would not be trained", v)
		}
	}
	for _, p := range w.parameters {
		if !reaches[p.node] {
			w.mistake("the result does not depend on %s, %v", p.name, p.node)
		}
	}
}

// variables returns the Variables from which a gradient flows to y, but not through x.
func variables(y, x *autograd.Node) (all []*autograd.Node) {
	seen := map[*autograd.Node]bool{x: true}
	for todo := []*autograd.Node{y}; len(todo) > 0; {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[n] || !n.NeedsGrad() {
			continue
		}
		seen[n] = true
		if n.Op() == nil {
			all = append(all, n)
		}
		for i := range n.NumInputs() {
			todo = append(todo, n.Input(n.NumInputs()-1-i))
		}
	}
	return all
}
