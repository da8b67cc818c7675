package autograd_test

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// Random programs give the same values and gradients, bit for bit, on the heap, by a plan, and by a plan that
// has run with other values.

// An instruction's operands are taken from the values there are, counted backwards.
type instruction struct{ op, a, b, c int }

// A program is code, the size of what it begins with, and what is made of its values.
type program struct {
	batch int // rows of the constants
	code  []instruction
	how   instruction // what is made of the values
}

// A source draws numbers from the fuzzer's bytes, then from a generator that they seed.
type source struct {
	data []byte
	rng  *rand.Rand
}

func (s *source) below(n int) int {
	if len(s.data) == 0 {
		return s.rng.IntN(n)
	}
	b := s.data[0]
	s.data = s.data[1:]
	return int(b) % n
}

func (s *source) instruction() instruction {
	return instruction{s.below(len(instructions)), s.below(8), s.below(8), s.below(6)}
}

func newProgram(data []byte) program {
	h := fnv.New64()
	h.Write(data)
	s := &source{data: data, rng: rand.New(rand.NewPCG(h.Sum64(), 0))}
	p := program{batch: 1 + s.below(3)}
	for range 2 + s.below(14) {
		p.code = append(p.code, s.instruction())
	}
	p.how = s.instruction()
	return p
}

// tensors returns the values of the leaves: five parameters and two constants. There are several sets.
func (p *program) tensors(set int) (xs []*tensor.Tensor) {
	for i, s := range []shape{{1, 3}, {1, 1}, {3, 3}, {1, 3}, {3}, {p.batch, 3}, {p.batch, 3}} {
		x := tensor.New(s...)
		for k := range x.Data() {
			x.Data()[k] = float64((k*7+i*5+set*3)%13)/6 - 1
		}
		xs = append(xs, x)
	}
	return xs
}

func leavesOf(xs []*tensor.Tensor) (leaves []*node) {
	for i, x := range xs {
		if i < 5 {
			leaves = append(leaves, autograd.Variable(x))
		} else {
			leaves = append(leaves, autograd.Constant(x))
		}
	}
	return leaves
}

// A machine runs a program. Its values have two axes: 1 or batch rows, 1 or 3 columns.
type machine struct {
	leaves, values []*node
}

func (m *machine) value(back int) *node { return m.values[len(m.values)-1-back%len(m.values)] }
func (m *machine) push(x *node)         { m.values = append(m.values, x) }

// run returns the result, which may have several elements, the nodes that its gradients are taken of, and
// other nodes to look at.
func (p *program) run(leaves []*node) (y *node, xs, kept []*node) {
	m := &machine{leaves, []*node{leaves[5]}}
	for _, i := range p.code {
		instructions[i.op](m, i)
	}
	y = m.value(p.how.a)
	switch p.how.op % 4 {
	case 0:
		y = y.Sum()
	case 1:
		y = y.Square().Mean()
	case 2:
		y = y.SquaredError(autograd.Constant(tensor.Full(.5, y.Shape()...)))
	}
	for k, w := range leaves[:5] { // some of which y may not depend on
		if (p.how.b+k)%3 != 0 {
			xs = append(xs, w)
		}
	}
	kept = []*node{m.value(p.how.b), m.value(p.how.c)}
	if x := m.value(p.how.b); x.NeedsGrad() && p.how.c > 2 {
		xs = append(xs, x)
	}
	return y, xs, kept
}

// results runs the program on the heap.
func (p *program) results(set int) (all []*tensor.Tensor) {
	y, xs, kept := p.run(leavesOf(p.tensors(set)))
	all = append(all, y.Value())
	for _, k := range kept {
		all = append(all, k.Value())
	}
	if !y.NeedsGrad() {
		return all
	}
	loss := y.Mul(autograd.Constant(cotangent(y.Value()))).Sum()
	some, every := autograd.Backward(loss, xs...), autograd.Backward(loss)
	for _, x := range xs {
		all = append(all, some.Of(x), every.Of(x))
	}
	return all
}

// runProgram compares a plan with the heap.
func runProgram(t *testing.T, data []byte) {
	t.Helper()
	p := newProgram(data)
	leaves := leavesOf(p.tensors(0))
	y, xs, kept := p.run(leaves)
	needs := y.NeedsGrad()
	if !needs {
		xs = nil
	}
	plan := autograd.NewPlan(y, xs...).Keep(kept...)
	for _, set := range []int{0, 1, 2, 0} {
		want := p.results(set)
		for i, x := range p.tensors(set) {
			if set == 2 {
				leaves[i].Value().Copy(x)
			} else {
				leaves[i].Set(x)
			}
		}
		result := plan.Forward()
		for range 2 { // Backward a second time, too
			got := []*tensor.Tensor{result}
			for _, k := range kept {
				got = append(got, k.Value())
			}
			if needs {
				grads := plan.Backward(cotangent(y.Value()))
				for _, x := range xs {
					got = append(got, grads.Of(x), grads.Of(x))
				}
			}
			for i := range want {
				if !sameBits(got[i], want[i]) {
					t.Fatalf("values %d, result %d: a plan gives\n%v\nthe heap\n%v\n%+v\n%v", set, i, got[i], want[i], p, plan)
				}
			}
		}
	}
}

// instructions are what programs are made of.
var instructions []func(m *machine, i instruction)

