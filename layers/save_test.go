package layers_test

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/tensor"
	"gentlegrad/tensor/safetensors"
)

// batchNorm is a layer of a user's own: normalisation by running statistics, which are state.
type batchNorm struct {
	Weight, Bias            *autograd.Node
	RunningMean, RunningVar *autograd.Node
}

func newBatchNorm(n int) *batchNorm {
	one := func() *tensor.Tensor { return tensor.Full(1, n) }
	return &batchNorm{
		autograd.Variable(one()), autograd.Variable(tensor.New(n)),
		autograd.Constant(tensor.New(n)), autograd.Constant(one()),
	}
}

func (b *batchNorm) Forward(x *autograd.Node) *autograd.Node {
	deviation := b.RunningVar.Add(autograd.Constant(tensor.Scalar(1e-5))).Sqrt()
	return x.Sub(b.RunningMean).Div(deviation).Mul(b.Weight).Add(b.Bias)
}

// A torchBatchNorm says how it loads PyTorch's.
type torchBatchNorm struct{ *batchNorm }

func (b torchBatchNorm) FromTorch(m *layers.TorchModule) {
	n := b.Weight.Value().Len()
	m.Set(b.Weight, m.Tensor("weight", n))
	m.Set(b.Bias, m.Tensor("bias", n))
	m.Set(b.RunningMean, m.Tensor("running_mean", n))
	m.Set(b.RunningVar, m.Tensor("running_var", n))
	m.Skip("num_batches_tracked")
}

func seeded(seed uint64) layers.Init {
	return layers.Uniform(rand.New(rand.NewPCG(seed, 0)), -1, 1)
}

func ownNet(seed uint64) layers.Sequential {
	return layers.Sequential{layers.NewLinear(3, 3, seeded(seed)), layers.Tanh{}, newBatchNorm(3), layers.NewLinear(3, 2, seeded(seed+1))}
}

// sameState reports whether two states are the same, bit for bit.
func sameState(a, b map[string]*tensor.Tensor) bool {
	for name, x := range a {
		if y := b[name]; !tensor.SameShape(x, y) || !slices.EqualFunc(x.Data(), y.Data(), func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }) {
			return false
		}
	}
	return len(a) == len(b)
}

func TestSaveLoad(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "net.safetensors")
	from, to := ownNet(1), ownNet(7)
	from[2].(*batchNorm).RunningMean.Value().Fill(0.3)
	want := layers.State(from)
	if names := slices.Sorted(func(yield func(string) bool) {
		for n := range want {
			if !yield(n) {
				return
			}
		}
	}); strings.Join(names, " ") != "0.bias 0.weight 2.bias 2.runningMean 2.runningVar 2.weight 3.bias 3.weight" {
		t.Errorf("names %v", names)
	}
	if err := layers.Save(name, from); err != nil {
		t.Fatal(err)
	}
	if err := layers.Load(name, to); err != nil || !sameState(layers.State(to), want) {
		t.Errorf("%v: %v", err, layers.State(to))
	}
	var b bytes.Buffer
	if err := layers.Encode(&b, from); err != nil {
		t.Fatal(err)
	}
	to = ownNet(7)
	if err := layers.Decode(&b, to); err != nil || !sameState(layers.State(to), want) {
		t.Errorf("%v: %v", err, layers.State(to))
	}
	f, err := safetensors.ReadFile(name)
	if err != nil || len(f.Metadata) != 3 || f.Metadata["format"] != "gentlegrad" || f.Metadata["layout"] != "in×out" || f.Metadata["version"] != "1" {
		t.Errorf("%v, %v", f.Metadata, err)
	}
}

// What is not a network is not saved as an empty one.
func TestSaveMistakes(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "net.safetensors")
	wantPanic(t, "layers: State: the network is of type int, which can't have a Variable; it must be a Layer, a struct, a node, or a list or map of these",
		func() { layers.Save(name, 3) })
	if _, err := os.Stat(name); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is a file: %v", err)
	}
	h := autograd.Variable(tensor.New(2))
	wantPanic(t, "layers: State: h of struct { W *autograd.Node; H *autograd.Node } is Detach [2], computed and not state: it would not be saved; "+
		"keep autograd.Constant of a Clone of its Value, or leave it out by the tag `grad:\"-\"`",
		func() { layers.State(&struct{ W, H *node }{h, h.Detach()}) })
}

// State is a copy: training goes on without it.
func TestStateIsCopied(t *testing.T) {
	t.Parallel()
	net := ownNet(1)
	best := layers.State(net)
	want := best["0.weight"].Clone()
	layers.Parameters(net)[0].Value().Fill(5)
	if err := layers.SetState(net, best); err != nil {
		t.Fatal(err)
	}
	if got := layers.State(net)["0.weight"]; !slices.Equal(got.Data(), want.Data()) {
		t.Errorf("got %v, want %v", got, want)
	}
	layers.Parameters(net)[0].Value().Fill(5)
	if !slices.Equal(best["0.weight"].Data(), want.Data()) {
		t.Error("the state has the network's memory")
	}
}

