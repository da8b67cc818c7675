package autograd_test

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// Random programs, each run in several rounds that differ a little, give the same
// values and gradients on a tape, which remembers what it did the last time and uses
// memory again, as on the heap, and on a checked tape.

// A round is a list of instructions, and what they begin with.
type round struct {
	batch    int // rows of the constants
	noRecord bool
	training bool
	code     []instruction
}

// An instruction's operands are taken from the values there are, counted backwards.
type instruction struct{ op, a, b, c int }

// A source draws numbers from the fuzzer's bytes, then from a generator that they seed.
type source struct {
	data   []byte
	rng    *rand.Rand
	adders bool // only operations that are Adders, mostly
}

func newSource(data []byte) *source {
	h := fnv.New64()
	h.Write(data)
	return &source{data: data, rng: rand.New(rand.NewPCG(h.Sum64(), 0))}
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
	i := instruction{s.below(len(instructions)), s.below(8), s.below(8), s.below(6)}
	if s.adders {
		i.op, i.b = adders[i.op%len(adders)], 2
	}
	return i
}

// rounds draws a program. About half of the rounds are like the one before.
func (s *source) rounds() []round {
	s.adders = s.below(2) == 1
	r := round{batch: 1 + s.below(3)}
	if s.adders {
		r.code = append(r.code, instruction{5, 0, 2, 0})
	}
	for range 2 + s.below(14) {
		r.code = append(r.code, s.instruction())
	}
	rounds := []round{r}
	for range 2 + s.below(8) {
		r.code = slices.Clone(r.code)
		switch i := s.below(len(r.code)); s.below(12) {
		case 0:
			r.code[i] = s.instruction()
		case 1:
			r.code = slices.Insert(r.code, i, s.instruction())
		case 2:
			if len(r.code) > 2 {
				r.code = slices.Delete(r.code, i, i+1)
			}
		case 3:
			r.code[i].c = s.below(6)
		case 4:
			r.batch = 1 + s.below(80)
		case 5:
			r.noRecord = !r.noRecord
		case 6:
			r.training = !r.training
		}
		rounds = append(rounds, r)
	}
	return rounds
}

// A machine runs programs. Its values have two axes: 1 or batch rows, 1 or 3 columns.
type machine struct {
	tape    *autograd.Tape // nil is the heap
	params  []*node        // [1 3], [1 1], [3 3], [1 3], [3]
	round   round
	values  []*node
	results []*tensor.Tensor
	repeats int // how often BackwardTo took the steps of the last time
}

func newMachine(tape *autograd.Tape) *machine {
	m := &machine{tape: tape}
	for i, s := range []shape{{1, 3}, {1, 1}, {3, 3}, {1, 3}, {3}} {
		x := tensor.New(s...)
		for k := range x.Data() {
			x.Data()[k] = .3*float64(k+1) - .2*float64(i)
		}
		m.params = append(m.params, autograd.Variable(x))
	}
	return m
}

func (m *machine) constant(seed int) *node {
	c := autograd.Context{Tape: m.tape, NoRecord: m.round.noRecord, Training: m.round.training}
	x := tensor.New(m.round.batch, 3)
	for i := range x.Data() {
		x.Data()[i] = float64((i*7+seed*5)%11)/5 - 1
	}
	return c.Constant(x)
}

// leaf returns a parameter, in one of two ways.
func (m *machine) leaf(i int, direct bool) *node {
	if m.tape == nil || direct {
		return m.params[i]
	}
	return m.tape.Use(m.params[i])
}

func (m *machine) value(back int) *node { return m.values[len(m.values)-1-back%len(m.values)] }

func (m *machine) push(x *node) { m.values = append(m.values, x) }

func (m *machine) keep(x *tensor.Tensor) { m.results = append(m.results, x.Clone()) }

func (m *machine) run(r round) []*tensor.Tensor {
	m.round, m.values, m.results = r, nil, nil
	m.push(m.constant(0))
	for _, i := range r.code {
		instructions[i.op](m, i)
	}
	for _, x := range m.values {
		m.keep(x.Value())
	}
	m.gradients(instruction{a: 0, b: 2, c: 3})
	if m.tape != nil {
		m.tape.Reset()
	}
	return m.results
}

