package figures

import (
	"fmt"
	"math"
	"strings"

	"gentlegrad/demos/training"
)

func (f *trainingFigure) title() string {
	c := f.run.Config
	what := map[bool]string{true: "Fitting ", false: "Learning "}[c.Problem.Regression]
	layer := "without a hidden layer"
	switch len(c.Hidden) {
	case 0:
	case 1:
		kind := "sigmoid"
		if c.Problem.Regression {
			kind = "tanh"
		}
		layer = fmt.Sprintf("with %d hidden %s units", c.Hidden[0], kind)
	default:
		layer = fmt.Sprintf("with hidden layers of %s units", strings.Trim(fmt.Sprint(c.Hidden), "[]"))
	}
	return what + problemNames[c.Problem.Name] + " " + layer
}

var problemNames = map[string]string{
	"AND": "AND", "OR": "OR", "XOR": "XOR", "RING": "RING", "SIN": "sin x + 2.5", "ABS": "|x|",
}

func (f *trainingFigure) predictionText() string {
	if f.run.Problem.Regression {
		return "The training data, the prediction of the network, and what each hidden unit contributes to it, iteration by iteration."
	}
	return "The network’s prediction over the plane, its decision boundary and the training data, iteration by iteration."
}

// text returns what is to be said of the figure.
func (f *trainingFigure) text() []string {
	paragraphs := remarks[f.number]
	if f.printed != nil {
		paragraphs = append(paragraphs[:len(paragraphs):len(paragraphs)], fmt.Sprintf(
			"The published figure was made without annealing, so that is what plays here. The article’s printed code multiplies the learning rate by 0.95 after every iteration: its loss is dashed, and ends at %s instead of %s.",
			number(f.printed.Loss[len(f.printed.Loss)-1]), number(f.run.Loss[len(f.run.Loss)-1])))
	}
	return paragraphs
}

var remarks = map[int][]string{
	8: {"One sigmoid unit is a linear classifier: its decision boundary is a straight line. OR is true in three of the four corners, and a line can cut the fourth off. What is still wrong is noise that fell on the other side."},
	9: {"AND needs a line too, in another place. The same network, from the same initial weights, finds it from the data alone."},
	10: {"No line has the two true corners of XOR on one side and the two false ones on the other. After some ten iterations nothing changes from one to the next any more: within each the line moves with every observation, and then is back where it was. It then lies outside the square that is drawn, so that all of it is on one side of a = 0.5 and half of the classes are wrong.",
		"More layers do not help as long as they are linear: (x·w_1)·w_2 = x·(w_1·w_2) is one linear layer again. It takes a nonlinear activation in between."},
	11: {"A hidden layer of four sigmoid units bends the plane first, so that the output unit’s line becomes a curve. (The article’s caption calls this boundary linear; it is not.)",
		"Each hidden unit draws one soft line through the plane, as its map shows, and the output unit combines them."},
	12: {"Points in the middle are class 0, points around them class 1, as in the article’s code and picture; its text has them the other way round. For some twenty iterations nothing seems to happen; then the loss begins to fall, and between iterations 30 and 36 the hidden units close a ring around the centre.",
		"A network with enough hidden units can approximate any continuous function on a bounded region, which is what makes it worth training. With the annealing of the printed code the rate is spent before the ring closes."},
	13: {"The hidden units are tanh and the output is linear: the prediction is b plus a sum of shifted, scaled S-curves a_j w_j, one for each hidden unit. Three of them make most of a sine wave. As in the article each is drawn dashed with b added, a_j w_j + b, while the prediction counts b once.",
		"Online gradient descent at this rate is restless; annealing, which belongs to this figure, settles it."},
	14: {"The same network fits |x|. One of the three units goes out of use on the way: its weights shrink to nothing, and its dashed line to b.",
		"This run is chaotic: a difference in the last digit of one activation grows 300-fold with every early iteration, until the annealed rate calms it. After the first few iterations another program will reproduce only one to three digits of its losses; nothing else on this page is so sensitive."},
}

