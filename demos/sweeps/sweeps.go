// Package sweeps answers the questions that the article ends with, by trainings that differ in one
// setting: how many hidden units and layers, and which learning rate, annealing, error function and
// activation. Each setting is trained from several seeds, and its error is measured on the training
// observations and on others.
package sweeps

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"gentlegrad/demos/draw"
	"gentlegrad/layers"
)

// A Sweep is a question, and trainings that differ in one setting.
type Sweep struct {
	Question string
	Text     []string // what was done, and what it shows
	Settings []Setting

	base  config
	least float64 // error that is drawn, on a logarithmic scale; 0 for a linear one
}

// A Setting is one value of the setting that a sweep varies: its name, and its runs.
type Setting struct {
	Name   string
	Runs   []*Run // a seed each
	change func(*config)
}

// seeds is the number of runs of a setting: an odd number, so that one of them is the median.
const seeds = 5

// all returns the sweeps, which have not been run yet.
func all() []Sweep {
	return []Sweep{units(), hiddenLayers(), rates(), ringAnnealing(), curveAnnealing(), errorFunctions(), activations()}
}

// units is the sweep that shows overfitting.
func units() Sweep {
	s := Sweep{
		Question: "How many hidden units? When does a network overfit?", least: 1e-5,
		Text: []string{
			"A network of tanh units and a linear output learns |x| from 12 noisy points. Each step uses all of them, and is one of Adam, since plain descent would need very long to fit the noise. The validation points are 200 others of the same curve; their own noise has the variance 0.25, so no network can be expected to get below this error.",
			"A network of one unit can't bend both ways: it has a large error on both sets, so it underfits. The curve needs two units; but a network of few units may get stuck on the way, as that of two and that of four each do for one of the five seeds. With ten units or more the error on the training points goes to nearly 0, because the curve then runs through almost all of them. The error on the validation points falls at first, and then rises while the training error still falls. That is overfitting: the network has learned the noise.",
			"The remedies are more data, fewer units, weight decay, or stopping where the validation error is least, which the Patience of fit.Training does.",
		},
		base: config{
			problem: "ABS", observations: 12, activation: layers.Tanh{},
			init: func(rng *rand.Rand) layers.Init { return layers.Uniform(rng, -1, 1) },
			adam: true, rate: .01, anneal: 1, batch: 12, passes: 3000, every: 20,
		},
	}
	for _, n := range []int{1, 2, 4, 10, 30} {
		s.add(draw.Count(n, "unit"), func(c *config) { c.hidden = []int{n} })
	}
	return s
}

// ring is a sentence that all texts about RING contain.
const ring = "A network that answers 8/9, the share of class 1, to every point of RING has the error 8/81 = 0.099: this is a plateau, and descent begins on it."

func hiddenLayers() Sweep {
	s := Sweep{
		Question: "How many hidden layers?", base: article,
		Text: []string{
			"RING as in figure 12, with zero to three hidden layers of 4 sigmoid units. " + ring,
			"Without a hidden layer the network can only draw a straight line, which does not cut out a centre. With one hidden layer it learns. With two or three it does worse, though these networks could compute almost anything that one with a single layer can: the slope of a sigmoid is at most ¼ and the weights begin between −½ and ½, so δ shrinks from layer to layer, and the plateau is flatter. The last sweep shows what makes deep networks learn.",
		},
	}
	for n := range 4 {
		s.add(draw.Count(n, "hidden layer"), func(c *config) { c.hidden = slices.Repeat([]int{4}, n) })
	}
	return s
}

func rates() Sweep {
	s := Sweep{
		Question: "What should the learning rate be?", base: article, least: 1e-5,
		Text: []string{
			"XOR as in figure 11, with rates from 0.02 to 50; the article's is 2. Always answering ½ has the error 0.25.",
			"If the rate is too small, 100 passes are over before the network has left the plateau. Larger rates are faster, until steps become so large that they undo one another, or throw units to where the sigmoid is flat and the gradient is too small to bring them back: at 50 all answers are the same class, and half of them are wrong. Between these extremes there is room: a factor of 10 does little harm.",
		},
	}
	s.base.problem = "XOR"
	for _, rate := range []float64{.02, .1, .5, 2, 10, 50} {
		s.add(fmt.Sprint("rate ", rate), func(c *config) { c.rate = rate })
	}
	return s
}

// factors are the annealing factors that are tried.
var factors = []float64{1, .99, .97, .95}