// loss makes one element of a value, in one of several ways.
func (m *machine) loss(x *node, how int) *node {
	switch how % 3 {
	case 0:
		return x.Sum()
	case 1:
		return x.Square().Mean()
	default:
		target := tensor.Full(.5, x.Shape()...)
		return x.SquaredError(autograd.Context{Tape: m.tape, NoRecord: m.round.noRecord, Training: m.round.training}.Constant(target))
	}
}

// asked returns nodes to ask the gradients of.
func (m *machine) asked(i instruction) (xs []*node) {
	for k := range m.params {
		if (i.b+k)%3 != 0 || i.c == 0 {
			xs = append(xs, m.params[k])
		}
	}
	if i.c == 2 {
		slices.Reverse(xs)
	}
	if x := m.value(i.b); i.c > 3 && x.NeedsGrad() {
		xs = append(xs, x)
	}
	return xs
}

func (m *machine) gradients(i instruction) {
	loss := m.loss(m.value(i.a), i.b)
	m.keep(loss.Value())
	if !loss.NeedsGrad() {
		return
	}
	xs := m.asked(i)
	grads := autograd.BackwardTo(loss, xs...)
	if grads.Repeated() {
		m.repeats++
	}
	for _, x := range xs {
		m.keep(grads.Of(x))
	}
}

func (m *machine) all(i instruction) {
	loss := m.loss(m.value(i.a), i.b)
	if loss.NeedsGrad() {
		grads := autograd.Backward(loss)
		for _, x := range append(slices.Clone(m.values), m.params...) {
			if x.NeedsGrad() {
				m.keep(grads.Of(x))
			}
		}
	}
}

func (m *machine) grad(i instruction) {
	loss := m.loss(m.value(i.a), i.b)
	if loss.NeedsGrad() {
		for _, g := range autograd.Grad(loss, m.params[0], m.params[3]) {
			m.push(g)
		}
	}
}

// excursion runs a few instructions whose values are given back.
func (m *machine) excursion(i instruction) {
	before := len(m.values)
	var mark autograd.Mark
	if m.tape != nil {
		mark = m.tape.Mark()
	}
	for k := range i.c {
		op := 1 + (i.a*5+i.b+k*3)%(len(instructions)-1) // but no excursion
		instructions[op](m, instruction{op, i.b + k, i.a + k, k})
	}
	m.gradients(i)
	m.values = m.values[:before]
	if m.tape != nil {
		m.tape.Release(mark)
	}
}

