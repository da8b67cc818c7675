package autograd_test

import (
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// Every mistake of a caller gives a panic that says what is wrong.
func TestPanics(t *testing.T) {
	w := autograd.Variable(vector(1, 2))
	c := autograd.Constant(vector(1, 2))
	loss := w.Sum()
	grads := autograd.Backward(loss)
	tape, tape2 := new(autograd.Tape), new(autograd.Tape)
	onTape, onTape2 := tape.Use(w).Scale(2), tape2.Use(w).Scale(2)
	tests := []struct {
		name, want string
		f          func()
	}{
		{"Backward of two elements", "autograd: Backward: Scale [2] has 2 elements; a gradient is taken of one (Sum or Mean makes one)",
			func() { autograd.Backward(w.Scale(2)) }},
		{"Backward of none", "autograd: Backward: Slice [0] has 0 elements; a gradient is taken of one (Sum or Mean makes one)",
			func() { autograd.Backward(w.Slice(0, 1, 1)) }},
		{"BackwardTo of two elements", "autograd: BackwardTo: Variable [2] has 2 elements; a gradient is taken of one (Sum or Mean makes one)",
			func() { autograd.BackwardTo(w, w) }},
		{"Grad of two elements", "autograd: Grad: Variable [2] has 2 elements; a gradient is taken of one (Sum or Mean makes one)",
			func() { autograd.Grad(w, w) }},
		{"Backward of nil", "autograd: Backward: the node is nil", func() { autograd.Backward(nil) }},
		{"BackwardTo of nil", "autograd: BackwardTo: the node is nil", func() { autograd.BackwardTo(nil, w) }},
		{"BackwardTo nil", "autograd: BackwardTo: the node is nil", func() { autograd.BackwardTo(loss, nil) }},
		{"Of nil", "autograd: Of: the node is nil", func() { grads.Of(nil) }},
		{"Backward of constants", "autograd: Backward: Sum [] depends on no Variable", func() { autograd.Backward(c.Sum()) }},
		{"Backward of a Constant", "autograd: Backward: Constant [] depends on no Variable", func() { autograd.Backward(autograd.Constant(tensor.Scalar(1))) }},
		{"Of a Constant", "autograd: Of: Constant [2] has no gradient: it is a Constant or was computed from constants", func() { grads.Of(c) }},
		{"Of a result of constants", "autograd: Of: Neg [2] has no gradient: it is a Constant or was computed from constants", func() { grads.Of(c.Neg()) }},
		{"BackwardTo a Constant", "autograd: BackwardTo: Constant [2] has no gradient: it is a Constant or was computed from constants", func() { autograd.BackwardTo(loss, c) }},
		{"Grad of a Constant", "autograd: Grad: Constant [2] has no gradient: it is a Constant or was computed from constants", func() { autograd.Grad(loss, c) }},
		{"Of what was not asked for", "autograd: Of: the gradient of Variable [2] was not asked for: name it in BackwardTo, or use Backward", func() {
			v := autograd.Variable(vector(1, 2))
			autograd.BackwardTo(w.Mul(v).Sum(), v).Of(w)
		}},
		{"Of a node that was not asked for", "autograd: Of: the gradient of Square [2] was not asked for: name it in BackwardTo, or use Backward", func() {
			y := w.Square()
			autograd.BackwardTo(y.Sum(), w).Of(y)
		}},
		{"Of a stranger that was not asked for", "autograd: Of: the gradient of Variable [2] was not asked for: name it in BackwardTo, or use Backward", func() {
			autograd.BackwardTo(loss, w).Of(autograd.Variable(vector(1, 2)))
		}},
		{"on a tape: Of what was not asked for", "autograd: Of: the gradient of Variable [2] was not asked for: name it in BackwardTo, or use Backward", func() {
			tape := new(autograd.Tape)
			v := autograd.Variable(vector(1, 2))
			y := tape.Use(w).Mul(v)
			autograd.BackwardTo(y.Sum(), v).Of(w)
		}},
		{"on a tape: Of what was used in the last round", "autograd: Of: the gradient of Variable [2] was not asked for: name it in BackwardTo, or use Backward", func() {
			tape := new(autograd.Tape)
			v := autograd.Variable(vector(1, 2))
			tape.Use(w).Mul(v)
			tape.Reset()
			autograd.BackwardTo(tape.Use(w).Square().Sum(), v).Of(w)
		}},
		{"nil input", "autograd: Add: input 1 is nil", func() { w.Add(nil) }},
		{"nil receiver", "autograd: Scale: input 0 is nil", func() { (*autograd.Node)(nil).Scale(2) }},
		{"nil in Concat, on a tape", "autograd: Concat: input 2 is nil", func() { autograd.Concat(0, onTape, onTape, nil) }},
		{"nil mask", "autograd: Where: the mask is nil", func() { autograd.Where(nil, w, w) }},
		{"nil Variable", "autograd: Variable: the tensor is nil", func() { autograd.Variable(nil) }},
		{"nil Constant", "autograd: Constant: the tensor is nil", func() { autograd.Constant(nil) }},
		{"nil Constant on a tape", "autograd: Constant: the tensor is nil", func() { tape.Constant(nil) }},
		{"many axes", "autograd: Reshape: 17 axes, at most 16 are possible: [1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 2]",
			func() { w.Reshape(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2) }},
		{"shapes", "tensor: Add: shapes do not broadcast: [2] and [3]", func() { w.Add(autograd.Constant(tensor.New(3))) }},
		{"Concat of nothing", "tensor: Concat: no operands", func() { autograd.Concat(0) }},
		{"two tapes", "autograd: Mul: inputs are on two tapes; input 1, Scale [2], is on the second (a Constant of its value can be on the first)",
			func() { onTape.Mul(onTape2) }},
		{"Use on another tape", "autograd: Use: Scale [2] is on another tape", func() { tape.Use(onTape2) }},
		{"a result from the heap on a tape", "autograd: Mul: Scale [2] was computed on the heap, and this is on a tape; compute it from the tape's Use of its Variables",
			func() { onTape.Mul(w.Scale(2)) }},
		{"Use of a result from the heap", "autograd: Use: Scale [2] was computed on the heap, and this is on a tape; compute it from the tape's Use of its Variables",
			func() { tape.Use(w.Scale(2)) }},
		{"Of a node on another tape", "autograd: Of: Scale [2] is on another tape than the loss", func() { autograd.Backward(onTape.Sum()).Of(onTape2) }},
		{"BackwardTo a node on another tape", "autograd: BackwardTo: Scale [2] is on another tape than the loss", func() { autograd.BackwardTo(onTape.Sum(), onTape2) }},
		{"Of a node on a tape, loss on the heap", "autograd: Of: Scale [2] is on a tape, and the gradients are not", func() { grads.Of(onTape) }},
		{"Add to a Backward's result", "autograd: Add: the destination is the result of a Backward; add to a zero Gradients", func() { autograd.Backward(loss).Add(grads) }},
		{"Add to a BackwardTo's result", "autograd: Add: the destination is the result of a Backward; add to a zero Gradients", func() { autograd.BackwardTo(loss, w).Add(grads) }},
		{"Add to a result on a tape", "autograd: Add: the destination is the result of a Backward; add to a zero Gradients", func() {
			autograd.BackwardTo(onTape.Sum(), onTape).Add(grads)
		}},
		{"VJP of the wrong shape", "autograd: Opaque: the VJP of input 0 has shape [3], the input has [2]", func() {
			autograd.Backward(autograd.Apply(wrongShape{opaque{[]float64{1}}}, w).Sum())
		}},
		{"VJP of a broadcast shape", "autograd: Opaque: the VJP of input 0 has shape [], the input has [2]", func() {
			autograd.Grad(autograd.Apply(summed{opaque{[]float64{1}}}, w).Sum(), w)
		}},
		{"AddVJPs of the wrong shape", "autograd: Opaque: AddVJPs gave input 0 a gradient of shape [3], the input has [2]", func() {
			autograd.Backward(autograd.Apply(adderOfWrongShape{opaque{[]float64{1}}}, w).Sum())
		}},
		{"VJP of a node taken back", "autograd: stale: the VJP of input 0 returned a node that is gone: what a rule makes is returned once", func() {
			tape := &autograd.Tape{Checked: true}
			var kept *node
			op := &returning{"stale", func(y, dy *node) *node {
				if kept == nil {
					kept = dy.Scale(2)
				}
				return kept
			}}
			loss := autograd.Apply(op, tape.Use(w)).Sum()
			autograd.Backward(loss)
			autograd.Backward(loss)
		}},
		{"Release twice over", "autograd: Release: the tape was reset or released beyond this mark", func() {
			tape := new(autograd.Tape)
			first := tape.Mark()
			tape.Constant(vector(1))
			second := tape.Mark()
			tape.Release(first)
			tape.Release(second)
		}},
		{"Release after Reset", "autograd: Release: the tape was reset or released beyond this mark", func() {
			tape := new(autograd.Tape)
			mark := tape.Mark()
			tape.Reset()
			tape.Release(mark)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { mustPanic(t, tt.want, tt.f) })
	}
}

type wrongShape struct{ opaque }

func (wrongShape) VJP(y *node, i int, dy *node) *node { return autograd.Constant(tensor.New(3)) }

type summed struct{ opaque }

func (summed) VJP(y *node, i int, dy *node) *node { return dy.Sum() }

type adderOfWrongShape struct{ opaque }

func (adderOfWrongShape) AddVJPs(y, dy *node, dx []*tensor.Tensor) { dx[0].Copy(tensor.New(3)) }

// What a tape has taken back panics when used: on any tape until its place is taken
// again, on a checked tape always.
func TestStaleUse(t *testing.T) {
	w := autograd.Variable(vector(1, 2))
	for _, checked := range []bool{false, true} {
		for _, release := range []bool{false, true} {
			tape := &autograd.Tape{Checked: checked}
			tape.Constant(vector(9)) // stays when the tape is released
			mark := tape.Mark()
			x := tape.Constant(vector(3, 4))
			y := x.Mul(w)
			loss := y.Sum()
			grads := autograd.Backward(loss)
			only := autograd.BackwardTo(loss, w)
			if release {
				tape.Release(mark)
			} else {
				tape.Reset()
			}
			mul, sum, constant := "Mul [2]", "Sum []", "Constant [2]"
			if checked {
				mul, sum, constant = "Mul", "Sum", "Constant"
				for range 20 { // on this one it may panic however late
					tape.Constant(vector(5, 6)).Mul(w).Sum()
				}
			}
			const from = " is from before its tape was reset or released"
			const gone = "these Gradients are from before their tape was reset or released"
			mustPanic(t, "autograd: Value: "+mul+from, func() { y.Value() })
			mustPanic(t, "autograd: Value: "+mul+from, func() { y.Shape() })
			mustPanic(t, "autograd: Value: "+constant+from, func() { x.Detach() })
			mustPanic(t, "autograd: Scale: input 0, "+mul+","+from, func() { y.Scale(2) })
			mustPanic(t, "autograd: Add: input 1, "+constant+","+from, func() { w.Add(x) })
			mustPanic(t, "autograd: Use: "+mul+from, func() { tape.Use(y) })
			mustPanic(t, "autograd: Backward: "+sum+from, func() { autograd.Backward(loss) })
			mustPanic(t, "autograd: BackwardTo: "+sum+from, func() { autograd.BackwardTo(loss, w) })
			mustPanic(t, "autograd: Grad: "+sum+from, func() { autograd.Grad(loss, w) })
			mustPanic(t, "autograd: Of: "+gone, func() { grads.Of(w) })
			mustPanic(t, "autograd: Of: "+gone, func() { only.Of(w) })
			mustPanic(t, "autograd: Add: "+gone, func() { new(autograd.Gradients).Add(grads) })
			if got := x.String(); got != constant {
				t.Errorf("String is %q", got)
			}
			now := tape.Use(w).Sum()
			mustPanic(t, "autograd: BackwardTo: "+mul+from, func() { autograd.BackwardTo(now, y) })
			grads = autograd.Backward(now)
			kind, _, _ := strings.Cut(y.String(), " =")
			mustPanic(t, "autograd: Of: "+kind+from, func() { grads.Of(y) }) // its place may serve another
		}
	}
}

// A stale node is not overlooked where the tape remembers it.
func TestStaleUseWhereRemembered(t *testing.T) {
	const from = " is from before its tape was reset or released"
	w := autograd.Variable(vector(2))
	tape := new(autograd.Tape)
	var seen, later, loss *node
	for range 4 {
		seen = tape.Use(w)
		loss = seen.Sigmoid()
		later = seen.Neg()
		autograd.BackwardTo(loss, w, later)
		tape.Reset()
	}
	mustPanic(t, "autograd: Sigmoid: input 0, Variable [1],"+from, func() { seen.Sigmoid() })
	loss = tape.Use(w).Sigmoid()
	mustPanic(t, "autograd: BackwardTo: Neg [1]"+from, func() { autograd.BackwardTo(loss, w, later) })
}

// A checked tape fills with NaN what it takes back.
func TestCheckedTapePoisons(t *testing.T) {
	tape := &autograd.Tape{Checked: true}
	w := autograd.Variable(vector(1, 2))
	x := vector(3, 4)
	y := tape.Constant(x).Mul(w)
	value, g := y.Value(), autograd.Backward(y.Sum())
	dy := g.Of(y)
	tape.Reset()
	for _, v := range append(append([]float64{}, value.Data()...), dy.Data()...) {
		if v == v {
			t.Errorf("value %v, gradient %v; want NaN", value.Data(), dy.Data())
		}
	}
	expect(t, "the constant", x, 3, 4)
	expect(t, "the Variable", w.Value(), 1, 2)
}

// A panic halfway leaves the tape of use after a Reset.
func TestTapeAfterPanic(t *testing.T) {
	w, v := autograd.Variable(vector(1, 2)), autograd.Variable(vector(1, 2, 3))
	for _, tape := range []*autograd.Tape{{}, {Checked: true}} {
		for range 3 {
			x := tape.Constant(vector(3, 4))
			mustPanic(t, "tensor: Mul: shapes do not broadcast: [2] and [3]", func() { x.Mul(v) })
			mustPanic(t, "autograd: Reshape: 17 axes, at most 16 are possible: [0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0]", func() { x.Reshape(make([]int, 17)...) })
			mustPanic(t, "autograd: Opaque: the VJP of input 0 has shape [3], the input has [2]", func() {
				autograd.Backward(autograd.Apply(wrongShape{opaque{[]float64{1}}}, x.Mul(w)).Sum())
			})
			expect(t, "w", autograd.BackwardTo(x.Mul(w).Sum(), w).Of(w), 3, 4)
			tape.Reset()
			expect(t, "w", autograd.BackwardTo(tape.Constant(vector(5, 6)).Mul(w).Sum(), w).Of(w), 5, 6)
			tape.Reset()
		}
	}
}

// The number of elements of the loss is looked at in every round.
func TestLossGrowsOnTape(t *testing.T) {
	w, b := autograd.Variable(tensor.Full(1, 1, 1)), autograd.Variable(vector(0))
	tape := new(autograd.Tape)
	for range 3 {
		autograd.BackwardTo(tape.Constant(tensor.Full(1, 1, 1)).Affine(w, b), w, b)
		tape.Reset()
	}
	mustPanic(t, "autograd: BackwardTo: Affine [2 1] has 2 elements; a gradient is taken of one (Sum or Mean makes one)", func() {
		autograd.BackwardTo(tape.Constant(tensor.Full(1, 2, 1)).Affine(w, b), w, b)
	})
}
