package checkpoint_test

import (
	"fmt"
	"log"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/tensor"
	"gentlegrad/tensor/checkpoint"
)

// A Gated layer is a user's own: the layers it is made of are in exported fields, and Forward builds the
// graph.
type Gated struct{ Value, Gate *layers.Linear }

func (g *Gated) Forward(x *autograd.Node) *autograd.Node {
	return g.Value.Forward(x).Mul(g.Gate.Forward(x).Sigmoid())
}

// A model is a network, and what else its training is resumed from.
type model struct {
	net    layers.Layer
	adam   *optim.Adam
	random *rand.PCG
	step   int
}

func newModel(init layers.Init) *model {
	t := &model{random: rand.NewPCG(1, 2)}
	t.net = layers.Sequential{
		&Gated{layers.NewLinear(1, 8, init), layers.NewLinear(1, 8, init)},
		layers.NewLinear(8, 1, init),
	}
	t.adam = optim.NewAdam(.02, layers.Parameters(t.net)...)
	return t
}

// until trains the network, up to the given step, to square numbers x from −1 to 1.
func (t *model) until(step int) {
	for ; t.step < step; t.step++ {
		x := autograd.Constant(tensor.New(16, 1).Uniform(rand.New(t.random), -1, 1))
		t.adam.Minimise(layers.MeanSquaredError(t.net.Forward(x), x.Square()))
	}
}

func (t *model) save(name string) {
	random, err := t.random.MarshalBinary()
	check(err)
	check(checkpoint.Save(name, &checkpoint.Run{
		Tensors: map[string]map[string]*tensor.Tensor{"net": layers.State(t.net), "adam": maps.Collect(t.adam.State())},
		Bytes:   map[string][]byte{"random": random},
		Text:    map[string]string{"step": strconv.Itoa(t.step)},
	}))
}

func (t *model) resume(name string) {
	run, err := checkpoint.Load(name)
	check(err)
	check(layers.SetState(t.net, run.Tensors["net"]))
	check(t.adam.SetState(run.Tensors["adam"]))
	check(t.random.UnmarshalBinary(run.Bytes["random"]))
	t.step, err = strconv.Atoi(run.Text["step"])
	check(err)
}

// A layer of one's own is trained; the run is saved halfway, and resumed as another process would: it
// ends with the same bits. Then the parameters alone are saved and loaded, and predict.
func Example_resume() {
	dir, err := os.MkdirTemp("", "run")
	check(err)
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "run.checkpoint")

	whole := newModel(layers.Xavier(rand.New(rand.NewPCG(3, 4))))
	whole.until(500)
	whole.save(name)
	whole.until(1000)

	again := newModel(nil)
	again.resume(name)
	again.until(1000)

	parameters := filepath.Join(dir, "net.safetensors")
	check(layers.Save(parameters, again.net))
	loaded := newModel(nil).net
	check(layers.Load(parameters, loaded))

	x := autograd.Constant(tensor.FromSlice([]float64{-.5, .3, .8}, 3, 1))
	y, z := whole.net.Forward(x).Value(), loaded.Forward(x).Value()
	fmt.Println(loaded)
	fmt.Printf("%.2f\n", z.Reshape(3))
	fmt.Println("the same bits:", tensor.Equal(y, z))
	// Output:
	// Sequential, 41 parameters
	//   0: Gated, 32 parameters
	//   1: Linear 8→1, 9 parameters
	// [0.27 0.09 0.65]
	// the same bits: true
}

// check ends the program if something went wrong.
func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
