package fit_test

import (
	"context"
	"errors"
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
	"gentlegrad/optim/fit"
	"gentlegrad/tensor"
	"gentlegrad/tensor/checkpoint"
)

// A job is a training, and all that it goes on from.
type job struct {
	fit.Training
	net    layers.Sequential
	random *rand.PCG
}

func newJob() *job {
	init := layers.Xavier(rand.New(rand.NewPCG(1, 2)))
	j := &job{
		net:    layers.Sequential{layers.NewLinear(2, 8, init), layers.Tanh{}, layers.NewLinear(8, 2, init)},
		random: rand.NewPCG(3, 4),
	}
	j.Training = fit.Training{
		Loss: func(batch ...*autograd.Node) *autograd.Node {
			return layers.CrossEntropy(j.net.Forward(batch[0]), batch[1])
		},
		Optimiser: optim.NewAdam(.01, layers.Parameters(j.net)...), Rand: rand.New(j.random),
		Epochs: 30, BatchSize: 32, Patience: 5,
	}
	return j
}

// save is for AfterEpoch, where the parameters are those of the last step; after Run they are the best
// ones.
func (j *job) save(name string, h fit.History) error {
	random, err := j.random.MarshalBinary()
	if err != nil {
		return err
	}
	epochs, best := tensor.New(len(h.Epochs), 2), map[string]*tensor.Tensor{}
	for i, e := range h.Epochs {
		epochs.SetAt(e.Loss, i, 0)
		epochs.SetAt(e.Validation, i, 1)
	}
	for i, v := range h.Values {
		best[strconv.Itoa(i)] = v
	}
	return checkpoint.Save(name, &checkpoint.Run{
		Tensors: map[string]map[string]*tensor.Tensor{
			"net": layers.State(j.net), "optimiser": maps.Collect(j.Optimiser.Settings().State()),
			"history": {"epochs": epochs}, "best": best,
		},
		Text:  map[string]string{"best": strconv.Itoa(h.Best)},
		Bytes: map[string][]byte{"random": random},
	})
}

func (j *job) resume(name string) error {
	c, err := checkpoint.Load(name)
	if err != nil {
		return err
	}
	epochs := c.Tensors["history"]["epochs"]
	for i := range epochs.Dim(0) {
		j.Resume.Epochs = append(j.Resume.Epochs, fit.Epoch{Loss: epochs.At(i, 0), Validation: epochs.At(i, 1)})
	}
	for i := range len(c.Tensors["best"]) {
		j.Resume.Values = append(j.Resume.Values, c.Tensors["best"][strconv.Itoa(i)])
	}
	j.Resume.Best, err = strconv.Atoi(c.Text["best"])
	return errors.Join(err,
		layers.SetState(j.net, c.Tensors["net"]),
		j.Optimiser.Settings().SetState(c.Tensors["optimiser"]),
		j.random.UnmarshalBinary(c.Bytes["random"]))
}

// Training that saves itself after each epoch is stopped after ten, and goes on in another process: it
// ends with the bits of training that was not stopped.
func Example_resume() {
	dir, err := os.MkdirTemp("", "fit")
	check(err)
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "run.checkpoint")
	rng := rand.New(rand.NewPCG(5, 6))
	x, t := moons(rng, 200)
	v, u := moons(rng, 100)
	train, validation := []*tensor.Tensor{x, t}, []*tensor.Tensor{v, u}

	whole := newJob()
	want, err := whole.Run(context.Background(), train, validation)
	check(err)

	first, stop := newJob(), errors.New("stop")
	first.AfterEpoch = func(h fit.History) error {
		check(first.save(name, h))
		if len(h.Epochs) == 10 {
			return stop
		}
		return nil
	}
	_, err = first.Run(context.Background(), train, validation)
	fmt.Println(err)

	second := newJob()
	check(second.resume(name))
	got, err := second.Run(context.Background(), train, validation)
	check(err)
	fmt.Println("as many epochs:", len(got.Epochs) == len(want.Epochs))
	fmt.Println("the same bits:", tensor.Equal(second.net.Forward(autograd.Constant(v)).Value(), whole.net.Forward(autograd.Constant(v)).Value()))
	// Output:
	// stop
	// as many epochs: true
	// the same bits: true
}

// check ends the program if something went wrong.
func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
