package figures

import (
	"fmt"
	"strings"

	"gentlegrad/demos/training"
)

// program returns a program that trains the same network as a run, and prints the same losses.
func program(r *training.Run) string {
	var made, names, weights, biases []string
	for i, l := range r.Model.Layers {
		name, w := fmt.Sprintf("layer%d", i+1), l.Linear.Weight.Value()
		made = append(made, fmt.Sprintf("%s := layers.NewLinear(%d, %d, nil)\n", name, w.Dim(0), w.Dim(1)))
		names = append(names, fmt.Sprintf("%s, %T{}", name, l.Activation.Layer))
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
`, r.Problem.Name, r.Observations, strings.Join(made, ""), strings.Join(append(weights, biases...), ", "),
		strings.Join(names, ", "), r.LearningRate, r.LearningRate, r.Anneal, len(r.Loss))
}
