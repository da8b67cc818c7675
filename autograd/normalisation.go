package autograd

import (
	"slices"

	"gentlegrad/tensor"
)

// Normalisations subtract the mean of x and divide by its standard deviation, over some of its axes, and
// then scale and shift by a weight and a bias, either of which may be nil. A gradient flows through the
// mean and the variance too, at every order. The differences from the mean are taken first, so that a
// large mean costs no digits. Eps is added to the variance: without it, constant x gives NaN. Squares of
// numbers beyond 1e154 overflow, and the result is 0. An empty batch gives an empty result.

// LayerNorm returns x normalised over the axes, or over the last if none is given, with the mean m and
// the variance v over them:
//
//	y = (x − m) / √(v + eps) ⊙ weight + bias
//	∂L/∂x = (g − mean(g) − x̂ ⊙ mean(g ⊙ x̂)) / √(v + eps), where g = ∂L/∂y ⊙ weight and x̂ = (x − m) / √(v + eps)
//
// The weight and the bias, either of which may be nil, broadcast to x: for the last axes, they have the
// shape of these. It panics if they do not. Squares of numbers beyond 1e154 overflow, and give 0. (Ba,
// Kiros and Hinton, 2016)
func (x *Node) LayerNorm(weight, bias *Node, eps float64, axes ...int) *Node {
	return x.standardised(eps, lastUnless("LayerNorm", x, axes)).scaledAndShifted("LayerNorm", weight, bias)
}

// RMSNorm returns x divided by the root of the mean of its squares over the axes, or over the last if
// none is given, and then scaled as by LayerNorm.
//
//	y = x / √(mean(x²) + eps) ⊙ weight
//
// It panics as LayerNorm does. (Zhang and Sennrich, 2019)
func (x *Node) RMSNorm(weight *Node, eps float64, axes ...int) *Node {
	axes = lastUnless("RMSNorm", x, axes)
	return x.Mul(x.root(axes, eps)).scaledAndShifted("RMSNorm", weight, nil)
}

// BatchNorm returns x [N, C, …] normalised channel by channel, as LayerNorm does, over all axes but that
// of the channels. If mean and variance are nil it uses the statistics of the batch, as in training;
// otherwise these, [C] each, such as running averages. Weight and bias are [C], or nil. With a mean and a
// variance, x may also be [C]. It panics if the shapes do not fit, or if one of mean and variance is nil
// and the other is not. (Ioffe and Szegedy, 2015)
func (x *Node) BatchNorm(mean, variance, weight, bias *Node, eps float64) *Node {
	const op = "BatchNorm"
	mustBeNode(op, x)
	rank := len(x.Shape())
	if (mean == nil) != (variance == nil) {
		fail(op, "one of mean and variance is nil and the other is not; give both or neither")
	}
	if rank == 0 || rank == 1 && mean == nil && x.value.Len() > 0 {
		fail(op, "%v needs axes [N C …]", x)
	}
	axis := min(1, rank-1)
	spatial := rank - 1 - axis
	if mean == nil {
		axes := slices.Delete(inOrder(rank), axis, axis+1)
		return x.standardised(eps, axes).scaledChannels(op, spatial, weight, bias)
	}
	c := x.value.Dim(axis)
	d := x.Sub(mean.alongChannels(op, c, spatial))
	return d.Mul(variance.alongChannels(op, c, spatial).AddScalar(eps).Rsqrt()).scaledChannels(op, spatial, weight, bias)
}

// GroupNorm returns x [N, C, …] normalised as LayerNorm does: for each of the N separately, over each
// group of neighbouring channels and all axes after these. Weight and bias are [C], or nil. It panics if
// the groups do not divide the channels. (Wu and He, 2018)
func (x *Node) GroupNorm(groups int, weight, bias *Node, eps float64) *Node {
	return x.groupNorm("GroupNorm", groups, weight, bias, eps)
}

// InstanceNorm is GroupNorm with each channel a group: it normalises over the spatial axes of x
// [N, C, …]. To give a mean and a variance, use BatchNorm. (Ulyanov, Vedaldi and Lempitsky, 2016)
func (x *Node) InstanceNorm(weight, bias *Node, eps float64) *Node {
	return x.groupNorm("InstanceNorm", 0, weight, bias, eps)
}

