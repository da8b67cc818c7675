package layers_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// A goldenTensor is a tensor as the files in testdata hold it.
type goldenTensor struct {
	Shape []int
	Data  []float64
}

func (g goldenTensor) tensor() *tensor.Tensor { return tensor.FromSlice(g.Data, g.Shape...) }

// parameter returns the tensor of a parameter: PyTorch's weights are out × in, ours in × out.
func (g goldenTensor) parameter(name string) *tensor.Tensor {
	if strings.HasSuffix(name, "weight") {
		return new(tensor.Tensor).Transpose(g.tensor())
	}
	return g.tensor()
}

type golden struct {
	Layers map[string]struct {
		Parameters     map[string]goldenTensor
		Input          goldenTensor
		Output         goldenTensor
		Cotangent      goldenTensor
		ParameterGrads map[string]goldenTensor `json:"parameter_grads"`
		InputGrad      goldenTensor            `json:"input_grad"`
	}
	MSELoss map[string]struct {
		Reduction            string
		Predictions, Targets goldenTensor
		Output, Cotangent    goldenTensor
		Gradients            [2]goldenTensor
	} `json:"mse_loss"`
}

func readGolden(t *testing.T) golden {
	t.Helper()
	text, err := os.ReadFile("testdata/torch.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

func wantClose(t *testing.T, what string, got, want *tensor.Tensor) {
	t.Helper()
	if !tensor.AllClose(got, want, 1e-14, 1e-15) {
		t.Errorf("%s:\ngot  %v\nwant %v", what, got, want)
	}
}

func TestLayersAgainstPyTorch(t *testing.T) {
	t.Parallel()
	data := readGolden(t)
	zero := func(weight, bias *tensor.Tensor) {}
	withoutBias := func(in, out int) *layers.Linear {
		l := layers.NewLinear(in, out, zero)
		l.Bias = nil
		return l
	}
	nets := map[string]layers.Layer{
		"linear":                layers.NewLinear(5, 3, zero),
		"linear_no_bias":        withoutBias(5, 3),
		"linear_vector":         layers.NewLinear(3, 4, zero),
		"linear_no_bias_vector": withoutBias(3, 4),
		"mlp_tanh": layers.Sequential{layers.NewLinear(4, 6, zero), layers.Tanh{},
			layers.NewLinear(6, 6, zero), layers.ReLU{}, layers.NewLinear(6, 2, zero), layers.Sigmoid{}},
		"sigmoid": layers.Sigmoid{},
		"relu":    layers.ReLU{},
	}
	if len(nets) != len(data.Layers) {
		t.Errorf("the file has %d layers, this test %d", len(data.Layers), len(nets))
	}
	for name, net := range nets {
		t.Run(name, func(t *testing.T) {
			want := data.Layers[name]
			if n := len(layers.Parameters(net)); n != len(want.Parameters) {
				t.Fatalf("%d parameters, want %d", n, len(want.Parameters))
			}
			for name, p := range layers.Named(net) {
				p.Value().Copy(want.Parameters[name].parameter(name))
			}
			x := autograd.Variable(want.Input.tensor())
			y := net.Forward(x)
			grads := autograd.Backward(y.Mul(autograd.Constant(want.Cotangent.tensor())).Sum())
			wantClose(t, "output", y.Value(), want.Output.tensor())
			wantClose(t, "gradient of the input", grads.Of(x), want.InputGrad.tensor())
			for name, p := range layers.Named(net) {
				wantClose(t, "gradient of "+name, grads.Of(p), want.ParameterGrads[name].parameter(name))
			}
		})
	}
}

func TestLossesAgainstPyTorch(t *testing.T) {
	t.Parallel()
	losses := readGolden(t).MSELoss
	if len(losses) == 0 {
		t.Error("the file has no losses")
	}
	for name, want := range losses {
		t.Run(name, func(t *testing.T) {
			a, target := autograd.Variable(want.Predictions.tensor()), autograd.Variable(want.Targets.tensor())
			var y *autograd.Node
			switch want.Reduction {
			case "mean":
				y = layers.MeanSquaredError(a, target)
			case "sum":
				y = layers.SquaredError(a, target).Scale(2) // without the article's ½
			}
			grads := autograd.Backward(y.Mul(autograd.Constant(want.Cotangent.tensor())))
			wantClose(t, "loss", y.Value(), want.Output.tensor())
			wantClose(t, "gradient of the predictions", grads.Of(a), want.Gradients[0].tensor())
			wantClose(t, "gradient of the targets", grads.Of(target), want.Gradients[1].tensor())
		})
	}
}