func (s *Sweep) addFactors() {
	for _, factor := range factors {
		s.add(fmt.Sprint("annealing ", factor), func(c *config) { c.anneal = factor })
	}
}

func ringAnnealing() Sweep {
	s := Sweep{
		Question: "Should we use annealing? Where a plateau comes first", base: article,
		Text: []string{
			"RING as in figure 12, with the learning rate multiplied by a factor after each pass. The article's code has 0.95; its figure was made with 1. " + ring,
			"The rates of all passes, however many, add up to less than the first rate divided by 1 − factor. With 0.95 this is worth 20 passes at the first rate, and crossing the plateau takes more: the rate has become too small before the network has learned anything. (The article calls this annealing, after simulated annealing, a search that also takes steps uphill, but ever fewer of them.)",
		},
	}
	s.addFactors()
	return s
}

func curveAnnealing() Sweep {
	s := Sweep{
		Question: "Should we use annealing? Where steps are noisy", base: article, least: .2,
		Text: []string{
			"|x| as in figure 14: 3 tanh units, rate 0.2, and one of the 200 noisy points in each step.",
			"A step for one point fits that point, including its noise. With a constant rate the network never settles: what you get depends on the points that came last. A falling rate averages over more and more points, and the error comes down close to that of the noise, 0.25. So annealing belongs to the end of a training, not to its beginning.",
		},
	}
	s.base.problem, s.base.observations, s.base.hidden = "ABS", 200, []int{3}
	s.base.activation, s.base.rate = layers.Tanh{}, .2
	s.addFactors()
	return s
}

func errorFunctions() Sweep {
	s := Sweep{
		Question: "Are there better error functions than the squared difference?", base: article,
		Text: []string{
			"RING as in figure 12, by descent on ½(a−t)² and on the cross-entropy −t log a − (1−t) log(1−a), each with two rates. The charts show (a−t)² for both, so that they can be compared.",
			"For the squared error, δ of the output unit is (a−t)a(1−a): near 0 where the sigmoid is saturated, even if the answer is quite wrong. For the cross-entropy, a(1−a) cancels and δ is a−t: a unit that is wrong learns fast. So with the rate 0.1, descent on the cross-entropy has left the plateau, while descent on the squared error has not begun to. With the article's rate of 2, the steps on the cross-entropy are too large. Each error function needs a rate of its own.",
		},
	}
	for _, rate := range []float64{.1, 2} {
		s.add(fmt.Sprint("squared error, rate ", rate), func(c *config) { c.rate = rate })
		s.add(fmt.Sprint("cross-entropy, rate ", rate), func(c *config) { c.rate, c.crossEntropy = rate, true })
	}
	return s
}

func activations() Sweep {
	s := Sweep{
		Question: "What about other activation functions?", base: article,
		Text: []string{
			"RING with three hidden layers of 4 units, where the sigmoid failed above. The slope of the sigmoid at 0 is ¼; that of tanh is 1, and so is that of the ReLUs wherever they are active; softplus and SiLU, which are smooth, have ½. Initial weights are chosen so that signals roughly keep their size: Xavier's for the sigmoid and tanh, He's for the others. The sigmoid has the rate 2, the others 0.2.",
			"The deep network learns with each of them except the sigmoid; with softplus it learns slowly. In a network as small as this, the others differ less from one another than one seed from the next: five runs of each do not tell which is best.",
		},
	}
	s.base.hidden = []int{4, 4, 4}
	for _, a := range []struct {
		name  string
		layer layers.Layer
		init  func(*rand.Rand) layers.Init
		rate  float64
	}{
		{"sigmoid", layers.Sigmoid{}, layers.Xavier, 2},
		{"tanh", layers.Tanh{}, layers.Xavier, .2},
		{"ReLU", layers.ReLU{}, layers.He, .2},
		{"leaky ReLU", layers.LeakyReLU{Slope: .1}, layers.He, .2},
		{"softplus", layers.Softplus{}, layers.He, .2},
		{"SiLU", layers.SiLU{}, layers.He, .2},
	} {
		s.add(a.name, func(c *config) { c.activation, c.init, c.rate = a.layer, a.init, a.rate })
	}
	return s
}

// add adds a setting, which changes the sweep's base.
func (s *Sweep) add(name string, change func(*config)) {
	s.Settings = append(s.Settings, Setting{Name: name, change: change})
}
