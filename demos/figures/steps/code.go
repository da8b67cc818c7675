package steps

// Code makes the steps with the library: it is the body of Example, which prints what it says.
const Code = `source := legacy.New(problems.Seed)
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
