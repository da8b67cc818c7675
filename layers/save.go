package layers

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"gentlegrad/tensor"
	"gentlegrad/tensor/safetensors"
)

// layout is the metadata of a network's file, which is one of safetensors, with the names of State. They
// say which layout the tensors have; when that of any layer changes, the version does.
var layout = map[string]string{"format": "gentlegrad", "version": "1", "layout": "in×out"}

// State returns copies of a network's parameters and of its state, the Constants in exported fields, such
// as running means. The names are those that [Named] gives, and would give to state. It panics as Named
// does.
func State(net any) map[string]*tensor.Tensor {
	state := map[string]*tensor.Tensor{}
	for _, p := range mustFind("State", net).all() {
		state[p.name] = p.node.Value().Clone()
	}
	return state
}

// all returns the parameters and the state.
func (w *walker) all() []parameter { return slices.Concat(w.parameters, w.state) }

// SetState sets a network's parameters and state to copies of what State returned. The network must have
// been built in the same way: if names or shapes differ, SetState returns a *[StateError] and changes
// nothing. It panics as Named does.
func SetState(net any, state map[string]*tensor.Tensor) error {
	return setState("SetState", net, state)
}

func setState(op string, net any, state map[string]*tensor.Tensor) error {
	e := &StateError{Op: op}
	expected := map[string]bool{}
	all := mustFind(op, net).all()
	for _, p := range all {
		expected[p.name] = true
		switch x := state[p.name]; {
		case x.IsEmpty():
			e.Missing = append(e.Missing, p.name)
		case !tensor.SameShape(x, p.node.Value()):
			e.misshaped(p.name, x, p.node.Shape())
		}
	}
	for _, name := range slices.Sorted(maps.Keys(state)) {
		if !expected[name] {
			e.Unexpected = append(e.Unexpected, name)
		}
	}
	if err := e.orNil(); err != nil {
		return err
	}
	setValues(all, func(p parameter) *tensor.Tensor { return state[p.name] })
	return nil
}

// setValues sets a network's nodes to copies of values, which may be the nodes' own, or share memory with
// them.
func setValues(all []parameter, of func(p parameter) *tensor.Tensor) {
	values, own := make([]*tensor.Tensor, len(all)), make([]*tensor.Tensor, len(all))
	for i, p := range all {
		values[i], own[i] = of(p), p.node.Value()
	}
	if tensor.Overlapping(values, own) >= 0 {
		for i, v := range values {
			values[i] = v.Clone() // otherwise a value might change before it is copied
		}
	}
	for i, v := range values {
		own[i].Copy(v)
	}
}

// A StateError lists how names and shapes differ from those of a network, which has not been changed.
type StateError struct {
	Op         string   // the function
	Missing    []string // names that only the network has
	Unexpected []string // names that the network does not have
	Misshaped  []string // names and shapes, such as "0.weight has shape [2 3], the network's has [3 2]"
}

func (e *StateError) misshaped(name string, x *tensor.Tensor, want []int) {
	e.Misshaped = once(e.Misshaped, fmt.Sprintf("%s has shape %v, the network's has %v", name, x.Shape(), want))
}

// once adds a line to a list that does not have it, as of a tensor that several nodes are parts of.
func once(list []string, line string) []string {
	if slices.Contains(list, line) {
		return list
	}
	return append(list, line)
}

// orNil returns e, or nil if it lists nothing.
func (e *StateError) orNil() error {
	if len(e.Missing)+len(e.Unexpected)+len(e.Misshaped) == 0 {
		return nil
	}
	return e
}

func (e *StateError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "layers: %s: the tensors do not fit the network, which is left as it was", e.Op)
	for _, part := range []struct {
		title string
		lines []string
	}{{"missing", e.Missing}, {"unexpected", e.Unexpected}, {"of another shape", e.Misshaped}} {
		if len(part.lines) > 0 {
			fmt.Fprintf(&b, "\n%s:\n\t%s", part.title, strings.Join(part.lines, "\n\t"))
		}
	}
	return b.String()
}

// Save writes a network's [State] to the named file, in the format of package safetensors, whole or not
// at all: after a crash the old file or the new one is there. Weights have the layout of this package,
// which the metadata record: a Linear's is in × out. It panics as Named does.
func Save(name string, net any) error {
	return safetensors.WriteFile(name, &safetensors.File{Tensors: State(net), Metadata: layout})
}

// Encode writes to w what Save writes to a file. It panics if w is nil, and as Named does.
func Encode(w io.Writer, net any) error {
	if w == nil {
		fail("Encode", "the writer is nil")
	}
	return safetensors.Write(w, &safetensors.File{Tensors: State(net), Metadata: layout})
}

// Load sets a network's parameters and state to what Save has written to the named file. It returns an
// error, and changes nothing, if the file can't be read, if Save has not written it ([LoadTorch] is for
// PyTorch's), or if its network was built differently. The error names the file; in the last two cases
// it wraps an *[Error] or a *[StateError]. It panics as Named does.
func Load(name string, net any) error {
	f, err := safetensors.ReadFile(name)
	if err != nil {
		return err
	}
	return inFile(name, load("Load", net, f))
}

// Decode reads what Encode has written from r, up to its end. It returns errors as Load does. It panics
// if r is nil, and as Named does.
func Decode(r io.Reader, net any) error {
	if r == nil {
		fail("Decode", "the reader is nil")
	}
	f, err := safetensors.Read(r)
	if err != nil {
		return err
	}
	return load("Decode", net, f)
}

func load(op string, net any, f *safetensors.File) error {
	for _, key := range []string{"format", "version", "layout"} {
		if got := f.Metadata[key]; got != layout[key] {
			return &Error{Op: op, Text: fmt.Sprintf("the file's metadata have %s %.50q, not %q: its weights may be laid out differently; LoadTorch loads PyTorch's", key, got, layout[key])}
		}
	}
	return setState(op, net, f.Tensors)
}

// inFile returns err with the name of the file that it is about.
func inFile(name string, err error) error {
	if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return err
}