// facts returns the settings and results.
func (f *trainingFigure) facts() []Fact {
	r := f.run
	c := r.Config
	facts := []Fact{
		{"Network", c.Network()},
		{"Data", fmt.Sprintf("%d noisy observations of %s: %s", r.Data.N, problemNames[c.Problem.Name], c.Problem.Description)},
		{"Training", fmt.Sprintf("%d iterations, %d steps of online gradient descent", len(r.Loss), r.Steps)},
		{"Learning rate", rate(c.LearningRate, c.Anneal)},
		{"Loss", number(r.Loss[0]) + " → " + number(r.Loss[len(r.Loss)-1])},
	}
	if !math.IsNaN(r.Accuracy) {
		facts = append(facts, Fact{"Accuracy", fmt.Sprintf("%.1f %% of the training data", 100*r.Accuracy)})
	}
	return append(facts, Fact{"Largest |automatic − manual|", powers(fmt.Sprintf("%.1e", r.MaxDifference)) + ", over every δ and gradient of every step"})
}

func rate(first, anneal float64) string {
	if anneal == 1 {
		return fmt.Sprintf("%g, the same in every iteration", first)
	}
	return fmt.Sprintf("%g, × %g after every iteration", first, anneal)
}

// number writes a loss with four significant digits, as the player's script does.
func number(v float64) string { return powers(fmt.Sprintf("%#.4g", v)) }

// code returns a program that trains the same network, and prints the same losses.
func (f *trainingFigure) code() string {
	c := f.run.Config
	var made, names, weights, biases []string
	units := append(append([]int{c.Problem.Inputs}, c.Hidden...), 1)
	for i, in := range units[:len(units)-1] {
		activation := map[bool]string{true: "Tanh", false: "Sigmoid"}[c.Problem.Regression]
		if i == len(c.Hidden) {
			activation = map[training.Output]string{training.Sigmoid: "Sigmoid", training.Tanh: "Tanh", training.Linear: "Identity"}[c.Output]
		}
		name := fmt.Sprintf("layer%d", i+1)
		made = append(made, fmt.Sprintf("%s := layers.NewLinear(%d, %d, nil)\n", name, in, units[i+1]))
		names = append(names, fmt.Sprintf("%s, layers.%s{}", name, activation))
		weights, biases = append(weights, name+".Weight"), append(biases, name+".Bias")
	}
	return fmt.Sprintf(`source := legacy.New(problems.Seed) // NumPy's random numbers
problem, _ := problems.ByName(%q)
data, _ := problem.Data(source, %d)
x := tensor.FromSlice(data.X, data.N, data.Inputs)
t := tensor.FromSlice(data.T, data.N, 1)

%srng := rand.New(source)
for _, p := range []*autograd.Node{%s} {
	p.Value().Uniform(rng, -0.5, 0.5)
}
net := layers.Sequential{%s}

parameters := layers.Parameters(net)
descent := optim.NewGradientDescent(%g, parameters...)
schedule := optim.Exponential(%g, %g)
input, target := autograd.Constant(x.Slice(0, 0, 1)), autograd.Constant(t.Slice(0, 0, 1))
plan := autograd.NewPlan(layers.SquaredError(net.Forward(input), target), parameters...)
for i := range %d {
	descent.LearningRate = schedule.Rate(i)
	sum := 0.0
	for k := range data.N { // one observation at a time
		input.Set(x.Slice(0, k, k+1))
		target.Set(t.Slice(0, k, k+1))
		sum += 2 * plan.Forward().Item() // (a − t)²; ½ (a − t)² is descended
		descent.Step(plan.Backward())
	}
	fmt.Println(i+1, sum)
}
`, c.Problem.Name, c.Observations, strings.Join(made, ""), strings.Join(append(weights, biases...), ", "),
		strings.Join(names, ", "), c.LearningRate, c.LearningRate, c.Anneal, len(f.run.Loss))
}
