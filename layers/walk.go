package layers

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"gentlegrad/autograd"
)

// A walker goes through the fields of a network, by reflection. It only reads, and calls no method but
// FromTorch.
type walker struct {
	parameters []parameter
	state      []parameter             // Constants, which are not trained
	found      map[*autograd.Node]bool // the nodes of both
	names      map[string]bool         // and their names
	leftOut    map[*autograd.Node]bool // Variables behind the tag grad:"-"
	hidden     []place                 // of Variables in unexported fields
	mistakes   []string

	visited map[visit]bool
	leading map[typeAt]bool
	torch   *TorchModule // if not nil: the layers that have a FromTorch take their tensors from it
}

type parameter struct {
	name string
	node *autograd.Node
}

// A place is where in a network a value is.
type place struct {
	path    string         // such as "0.weight"
	owner   reflect.Type   // the struct whose field this is, or is in; nil for none
	hidden  bool           // the field is not exported; owner is the struct that hides it
	leftOut bool           // behind the tag grad:"-"
	node    *autograd.Node // the Variable there, if the place is in walker.hidden
}

// A visit is what must not be walked through twice, since it may contain itself.
type visit struct {
	typ             reflect.Type
	pointer         uintptr
	length          int // of a slice
	hidden, leftOut bool
}

type typeAt struct {
	typ    reflect.Type
	hidden bool
}

var (
	nodeType  = reflect.TypeFor[*autograd.Node]()
	layerType = reflect.TypeFor[Layer]()
)

// find walks through a network.
func find(net any) *walker {
	w := newWalker()
	w.find(net)
	return w
}

func newWalker() *walker {
	return &walker{
		found: map[*autograd.Node]bool{}, names: map[string]bool{}, leftOut: map[*autograd.Node]bool{},
		visited: map[visit]bool{}, leading: map[typeAt]bool{},
	}
}

func (w *walker) find(net any) {
	switch v := reflect.ValueOf(net); {
	case !v.IsValid():
		w.mistake("the network is nil")
	case isNil(v):
		w.mistake("the network is a nil %v", v.Type())
	case !w.isNetwork(v.Type()):
		w.mistake("the network is of type %v, which can't have a Variable; it must be a Layer, a struct, a node, or a list or map of these", v.Type())
	default:
		w.walk(place{}, v)
	}
	for _, p := range w.hidden {
		if !w.found[p.node] && !w.leftOut[p.node] {
			w.mistake("%s is a Variable in an unexported field of %v: it would not be trained; export the field, or leave it out by the tag `grad:\"-\"`", p.path, p.owner)
		}
	}
}

// isNil reports whether v is a nil pointer or function. A nil slice is an empty network.
func isNil(v reflect.Value) bool {
	return (v.Kind() == reflect.Pointer || v.Kind() == reflect.Func) && v.IsNil()
}

// isNetwork reports whether a value of a type can be a network. A struct may have no parameters, as a
// ReLU has none, and so may a list of structs.
func (w *walker) isNetwork(t reflect.Type) bool {
	if w.leads(t, false) {
		return true
	}
	for range 9 { // a type may be a list of itself
		if t.Kind() == reflect.Struct || t.Implements(layerType) {
			return true
		}
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
			t = t.Elem()
		}
	}
	return false
}

func (w *walker) mistake(format string, args ...any) {
	w.mistakes = append(w.mistakes, fmt.Sprintf(format, args...))
}

func (w *walker) walk(p place, v reflect.Value) {
	if !w.leads(v.Type(), p.hidden) {
		return
	}
	if w.torch != nil && !p.leftOut && w.fromTorch(p, v) {
		return
	}
	switch v.Kind() {
	case reflect.Interface:
		if !v.IsNil() {
			w.walk(p, v.Elem())
		}
	case reflect.Pointer:
		switch {
		case v.IsNil():
		case v.Type() == nodeType:
			p.node = (*autograd.Node)(v.UnsafePointer())
			w.node(p)
		case w.first(p, v, 0):
			w.walk(p, v.Elem())
		}
	case reflect.Slice:
		if w.first(p, v, v.Len()) {
			w.elements(p, v)
		}
	case reflect.Array:
		w.elements(p, v)
	case reflect.Map:
		if v.Len() > 0 && w.first(p, v, 0) {
			w.entries(p, v)
		}
	case reflect.Struct:
		w.fields(p, v)
	}
}

// first reports whether the walk comes to a pointer, slice or map for the first time.
func (w *walker) first(p place, v reflect.Value, length int) bool {
	k := visit{v.Type(), v.Pointer(), length, p.hidden, p.leftOut}
	if w.visited[k] {
		return false
	}
	w.visited[k] = true
	return true
}

