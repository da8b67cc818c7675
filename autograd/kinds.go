package autograd

import "gentlegrad/tensor"

// Kinds of operation, so that most operations take a few lines: linear ones, those that reduce axes with
// a slope, and those that select. Functions of one and of two numbers are in pointwise.go.

// An operation of one, two or three inputs embeds its name as a unary, a binary or a ternary; these have
// the methods Name and arity.
type (
	unary   string
	binary  string
	ternary string
)

func (name unary) Name() string { return string(name) }

func (unary) arity() int { return 1 }

func (name binary) Name() string { return string(name) }

func (binary) arity() int { return 2 }

func (name ternary) Name() string { return string(name) }

func (ternary) arity() int { return 3 }

// A linearOp is linear in its one input: in reverse mode its transpose applies, in forward mode the
// operation itself.
type linearOp struct {
	unary
	forward   func(y, x *tensor.Tensor)
	transpose func(x, dy *Node) *Node
}

// linear returns a linear function of x: forward sets y, and transpose returns ∂L/∂x given ∂L/∂y; it may
// use x for its shape only.
func (x *Node) linear(name string, forward func(y, x *tensor.Tensor), transpose func(x, dy *Node) *Node) *Node {
	return apply(&linearOp{unary(name), forward, transpose}, x)
}

func (op *linearOp) Forward(y *Node) { op.forward(y.value, y.inputs[0].value) }

func (op *linearOp) VJP(y *Node, _ int, dy *Node) *Node { return op.transpose(y.inputs[0], dy) }

func (op *linearOp) JVP(y *Node, dx []*Node) *Node { return apply(y.op, dx[0]) }

// zerosLike returns dx; if dx is empty, it first becomes zeros of x's shape.
func zerosLike(dx, x *tensor.Tensor) *tensor.Tensor {
	if dx.IsEmpty() {
		dx.Like(x).Fill(0)
	}
	return dx
}

// A reductionOp makes one number of those along some axes, with a slope ∂y/∂x, of x's shape.
type reductionOp struct {
	unary
	axes    []int
	forward func(y *Node)
	slope   func(x, y *Node) *Node
}

// reduction returns such a function of x.
//
//	∂L/∂x = ∂L/∂y ⊙ slope, repeated along the axes    (0 where ∂L/∂y is exactly 0)
func (x *Node) reduction(name string, axes []int, forward func(y *Node), slope func(x, y *Node) *Node) *Node {
	return apply(&reductionOp{unary(name), axes, forward, slope}, x)
}

func (op *reductionOp) Forward(y *Node) { op.forward(y) }

func (op *reductionOp) VJP(y *Node, _ int, dy *Node) *Node {
	x := y.inputs[0]
	return dy.putBack(op.axes, x).Chain(op.slope(x, y))
}

func (op *reductionOp) JVP(y *Node, dx []*Node) *Node {
	return dx[0].Chain(op.slope(y.inputs[0], y)).Sum(op.axes...)
}

// A selectOp selects elements, or rows, of its first input, some perhaps more than once. The choice may
// depend on the other inputs, and on the values; where it changes there is no derivative.
type selectOp struct {
	name   string
	row    []int // the shape of a row, if it selects rows
	place  func(at *tensor.Tensor, y *Node)
	inputs int
}

// selection returns elements of x. place gives at, an empty tensor, the result's shape, and sets each of
// its elements to the place in memory of an element of x, or to −1 for a zero. It may look at the inputs
// of y, which are x and the others; no gradient flows to the others.
//
//	yₖ = x[atₖ]    ∂L/∂xᵢ = Σ ∂L/∂yₖ over the k with atₖ = i
func (x *Node) selection(name string, place func(at *tensor.Tensor, y *Node), others ...*Node) *Node {
	return x.selectionOfRows(name, nil, place, others...)
}

// selectionOfRows is selection of rows into which x's elements are divided: places are counted in rows,
// and y has the shape of at followed by that of a row.
func (x *Node) selectionOfRows(name string, row []int, place func(at *tensor.Tensor, y *Node), others ...*Node) *Node {
	return apply(&selectOp{name, row, place, 1 + len(others)}, append([]*Node{x}, others...)...)
}

func (op *selectOp) Name() string { return op.name }

func (op *selectOp) arity() int { return op.inputs }

func (op *selectOp) Forward(y *Node) {
	at := y.Keep(0).value
	op.place(at, y)
	y.value.Take(y.inputs[0].value, at, op.row...)
}

func (op *selectOp) VJP(y *Node, i int, dy *Node) *Node {
	if i > 0 {
		return nil
	}
	return dy.put(y.Keep(0), y.inputs[0])
}

