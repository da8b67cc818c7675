// Package autograd differentiates expressions of tensors by traversing the graph of operations that
// computed them. This is reverse-mode automatic differentiation, of which backpropagation is a special
// case. This text derives the special case by hand, and then shows how a graph gives it.
//
// # By hand: the delta rules
//
// A network of two layers maps an observation x, a row, to a prediction a₂, which should equal the target
// t. Each layer has weights w, in × out, a bias b, and the sigmoid function g(z) = 1/(1+e⁻ᶻ):
//
//	z₁ = x w₁ + b₁    a₁ = g(z₁)
//	z₂ = a₁ w₂ + b₂   a₂ = g(z₂)
//	E = ½ Σ (a₂−t)²
//
// We want to know how E changes with each weight and bias. E depends on w₂ through z₂ alone, so by the
// chain rule ∂E/∂w₂ combines ∂E/∂z₂, which is called δ₂, with ∂z₂/∂w₂. Since ∂E/∂a₂ = a₂−t, and the
// sigmoid's slope g′(z) = a(1−a) follows from its value a = g(z),
//
//	δ₂ = ∂E/∂z₂ = (a₂−t) ⊙ a₂ ⊙ (1−a₂)
//
// where ⊙ multiplies element by element. In z₂, the weight from unit i to unit j multiplies the i-th
// element of a₁ and contributes to the j-th element of z₂; the bias is added alone. With several
// observations, the rows of x, E is a sum over them, and so is each derivative. Hence
//
//	∂E/∂w₂ = a₁ᵀ δ₂    ∂E/∂b₂ = Σ δ₂ over the rows
//
// The same holds for the first layer, with δ₁ = ∂E/∂z₁ in place of δ₂ and x in place of a₁. But no target
// gives δ₁ directly: nobody knows what a hidden unit should have output. The unit does affect E, through
// the z₂ of every unit that it feeds, in proportion to the weight between them: ∂E/∂a₁ is the sum of δ₂
// over those units, each times that weight. Written as a matrix product, and taken through the sigmoid as
// before:
//
//	δ₁ = δ₂ w₂ᵀ ⊙ a₁ ⊙ (1−a₁)
//	∂E/∂w₁ = xᵀ δ₁     ∂E/∂b₁ = Σ δ₁ over the rows
//
// So errors are propagated back: δ₂ first, then δ₁ from it, and from each δ the gradients of its layer.
// With another activation function, with a weight that is used twice, or with a connection that skips a
// layer, these rules have to be derived again.
//
// # By a graph
//
// Of all this, only the order of the steps is particular to networks. A [Node] is one value; it knows the
// operation that made it and the nodes to which that operation was applied. Leaves are made by
// [Variable], if a gradient is wanted, or by [Constant]. Methods build the rest, so writing down the
// network records its graph:
//
//	z1 := x.Affine(w1, b1)
//	a1 := z1.Sigmoid()
//	z2 := a1.Affine(w2, b2)
//	a2 := z2.Sigmoid()
//	e := a2.SquaredError(t)
//
// Each node y has a gradient ∂L/∂y, which says how the loss L changes with y; L's own is 1. Each
// operation knows a local rule: given ∂L/∂y of its result y, the rule computes the contribution to ∂L/∂x
// of an input x, as if nothing else depended on x. The rules of Affine, Sigmoid and SquaredError are
//
//	∂L/∂x = ∂L/∂z · wᵀ    ∂L/∂w = xᵀ · ∂L/∂z    ∂L/∂b = Σ ∂L/∂z over the rows
//	∂L/∂z = ∂L/∂a ⊙ a ⊙ (1−a)
//	∂L/∂a = ∂L/∂E (a−t)
//
// If several nodes use x, and all of them affect L, then ∂L/∂x is the sum of the contributions of all of
// them: the chain rule of several variables. So the gradient of x is complete once every user of x has
// passed on its contribution, and it is enough to visit each node once, results before operands. That is
// the traversal, in backward.go:
//
//	for each node y, results before operands:
//	    for each input x of y:
//	        ∂L/∂x += rule of y's operation for x, given ∂L/∂y
//
// From e it comes to a2, z2, then b2, w2 and a1, and then z1. The gradients that it finds at z2 and z1
// are δ₂ and δ₁: the delta rules are this graph's local rules, substituted into one another:
//
//	grads := autograd.Backward(e)
//	delta2, delta1 := grads.Of(z2), grads.Of(z1)
//	gradient := grads.Of(w2) // a₁ᵀ δ₂
//
// But every graph gets its rules in this way. Another activation function changes one local rule; the sum
// takes care of a weight that is used twice and of a connection that skips a layer. And the cost of all
// gradients together is a small multiple of the cost of the loss, however many gradients there are.
// Package [gentlegrad/autograd/trace] prints the walk through any graph, with its numbers.
//
// # Beyond
//
// Rules are written with operations on nodes. So gradients can be nodes of a graph too, which can be
// differentiated again, to any order:
//
//	slope := autograd.Grad(y, x)[0]
//	curvature := autograd.Grad(slope, x)[0]
//
// The traversal need not start from 1. Given any ∂L/∂y, [VJP] returns the product of it with the Jacobian
// of y, without making the Jacobian. The graph can also be traversed the other way, operands before
// results: [JVP] returns how y changes when x changes in one direction. That is forward mode. It costs
// one pass for each direction, where reverse mode costs one for each element of y:
//
//	change := autograd.JVP(y, []*autograd.Node{x}, []*autograd.Node{direction})
//
// [Jacobian], [Hessian], [HVP] and others apply these to functions of tensors.
//
// Building a graph anew for each loss costs time. For training, a [Plan] repeats a graph that was built
// once: it computes the values again from what the leaves now hold, then the gradients, and allocates
// nothing.
//
//	plan := autograd.NewPlan(e, w1, b1, w2, b2)
//	plan.Forward()
//	grads = plan.Backward()
//
// Values and gradients have the same bits on amd64, arm64 and in WebAssembly, on any number of
// processors. The exceptions, which may differ in the last bit, are functions that Go's math package
// computes, such as the tangent, erf, the gamma function and sines from 2³⁰ on, and operations that use
// them, such as LogAddExp.
//
// A [Context] says how a graph is built, and can be left out on a first reading. An [Op], or a
// [Pointwise] function, is an operation of one's own.
//
// # Kinks, ties and infinities
//
// Where a function has no slope, or an infinite one, the docs of the operation say what its gradient is:
// that of PyTorch, or a better one. An incoming gradient of exactly 0 stays 0, whatever the slope, so a
// branch that [Where] does not choose does no harm. Products of matrices, vectors and windows (MatMul,
// Affine, Dot, Conv2D and others), Solve and its like, and Scale are the exception: there 0 times NaN or
// an infinity is NaN, in gradients as in values, so Where should choose their operands rather than their
// result. The gradients of Σ f, for each input, compared with PyTorch 1.13.1 (in 2.15, atan2 gives 0
// instead of NaN, and clamp gives 0 at its bounds):
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
// Comparisons, such as x.Gt(autograd.Scalar(0)), give masks: constants, 1 where the comparison holds and
// 0 elsewhere. Indices are constants of whole numbers from 0 up to, not including, the length of the
// axis; only TakeAlong takes negative ones. No gradient flows to masks or indices; in a Plan they follow
// the data. Shapes never depend on values. Predictions and targets of a loss have the same shape: a
// target of shape [3] beside predictions of [3, 1] is a mistake, not a broadcast.
//
// A caller's mistake panics with an *[Error], or with the *tensor.Error of the operation on tensors that
// detects it.
package autograd
