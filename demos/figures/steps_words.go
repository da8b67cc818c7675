package figures

import "strings"

// stepsWords are the paragraphs of figure 6.
func stepsWords() []string {
	return []string{
		"How much is each weight to blame for an error? Backpropagation answers for all of them at once, in four steps. I: the observation goes forward; each unit sums its inputs to z and passes on a = g(z). II: the error’s derivative comes back, node by node; at each z it is called the error signal δ. III: each weight’s gradient is the activity below it times the error signal above it. IV: each parameter moves against its gradient, by the learning rate times it.",
		"On the way back every node does the same: it takes the upstream gradient of each of its children, multiplies it by the local slope, which is how much the child changes when the node does, and adds the products up. A unit that feeds several others is responsible for its part in each. With more hidden layers this goes on in the same way, layer by layer; here the inputs, with four children each, show such a sum.",
		"A weight’s gradient a_i δ_j is Hebbian: it depends only on the activity at one end of the connection and the error signal at the other. Where the unit below is silent, or nothing is wrong above, nothing is learnt.",
		"The error here is E = ½ (a − t)², whose derivative is a − t. The losses that the article plots are (a − t)²: twice as much, and twice the gradient.",
	}
}

func stepsList(xs []float64) string {
	var parts []string
	for _, x := range xs {
		parts = append(parts, stepsSaid(x))
	}
	return strings.Join(parts, ", ")
}

// stepsCode is the body of ExampleFourSteps, which prints what it says.
const stepsCode = `source := legacy.New(problems.Seed)
xor, _ := problems.ByName("XOR")
data, _ := xor.Data(source, xor.Observations)

hidden, output := layers.NewLinear(2, 4, nil), layers.NewLinear(4, 1, nil)
rng := rand.New(source)
for _, p := range []*autograd.Node{hidden.Weight, output.Weight, hidden.Bias, output.Bias} {
	p.Value().Uniform(rng, -.5, .5)
}
net := layers.Sequential{hidden, layers.Sigmoid{}, output, layers.Sigmoid{}}

x := autograd.Constant(tensor.FromSlice(data.X, data.N, 2).Slice(0, 2, 3)) // the third observation
t := autograd.Constant(tensor.FromSlice(data.T, data.N, 1).Slice(0, 2, 3))
nodes := net.Trace(x) // I: z_1, a_1, z_2, a_2
z1, z2, a2 := nodes[0], nodes[2], nodes[3]
E := layers.SquaredError(a2, t)
grads := autograd.Backward(E) // II and III

fmt.Printf("E = %.4f\n", E.Value().Item())
fmt.Printf("δ_2 = %.4f\n", grads.Of(z2).Data())
fmt.Printf("δ_1 = %.4f\n", grads.Of(z1).Data())
fmt.Printf("∂E/∂w_2 = %.4f\n", grads.Of(output.Weight).Data())

optim.NewGradientDescent(2, layers.Parameters(net)...).Step(grads) // IV
again := layers.SquaredError(net.Forward(x), t)
fmt.Printf("after the update: E = %.4f\n", again.Value().Item())
`
