package layers_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/autograd/gradcheck"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// one is a list of one number.
func one(n int) []int { return []int{n} }

// everyLayer returns a layer of each type, the shapes that it takes and gives, and how it prints.
func everyLayer() []listed {
	init := layers.Normal(rand.New(rand.NewPCG(7, 8)), 0, .6)
	lstm := layers.NewLSTM(3, 2, layers.Stack{Layers: 2, Bidirectional: true}, init)
	relu := layers.NewRNN(3, 2, layers.Stack{Layers: 2}, init)
	relu.Activation = layers.ReLU{}
	causal := layers.NewMultiHeadAttention(4, 2, init)
	causal.Causal = true
	first := layers.NewTransformerLayer(4, 2, 6, init)
	first.NormFirst, first.Activation = true, layers.GELU{}
	norm := layers.NewBatchNorm(3)
	norm.RunningMean.Set(normal(3))
	return []listed{
		{layers.Sigmoid{}, one(3), one(3), "Sigmoid"},
		{layers.Tanh{}, one(3), one(3), "Tanh"},
		{layers.ReLU{}, one(3), one(3), "ReLU"},
		{layers.Identity{}, one(3), one(3), "Identity"},
		{layers.LeakyReLU{Slope: .01}, one(3), one(3), "LeakyReLU 0.01"},
		{layers.ELU{Alpha: 1}, one(3), one(3), "ELU 1"},
		{layers.CELU{Alpha: 2}, one(3), one(3), "CELU 2"},
		{layers.SELU{}, one(3), one(3), "SELU"},
		{layers.GELU{}, one(3), one(3), "GELU"},
		{layers.GELUTanh{}, one(3), one(3), "GELUTanh"},
		{layers.SiLU{}, one(3), one(3), "SiLU"},
		{layers.Mish{}, one(3), one(3), "Mish"},
		{layers.Softplus{}, one(3), one(3), "Softplus"},
		{layers.LogSigmoid{}, one(3), one(3), "LogSigmoid"},
		{layers.Softsign{}, one(3), one(3), "Softsign"},
		{layers.Threshold{At: .1, Else: -1}, one(3), one(3), "Threshold at 0.1, else -1"},
		{layers.Hardtanh{Low: -1, High: 1}, one(3), one(3), "Hardtanh -1 to 1"},
		{layers.ReLU6{}, one(3), one(3), "ReLU6"},
		{layers.Hardshrink{Lambda: .5}, one(3), one(3), "Hardshrink 0.5"},
		{layers.Softshrink{Lambda: .5}, one(3), one(3), "Softshrink 0.5"},
		{layers.Tanhshrink{}, one(3), one(3), "Tanhshrink"},
		{layers.Hardsigmoid{}, one(3), one(3), "Hardsigmoid"},
		{layers.Hardswish{}, one(3), one(3), "Hardswish"},
		{layers.GLU{}, []int{2, 4}, []int{2, 2}, "GLU"},
		{layers.Softmax{}, []int{2, 4}, []int{2, 4}, "Softmax"},
		{layers.Softmin{}, []int{2, 4}, []int{2, 4}, "Softmin"},
		{layers.LogSoftmax{}, []int{2, 4}, []int{2, 4}, "LogSoftmax"},
		{layers.NewPReLU(3), []int{2, 3, 4}, []int{2, 3, 4}, "PReLU 3, 3 parameters"},
		{layers.NewLinear(3, 2, init), []int{4, 3}, []int{4, 2}, "Linear 3→2, 8 parameters"},
		{layers.NewConv1D(4, 6, 3, autograd.Conv{Padding: one(1), Groups: 2}, init), []int{2, 4, 5}, []int{2, 6, 5}, "Conv1D 4→6, kernel 3, padding 1, 2 groups, 42 parameters"},
		{layers.NewConv2D(2, 3, 3, autograd.Conv{Same: true}, init), []int{2, 2, 4, 5}, []int{2, 3, 4, 5}, "Conv2D 2→3, kernel 3×3, same size, 57 parameters"},
		{&layers.Conv2D{Weight: autograd.Variable(normal(3, 2, 2, 1)), Conv: autograd.Conv{Stride: []int{2, 1}, Dilation: one(2)}},
			[]int{1, 2, 5, 3}, []int{1, 3, 2, 3}, "Conv2D 2→3, kernel 2×1, stride 2×1, dilation 2, no bias, 12 parameters"},
		{layers.NewConvTranspose1D(4, 6, 3, autograd.Conv{Stride: one(2), OutputPadding: one(1), Groups: 2}, init), []int{2, 4, 3}, []int{2, 6, 8},
			"ConvTranspose1D 4→6, kernel 3, stride 2, output padding 1, 2 groups, 42 parameters"},
		{layers.NewConvTranspose2D(2, 3, 2, autograd.Conv{Stride: one(2)}, init), []int{1, 2, 2, 3}, []int{1, 3, 4, 6}, "ConvTranspose2D 2→3, kernel 2×2, stride 2, 27 parameters"},
		{layers.MaxPool1D{Kernel: one(2)}, []int{2, 3, 5}, []int{2, 3, 2}, "MaxPool1D 2"},
		{layers.MaxPool2D{Kernel: one(3), Stride: one(2), Padding: one(1)}, []int{2, 3, 5, 4}, []int{2, 3, 3, 2}, "MaxPool2D 3, stride 2, padding 1"},
		{layers.AvgPool1D{Kernel: one(2), Dilation: one(2)}, []int{2, 3, 5}, []int{2, 3, 2}, "AvgPool1D 2, dilation 2"},
		{layers.AvgPool2D{Kernel: []int{2, 3}}, []int{3, 4, 6}, []int{3, 2, 2}, "AvgPool2D 2×3"},
		{layers.AvgPool1D{Kernel: one(2), Padding: one(1), Ceil: true, ExcludePadding: true}, []int{2, 3, 5}, []int{2, 3, 3}, "AvgPool1D 2, padding 1, ceil, padding excluded"},
		{layers.AvgPool2D{Kernel: one(2), Divisor: 3}, []int{3, 4, 6}, []int{3, 2, 3}, "AvgPool2D 2, divisor 3"},
		{layers.AdaptiveMaxPool1D{N: 2}, []int{3, 5}, []int{3, 2}, "AdaptiveMaxPool1D 2"},
		{layers.AdaptiveMaxPool2D{H: 2, W: 1}, []int{3, 5, 4}, []int{3, 2, 1}, "AdaptiveMaxPool2D 2×1"},
		{layers.AdaptiveAvgPool1D{N: 2}, []int{3, 5}, []int{3, 2}, "AdaptiveAvgPool1D 2"},
		{layers.AdaptiveAvgPool2D{H: 1, W: 1}, []int{3, 5, 4}, []int{3, 1, 1}, "AdaptiveAvgPool2D 1×1"},
		{layers.Flatten{}, []int{2, 3, 4}, []int{2, 12}, "Flatten"},
		{layers.Dropout{P: .5}, []int{2, 3}, []int{2, 3}, "Dropout 0.5"},
		{layers.NewLayerNorm(3, 4), []int{2, 3, 4}, []int{2, 3, 4}, "LayerNorm 3×4, 24 parameters"},
		{&layers.LayerNorm{Eps: .1}, []int{2, 3}, []int{2, 3}, "LayerNorm"},
		{layers.NewRMSNorm(4), []int{2, 3, 4}, []int{2, 3, 4}, "RMSNorm 4, 4 parameters"},
		{norm, []int{2, 3, 4}, []int{2, 3, 4}, "BatchNorm 3, 6 parameters"},
		{&layers.BatchNorm{Eps: .1}, []int{4, 3}, []int{4, 3}, "BatchNorm"},
		{layers.NewGroupNorm(2, 4), []int{2, 4, 3}, []int{2, 4, 3}, "GroupNorm 2 groups of 4, 8 parameters"},
		{layers.NewInstanceNorm(2), []int{2, 2, 3, 2}, []int{2, 2, 3, 2}, "InstanceNorm 2, 4 parameters"},
		{layers.NewRNN(3, 2, layers.Stack{}, init), []int{2, 4, 3}, []int{2, 4, 2}, "RNN 3→2, 14 parameters"},
		{relu, []int{2, 4, 3}, []int{2, 4, 2}, "RNN 3→2, 2 layers, 26 parameters"},
		{lstm, []int{2, 4, 3}, []int{2, 4, 4}, "LSTM 3→2, 2 layers, both directions, 240 parameters"},
		{layers.NewGRU(3, 2, layers.Stack{Bidirectional: true}, init), []int{2, 4, 3}, []int{2, 4, 4}, "GRU 3→2, both directions, 84 parameters"},
		{causal, []int{2, 3, 4}, []int{2, 3, 4}, "MultiHeadAttention 4, 2 heads, causal, 80 parameters"},
		{layers.NewTransformerLayer(4, 2, 6, init), []int{2, 3, 4}, []int{2, 3, 4}, "TransformerLayer 4, 2 heads, hidden 6, 154 parameters"},
		{first, []int{2, 3, 4}, []int{2, 3, 4}, "TransformerLayer 4, 2 heads, hidden 6, norm first, 154 parameters"},
		{layers.Residual{Inner: layers.NewLinear(3, 3, init)}, []int{2, 3}, []int{2, 3}, "Residual of Linear 3→3, 12 parameters"},
		{layers.Func((*node).Square), one(3), one(3), "Func"},
		{layers.Sequential{layers.Tanh{}}, one(3), one(3), "Sequential, 0 parameters\n  0: Tanh"},
	}
}