func (op *selectOp) AddVJPs(y *Node, dy *tensor.Tensor, dx []*tensor.Tensor) {
	for i, into := range dx {
		if into != nil {
			zerosLike(into, y.inputs[i].value)
		}
	}
	if dx[0] != nil {
		dx[0].AddAt(y.Keep(0).value, dy)
	}
}

func (op *selectOp) JVP(y *Node, dx []*Node) *Node {
	if dx[0] == nil {
		return nil
	}
	return dx[0].take(y.Keep(0), op.row)
}

func (*selectOp) addVJPsTo(s *nodeSums, y, dy *Node, into []edge) { s.share(into[0], y, dy) }

// take returns the elements, or rows, of x at the places that at holds; 0 for −1.
func (x *Node) take(at *Node, row []int) *Node {
	return x.selectionOfRows("Take", row, func(places *tensor.Tensor, y *Node) { places.Copy(y.inputs[1].value) }, at)
}

// put returns a node of like's shape: zeros, to which x's elements are added at the places that at holds;
// if x has more axes than at, its rows are.
//
//	∂L/∂xₖ = ∂L/∂y[atₖ]
func (x *Node) put(at, like *Node) *Node {
	return apply(&putOp{like.value.Shape()}, x, at)
}

type putOp struct{ shape []int }

func (*putOp) Name() string { return "Put" }

func (*putOp) arity() int { return 2 }

func (op *putOp) Forward(y *Node) {
	y.value.Zeros(op.shape...).AddAt(y.inputs[1].value, y.inputs[0].value)
}

func (op *putOp) VJP(y *Node, i int, dy *Node) *Node {
	if i > 0 {
		return nil
	}
	at := y.inputs[1]
	return dy.take(at, y.inputs[0].value.Shape()[at.value.Rank():])
}

func (op *putOp) JVP(y *Node, dx []*Node) *Node {
	if dx[0] == nil {
		return nil
	}
	return apply(y.op, dx[0], y.inputs[1])
}

// A share is a contribution to the gradient of x that is mostly zeros: it comes from y, which is a part
// of x.
type share struct{ y, dy *Node }

// share notes a share of the gradient of y's first input, so that all shares are added up at once. Other
// inputs are indices, without a gradient.
func (s *nodeSums) share(to edge, y, dy *Node) {
	if to.input == 0 {
		s.shares[to.place] = append(s.shares[to.place], share{y, dy})
	}
}

// A sharesOp adds up shares, and perhaps a sum so far, in one tensor of x's shape: so the gradients of T
// slices of x take time for all of the slices, not T times that for x.
type sharesOp struct {
	shares []share
	sum    int              // 1 if the first input is a sum so far
	shape  []int            // x's: where a plan runs this, it may not have computed x yet
	dx     []*tensor.Tensor // room for AddVJPs
}

// addShares returns sum + Σ shares; sum may be nil, for zero.
func addShares(sum *Node, shares []share) *Node {
	if len(shares) == 1 && sum == nil {
		return shares[0].y.op.VJP(shares[0].y, 0, shares[0].dy)
	}
	var xs []*Node
	if sum != nil {
		xs = append(xs, sum)
	}
	op := &sharesOp{shares: shares, sum: len(xs), shape: shares[0].y.inputs[0].value.Shape()}
	for _, p := range shares {
		xs = append(xs, p.dy)
		if n := len(p.y.inputs); n > len(op.dx) {
			op.dx = make([]*tensor.Tensor, n)
		}
	}
	for _, p := range shares {
		xs = append(xs, p.y.kept...)
	}
	return apply(op, xs...)
}

func (*sharesOp) Name() string { return "AddShares" }

func (op *sharesOp) Forward(z *Node) {
	if op.sum == 1 {
		z.value.Copy(z.inputs[0].value)
	} else {
		z.value.Zeros(op.shape...)
	}
	op.dx[0] = z.value
	for k, p := range op.shares {
		p.y.op.(Adder).AddVJPs(p.y, z.inputs[op.sum+k].value, op.dx[:len(p.y.inputs)])
	}
}

func (op *sharesOp) VJP(z *Node, i int, dz *Node) *Node {
	switch k := i - op.sum; {
	case k < 0:
		return dz
	case k < len(op.shares):
		y := op.shares[k].y
		dx := make([]*Node, len(y.inputs))
		dx[0] = dz
		return jvp(y, dx)
	}
	return nil
}

func (op *sharesOp) JVP(_ *Node, dx []*Node) *Node {
	var sum *Node
	if op.sum == 1 {
		sum = dx[0]
	}
	var moved []share
	for k, p := range op.shares {
		if d := dx[op.sum+k]; d != nil {
			moved = append(moved, share{p.y, d})
		}
	}
	if len(moved) == 0 {
		return sum
	}
	return addShares(sum, moved)
}
