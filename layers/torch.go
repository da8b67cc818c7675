package layers

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
	"gentlegrad/tensor/safetensors"
)

// A TorchLayer sets its parameters and state from the tensors of the PyTorch module that it corresponds
// to. Layers need this where names or layout differ:
//
//	func (l *Linear) FromTorch(m *TorchModule) {
//		in, out := …
//		m.Set(l.Weight, new(tensor.Tensor).Transpose(m.Tensor("weight", out, in)))
//		m.Set(l.Bias, m.Tensor("bias", out))
//	}
//
// FromTorch sets all nodes of the layer, and of the layers in it; [TorchModule.Layer] does that for those
// that are modules in PyTorch too. A struct that embeds a TorchLayer has its FromTorch, and its names in
// PyTorch; if it has other nodes it needs a FromTorch of its own.
type TorchLayer interface {
	FromTorch(m *TorchModule)
}

// A TorchModule has the tensors of a PyTorch module, by their names within it.
type TorchModule struct {
	prefix string // of the names, such as "encoder.0."
	load   *torchLoad
}

// A torchLoad is what all modules of a file share.
type torchLoad struct {
	tensors map[string]*tensor.Tensor
	used    map[string]bool
	set     map[*autograd.Node]*tensor.Tensor
	asked   map[string]bool // by type and nodes: the layers whose FromTorch was called
	err     *StateError
}

// Has reports whether there is a tensor of that name.
func (m *TorchModule) Has(name string) bool { return !m.load.tensors[m.prefix+name].IsEmpty() }

// Tensor returns the tensor of that name, such as "weight_ih_l0", which must not be modified. If there is
// none of this shape, Tensor returns zeros, and LoadTorch will return an error.
func (m *TorchModule) Tensor(name string, shape ...int) *tensor.Tensor {
	name = m.prefix + name
	m.load.used[name] = true
	x := m.load.tensors[name]
	switch {
	case x.IsEmpty():
		m.load.err.Missing = once(m.load.err.Missing, name)
	case !x.HasShape(shape...):
		m.load.err.misshaped(name, x, shape)
	default:
		return x
	}
	return tensor.New(shape...)
}

// Set sets one of the layer's Variables and Constants to x, once the whole file is found to be right. It
// panics if their shapes differ; if the node is nil it does nothing.
func (m *TorchModule) Set(node *autograd.Node, x *tensor.Tensor) {
	if node == nil {
		return
	}
	if !tensor.SameShape(node.Value(), x) {
		fail("FromTorch", "%v of module %q can't be set to a tensor of shape %v", node, strings.TrimSuffix(m.prefix, "."), x.Shape())
	}
	m.load.set[node] = x
}

// Skip says that a tensor is not needed, such as "num_batches_tracked". It may be missing.
func (m *TorchModule) Skip(name string) { m.load.used[m.prefix+name] = true }

// Layer sets a layer within this one, which is a module of the given name in PyTorch, such as "self_attn".
func (m *TorchModule) Layer(name string, layer any) {
	part := &TorchModule{m.prefix + name + ".", m.load}
	part.walk(layer)
}

// walk sets all nodes of a network or layer: those of layers with a FromTorch by that, all others by the
// names of their fields in PyTorch's spelling, running_mean for RunningMean.
func (m *TorchModule) walk(net any) {
	w := newWalker()
	w.torch = m
	w.find(net)
	for _, p := range w.all() {
		if _, done := m.load.set[p.node]; !done {
			m.Set(p.node, m.Tensor(p.name, p.node.Shape()...))
		}
	}
}

// fromTorch lets a layer take its tensors, and reports whether it has a method for that.
func (w *walker) fromTorch(p place, v reflect.Value) bool {
	if !v.CanInterface() {
		return false
	}
	if !v.CanAddr() { // an element of a map, or what an interface holds: a copy has the same nodes
		c := reflect.New(v.Type()).Elem()
		c.Set(v)
		v = c
	}
	layer, ok := v.Addr().Interface().(TorchLayer)
	if !ok {
		return false
	}
	nodes := find(layer).all()
	key := fmt.Sprintf("%T %v", layer, nodes)
	if len(nodes) > 0 && w.torch.load.asked[key] {
		return true
	}
	w.torch.load.asked[key] = true
	prefix := w.torch.prefix
	if p.path != "" {
		prefix += p.path + "."
	}
	layer.FromTorch(&TorchModule{prefix, w.torch.load})
	return true
}

// snakeCase returns the name of a field in Python's way: RunningMean is running_mean, WeightIH
// weight_ih, QProj q_proj, RNN rnn, BNs bns.
func snakeCase(name string) string {
	var b strings.Builder
	letters := []rune(name)
	for i, r := range letters {
		if i > 0 && unicode.IsUpper(r) && (!unicode.IsUpper(letters[i-1]) || i+2 < len(letters) && unicode.IsLower(letters[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// LoadTorch sets a network's parameters and state to those of a PyTorch model, whose state_dict was
// written to the named file by save_file of safetensors.torch. The model must have the names of the
// network: those of [Named], but in PyTorch's spelling, which is running_mean for a field RunningMean and
// rnn for RNN, and with numbers for the layers of a Sequential. Layers with another layout there convert
// it (see [TorchLayer]): a Linear's weight, out × in, is transposed. It returns an error, and changes
// nothing, if the file can't be read, if it was written by Save, or if names or shapes differ. The error
// names the file; in the last two cases it wraps an *[Error] or a *[StateError], with PyTorch's names.
// It panics as Named does.
func LoadTorch(name string, net any) error {
	f, err := safetensors.ReadFile(name)
	if err != nil {
		return err
	}
	if f.Metadata["format"] == layout["format"] {
		return inFile(name, &Error{Op: "LoadTorch", Text: "the file has the layout of this package: Load loads it"})
	}
	return inFile(name, setTorchState("LoadTorch", net, f.Tensors))
}

// SetTorchState is [LoadTorch] of tensors that were read before, and perhaps renamed.
func SetTorchState(net any, tensors map[string]*tensor.Tensor) error {
	return setTorchState("SetTorchState", net, tensors)
}

func setTorchState(op string, net any, tensors map[string]*tensor.Tensor) error {
	all := mustFind(op, net).all()
	load := &torchLoad{tensors, map[string]bool{}, map[*autograd.Node]*tensor.Tensor{}, map[string]bool{}, &StateError{Op: op}}
	(&TorchModule{"", load}).walk(net)
	for name := range tensors {
		if !load.used[name] {
			load.err.Unexpected = append(load.err.Unexpected, name)
		}
	}
	slices.Sort(load.err.Unexpected)
	for _, p := range all {
		if load.set[p.node] == nil {
			load.err.Missing = append(load.err.Missing, fmt.Sprintf("%s, which its layer's FromTorch does not set", p.name))
		}
	}
	if err := load.err.orNil(); err != nil {
		return err
	}
	setValues(all, func(p parameter) *tensor.Tensor { return load.set[p.node] })
	return nil
}