// groupNorm is GroupNorm, or InstanceNorm, which has as many groups as channels.
func (x *Node) groupNorm(op string, groups int, weight, bias *Node, eps float64) *Node {
	mustBeNode(op, x)
	shape := x.Shape()
	if len(shape) < 2 {
		fail(op, "%v needs axes [N C …]", x)
	}
	n, c, rest := shape[0], shape[1], product(shape[2:])
	if op == "InstanceNorm" {
		groups = max(c, 1)
	}
	if groups < 1 || c%groups != 0 {
		fail(op, "%d groups do not divide the %d channels of %v", groups, c, x)
	}
	y := x.Reshape(n, groups, c/groups*rest).standardised(eps, []int{2}).Reshape(shape...)
	return y.scaledChannels(op, len(shape)-2, weight, bias)
}

// standardised returns (x − m) / √(v + eps), with the mean m and the variance v over the axes, which it
// makes one axis, the last, for the computation.
func (x *Node) standardised(eps float64, axes []int) *Node {
	perm := slices.DeleteFunc(inOrder(x.value.Rank()), func(a int) bool { return slices.Contains(axes, a) })
	kept := len(perm)
	if perm = append(perm, slices.Sorted(slices.Values(axes))...); !slices.IsSorted(perm) {
		return x.Transpose(perm...).standardised(eps, inOrder(len(perm))[kept:]).Transpose(inverse(perm)...)
	}
	shape := x.Shape()
	if len(axes) == 1 {
		return apply(standardiseOp{eps}, x)
	}
	return apply(standardiseOp{eps}, x.Reshape(join(shape[:kept], product(shape[kept:]))...)).Reshape(shape...)
}

// A standardiseOp standardises x along the last axis, in one pass over a line.
type standardiseOp struct{ eps float64 }

func (standardiseOp) Name() string { return "Standardise" }

func (standardiseOp) arity() int { return 1 }

func (op standardiseOp) Forward(y *Node) {
	y.value.Standardise(y.Keep(0).value, y.inputs[0].value, op.eps) // what is kept is for AddVJPs alone
}

func (op standardiseOp) VJP(y *Node, _ int, dy *Node) *Node {
	last := []int{-1}
	d := dy.Sub(dy.meanKept(last)).Sub(dy.Chain(y).meanKept(last).Chain(y))
	return d.Chain(y.inputs[0].centred(last).root(last, op.eps))
}

func (standardiseOp) JVP(y *Node, dx []*Node) *Node { return symmetricJVP(y, dx) }

func (standardiseOp) AddVJPs(y *Node, dy *tensor.Tensor, dx []*tensor.Tensor) {
	dx[0].AddStandardiseVJP(dy, y.value, y.Keep(0).value)
}

// centred returns x − m, with the mean m over the axes. It then subtracts the mean of that, which is what
// rounding a large m left.
func (x *Node) centred(axes []int) *Node {
	d := x.Sub(x.meanKept(axes))
	return d.Sub(d.meanKept(axes))
}

// meanKept returns the mean of x over the axes, which it keeps, with length 1; 0 where there are no
// elements, which it does not change.
func (x *Node) meanKept(axes []int) *Node {
	if x.value.Count(axes...) == 0 {
		return x.Sum(axes...).putBack(axes, x)
	}
	return x.Mean(axes...).putBack(axes, x)
}

// root returns 1 / √(mean(d²) + eps): multiplying by it takes fewer passes over x than dividing.
func (d *Node) root(axes []int, eps float64) *Node {
	return d.Square().meanKept(axes).AddScalar(eps).Rsqrt()
}

// lastUnless returns the axes, or the last one if there are none.
func lastUnless(op string, x *Node, axes []int) []int {
	if len(axes) == 0 {
		axes = []int{-1}
	}
	return x.axesOrAll(op, axes)
}

// scaledChannels returns x [N, C, …] ⊙ weight + bias, each [C] or nil.
func (x *Node) scaledChannels(op string, spatial int, weight, bias *Node) *Node {
	c := x.value.Dim(-spatial - 1)
	if weight != nil {
		x = x.Mul(weight.alongChannels(op, c, spatial))
	}
	if bias != nil {
		x = x.Add(bias.alongChannels(op, c, spatial))
	}
	return x
}

// scaledAndShifted returns x ⊙ weight + bias; each broadcasts to x, or is nil.
func (x *Node) scaledAndShifted(op string, weight, bias *Node) *Node {
	for _, w := range []*Node{weight, bias} {
		if w != nil && !tensor.Broadcasts(w.Value(), x.value) {
			fail(op, "the weight or bias %v does not broadcast to shape %v", w, x.value.Shape())
		}
	}
	if weight != nil {
		x = x.Mul(weight)
	}
	if bias != nil {
		x = x.Add(bias)
	}
	return x
}