// The tensors that are set may be the network's own.
func TestSetStateOfOwnTensors(t *testing.T) {
	t.Parallel()
	memory := tensor.New(2, 2)
	for _, set := range []func(any, map[string]*tensor.Tensor) error{layers.SetState, layers.SetTorchState} {
		for first := range 2 { // whichever comes first in memory
			a, b := autograd.Variable(memory.Slice(0, first, first+1).Fill(1)), autograd.Variable(memory.Slice(0, 1-first, 2-first).Fill(2))
			if err := set([]*node{a, b}, map[string]*tensor.Tensor{"0": b.Value(), "1": a.Value()}); err != nil {
				t.Fatal(err)
			}
			if x, y := a.Value().At(0, 0), b.Value().At(0, 0); x != 2 || y != 1 {
				t.Errorf("got %v and %v, want 2 and 1", x, y)
			}
		}
	}
}

// All differences are listed, and nothing is changed.
func TestSetStateMistakes(t *testing.T) {
	t.Parallel()
	net := ownNet(1)
	before := layers.State(net)
	state := layers.State(ownNet(7))
	delete(state, "0.bias")
	state["2.runningVar"] = nil
	state["2.running_var"], state["4.weight"] = tensor.New(3), tensor.New(1)
	state["3.weight"], state["3.bias"] = tensor.New(2, 3), tensor.New(1, 2)
	err := layers.SetState(net, state)
	const want = `layers: SetState: the tensors do not fit the network, which is left as it was
missing:
	0.bias
	2.runningVar
unexpected:
	2.running_var
	4.weight
of another shape:
	3.weight has shape [2 3], the network's has [3 2]
	3.bias has shape [1 2], the network's has [2]`
	var e *layers.StateError
	if !errors.As(err, &e) || len(e.Missing) != 2 || len(e.Unexpected) != 2 || len(e.Misshaped) != 2 || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if !sameState(layers.State(net), before) {
		t.Error("the network has changed")
	}
}

func TestLoadMistakes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	net := ownNet(1)
	before := layers.State(net)
	write := func(metadata map[string]string, tensors map[string]*tensor.Tensor) string {
		name := filepath.Join(dir, "file")
		if err := safetensors.WriteFile(name, &safetensors.File{Tensors: tensors, Metadata: metadata}); err != nil {
			t.Fatal(err)
		}
		return name
	}
	ours := map[string]string{"format": "gentlegrad", "version": "1", "layout": "in×out"}
	other := layers.State(ownNet(7))
	for _, c := range []struct {
		name     string
		load     func(string, any) error
		metadata map[string]string
		tensors  map[string]*tensor.Tensor
		want     string
	}{
		{"PyTorch's", layers.Load, map[string]string{"format": "pt"}, other, `: layers: Load: the file's metadata have format "pt", not "gentlegrad"`},
		{"without metadata", layers.Load, nil, other, `have format "", not "gentlegrad"`},
		{"a later version", layers.Load, map[string]string{"format": "gentlegrad", "version": "2", "layout": "in×out"}, other, `have version "2", not "1"`},
		{"another layout", layers.Load, map[string]string{"format": "gentlegrad", "version": "1", "layout": "out×in"}, other, `have layout "out×in", not "in×out"`},
		{"no tensors", layers.Load, ours, nil, "missing:\n\t0.weight\n\t0.bias"},
		{"ours", layers.LoadTorch, ours, other, "layers: LoadTorch: the file has the layout of this package"},
		{"the field's name", layers.LoadTorch, nil, other, "missing:\n\t2.running_mean\n\t2.running_var\nunexpected:\n\t2.runningMean\n\t2.runningVar\nof another shape:\n\t3.weight has shape [3 2], the network's has [2 3]"},
	} {
		name := write(c.metadata, c.tensors)
		if err := c.load(name, net); err == nil || !strings.HasPrefix(err.Error(), name+": layers: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
		if !sameState(layers.State(net), before) {
			t.Errorf("%s: the network has changed", c.name)
		}
	}
	if err := layers.Load(filepath.Join(dir, "none"), net); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	var e *safetensors.Error
	if err := layers.Decode(strings.NewReader("short"), net); !errors.As(err, &e) {
		t.Error(err)
	}
}

