package layers

import (
	"fmt"
	"math/rand/v2"

	"gentlegrad/autograd"
)

// Dropout sets each element of x to 0 with probability P in training, and divides the others by 1−P, so
// that the mean stays the same; otherwise its result is x. (Srivastava and others, 2014)
//
//	y = x ⊙ mask / (1−P)    ∂L/∂x = ∂L/∂y ⊙ mask / (1−P)
//
// The Context of x says whether it is training, and has the source of random numbers. Each run draws
// anew: each graph that is built, and each Forward of a Plan. Where a Checkpoint recomputes, it draws the
// same again. Goroutines that train need a source each.
type Dropout struct{ P float64 }

// Forward returns x with elements dropped. It panics if P is not in [0, 1), and in training,
// unless P is 0, if x's Context has no Rand.
func (d Dropout) Forward(x *autograd.Node) *autograd.Node {
	mustBeSet("Dropout", "the input is nil", x)
	if !(d.P >= 0 && d.P < 1) {
		fail("Dropout", "the probability is %v; it must be at least 0 and less than 1", d.P)
	}
	ctx := x.Context()
	if d.P == 0 || !ctx.Training {
		return x
	}
	if ctx.Rand == nil {
		fail("Dropout", "in training a random source is needed: autograd.Context{Training: true, Rand: …}")
	}
	return autograd.Apply(&dropoutOp{p: d.P, seed: ctx.Rand.Uint64()}, x)
}

// String returns the probability, such as "Dropout 0.5".
func (d Dropout) String() string { return fmt.Sprintf("Dropout %v", d.P) }

// dropoutOp draws from PCG(seed, run): what is drawn depends on nothing that another goroutine does.
type dropoutOp struct {
	p         float64
	seed, run uint64
	source    rand.PCG
}

func (*dropoutOp) Name() string { return "Dropout" }

func (op *dropoutOp) Forward(y *autograd.Node) {
	op.run++
	op.source.Seed(op.seed, op.run)
	x := y.Input(0).Value()
	mask := y.Keep(0).Value().Like(x)
	for i := range mask.Data() {
		mask.Data()[i] = 0
		if float64(op.source.Uint64()>>11)/(1<<53) >= op.p {
			mask.Data()[i] = 1 / (1 - op.p)
		}
	}
	y.Value().Mul(x, mask)
}

func (*dropoutOp) VJP(y *autograd.Node, _ int, dy *autograd.Node) *autograd.Node {
	return dy.Mul(y.Keep(0))
}

// JVP returns the tangent, with the same elements dropped.
func (*dropoutOp) JVP(y *autograd.Node, dx []*autograd.Node) *autograd.Node {
	return dx[0].Mul(y.Keep(0))
}
