package digits_test

import (
	"context"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"

	"gentlegrad/autograd"
	"gentlegrad/demos/digits"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/optim/fit"
	"gentlegrad/tensor/data"
)

// A classifier of handwritten digits.
func Example() {
	table, err := data.ReadCSV(digits.CSV()) // or a file
	check(err)
	x, err := table.NumbersExcept(data.Refuse, "digit") // 8 × 8 pixels
	check(err)
	t, kinds, err := table.Classes("digit")
	check(err)
	rng := rand.New(rand.NewPCG(1, 2))
	rest, test := data.Split(rng, .2, x.Scale(x, 1./16), t)
	train, validation := data.Split(rng, .2, rest...)

	build := func(init layers.Init) layers.Layer {
		return layers.Sequential{
			layers.NewLinear(64, 128, init), layers.ReLU{}, layers.Dropout{P: .5},
			layers.NewLinear(128, len(kinds), init),
		}
	}
	net := build(layers.He(rng))
	training := &fit.Training{
		Loss: func(batch ...*autograd.Node) *autograd.Node {
			return layers.CrossEntropy(net.Forward(batch[0]), batch[1])
		},
		Optimiser: optim.NewAdam(.003, layers.Parameters(net)...), Epochs: 100,
		BatchSize: 32, Patience: 10, Rand: rng,
	}
	history, err := training.Run(context.Background(), train, validation)
	check(err)
	fmt.Printf("best epoch %d of %d\n", history.Best, len(history.Epochs))

	dir, err := os.MkdirTemp("", "digits")
	check(err)
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "digits.safetensors")
	check(layers.Save(name, net))
	loaded := build(nil)
	check(layers.Load(name, loaded))
	accuracy := layers.Accuracy(loaded.Forward(autograd.Constant(test[0])), autograd.Constant(test[1]))
	fmt.Printf("%.1f %% of %d held out are read right\n", 100*accuracy.Value().Item(), test[0].Dim(0))
	// Output:
	// best epoch 50 of 60
	// 97.8 % of 359 held out are read right
}

// check ends the program if something went wrong.
func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