type listed struct {
	layer   layers.Layer
	in, out []int
	text    string
}

// unlisted are the layers that take indices, or two inputs.
var unlisted = []any{new(layers.Embedding), new(layers.Bilinear)}

// input returns numbers for the layer, away from kinks and ties.
func (l listed) input() *T { return new(T).AddScalar(normal(l.in...), .013) }

func eachLayer(t *testing.T, f func(t *testing.T, l listed)) {
	t.Parallel()
	for _, l := range everyLayer() {
		t.Run(strings.ReplaceAll(l.text, " ", "_"), func(t *testing.T) { f(t, l) })
	}
}

// layerTypes returns the type of each layer.
func layerTypes() (all []reflect.Type) {
	for _, l := range unlisted {
		all = append(all, reflect.TypeOf(l))
	}
	for _, l := range everyLayer() {
		all = append(all, reflect.TypeOf(l.layer))
	}
	return all
}

func TestEveryLayerIsListed(t *testing.T) {
	t.Parallel()
	var names []string
	for _, typ := range layerTypes() {
		if typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		names = append(names, typ.Name())
	}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Skip("the source is not here")
	}
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if m, ok := d.(*ast.FuncDecl); ok && m.Name.Name == "Forward" && m.Recv != nil {
				typ := m.Recv.List[0].Type
				if star, ok := typ.(*ast.StarExpr); ok {
					typ = star.X
				}
				if name := typ.(*ast.Ident).Name; ast.IsExported(name) && !slices.Contains(names, name) {
					t.Errorf("%s is not in the list of layers", name)
				}
			}
		}
	}
}

