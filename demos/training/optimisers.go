package training

import (
	"slices"
	"strings"

	"gentlegrad/autograd"
	"gentlegrad/demos/activation"
	"gentlegrad/optim"
)

// descent is the name of the article's optimiser.
const descent = "descent"

// An optimiser is an entry of the list: its name, its default learning rate, and how it is made.
type optimiser struct {
	name     string
	rate     float64 // on the article's problems; 0 if it depends on the network
	momentum bool    // whether it takes momentum
	make     func(rate, momentum float64, parameters ...*autograd.Node) optim.Optimiser
}

// L-BFGS is not among the optimisers: it chooses its own steps, on all data at once.
var optimisers = []optimiser{
	{descent, 0, true, func(rate, momentum float64, parameters ...*autograd.Node) optim.Optimiser {
		d := optim.NewGradientDescent(rate, parameters...)
		d.Momentum = momentum
		return d
	}},
	{"adam", .05, false, without(optim.NewAdam)},
	{"adamw", .05, false, without(optim.NewAdamW)},
	{"nadam", .05, false, without(optim.NewNAdam)},
	{"radam", .05, false, without(optim.NewRAdam)},
	{"adamax", .05, false, without(optim.NewAdamax)},
	{"rmsprop", .05, false, without(optim.NewRMSProp)},
	{"adagrad", .5, false, without(optim.NewAdagrad)},
	{"adadelta", 1, false, without(optim.NewAdadelta)},
}

// without returns a function that makes an optimiser without momentum.
func without[O optim.Optimiser](make func(float64, ...*autograd.Node) O) func(float64, float64, ...*autograd.Node) optim.Optimiser {
	return func(rate, _ float64, parameters ...*autograd.Node) optim.Optimiser { return make(rate, parameters...) }
}

func optimiserOf(name string) (optimiser, bool) {
	i := slices.IndexFunc(optimisers, func(o optimiser) bool { return o.name == name })
	if i < 0 {
		return optimiser{}, false
	}
	return optimisers[i], true
}

// OptimiserNames lists the optimisers.
func OptimiserNames() string {
	var names []string
	for _, o := range optimisers {
		names = append(names, o.name)
	}
	return strings.Join(names, ", ")
}

// DefaultRate returns the learning rate for a network and an optimiser if none is given. For gradient
// descent it is the article's: 2 to predict classes and 0.2 to predict numbers, multiplied by 1−μ with
// momentum μ, since a step then contains many earlier ones. With hidden units that do not saturate, and
// for tables, descent takes a tenth of this, and other optimisers a fifth of their default.
func (c Config) DefaultRate() float64 {
	f, known := activation.ByName(activation.Hidden(), c.Activation)
	smaller := c.Table != nil || known && len(c.Hidden) > 0 && !f.Saturates()
	rate, share := 2., 10.
	if c.Problem.Regression {
		rate = .2
	}
	if o, ok := optimiserOf(c.Optimiser); ok && o.rate != 0 {
		rate, share = o.rate, 5
	}
	if smaller {
		rate /= share
	}
	return rate * (1 - c.Momentum)
}
