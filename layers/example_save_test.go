package layers_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

func ExampleSave() {
	dir, err := os.MkdirTemp("", "save")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "net.safetensors")

	build := func(init layers.Init) layers.Sequential {
		return layers.Sequential{layers.NewLinear(2, 3, init), layers.Tanh{}, layers.NewLinear(3, 1, init)}
	}
	trained := build(layers.Xavier(rand.New(rand.NewPCG(1, 2))))
	fmt.Println("saved:", layers.Save(name, trained))

	loaded := build(nil)
	fmt.Println("loaded:", layers.Load(name, loaded))
	x := autograd.Constant(tensor.FromSlice([]float64{1, -1}, 1, 2))
	fmt.Println("the same prediction:", trained.Forward(x).Value().Item() == loaded.Forward(x).Value().Item())

	err = layers.Load(name, layers.Sequential{layers.NewLinear(3, 2, nil)})
	fmt.Println(err.Error()[len(name)+2:])
	// Output:
	// saved: <nil>
	// loaded: <nil>
	// the same prediction: true
	// layers: Load: the tensors do not fit the network, which is left as it was
	// unexpected:
	// 	2.bias
	// 	2.weight
	// of another shape:
	// 	0.weight has shape [2 3], the network's has [3 2]
	// 	0.bias has shape [3], the network's has [2]
}

func ExampleLoadTorch() {
	// import torch, safetensors.torch
	// model = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.Tanh(), …).double()
	// safetensors.torch.save_file(model.state_dict(), "testdata/torch.safetensors")
	last := layers.NewLinear(4, 2, nil)
	last.Bias = nil
	net := layers.Sequential{
		layers.NewLinear(3, 3, nil), layers.Tanh{},
		layers.Sequential{layers.NewLinear(3, 4, nil), torchBatchNorm{newBatchNorm(4)}}, layers.Sigmoid{},
		last,
	}
	fmt.Println(layers.LoadTorch("testdata/torch.safetensors", net))
	fmt.Printf("%.6f\n", net.Forward(autograd.Constant(tensor.FromSlice([]float64{1, 2, 3}, 1, 3))).Value())
	// Output:
	// <nil>
	// [[0.012726 0.272730]]
}
