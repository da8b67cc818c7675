package layers_test

import (
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// A torchModule is a module as testdata/modules.json.gz has it, and what is made of it here.
type torchModule struct {
	Config          torchConfig
	Parameters      map[string]goldenTensor
	Buffers         map[string]goldenTensor
	Inputs          []goldenTensor
	Output          goldenTensor
	Cotangent       goldenTensor
	ParameterGrads  map[string]goldenTensor `json:"parameter_grads"`
	InputGrads      []*goldenTensor         `json:"input_grads"`
	loaded          []loadedParameter
	runningConstant map[string]*node // by the buffers' names
}

type torchConfig struct {
	Training                          bool
	Stride, Padding, Dilation, Kernel numbers
	Groups                            int
	OutputPadding                     numbers `json:"output_padding"`
	Heads                             int
	Causal                            bool
	NormFirst                         bool `json:"norm_first"`
	Activation                        string
	Eps                               float64
	Momentum                          *float64
}

// numbers are one number, or one for each spatial axis.
type numbers []int

func (n *numbers) UnmarshalJSON(text []byte) error {
	if text[0] == '[' {
		return json.Unmarshal(text, (*[]int)(n))
	}
	*n = make([]int, 1)
	return json.Unmarshal(text, &(*n)[0])
}

// A loadedParameter is a Variable, and how it is made from PyTorch's tensor of that name.
type loadedParameter struct {
	name string
	node *node
	ours func(*T) *T
}

func same(x *T) *T { return x }

func transposed(x *T) *T { return new(T).Transpose(x) }

// part returns a function for the i-th of n parts along the first axis.
func part(i, n int, then func(*T) *T) func(*T) *T {
	return func(x *T) *T {
		size := x.Dim(0) / n
		return then(x.Slice(0, i*size, (i+1)*size).Clone())
	}
}

// load returns a Variable of PyTorch's parameter of that name, or nil if there is none.
func (m *torchModule) load(name string, ours func(*T) *T) *node {
	g, ok := m.Parameters[name]
	if !ok {
		return nil
	}
	p := autograd.Variable(ours(g.tensor()).Clone())
	m.loaded = append(m.loaded, loadedParameter{name, p, ours})
	return p
}

// buffer returns a Constant of the buffer of that name; in training, with the value it had at the start.
func (m *torchModule) buffer(name string, start float64) *node {
	x := m.Buffers[name].tensor()
	if m.Config.Training {
		x.Fill(start)
	}
	c := autograd.Constant(x)
	m.runningConstant[name] = c
	return c
}

func (m *torchModule) linear(prefix string) *layers.Linear {
	return &layers.Linear{Weight: m.load(prefix+"weight", transposed), Bias: m.load(prefix+"bias", same)}
}

func (m *torchModule) layerNorm(prefix string) *layers.LayerNorm {
	return &layers.LayerNorm{Weight: m.load(prefix+"weight", same), Bias: m.load(prefix+"bias", same), Eps: m.eps()}
}

func (m *torchModule) eps() float64 { return cmp.Or(m.Config.Eps, 1e-5) }

func (m *torchModule) attention(prefix string) *layers.MultiHeadAttention {
	l := &layers.MultiHeadAttention{Heads: m.Config.Heads, Causal: m.Config.Causal, Output: m.linear(prefix + "out_proj.")}
	for i, into := range []**layers.Linear{&l.Query, &l.Key, &l.Value} {
		*into = &layers.Linear{
			Weight: m.load(prefix+"in_proj_weight", part(i, 3, transposed)),
			Bias:   m.load(prefix+"in_proj_bias", part(i, 3, same)),
		}
	}
	return l
}

// cells returns the cells of all layers whose parameters' names end in suffix.
func (m *torchModule) cells(suffix string) (cells []*layers.Cell) {
	for i := 0; ; i++ {
		end := fmt.Sprintf("_l%d%s", i, suffix)
		if _, ok := m.Parameters["weight_ih"+end]; !ok {
			return cells
		}
		cells = append(cells, &layers.Cell{
			WeightIH: m.load("weight_ih"+end, transposed), WeightHH: m.load("weight_hh"+end, transposed),
			BiasIH: m.load("bias_ih"+end, same), BiasHH: m.load("bias_hh"+end, same),
		})
	}
}

// activation returns the activation of a transformer layer, which is ReLU by default.
func (m *torchModule) activation() layers.Layer {
	if m.Config.Activation == "gelu" {
		return layers.GELU{}
	}
	return layers.ReLU{}
}

func (m *torchModule) conv() autograd.Conv {
	c := m.Config
	return autograd.Conv{Stride: c.Stride, Padding: c.Padding, Dilation: c.Dilation, OutputPadding: c.OutputPadding, Groups: c.Groups}
}

// pools returns the poolings that the config allows, or the shapes if the config says nothing.
func (m *torchModule) pools() (pools []autograd.Pool) {
	c := m.Config
	if c.Kernel != nil {
		return []autograd.Pool{{Kernel: c.Kernel, Stride: c.Stride, Padding: c.Padding, Dilation: c.Dilation}}
	}
	size, count := m.Inputs[0].Shape[2:], m.Output.Shape[2]
	for kernel := 1; kernel <= slices.Min(size); kernel++ {
		for stride := 1; stride <= kernel; stride++ {
			if (size[0]-kernel)/stride+1 == count {
				pools = append(pools, autograd.Pool{Kernel: one(kernel), Stride: one(stride)})
			}
		}
	}
	return pools
}

// torchTypes has the layers that a module may be if its name begins with the prefix: several if the file
// does not say everything.
var torchTypes = []struct {
	prefix string
	build  func(m *torchModule) []layers.Layer
}{
	{"linear", func(m *torchModule) []layers.Layer { return []layers.Layer{m.linear("")} }},
	{"mlp_tanh", func(m *torchModule) []layers.Layer { // testdata/README.md has its activations
		return []layers.Layer{layers.Sequential{m.linear("0."), layers.Tanh{}, m.linear("2."), layers.ReLU{}, m.linear("4."), layers.Sigmoid{}}}
	}},
	{"layer_norm", func(m *torchModule) []layers.Layer { return []layers.Layer{m.layerNorm("")} }},
	{"rms_norm", func(m *torchModule) []layers.Layer {
		return []layers.Layer{&layers.RMSNorm{Weight: m.load("weight", same), Eps: m.Config.Eps}}
	}},
	{"batch_norm", func(m *torchModule) []layers.Layer {
		l := &layers.BatchNorm{Weight: m.load("weight", same), Bias: m.load("bias", same), Momentum: .1, Eps: m.eps()}
		if m.Config.Momentum != nil {
			l.Momentum = *m.Config.Momentum
		}
		l.RunningMean, l.RunningVariance = m.buffer("running_mean", 0), m.buffer("running_var", 1)
		l.Batches = m.buffer("num_batches_tracked", 0)
		return []layers.Layer{l}
	}},
	{"group_norm_instance", func(m *torchModule) []layers.Layer {
		return []layers.Layer{&layers.InstanceNorm{Weight: m.load("weight", same), Bias: m.load("bias", same), Eps: m.eps()}}
	}},
	{"instance_norm", func(m *torchModule) []layers.Layer {
		return []layers.Layer{&layers.InstanceNorm{Weight: m.load("weight", same), Bias: m.load("bias", same), Eps: m.eps()}}
	}},
	{"group_norm", func(m *torchModule) (all []layers.Layer) {
		weight, bias := m.load("weight", same), m.load("bias", same)
		channels := m.Inputs[0].Shape[1]
		for groups := 1; groups <= channels; groups++ {
			if channels%groups == 0 && (m.Config.Groups == 0 || m.Config.Groups == groups) {
				all = append(all, &layers.GroupNorm{Weight: weight, Bias: bias, Groups: groups, Eps: m.eps()})
			}
		}
		return all
	}},
	{"conv2d", func(m *torchModule) []layers.Layer {
		return []layers.Layer{&layers.Conv2D{Weight: m.load("weight", same), Bias: m.load("bias", same), Conv: m.conv()}}
	}},
	{"conv1d", func(m *torchModule) []layers.Layer {
		return []layers.Layer{&layers.Conv1D{Weight: m.load("weight", same), Bias: m.load("bias", same), Conv: m.conv()}}
	}},
	{"conv_transpose2d", func(m *torchModule) []layers.Layer {
		return []layers.Layer{&layers.ConvTranspose2D{Weight: m.load("weight", same), Bias: m.load("bias", same), Conv: m.conv()}}
	}},
	{"conv_transpose1d", func(m *torchModule) []layers.Layer {
		return []layers.Layer{&layers.ConvTranspose1D{Weight: m.load("weight", same), Bias: m.load("bias", same), Conv: m.conv()}}
	}},
	{"max_pool2d", func(m *torchModule) (all []layers.Layer) {
		for _, p := range m.pools() {
			all = append(all, layers.MaxPool2D(p))
		}
		return all
	}},
	{"avg_pool2d", func(m *torchModule) (all []layers.Layer) {
		for _, p := range m.pools() {
			all = append(all, layers.AvgPool2D(p))
		}
		return all
	}},
	{"max_pool1d", func(m *torchModule) (all []layers.Layer) {
		for _, p := range m.pools() {
			all = append(all, layers.MaxPool1D(p))
		}
		return all
	}},
	{"avg_pool1d", func(m *torchModule) (all []layers.Layer) {
		for _, p := range m.pools() {
			all = append(all, layers.AvgPool1D(p))
		}
		return all
	}},
	{"embedding", func(m *torchModule) []layers.Layer {
		return []layers.Layer{&layers.Embedding{Weight: m.load("weight", same)}}
	}},
	{"rnn", func(m *torchModule) []layers.Layer {
		cells, reverse := m.cells(""), m.cells("_reverse")
		return []layers.Layer{&layers.RNN{Cells: cells, Reverse: reverse}, &layers.RNN{Cells: cells, Reverse: reverse, Activation: layers.ReLU{}}}
	}},
	{"lstm", func(m *torchModule) []layers.Layer {
		return []layers.Layer{&layers.LSTM{Cells: m.cells(""), Reverse: m.cells("_reverse")}}
	}},
	{"gru", func(m *torchModule) []layers.Layer {
		return []layers.Layer{&layers.GRU{Cells: m.cells(""), Reverse: m.cells("_reverse")}}
	}},
	{"multi_head", func(m *torchModule) []layers.Layer { return []layers.Layer{m.attention("")} }},
	{"transformer_encoder_layer", func(m *torchModule) []layers.Layer {
		return []layers.Layer{&layers.TransformerLayer{
			Attention: m.attention("self_attn."), Up: m.linear("linear1."), Down: m.linear("linear2."),
			Norm1: m.layerNorm("norm1."), Norm2: m.layerNorm("norm2."),
			NormFirst: m.Config.NormFirst, Activation: m.activation(),
		}}
	}},
	{"prelu", func(m *torchModule) []layers.Layer {
		return []layers.Layer{&layers.PReLU{Weight: m.load("weight", same)}}
	}},
}

func readTorchModules(t *testing.T) map[string]*torchModule {
	t.Helper()
	f, err := os.Open("testdata/modules.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Modules map[string]*torchModule }
	if err := json.NewDecoder(z).Decode(&file); err != nil {
		t.Fatal(err)
	}
	if len(file.Modules) == 0 {
		t.Fatal("the file has no modules")
	}
	return file.Modules
}

func TestModulesAgreeWithTorch(t *testing.T) {
	t.Parallel()
	modules := readTorchModules(t)
	for _, name := range slices.Sorted(maps.Keys(modules)) {
		t.Run(name, func(t *testing.T) { modules[name].check(t, name) })
	}
}

func (m *torchModule) check(t *testing.T, name string) {
	m.runningConstant = map[string]*node{}
	var candidates []layers.Layer
	for _, typ := range torchTypes {
		if strings.HasPrefix(name, typ.prefix) && candidates == nil {
			candidates = typ.build(m)
		}
	}
	if len(candidates) == 0 {
		t.Fatal("there is no layer for this module")
	}
	layer := candidates[0]
	xs, y := m.forward(layer)
	for _, l := range candidates[1:] { // the one whose output agrees, if one does
		if !(torchDistance(y.Value(), m.Output.tensor(), m.Output) <= 1) {
			layer = l
			xs, y = m.forward(l)
		}
	}
	m.compare(t, "output", y.Value(), m.Output.tensor(), m.Output)
	grads := autograd.Backward(y.Mul(autograd.Constant(m.Cotangent.tensor())).Sum())
	for i, want := range m.InputGrads {
		if want != nil {
			m.compare(t, fmt.Sprintf("gradient of input %d", i), grads.Of(xs[i]), want.tensor(), *want)
		}
	}
	used := map[string]bool{}
	for _, p := range m.loaded {
		used[p.name] = true
		whole := m.ParameterGrads[p.name]
		m.compare(t, "gradient of "+p.name, grads.Of(p.node), p.ours(whole.tensor()), whole)
	}
	for name := range m.Parameters {
		if !used[name] {
			t.Errorf("the parameter %s was not used", name)
		}
	}
	for name, want := range m.Buffers {
		if c := m.runningConstant[name]; c == nil {
			t.Errorf("the buffer %s was not used", name)
		} else {
			m.compare(t, name, c.Value(), want.tensor(), want)
		}
	}
	m.checkState(t, layer)
}

// checkState lets the layer itself take PyTorch's tensors, and compares them with those that it was made
// with.
func (m *torchModule) checkState(t *testing.T, layer layers.Layer) {
	tensors := map[string]*T{}
	for _, all := range []map[string]goldenTensor{m.Parameters, m.Buffers} {
		for name, g := range all {
			tensors[name] = g.tensor()
		}
	}
	want := layers.State(layer)
	for _, p := range m.loaded {
		p.node.Set(tensor.New(p.node.Shape()...))
	}
	for _, c := range m.runningConstant {
		c.Set(tensor.New(c.Shape()...))
	}
	if err := layers.SetTorchState(layer, tensors); err != nil {
		t.Error(err)
	}
	for name, got := range layers.State(layer) {
		if !(torchDistance(got, want[name], goldenTensor{Data: want[name].Data()}) <= 1) { // running means from training are only as exact as that
			t.Errorf("%s was set to\n%v\nwant\n%v", name, got, want[name])
		}
	}
}

// forward returns the inputs, Variables where a gradient is known, and the output of a layer.
func (m *torchModule) forward(l layers.Layer) (xs []*node, y *node) {
	training := autograd.Context{Training: m.Config.Training}
	var given []*node // what the context flows from
	for i, g := range m.Inputs {
		x := training.Constant(g.tensor())
		if m.InputGrads[i] != nil {
			v := autograd.Variable(g.tensor())
			xs, given = append(xs, v), append(given, v.Add(training.Constant(tensor.Scalar(0))))
			continue
		}
		xs, given = append(xs, x), append(given, x)
	}
	if len(given) == 1 {
		return xs, l.Forward(given[0])
	}
	return xs, l.(*layers.MultiHeadAttention).Attend(given[0], given[1], nil)
}

func (m *torchModule) compare(t *testing.T, what string, got, want *T, whole goldenTensor) {
	t.Helper()
	if d := torchDistance(got, want, whole); !(d <= 1) {
		t.Errorf("%s: %.3g times what is allowed:\ngot  %v\nwant %v", what, d, got, want)
	}
}

// torchDistance returns the largest |a − b|, in units of 1e-9 max(|b|, 1e-3 × the largest |b|, 1e-6). The
// largest is that of PyTorch's whole tensor, of which want may be a part: the gradient of the keys' bias
// is 0 but for rounding, and its tensor has the biases of queries and values too.
func torchDistance(got, want *T, whole goldenTensor) (d float64) {
	if !tensor.SameShape(got, want) {
		return math.Inf(1)
	}
	largest := 0.
	for _, b := range whole.Data {
		largest = max(largest, math.Abs(b))
	}
	for i, b := range want.Data() {
		d = max(d, math.Abs(got.Data()[i]-b)/(1e-9*max(math.Abs(b), 1e-3*largest, 1e-6)))
	}
	return d
}