func init() {
	ops1 := []func(x *node, c int) *node{
		func(x *node, c int) *node { return x.Tanh() },
		func(x *node, c int) *node { return x.Sigmoid() },
		func(x *node, c int) *node { return x.ReLU() },
		func(x *node, c int) *node { return x.Neg() },
		func(x *node, c int) *node { return x.Scale(float64(c) - 2) },
		func(x *node, c int) *node { return x.AddScalar(float64(c) / 2) },
		func(x *node, c int) *node { return x.Tanh().Exp() },
		func(x *node, c int) *node { return x.Square().AddScalar(1).Log() },
		func(x *node, c int) *node { return x.Square().Sqrt().PowScalar(float64(c)) },
		func(x *node, c int) *node { return x.Sum().Tanh().Reshape(1, 1) },
		func(x *node, c int) *node { return x.Mean(0).Reshape(1, -1) },
		func(x *node, c int) *node { return x.Slice(0, c%x.Shape()[0], c%x.Shape()[0]+1) },
		func(x *node, c int) *node { return x.Slice(1, c%x.Shape()[1], c%x.Shape()[1]+1) },
		func(x *node, c int) *node { return x.Transpose().Scale(float64(c)).Transpose() },
		func(x *node, c int) *node { return x.BroadcastTo(append([]int{2}, x.Shape()...)...).Mean(0) },
		func(x *node, c int) *node { return x.Detach() },
		func(x *node, c int) *node { return autograd.Apply(opaque{[]float64{float64(c)}}, x) },
		func(x *node, c int) *node { return autograd.Apply(valued(c), x) },
		func(x *node, c int) *node { return autograd.Apply(absolute{}, x) },
		func(x *node, c int) *node { y := autograd.Apply(absolute{}, x); return y.Mul(y.Keep(c % 2)) },
		func(x *node, c int) *node { return swish.Of(x) },
		func(x *node, c int) *node { return kernel.Of(x.Tanh()) },
		func(x *node, c int) *node { return hypot.Of(x, x.AddScalar(1)) },
		func(x *node, c int) *node { return x.Gt(number(float64(c) / 5)) },
		func(x *node, c int) *node {
			return autograd.Apply(&returning{"dy", func(y, dy *node) *node { return dy }}, x)
		},
		func(x *node, c int) *node {
			return autograd.Apply(&returning{"view", func(y, dy *node) *node { return dy.Reshape(-1).Reshape(dy.Shape()...) }}, x)
		},
	}
	ops2 := []func(x, y *node, c int) *node{
		func(x, y *node, c int) *node { return x.Add(y) },
		func(x, y *node, c int) *node { return x.Sub(y) },
		func(x, y *node, c int) *node { return x.Mul(y) },
		func(x, y *node, c int) *node { return x.Div(y.Square().AddScalar(1)) },
		func(x, y *node, c int) *node { return autograd.Where(x.Gt(y), x, y) },
		func(x, y *node, c int) *node { return autograd.Concat(0, x, x, x).Slice(0, 0, x.Shape()[0]).Mul(y) },
		func(x, y *node, c int) *node { return x.SquaredError(x.Scale(.5)).Tanh().Mul(y) },
		func(x, y *node, c int) *node { return x.MatMulTN(x).Mean().Tanh().Mul(y) },
	}
	instructions = append(instructions,
		func(m *machine, i instruction) { m.push(m.leaves[5+i.c%2]) },
		func(m *machine, i instruction) { m.push(m.leaves[[]int{0, 1, 3}[i.c%3]]) },
		func(m *machine, i instruction) { // a layer
			x := m.value(i.a)
			switch {
			case x.Shape()[1] == 1:
				m.push(x.MatMul(m.leaves[0]).Tanh())
			case i.c&1 == 0:
				m.push(x.Affine(m.leaves[2], m.leaves[4]).Sigmoid())
			default:
				m.push(x.MatMulNT(m.leaves[2]).Tanh())
			}
		},
		func(m *machine, i instruction) { // parameters alone
			m.push(m.leaves[i.c%2].Square().Add(m.leaves[i.b%2]))
		},
		func(m *machine, i instruction) { // derivatives
			if y := m.value(i.a).Tanh().Sum(); y.NeedsGrad() {
				for _, g := range autograd.Grad(y, m.leaves[0], m.leaves[3]) {
					m.push(g)
				}
			}
		})
	for _, f := range ops1 {
		instructions = append(instructions, func(m *machine, i instruction) { m.push(f(m.value(i.a), i.c)) })
	}
	for _, f := range ops2 {
		instructions = append(instructions, func(m *machine, i instruction) { m.push(f(m.value(i.a), m.value(i.b), i.c)) })
	}
}

// valued is an Adder that is a number, not a pointer: y = x·n.
type valued int

func (valued) Name() string { return "Valued" }

func (op valued) Forward(y *node) { y.Value().Scale(y.Input(0).Value(), float64(op)) }

func (op valued) VJP(y *node, i int, dy *node) *node { return dy.Scale(float64(op)) }

func (op valued) AddVJPs(y *node, dy *tensor.Tensor, dx []*tensor.Tensor) {
	if dx[0].IsEmpty() {
		dx[0].Scale(dy, float64(op))
	} else {
		dx[0].AddScaled(dx[0], float64(op), dy)
	}
}

func TestPrograms(t *testing.T) {
	n := 3000
	if raceEnabled || testing.Short() {
		n = 300
	}
	for i := range n {
		runProgram(t, fmt.Append(nil, i, " program"))
		if t.Failed() {
			return
		}
	}
}

func FuzzPrograms(f *testing.F) {
	for i := range 8 {
		f.Add(fmt.Append(nil, i, " program"))
	}
	f.Fuzz(func(t *testing.T, data []byte) { runProgram(t, data) })
}