// instructions are what programs are made of; adders are the places of some.
var (
	instructions []func(m *machine, i instruction)
	adders       []int
)

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
		func(x *node, c int) *node { return x.Sum().Tanh().Reshape(1, 1) },
		func(x *node, c int) *node { return x.Mean(0).Reshape(1, -1) },
		func(x *node, c int) *node { return x.Slice(0, c%x.Shape()[0], c%x.Shape()[0]+1) },
		func(x *node, c int) *node { return x.Slice(1, c%x.Shape()[1], c%x.Shape()[1]+1) },
		func(x *node, c int) *node { return x.Transpose().Scale(float64(c)).Transpose() },
		func(x *node, c int) *node { return x.BroadcastTo(append([]int{2}, x.Shape()...)...).Mean(0) },
		func(x *node, c int) *node { return x.Detach() },
		func(x *node, c int) *node { return autograd.Apply(opaque{[]float64{float64(c)}}, x) },
		func(x *node, c int) *node { return autograd.Apply(silent{}, x) },
		func(x *node, c int) *node {
			return autograd.Apply(&returning{"dy", func(y, dy *node) *node { return dy }}, x)
		},
		func(x *node, c int) *node { return autograd.Apply(valued(c), x) },
		func(x *node, c int) *node { return autograd.Apply(x.Scale(float64(c)/3).Op(), x) },
	}
	ops2 := []func(x, y *node, c int) *node{
		func(x, y *node, c int) *node { return x.Add(y) },
		func(x, y *node, c int) *node { return x.Sub(y) },
		func(x, y *node, c int) *node { return x.Mul(y) },
		func(x, y *node, c int) *node { return x.Div(y.Square().AddScalar(1)) },
		func(x, y *node, c int) *node {
			return autograd.Where(new(tensor.Tensor).Greater(x.Value(), tensor.Scalar(0)), x, y)
		},
		func(x, y *node, c int) *node { return autograd.Concat(0, x, x, x).Slice(0, 0, x.Shape()[0]).Mul(y) },
		func(x, y *node, c int) *node { return x.SquaredError(x.Scale(.5)).Tanh().Mul(y) },
		func(x, y *node, c int) *node { return x.MatMulTN(x).Mean().Tanh().Mul(y) },
	}
	instructions = append(instructions, (*machine).excursion, (*machine).gradients, (*machine).all, (*machine).grad,
		func(m *machine, i instruction) { m.push(m.constant(i.c)) },
		func(m *machine, i instruction) { // a layer
			x := m.value(i.a)
			switch {
			case x.Shape()[1] == 1:
				m.push(x.MatMul(m.leaf(0, i.c > 2)).Tanh())
			case i.c&1 == 0:
				m.push(x.Affine(m.leaf(2, i.c > 2), m.leaf(4, i.b > 2)).Sigmoid())
			default:
				m.push(x.MatMulNT(m.leaf(2, i.c > 2)).Tanh())
			}
		},
		func(m *machine, i instruction) { // parameters alone
			m.push(m.leaf(i.c%2, false).Square().Add(m.leaf(i.b%2, false)))
		},
		func(m *machine, i instruction) { m.push(m.value(i.a).Mul(m.leaf([]int{0, 1, 3}[i.c%3], i.b&1 == 0))) },
		func(m *machine, i instruction) { m.push(m.constant(i.b).Add(m.leaf([]int{0, 1, 3}[i.c%3], true))) },
	)
	for _, f := range ops1 {
		instructions = append(instructions, func(m *machine, i instruction) { m.push(f(m.value(i.a), i.c)) })
	}
	adders = []int{1, 4, 5, 5, 5, 9, 10, 19, 20, 25, 27, 27, len(instructions) - 1 - 1}
	for _, f := range ops2 {
		instructions = append(instructions, func(m *machine, i instruction) { m.push(f(m.value(i.a), m.value(i.b), i.c)) })
	}
}

// valued is an operation that is an Adder, and a value: y = x·n.
type valued int

func (valued) Name() string { return "Valued" }

func (op valued) Forward(y *node) { y.Value().Scale(float64(op), y.Input(0).Value()) }

func (op valued) VJP(y *node, i int, dy *node) *node { return dy.Scale(float64(op)) }

func (op valued) AddVJPs(y, dy *node, dx []*tensor.Tensor) {
	if dx[0].IsEmpty() {
		dx[0].Scale(float64(op), dy.Value())
	} else {
		dx[0].Add(dx[0], dy.Scale(float64(op)).Value()) // nodes made here are given back
	}
}

// runProgram runs a program on three machines and returns how many traversals the tape
// repeated.
func runProgram(t *testing.T, data []byte) (repeats int) {
	rounds := newSource(data).rounds()
	heap := newMachine(nil)
	others := []*machine{newMachine(new(autograd.Tape)), newMachine(&autograd.Tape{Checked: true})}
	for n, r := range rounds {
		want := heap.run(r)
		for _, m := range others {
			got := m.run(r)
			if len(got) != len(want) {
				t.Fatalf("round %d: %d results on a tape, %d on the heap\n%+v", n, len(got), len(want), rounds)
			}
			for i := range got {
				if !sameBits(got[i], want[i]) {
					t.Fatalf("checked %v, round %d, result %d: on a tape\n%v\non the heap\n%v\n%+v", m.tape.Checked, n, i, got[i], want[i], rounds)
				}
			}
		}
	}
	return others[0].repeats
}

func TestPrograms(t *testing.T) {
	n := 3000
	if raceEnabled || testing.Short() {
		n = 300
	}
	repeats := 0
	for i := range n {
		repeats += runProgram(t, fmt.Append(nil, i, " program"))
	}
	if repeats < n/4 {
		t.Errorf("only %d of %d programs' traversals were repeated", repeats, n)
	}
	t.Logf("%d traversals repeated", repeats)
}

func FuzzPrograms(f *testing.F) {
	for i := range 8 {
		f.Add(fmt.Append(nil, i, " program"))
	}
	f.Fuzz(func(t *testing.T, data []byte) { runProgram(t, data) })
}
