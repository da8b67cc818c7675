package layers

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"gentlegrad/autograd"
)

// Parameters returns the Variables of a network, each once: what an optimiser takes. It looks for
// them in exported fields, through structs, pointers, interfaces, slices, arrays and maps, in the order in
// which they stand there, of maps in that of their keys. A field with the tag `grad:"-"` is left out. A
// Constant is not a parameter, but state.
//
// It panics if a Variable is in an unexported field; if a node is the result of an operation, which goes
// stale when what it was computed from is trained; if a map's keys are neither strings nor whole numbers;
// and if net is nil. What a closure has it cannot see: [Check] finds that.
func Parameters(net any) []*autograd.Node {
	var nodes []*autograd.Node
	for _, p := range walk("Parameters", net) {
		nodes = append(nodes, p.node)
	}
	return nodes
}

// Named yields what Parameters returns, with names: those of the fields and indices on the way,
// such as "0.weight". A tag `grad:"name"` is a name to use instead of a field's.
func Named(net any) iter.Seq2[string, *autograd.Node] {
	found := walk("Named", net)
	return func(yield func(string, *autograd.Node) bool) {
		for _, p := range found {
			if !yield(p.name, p.node) {
				return
			}
		}
	}
}

// Check returns an error if the result of net for x depends on a Variable that Parameters does not find, such
// as one in a closure, or does not depend on one that it finds.
func Check(net Layer, x *autograd.Node) error {
	unused := map[*autograd.Node]string{}
	for name, p := range Named(net) {
		unused[p] = name
	}
	var errs []error
	seen := map[*autograd.Node]bool{x: true}
	todo := []*autograd.Node{net.Forward(x)}
	for len(todo) > 0 {
		y := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[y] {
			continue
		}
		seen[y] = true
		if y.Op() == nil && y.NeedsGrad() {
			if unused[y] == "" {
				errs = append(errs, fmt.Errorf("layers: Check: the result depends on %v, which is in no exported field: it would not be trained", y))
			}
			delete(unused, y)
		}
		for i := range y.NumInputs() {
			todo = append(todo, y.Input(i))
		}
	}
	for p, name := range unused {
		errs = append(errs, fmt.Errorf("layers: Check: the result does not depend on %s, %v", name, p))
	}
	slices.SortFunc(errs, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
	return errors.Join(errs...)
}

type parameter struct {
	name string
	node *autograd.Node
}

// A walker goes through a network.
type walker struct {
	found   []parameter
	hidden  []parameter // in unexported fields
	seen    map[*autograd.Node]bool
	visited map[visit]bool
	holds   map[reflect.Type]bool // whether a value of a type can lead to a node
	errs    []error
}

// A visit is of a pointer, slice or map.
type visit struct {
	typ reflect.Type
	at  uintptr
	len int
}

var nodeType = reflect.TypeFor[*autograd.Node]()

// walk returns the parameters of net, or panics.
func walk(op string, net any) []parameter {
	found, err := find(net)
	if err != nil {
		fail(op, "%v", err)
	}
	return found
}

func find(net any) ([]parameter, error) {
	w := &walker{seen: map[*autograd.Node]bool{}, visited: map[visit]bool{}, holds: map[reflect.Type]bool{}}
	v := reflect.ValueOf(net)
	if !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, fmt.Errorf("the network is nil: %T", net)
	}
	w.walk("", v, true)
	for _, p := range w.hidden {
		if !w.seen[p.node] {
			w.errs = append(w.errs, fmt.Errorf("%s is a Variable in an unexported field: it would not be trained; export the field, or leave it out by the tag `grad:\"-\"`", p.name))
		}
	}
	return w.found, errors.Join(w.errs...)
}

// canHold reports whether a value of type t can lead to a node.
func (w *walker) canHold(t reflect.Type) bool {
	if holds, ok := w.holds[t]; ok {
		return holds
	}
	w.holds[t] = false // for a type that leads to itself
	holds := false
	switch t.Kind() {
	case reflect.Interface:
		holds = true
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		holds = t == nodeType || w.canHold(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			holds = w.canHold(t.Field(i).Type) || holds
		}
	}
	w.holds[t] = holds
	return holds
}

func (w *walker) walk(name string, v reflect.Value, exported bool) {
	if !w.canHold(v.Type()) {
		return
	}
	switch v.Kind() {
	case reflect.Interface:
		if !v.IsNil() {
			w.walk(name, v.Elem(), exported)
		}
	case reflect.Pointer:
		switch {
		case v.IsNil() || !w.visit(v, 0):
		case v.Type() == nodeType:
			w.node(name, (*autograd.Node)(v.UnsafePointer()), exported)
		default:
			w.walk(name, v.Elem(), exported)
		}
	case reflect.Slice:
		if v.Len() > 0 && w.visit(v, v.Len()) {
			w.elements(name, v, exported)
		}
	case reflect.Array:
		w.elements(name, v, exported)
	case reflect.Map:
		if v.Len() > 0 && w.visit(v, 0) {
			w.entries(name, v, exported)
		}
	case reflect.Struct:
		w.fields(name, v, exported)
	}
}

// visit reports whether v is visited for the first time. A node may come again: an unexported field may be
// first.
func (w *walker) visit(v reflect.Value, n int) bool {
	k := visit{v.Type(), v.Pointer(), n}
	if w.visited[k] && v.Type() != nodeType {
		return false
	}
	w.visited[k] = true
	return true
}

func (w *walker) node(name string, n *autograd.Node, exported bool) {
	switch {
	case !n.NeedsGrad() || w.seen[n]:
	case !exported && n.Op() == nil:
		w.hidden = append(w.hidden, parameter{name, n})
	case !exported:
	case n.Op() != nil:
		w.errs = append(w.errs, fmt.Errorf("%s is %v, computed outside of Forward, and goes stale: compute it in Forward", name, n))
	default:
		w.seen[n] = true
		w.found = append(w.found, parameter{name, n})
	}
}

func (w *walker) elements(name string, v reflect.Value, exported bool) {
	for i := range v.Len() {
		w.walk(join(name, strconv.Itoa(i)), v.Index(i), exported)
	}
}

func (w *walker) entries(name string, v reflect.Value, exported bool) {
	keys := v.MapKeys()
	switch k := keys[0]; {
	case k.Kind() == reflect.String:
		slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) })
	case k.CanInt():
		slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.Int(), b.Int()) })
	case k.CanUint():
		slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.Uint(), b.Uint()) })
	default:
		w.errs = append(w.errs, fmt.Errorf("%s is a %v, whose keys have no order: parameters need one", cmp.Or(name, "the network"), v.Type()))
		return
	}
	for _, k := range keys {
		w.walk(join(name, fmt.Sprint(k)), v.MapIndex(k), exported)
	}
}

func (w *walker) fields(name string, v reflect.Value, exported bool) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		tag := f.Tag.Get("grad")
		if tag == "-" {
			continue
		}
		if strings.Contains(tag, ".") {
			w.errs = append(w.errs, fmt.Errorf("%s has the tag %q: a name has no dot", join(name, f.Name), tag))
		}
		w.walk(join(name, cmp.Or(tag, lowerFirst(f.Name))), v.Field(i), exported && (f.IsExported() || f.Anonymous))
	}
}

func join(name, part string) string {
	if name == "" {
		return part
	}
	return name + "." + part
}

func lowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}