func (w *walker) node(p place) {
	n := p.node
	switch computed := n.Op() != nil; {
	case !computed && n.Value() == nil, computed && p.hidden, w.found[n]:
	case !n.NeedsGrad() && p.hidden: // state that is not the network's
	case p.leftOut:
		w.leftOut[n] = true
	case p.hidden:
		w.hidden = append(w.hidden, p)
	case computed && !n.NeedsGrad():
		w.mistake("%v is %v, computed and not state: it would not be saved; keep autograd.Constant of a Clone of its Value, or leave it out by the tag `grad:\"-\"`", p, n)
	case computed:
		w.mistake("%v is %v, computed outside Forward: it goes stale; compute it in Forward", p, n)
	case w.names[p.path]:
		w.mistake("%v has the name of another parameter: rename one by the tag `grad:\"name\"`", p)
	default:
		w.found[n], w.names[p.path] = true, true
		if n.NeedsGrad() {
			w.parameters = append(w.parameters, parameter{p.path, n})
		} else {
			w.state = append(w.state, parameter{p.path, n})
		}
	}
}

func (w *walker) elements(p place, v reflect.Value) {
	for i := range v.Len() {
		w.walk(p.join(strconv.Itoa(i)), v.Index(i))
	}
}

// entries walks through a map, in the order of its keys.
func (w *walker) entries(p place, v reflect.Value) {
	keys := v.MapKeys()
	name := reflect.Value.String
	switch first := keys[0]; {
	case first.Kind() == reflect.String:
		slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) })
	case first.CanInt():
		slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.Int(), b.Int()) })
		name = func(k reflect.Value) string { return strconv.FormatInt(k.Int(), 10) }
	case first.CanUint():
		slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.Uint(), b.Uint()) })
		name = func(k reflect.Value) string { return strconv.FormatUint(k.Uint(), 10) }
	case p.hidden || p.leftOut: // no parameters: the order does not matter
		for _, value := range v.Seq2() { // a NaN is not found as a key
			w.walk(p.join("?"), value)
		}
		return
	default:
		w.mistake("%v is a %v, whose keys have no order: they must be strings or whole numbers", p, v.Type())
		return
	}
	for _, k := range keys {
		w.walk(p.join(name(k)), v.MapIndex(k))
	}
}

func (w *walker) fields(p place, v reflect.Value) {
	if v.Type() == nodeType.Elem() {
		if !p.leftOut {
			w.mistake("%v is an autograd.Node: make it a *autograd.Node", p)
		}
		return
	}
	for f, value := range v.Fields() {
		tag := f.Tag.Get("grad")
		name := lowerFirst(f.Name)
		if w.torch != nil {
			name = snakeCase(f.Name)
		}
		at := p.join(name)
		if !p.hidden {
			at.owner, at.hidden = v.Type(), !isExported(f)
		}
		switch {
		case tag == "-":
			at.leftOut = true
		case strings.Contains(tag, "."):
			w.mistake("%v has the tag `grad:%q`: a name can't have a dot", at, tag)
		case tag != "":
			at.path = p.join(tag).path
		}
		w.walk(at, value)
	}
}

// leads reports whether a value of a type can lead to a node.
func (w *walker) leads(t reflect.Type, hidden bool) bool {
	at := typeAt{t, hidden}
	leads, known := w.leading[at]
	if !known {
		leads = reaches(at, map[typeAt]bool{})
		w.leading[at] = leads
	}
	return leads
}

// reaches reports whether a value of a type can lead to a node; types in seen have been searched. An
// interface may have anything. But an unexported field may be of any kind, such as a mutex or a logger:
// there, only interfaces that have to do with nodes count.
func reaches(at typeAt, seen map[typeAt]bool) bool {
	if seen[at] {
		return false
	}
	seen[at] = true
	switch t := at.typ; t.Kind() {
	case reflect.Interface:
		return !at.hidden || ofNodes(t)
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return reaches(typeAt{t.Elem(), at.hidden}, seen)
	case reflect.Struct:
		if t == nodeType.Elem() {
			return true
		}
		refers := t.PkgPath() == nodeType.Elem().PkgPath() // as a Plan does, in unexported fields, to nodes of others
		for f := range t.Fields() {
			if refers && !f.IsExported() {
				continue
			}
			if reaches(typeAt{f.Type, at.hidden || !isExported(f)}, seen) {
				return true
			}
		}
	}
	return false
}

// ofNodes reports whether an interface has a method that takes or returns a node, as Layer has.
func ofNodes(t reflect.Type) bool {
	for m := range t.Methods() {
		if slices.Contains(slices.AppendSeq(slices.Collect(m.Type.Ins()), m.Type.Outs()), nodeType) {
			return true
		}
	}
	return false
}

// isExported reports whether the content of a field is exported. The exported fields of an embedded
// struct are, even if its type is not.
func isExported(f reflect.StructField) bool {
	t := f.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return f.IsExported() || f.Anonymous && t.Kind() == reflect.Struct
}

// String returns the path, and the struct that it leads to.
func (p place) String() string {
	switch {
	case p.path == "":
		return "the network"
	case p.owner == nil:
		return p.path
	}
	return fmt.Sprintf("%s of %v", p.path, p.owner)
}

// join returns the place of a part of the value at p.
func (p place) join(part string) place {
	if p.path != "" {
		part = p.path + "." + part
	}
	p.path = part
	return p
}

func lowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}
