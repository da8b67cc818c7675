package autograd_test

import (
	"fmt"
	"runtime"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// Batches of several sizes in turn do not add up on a tape, with operations that add
// to gradients themselves and with others, with BackwardTo and with Backward.
func TestAlternatingBatchSizes(t *testing.T) {
	w, b := autograd.Variable(tensor.Full(.01, 100, 50)), autograd.Variable(tensor.New(50))
	batches := map[int]*tensor.Tensor{}
	sizes := []int{1, 7, 64, 128}
	for _, n := range sizes {
		batches[n] = tensor.Full(.1, n, 100)
	}
	tape := new(autograd.Tape)
	step := func(i int) {
		x := tape.Constant(batches[sizes[i%len(sizes)]])
		a := x.Affine(w, b).Sigmoid()
		if i%3 == 0 {
			a = a.Exp().Mul(a)
		}
		loss := a.Square().Mean()
		if i%5 == 0 {
			autograd.Backward(loss)
		} else {
			autograd.BackwardTo(loss, w, b)
		}
		tape.Reset()
	}
	inUse := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	for i := range 120 { // twice all combinations
		step(i)
	}
	before := inUse()
	for i := range 1200 {
		step(i)
	}
	if grown := int64(inUse()) - int64(before); grown > 64<<10 {
		t.Errorf("the tape grew by %d bytes", grown)
	}
	runtime.KeepAlive(tape)
}

// A tape forgets Variables that are not used any more.
func TestNewVariablesInEveryRound(t *testing.T) {
	tape := new(autograd.Tape)
	for i := range 2000 {
		loss := tape.Constant(vector(1, 2)).Mul(autograd.Variable(vector(float64(i), 0))).Sum()
		if got := loss.Value().Item(); got != float64(i) {
			t.Fatalf("round %d: %v", i, got)
		}
		autograd.Backward(loss)
		tape.Reset()
	}
	if n := tape.Leaves(); n > 64 {
		t.Errorf("the table of Variables has %d entries", n)
	}
}

// Many Variables, whose numbers are far apart.
func TestManyVariables(t *testing.T) {
	ws := make([]*node, 3000)
	for i := range ws {
		ws[i] = autograd.Variable(tensor.Scalar(float64(i)))
		for range i % 7 {
			autograd.Constant(tensor.Scalar(0))
		}
	}
	tape := new(autograd.Tape)
	for round := range 3 {
		sum := tape.Constant(tensor.Scalar(0))
		for i, w := range ws {
			if (i+round)%2 == 0 {
				sum = sum.Add(w.Mul(tape.Constant(tensor.Scalar(float64(i + 1)))))
			}
		}
		grads := autograd.BackwardTo(sum, ws...)
		for i, w := range ws {
			want := float64((i + 1) * ((i + round + 1) % 2))
			if got := grads.Of(w).Item(); got != want {
				t.Fatalf("round %d, Variable %d: %v, want %v", round, i, got, want)
			}
		}
		tape.Reset()
	}
}

// A training step that is always the same is remembered: no node is made new.
func TestStepIsRemembered(t *testing.T) {
	w, b := autograd.Variable(tensor.Full(.5, 2, 2)), autograd.Variable(vector(0, 0))
	x, target := tensor.Full(1, 3, 2), tensor.Full(0, 3, 2)
	tape := new(autograd.Tape)
	step := func(y func(x *node) *node) *autograd.Gradients {
		return autograd.BackwardTo(y(tape.Constant(x)).SquaredError(tape.Constant(target)), w, b)
	}
	net := func(x *node) *node { return x.Affine(w, b).Sigmoid() }
	for i := range 5 {
		if got, want := step(net).Repeated(), i >= 2; got != want {
			t.Errorf("step %d: repeated %v, want %v", i, got, want)
		}
		tape.Reset()
	}
	if n := testing.AllocsPerRun(10, func() { step(net); tape.Reset() }); n != 0 && !raceEnabled {
		t.Errorf("%v allocations", n)
	}
	other := func(x *node) *node { return x.Affine(w, b).Tanh() }
	if step(other).Repeated() {
		t.Error("another graph was taken for the same")
	}
}

// Gradients of results can be asked for, whether the step is remembered or not, of
// whatever size; and of two losses in either order.
func TestRememberedStepKeepsWhatIsAsked(t *testing.T) {
	for _, n := range []int{1, 100} {
		w, b := autograd.Variable(tensor.Full(.5, 2, n)), autograd.Variable(tensor.New(n))
		tape := new(autograd.Tape)
		repeats := 0
		for i := range 12 {
			z := tape.Constant(tensor.Full(1, 3, 2)).Affine(w, b)
			a := z.Sigmoid()
			losses := []*node{a.SquaredError(tape.Constant(tensor.New(3, n))), a.Tanh().SquaredError(tape.Constant(tensor.New(3, n)))}
			for k := range losses {
				loss := losses[(i/3+k)%2]
				used, _ := tape.Nodes()
				grads, want := autograd.BackwardTo(loss, w, a, z), autograd.Backward(loss)
				if now, _ := tape.Nodes(); now != used {
					t.Errorf("%d nodes were not given back", now-used)
				}
				for _, x := range []*node{w, a, z} {
					if !sameBits(grads.Of(x), want.Of(x)) {
						t.Fatalf("n %d, step %d, loss %d: gradient of %v is %v, want %v", n, i, k, x, grads.Of(x), want.Of(x))
					}
				}
				if grads.Repeated() {
					repeats++
				}
			}
			tape.Reset()
		}
		if repeats < 6 {
			t.Errorf("only %d steps repeated", repeats)
		}
	}
}

// Other nodes may be asked for in every round, or all.
func TestAskedForChanges(t *testing.T) {
	w, b := autograd.Variable(tensor.Full(.5, 2, 2)), autograd.Variable(vector(1, 2))
	x := tensor.Full(1, 3, 2)
	tape := new(autograd.Tape)
	for i := range 40 {
		loss := tape.Constant(x).Affine(w, b).SquaredError(tape.Constant(tensor.New(3, 2)))
		xs := [][]*node{{w}, {w, b}, {b, w}, {b}, {w, b, w}}[i*5/3%5]
		var grads *autograd.Gradients
		if i%7 == 6 || i == 1 {
			grads = autograd.Backward(loss)
		} else {
			grads = autograd.BackwardTo(loss, xs...)
		}
		for _, p := range xs {
			if p == w {
				expect(t, fmt.Sprint("step ", i, ": w"), grads.Of(w), 6, 9, 6, 9)
			} else {
				expect(t, fmt.Sprint("step ", i, ": b"), grads.Of(b), 6, 9)
			}
		}
		tape.Reset()
	}
}

// Nodes that an AddVJPs makes are given back.
func TestAdderGivesNodesBack(t *testing.T) {
	w := autograd.Variable(vector(2))
	tape := new(autograd.Tape)
	for i := range 5 {
		x := tape.Use(w)
		y := autograd.Apply(valued(3), x).SquaredError(autograd.Apply(valued(1), x)) // ½(3x−x)²
		used, _ := tape.Nodes()
		grads := autograd.BackwardTo(y, w)
		expect(t, "w", grads.Of(w), 8)
		if now, _ := tape.Nodes(); now != used {
			t.Errorf("step %d: %d nodes more than before", i, now-used)
		}
		tape.Reset()
	}
}

// A node's Op, applied elsewhere, is not taken for the one that belongs there.
func TestForeignOpAtRememberedPlace(t *testing.T) {
	w := autograd.Variable(tensor.FromSlice([]float64{1, 2, 3, 4}, 4))
	tape := new(autograd.Tape)
	for i := range 9 {
		x := tape.Use(w)
		j := i % 4
		a := x.Slice(0, j, j+1)
		var b *node
		k := 1
		if i%3 == 0 {
			b, k = autograd.Apply(a.Op(), x), j
		} else {
			b = x.Slice(0, 1, 2)
		}
		want := make([]float64, 4)
		if k != j { // the loss is ½(a+b)², by way of ½(a−(−b))²
			want[j], want[k] = float64(j+k+2), float64(j+k+2)
		} else {
			want[j] = 4 * float64(j+1)
		}
		loss := a.SquaredError(autograd.Apply(valued(-1), b))
		expect(t, fmt.Sprint("step ", i), autograd.BackwardTo(loss, w).Of(w), want...)
		tape.Reset()
	}
}

// Attributes may change from round to round where all else stays.
func TestAttributesChange(t *testing.T) {
	w := autograd.Variable(tensor.FromSlice([]float64{1, 2, 3, 4}, 4, 1))
	tape := new(autograd.Tape)
	for i := range 8 {
		a, j := float64(i), i%4
		y := tape.Use(w).Scale(a).Slice(0, j, j+1)
		grads := autograd.BackwardTo(y.SquaredError(tape.Constant(tensor.New(1, 1))), w)
		want := make([]float64, 4)
		want[j] = a * a * float64(j+1)
		expect(t, "w", grads.Of(w), want...)
		tape.Reset()
	}
}
