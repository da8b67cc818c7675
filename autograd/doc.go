// Package autograd differentiates expressions of tensors by traversing the graph of operations that
// computed them: reverse-mode automatic differentiation, of which backpropagation is the special case
// that came first. This text derives the special case by hand, and then shows how a graph gives it.
//
// # By hand: the delta rules
//
// A network of two layers maps an observation x, a row, to a prediction a₂, which should be the
// target t. Each layer has weights w, in × out, a bias b, and the sigmoid function g(z) = 1/(1+e⁻ᶻ):
//
//	z₁ = x w₁ + b₁    a₁ = g(z₁)
//	z₂ = a₁ w₂ + b₂   a₂ = g(z₂)
//	E = ½ Σ (a₂−t)²
//
// Wanted is how E changes with each weight and bias. E depends on w₂ by way of z₂ alone, so by the
// chain rule ∂E/∂w₂ is made of ∂E/∂z₂, which is called δ₂, and of ∂z₂/∂w₂. As ∂E/∂a₂ = a₂−t, and the
// sigmoid's slope is g′(z) = a(1−a), which is computed from its value a = g(z),
//
//	δ₂ = ∂E/∂z₂ = (a₂−t) ⊙ a₂ ⊙ (1−a₂)
//
// where ⊙ multiplies element by element. In z₂ the weight from unit i to unit j stands beside the
// i-th element of a₁, and adds to the j-th element of z₂; the bias stands alone. With several
// observations, the rows of x, E is a sum over these, and so is each derivative. So
//
//	∂E/∂w₂ = a₁ᵀ δ₂    ∂E/∂b₂ = Σ δ₂ over the rows
//
// For the first layer the same holds, with δ₁ = ∂E/∂z₁ and x for a₁. No target says what δ₁ is: what a hidden
// unit should have given nobody knows. But the unit has an effect on E by way of the z₂ of all units that it
// feeds, each as strongly as the weight between them: ∂E/∂a₁ is the sum of δ₂ over those units, each
// times that weight. As a matrix product, and through the sigmoid as before:
//
//	δ₁ = δ₂ w₂ᵀ ⊙ a₁ ⊙ (1−a₁)
//	∂E/∂w₁ = xᵀ δ₁     ∂E/∂b₁ = Σ δ₁ over the rows
//
// So errors are propagated back: δ₂ first, δ₁ from it, and from each the gradients of its layer. Another
// activation function, a weight that is used twice or a connection past a layer, and these rules
// have to be derived again.
//
// # By a graph
//
// Of all this only the order is about networks. A [Node] is one value, and knows the operation that made it
// and the nodes which that was applied to. Leaves are made by [Variable], if a gradient is wanted,
// or [Constant]; methods build the rest, so that writing down the network records its graph:
//
//	z1 := x.Affine(w1, b1)
//	a1 := z1.Sigmoid()
//	z2 := a1.Affine(w2, b2)
//	a2 := z2.Sigmoid()
//	e := a2.SquaredError(t)
//
// Each node y has a gradient ∂L/∂y, how the loss L changes with it; L's own is 1. Each operation knows a local
// rule: given ∂L/∂y of its result, what comes from there to ∂L/∂x of an input x, as if nothing else depended on
// x. Those of Affine, Sigmoid and SquaredError are
//
//	∂L/∂x = ∂L/∂z · wᵀ    ∂L/∂w = xᵀ · ∂L/∂z    ∂L/∂b = Σ ∂L/∂z over the rows
//	∂L/∂z = ∂L/∂a ⊙ a ⊙ (1−a)
//	∂L/∂a = ∂L/∂E (a−t)
//
// If x has several users, which all have an effect on L, its gradient is the sum of what comes from
// each: the chain rule of several variables. So a gradient is complete when all users have passed on theirs, and
// it is enough to visit results before operands, and each node once. That is the traversal, in backward.go:
//
//	for each node y, results before operands:
//	    for each input x of y:
//	        ∂L/∂x += rule of y's operation for x, given ∂L/∂y
//
// From e it comes to a2, z2, then b2, w2 and a1, and then z1: and what it finds at z2 and z1 are δ₂ and δ₁.
// The delta rules are this graph's rules, put into one another:
//
//	grads := autograd.Backward(e)
//	delta2, delta1 := grads.Of(z2), grads.Of(z1)
//	gradient := grads.Of(w2) // a₁ᵀ δ₂
//
// But any graph has its rules in this way. With another activation function one local rule is another; of a
// weight that is used twice, and of a connection past a layer, the sum takes care. And the cost of all
// gradients together is a small multiple of that of the loss, however many there are.
// Package [gentlegrad/autograd/trace] prints the walk through any graph, with its numbers.
//
// # Beyond
//
// Rules are written with operations on nodes. So gradients are nodes of a graph too, if that is wanted, and can be
// differentiated again, to any order:
//
//	slope := autograd.Grad(y, x)[0]
//	curvature := autograd.Grad(slope, x)[0]
//
// The traversal need not start from 1: given any ∂L/∂y, [VJP] is the product of that with the Jacobian of y, which is never
// made. The traversal also goes the other way, operands before results: [JVP] gives how y changes when x changes in
// one direction. That is forward mode. It costs a pass for each direction, where reverse mode costs one for each
// number of y:
//
//	change := autograd.JVP(y, []*autograd.Node{x}, []*autograd.Node{direction})
//
// [Jacobian], [Hessian], [HVP] and others put these together for functions of tensors.
//
// A graph is built anew for each loss, which costs time. A [Plan] repeats one that was built once, for
// training: it computes the values again, from what the leaves hold now, and the gradients, and allocates nothing.
//
//	plan := autograd.NewPlan(e, w1, b1, w2, b2)
//	plan.Forward()
//	grads = plan.Backward()
//
// Values and gradients have the same bits on amd64, arm64 and in WebAssembly, on any number of processors: but for functions
// that Go's math package computes, such as tangents, erf, the gamma function and sines from 2³⁰ on, and what is made of them, such
// as LogAddExp. The last bit of those may be another.
//
// A [Context] says how a graph is built, and can be left out on a first reading. An [Op], or a [Pointwise]
// function, is an operation of one's own.
//
// # Kinks, ties and infinities
//
// Where a function has no slope, or an infinite one, an operation's own docs say what its gradient is: what PyTorch gives, or better. Exactly 0 that
// comes in stays 0, whatever the slope, so that a branch which [Where] does not choose does no harm. In products of matrices, vectors and
// windows (MatMul, Affine, Dot, Conv2D and others) 0 times NaN or an infinity is NaN, as in their values: there it is the operands that Where is
// to choose. The gradients of Σ f, for each input:
//
//	relu(0)                                [[0.0]]
//	leaky_relu(0,.01)                      [[0.01]]
//	elu(0)                                 [[1.0]]
//	abs(0)                                 [[0.0]]
//	sign(2)                                [[0.0]]
//	sqrt(0)                                [[inf]]
//	log(0)                                 [[inf]]
//	norm([0,0])                            [[0.0, 0.0]]
//	pow(0,0)                               [[0.0], [0.0]]
//	pow(0,2)                               [[0.0], [0.0]]
//	pow(-2,2) tensor exp                   [[-4.0], [nan]]
//	maximum tie                            [[0.5], [0.5]]
//	max() all tie                          [[0.5, 0.5, 0.0]]
//	amax tie                               [[0.5, 0.5, 0.0]]
//	max(dim) tie                           [[1.0, 0.0, 0.0]]
//	clamp(0..1) at bounds                  [[1.0, 1.0, 0.0]]
//	prod one zero                          [[6.0, 0.0, 0.0]]
//	prod two zeros                         [[0.0, 0.0, 0.0]]
//	sigmoid(+-800)                         [[0.0, 0.0]]
//	tanh(1000)                             [[0.0]]
//	softplus(-800,0,800)                   [[0.0, 0.5, 1.0]]
//	logsumexp([-inf,-inf])                 [[0.0, 0.0]]    PyTorch: [[nan, nan]]
//	logsumexp([1000,1000])                 [[0.5, 0.5]]    PyTorch: [[0.5000000000000275, 0.5000000000000275]]
//	softmax [1000,0]                       [[0.0, -0.0]]
//	bce_with_logits(+-800;y=0,1)           [[0.5, -0.5]]
//	where(x>0,sqrt(x),0) at 0 (NaN trap)   [[0.0]]    PyTorch: [[nan]]
//	floor(1.5)                             [[0.0]]
//	div 1/0                                [[-inf]]
//	huber at delta                         [[1.0]]
//	std const                              [[0.0, 0.0]]
//	atan2(0,0)                             [[0.0], [0.0]]    PyTorch: [[nan], [nan]]
//
// # Masks, indices and targets
//
// Comparisons, such as x.Gt(autograd.Scalar(0)), give masks: constants, 1 where the comparison holds and 0
// elsewhere. Indices are constants of whole numbers from 0 up to, not including, the length of the axis; only
// TakeAlong takes negative ones. No gradient flows to either, and a Plan follows the data. Shapes never depend
// on values. Predictions and targets of a loss have one shape: a target of shape [3] beside predictions of [3, 1]
// is a mistake, not a broadcast.
//
// Caller's mistakes panic with an *[Error], or with a *tensor.Error where the shapes of an
// operation's inputs do not fit.
package autograd