func TestLayersPrint(t *testing.T) {
	eachLayer(t, func(t *testing.T, l listed) {
		got := fmt.Sprint(layers.Sequential{l.layer})
		_, got, _ = strings.Cut(got, "\n  0: ")
		if want := strings.ReplaceAll(l.text, "\n", "\n  "); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

// The zero values of layers print too, and so do nil parameters.
func TestLayersPrintWithoutParameters(t *testing.T) {
	t.Parallel()
	for _, l := range everyLayer() {
		typ := reflect.TypeOf(l.layer)
		if typ.Kind() != reflect.Pointer {
			continue
		}
		if text := fmt.Sprint(reflect.New(typ.Elem()).Interface()); !strings.HasPrefix(text, typ.Elem().Name()) || strings.Contains(text, "PANIC") {
			t.Errorf("the zero %v prints as %q", typ.Elem(), text)
		}
	}
}

// Each method of a layer reports a nil pointer to it, as in a field that was never set.
func TestNilLayers(t *testing.T) {
	t.Parallel()
	for _, typ := range layerTypes() {
		if typ.Kind() != reflect.Pointer {
			continue
		}
		for i := range typ.NumMethod() {
			if typ.Method(i).Name != "String" {
				wantPanic(t, "layers: "+typ.Elem().Name()+": the layer is nil", func() { call(reflect.Zero(typ), i) })
			}
		}
	}
}

// call calls a layer's method i with inputs of any shape.
func call(layer reflect.Value, i int) {
	m := layer.Method(i)
	args := make([]reflect.Value, m.Type().NumIn())
	for i := range args {
		if m.Type().In(i) == reflect.TypeFor[*node]() {
			args[i] = reflect.ValueOf(autograd.Constant(tensor.New(2, 3)))
		} else {
			args[i] = reflect.Zero(m.Type().In(i))
		}
	}
	m.Call(args)
}

// So does a layer with such a pointer in a field, and names the field.
func TestNilLayersInLayers(t *testing.T) {
	t.Parallel()
	tested := 0
	for _, l := range everyLayer() {
		whole := reflect.Indirect(reflect.ValueOf(l.layer))
		if whole.Kind() != reflect.Struct {
			continue
		}
		for i := range whole.NumField() {
			field := whole.Type().Field(i)
			if field.Type.Kind() == reflect.Struct || !field.Type.Implements(reflect.TypeFor[layers.Layer]()) || whole.Field(i).IsNil() {
				continue
			}
			lacks := reflect.New(whole.Type())
			lacks.Elem().Set(whole)
			missing := reflect.Zero(field.Type)
			if field.Type.Kind() == reflect.Interface {
				missing = reflect.ValueOf((*layers.PReLU)(nil))
			}
			lacks.Elem().Field(i).Set(missing)
			want := fmt.Sprintf("layers: %s: the %s is a nil %v", whole.Type().Name(), field.Name, missing.Type())
			wantPanic(t, want, func() { lacks.Interface().(layers.Layer).Forward(autograd.Constant(l.input())) })
			tested++
		}
	}
	if tested < 17 {
		t.Errorf("%d fields were tested", tested)
	}
}

func TestLayersForward(t *testing.T) {
	eachLayer(t, func(t *testing.T, l listed) {
		x := autograd.Constant(l.input())
		y := l.layer.Forward(x)
		if !slices.Equal(y.Shape(), l.out) {
			t.Errorf("shape %v, want %v", y.Shape(), l.out)
		}
		if err := layers.Check(l.layer, x); err != nil {
			t.Error(err)
		}
	})
}

func TestLayersGradients(t *testing.T) {
	eachLayer(t, func(t *testing.T, l listed) {
		if err := gradcheck.Check(func(xs ...*node) *node { return l.layer.Forward(xs[0]) }, l.input()); err != nil {
			t.Errorf("of the input: %v", err)
		}
		l.checkParameters(t)
	})
}

// checkParameters compares the gradient with differences along a direction.
func (l listed) checkParameters(t *testing.T) {
	parameters := layers.Parameters(l.layer)
	if len(parameters) == 0 {
		return
	}
	x := autograd.Constant(l.input())
	loss := func() *node {
		y := l.layer.Forward(x)
		return y.Mul(autograd.Constant(tensor.Linspace(-1, 1.5, y.Value().Len()).Reshape(y.Shape()...))).Sum()
	}
	grads := autograd.Backward(loss(), parameters...)
	const h = 1e-5
	values := make([]*T, len(parameters))
	slope := 0.
	for i, p := range parameters {
		values[i] = p.Value()
		slope += new(T).Sum(new(T).Mul(grads.Of(p), normal(p.Shape()...))).Item()
	}
	at := func(h float64) float64 {
		for i, p := range parameters {
			p.Set(new(T).Add(values[i], new(T).Scale(normal(p.Shape()...), h)))
		}
		return loss().Value().Item()
	}
	numerical := (at(h) - at(-h)) / (2 * h)
	for i, p := range parameters {
		p.Set(values[i])
	}
	if !(math.Abs(slope-numerical) <= 1e-8*max(1, math.Abs(slope))) {
		t.Errorf("of the parameters: %v along a direction, differences give %v", slope, numerical)
	}
}

// A plan gives the bits of the heap, at values that it was not made with.
func TestLayersInPlans(t *testing.T) {
	eachLayer(t, func(t *testing.T, l listed) {
		v := autograd.Variable(tensor.Full(.5, l.in...))
		plan := autograd.NewPlan(l.layer.Forward(v), v)
		v.Set(l.input())
		y := l.layer.Forward(v)
		if got := plan.Forward(); !tensor.Equal(got, y.Value()) {
			t.Errorf("the plan has\n%v\nwant\n%v", got, y.Value())
		}
		seed := normal(l.out...)
		got, want := plan.Backward(seed).Of(v), autograd.Backward(y.Mul(autograd.Constant(seed)).Sum()).Of(v)
		if !tensor.Equal(got, want) {
			t.Errorf("the plan has the gradient\n%v\nwant\n%v", got, want)
		}
	})
}

// Goroutines may infer with one layer at the same time: their results are equal, and the race detector
// sees nothing.
func TestLayersInGoroutines(t *testing.T) {
	eachLayer(t, func(t *testing.T, l listed) {
		x := l.input()
		want := l.layer.Forward(autograd.Constant(x)).Value()
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				y := l.layer.Forward(autograd.Context{NoRecord: true}.Constant(x))
				if !tensor.Equal(y.Value(), want) {
					t.Errorf("got\n%v\nwant\n%v", y.Value(), want)
				}
			})
		}
		group.Wait()
	})
}