// A PyTorch model, with a square Linear, gives PyTorch's outputs; see testdata/README.md.
func TestLoadTorch(t *testing.T) {
	t.Parallel()
	withoutBias := layers.NewLinear(4, 2, nil)
	withoutBias.Bias = nil
	net := layers.Sequential{
		layers.NewLinear(3, 3, nil), layers.Tanh{},
		layers.Sequential{layers.NewLinear(3, 4, nil), torchBatchNorm{newBatchNorm(4)}}, layers.Sigmoid{},
		withoutBias,
	}
	if err := layers.LoadTorch("testdata/torch.safetensors", net); err != nil {
		t.Fatal(err)
	}
	f, err := safetensors.ReadFile("testdata/torch_outputs.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	y, want := net.Forward(autograd.Constant(f.Tensors["x"])).Value(), f.Tensors["y"]
	if !tensor.AllClose(y, want, 0, 1e-14) {
		t.Errorf("got\n%v\nwant\n%v", y, want)
	}
}

// A reader is a user's network with the names of its PyTorch model; see testdata/README.md.
type reader struct {
	Words     *layers.Embedding
	Memory    *layers.LSTM
	Attention *layers.MultiHeadAttention
	Block     *layers.TransformerLayer
	Norm      *layers.BatchNorm
	Head      *layers.Linear
}

func (r *reader) Forward(x *autograd.Node) *autograd.Node {
	h := r.Memory.Forward(r.Words.Forward(x))
	h = h.Add(r.Attention.Forward(h))
	return r.Head.Forward(r.Norm.Forward(r.Block.Forward(h).Mean(1)))
}

// A trained PyTorch model with an embedding, a bidirectional LSTM of two layers, attention, a transformer
// block and batch normalisation gives PyTorch's outputs, also when it was saved and loaded here.
func TestLoadTorchReader(t *testing.T) {
	t.Parallel()
	newReader := func() *reader {
		return &reader{
			layers.NewEmbedding(7, 4, nil), layers.NewLSTM(4, 3, layers.Stack{Layers: 2, Bidirectional: true}, nil),
			layers.NewMultiHeadAttention(6, 2, nil), layers.NewTransformerLayer(6, 3, 8, nil), layers.NewBatchNorm(6), layers.NewLinear(6, 2, nil),
		}
	}
	net := newReader()
	if err := layers.LoadTorch("testdata/torch_reader.safetensors", net); err != nil {
		t.Fatal(err)
	}
	f, err := safetensors.ReadFile("testdata/torch_reader_outputs.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	y, want := net.Forward(autograd.Constant(f.Tensors["x"])).Value(), f.Tensors["y"]
	if !tensor.AllClose(y, want, 1e-13, 0) {
		t.Errorf("got\n%v\nwant\n%v", y, want)
	}

	name, again := filepath.Join(t.TempDir(), "reader.safetensors"), newReader()
	if err := errors.Join(layers.Save(name, net), layers.Load(name, again)); err != nil {
		t.Fatal(err)
	}
	if z := again.Forward(autograd.Constant(f.Tensors["x"])).Value(); !slices.Equal(z.Data(), y.Data()) {
		t.Errorf("saved and loaded it gives %v, before %v", z, y)
	}
}

// A module's parts may have other names in PyTorch. What no method names is found by its field.
func TestTorchModule(t *testing.T) {
	t.Parallel()
	net := &torchBlock{Attention: layers.NewLinear(2, 3, nil), Rest: map[string]layers.Layer{"Rest": newBatchNorm(1)}, InitialH: autograd.Variable(tensor.New(2))}
	weight := tensor.Rows([][]float64{{1, 2}, {3, 4}, {5, 6}})
	state := map[string]*tensor.Tensor{
		"self_attn.weight": weight, "self_attn.bias": tensor.New(3), "initial_h": tensor.Full(7, 2),
		"rest.Rest.weight": tensor.New(1), "rest.Rest.bias": tensor.New(1), "rest.Rest.running_mean": tensor.Full(8, 1), "rest.Rest.running_var": tensor.New(1),
		"unused": tensor.New(1),
	}
	if err := layers.SetTorchState(&struct{ Block *torchBlock }{net}, state); err == nil || !strings.Contains(err.Error(), "missing:\n\tblock.self_attn.weight") {
		t.Error(err)
	}
	err := layers.SetTorchState(net, state)
	if err == nil || err.Error() != "layers: SetTorchState: the tensors do not fit the network, which is left as it was\nunexpected:\n\tunused" {
		t.Error(err)
	}
	delete(state, "unused")
	if err := layers.SetTorchState(net, state); err != nil {
		t.Fatal(err)
	}
	got := layers.State(net)
	if !slices.Equal(got["attention.weight"].Data(), []float64{1, 3, 5, 2, 4, 6}) || got["rest.Rest.runningMean"].Item() != 8 || got["initialH"].At(1) != 7 {
		t.Error(got)
	}
	net.forget = true
	if err := layers.SetTorchState(net, state); err == nil || !strings.Contains(err.Error(), "missing:\n\tinitialH, which its layer's FromTorch does not set") {
		t.Error(err)
	}
}

type torchBlock struct {
	Attention *layers.Linear
	Rest      map[string]layers.Layer
	InitialH  *autograd.Node
	forget    bool
}

func (b *torchBlock) FromTorch(m *layers.TorchModule) {
	m.Layer("self_attn", b.Attention)
	m.Layer("rest", b.Rest)
	if !b.forget {
		m.Set(b.InitialH, m.Tensor("initial_h", 2))
	} else {
		m.Skip("initial_h")
	}
}
