package layers_test

import (
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

func TestSummary(t *testing.T) {
	t.Parallel()
	shared := fromZeros(4, 4)
	x := autograd.Constant(tensor.New(3, 2, 2))
	for _, test := range []struct {
		name string
		net  layers.Layer
		want string
	}{
		{"nested", layers.Sequential{layers.Flatten{}, shared, layers.Sequential{layers.Tanh{}, shared}, layers.Residual{Inner: layers.SiLU{}}}, `
layer                output  parameters  bytes
0: Flatten           [3 4]   0           0
1: Linear 4→4        [3 4]   20          96
2: Sequential        [3 4]   20          192
  0: Tanh            [3 4]   0           96
  1: Linear 4→4      [3 4]   20          96
3: Residual of SiLU  [3 4]   0           288
total                [3 4]   20          576
`},
		{"deep", layers.Sequential{layers.Sequential{layers.Sequential{layers.Flatten{}}}}, `
layer            output  parameters  bytes
0: Sequential    [3 4]   0           0
  0: Sequential  [3 4]   0           0
    0: Flatten   [3 4]   0           0
total            [3 4]   0           0
`},
		{"one layer", layers.Tanh{}, `
layer  output   parameters  bytes
Tanh   [3 2 2]  0           96
total  [3 2 2]  0           96
`},
	} {
		if got := "\n" + layers.Summary(test.net, x); got != test.want {
			t.Errorf("%s: got%s\nwant%s", test.name, got, test.want)
		}
	}
	unrecorded := autograd.Context{NoRecord: true}.Constant(tensor.New(4))
	const want = "layer             output  parameters  bytes\nResidual of SiLU  [4]     0           32\ntotal             [4]     0           32\n"
	if got := layers.Summary(layers.Residual{Inner: layers.SiLU{}}, unrecorded); got != want {
		t.Errorf("not recorded: got\n%s\nwant\n%s", got, want)
	}
	null := layers.Func(func(*autograd.Node) *autograd.Node { return nil })
	wantPanic(t, "layers: Func: its Forward returned nil", func() { layers.Summary(null, x) })
	wantPanic(t, "layers: 1: Func: its Forward returned nil", func() { layers.Summary(layers.Sequential{layers.Tanh{}, null}, x) })
	wantPanic(t, "layers: Summary: the network is nil", func() { layers.Summary(nil, x) })
	wantPanic(t, "layers: Sequential: the input is nil", func() { layers.Summary(layers.Sequential{}, nil) })
	wantPanic(t, "layers: 1: Linear 4→4: tensor: Affine: inner dimensions differ: x has 2 columns, w 4 rows: [3 2 2] × [4 4] + [4]; the inputs are [Tanh [3 2 2] Variable weight [4 4] Variable bias [4]]", func() {
		layers.Summary(layers.Sequential{layers.Tanh{}, shared}, x)
	})
}
