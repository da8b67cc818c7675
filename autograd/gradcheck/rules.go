package gradcheck

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// rules checks the rules of every operation that f applies, one by one.
func rules(f Func, xs []*tensor.Tensor) (err error) {
	todo := []*autograd.Node{f(variables(xs)...)}
	seen := map[*autograd.Node]bool{}
	for len(todo) > 0 {
		y := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if y.Op() == nil || !y.NeedsGrad() || seen[y] {
			continue
		}
		seen[y] = true
		r := newRule(y)
		err = errors.Join(err, r.check())
		todo = append(todo, r.inputs...)
	}
	return err
}

// A rule is the application of an operation that made y.
type rule struct {
	y      *autograd.Node
	inputs []*autograd.Node
	names  []string
	dy     *tensor.Tensor
	grads  []*tensor.Tensor // what VJP gives, un-broadcast; nil is not wanted

	values []*tensor.Tensor // not to be modified
	whose  []string
	errs   []error
}

func newRule(y *autograd.Node) *rule {
	r := &rule{y: y, dy: random(3, y.Value())}
	r.watch(y.Value(), "its result")
	for i := range y.NumInputs() {
		r.inputs = append(r.inputs, y.Input(i))
	}
	r.names = names(r.inputs)
	for i, x := range r.inputs {
		r.watch(x.Value(), r.names[i])
	}
	for i, k := range kept(y) {
		r.watch(k.Value(), fmt.Sprintf("what it keeps, value %d", i))
	}
	r.watch(r.dy, "dy")
	return r
}

func (r *rule) watch(x *tensor.Tensor, name string) {
	r.values, r.whose = append(r.values, x), append(r.whose, name)
}

func (r *rule) fail(format string, args ...any) {
	err := fmt.Errorf("gradcheck: "+format, args...)
	if n := len(r.errs); n == 0 || r.errs[n-1].Error() != err.Error() {
		r.errs = append(r.errs, err)
	}
}

// kept returns what y's Forward keeps.
func kept(y *autograd.Node) (all []*autograd.Node) {
	for {
		k := keep(y, len(all))
		if k == nil {
			return all
		}
		all = append(all, k)
	}
}

func keep(y *autograd.Node, i int) (k *autograd.Node) {
	defer func() {
		if e, ok := recover().(*autograd.Error); k == nil && !ok {
			panic(e)
		}
	}()
	return y.Keep(i)
}

func (r *rule) check() error {
	if r.forwardAgain(); r.errs != nil {
		return errors.Join(r.errs...)
	}
	from := autograd.Constant(r.dy)
	r.grads = make([]*tensor.Tensor, len(r.inputs))
	for i, x := range r.inputs {
		if x.NeedsGrad() {
			r.unmodified("VJP", func() { r.grads[i] = fit(r.y.Op().VJP(r.y, i, from), x.Value()) })
		}
	}
	if op, ok := r.y.Op().(autograd.Adder); ok && r.errs == nil {
		r.addVJPs(op, r.grads, false)
		r.addVJPs(op, r.grads, true)
		for i, dx := range r.grads {
			if dx != nil && len(r.grads) > 1 {
				alone := make([]*tensor.Tensor, len(r.grads))
				alone[i] = dx
				r.addVJPs(op, alone, false)
			}
		}
	}
	if op, ok := r.y.Op().(autograd.JVPer); ok && r.errs == nil {
		var all []int
		for i, dx := range r.grads {
			if dx != nil {
				all = append(all, i)
				r.jvp(op, i)
			}
		}
		if len(all) > 1 {
			r.jvp(op, all...)
		}
	}
	return errors.Join(r.errs...)
}

// jvp checks the rule of forward mode, with tangents ẋ of these inputs, against that of reverse mode: ⟨dy, Jẋ⟩ = ⟨Jᵀdy, ẋ⟩.
func (r *rule) jvp(op autograd.JVPer, inputs ...int) {
	dx, whose := make([]*autograd.Node, len(r.inputs)), make([]string, len(inputs))
	var want, scale float64
	for k, i := range inputs {
		dx[i], whose[k] = autograd.Constant(random(uint64(20+i), r.grads[i])), r.names[i]
		d, s := dot(r.grads[i], dx[i].Value())
		want, scale = want+d, scale+s
	}
	got := 0.0
	r.unmodified("JVP", func() {
		if dy := op.JVP(r.y, dx); dy != nil {
			var s float64
			got, s = dot(r.dy, new(tensor.Tensor).BroadcastTo(dy.Value(), r.dy.Shape()...))
			scale += s
		}
	})
	_, result := dot(r.dy, r.y.Value())
	if math.Abs(got-want) > 1e-9*scale+1e-14*result && !math.IsInf(scale, 1) { // where both are 0, so is scale, but for rounding
		r.fail("JVP of %s, for %s: ⟨dy, J·dx⟩ is %v; by VJP, as ⟨Jᵀ·dy, dx⟩, it is %v", r.y.Op().Name(), strings.Join(whose, " and "), got, want)
	}
}

// dot returns Σ xᵢyᵢ and Σ |xᵢyᵢ|.
func dot(x, y *tensor.Tensor) (sum, size float64) {
	for i, v := range x.Data() {
		p := float64(v * y.Data()[i])
		sum, size = sum+p, size+math.Abs(p)
	}
	return sum, size
}

// forwardAgain runs Forward where buffers hold what they may hold: anything.
func (r *rule) forwardAgain() {
	y := r.y
	written := results(y)
	before := clones(written)
	for _, x := range written {
		if !x.IsView() {
			x.Fill(math.NaN())
		}
		x.Clear()
	}
	r.unmodifiedBut(written, "Forward", func() { y.Op().Forward(y) })
	if !sameBits(before[0], y.Value()) {
		r.fail("Forward of %s gives another value when it runs again", y.Op().Name())
	}
	for i := range before[1:] {
		if !sameBits(before[1+i], written[1+i]) {
			r.fail("Forward of %s keeps another value %d when it runs again", y.Op().Name(), i)
		}
	}
}

// unmodified checks that a method modifies nothing.
func (r *rule) unmodified(method string, call func()) { r.unmodifiedBut(nil, method, call) }

func (r *rule) unmodifiedBut(written []*tensor.Tensor, method string, call func()) {
	before := make([]*tensor.Tensor, len(r.values))
	for i, x := range r.values {
		if !slices.Contains(written, x) {
			before[i] = x.Clone()
		}
	}
	call()
	for i, x := range r.values {
		if before[i] != nil && !sameBits(before[i], x) {
			r.fail("%s of %s modifies %s", method, r.y.Op().Name(), r.whose[i])
			copy(x.Data(), before[i].Data())
		}
	}
}

// fit returns what VJP gave for an input, summed to its shape if it was broadcast; zeros for nil.
func fit(dx *autograd.Node, x *tensor.Tensor) *tensor.Tensor {
	switch {
	case dx == nil:
		return tensor.New(x.Shape()...)
	case tensor.SameShape(dx.Value(), x):
		return dx.Value().Clone()
	}
	return new(tensor.Tensor).SumTo(dx.Value(), x.Shape()...)
}

// addVJPs checks AddVJPs against VJP followed by Add, from empty tensors or from others. Inputs that are
// one node have one tensor.
func (r *rule) addVJPs(op autograd.Adder, grads []*tensor.Tensor, added bool) {
	sums, wants := make([]*tensor.Tensor, len(grads)), make([]*tensor.Tensor, len(grads))
	starts := make([]*tensor.Tensor, len(grads))
	for i, dx := range grads {
		if dx == nil {
			continue
		}
		if at := r.sameInput(sums, i); at >= 0 {
			sums[i], starts[i] = sums[at], starts[at]
			wants[i] = wants[at].Add(wants[at], dx)
			continue
		}
		sums[i], wants[i] = new(tensor.Tensor), dx.Clone()
		if added {
			starts[i] = random(uint64(10+i), dx)
			starts[i].Scale(starts[i], max(largest(dx), 1e-300))
			sums[i].Copy(starts[i])
			wants[i].Add(starts[i], dx)
		}
	}
	r.unmodified("AddVJPs", func() { op.AddVJPs(r.y, r.dy, sums) })
	for i, want := range wants {
		if want != nil && r.sameInput(sums[:i], i) < 0 && !sameBits(want, sums[i]) {
			r.fail("AddVJPs of %s: %s%s", op.Name(), r.names[i], difference(sums[i], want, starts[i]))
		}
	}
}

// sameInput returns the index of the first input before i that is the same node and has a sum, or −1.
func (r *rule) sameInput(sums []*tensor.Tensor, i int) int {
	for at := range i {
		if sums[at] != nil && r.inputs[at] == r.inputs[i] {
			return at
		}
	}
	return -1
}

// difference says where a sum of AddVJPs is not what is wanted.
func difference(sum, want, start *tensor.Tensor) string {
	if !tensor.SameShape(sum, want) {
		return fmt.Sprintf(": the gradient has shape %v, the input %v", sum.Shape(), want.Shape())
	}
	for j, v := range sum.Data() {
		w := want.Data()[j]
		if sameNumber(v, w) {
			continue
		}
		at := index(j, want.Shape())
		if start != nil {
			return fmt.Sprintf(" %v: adds to %v and gives %v; VJP and Add give %v", at, start.Data()[j], v, w)
		}
		return fmt.Sprintf(" %v: stores %v; VJP gives %v", at, v, w)
	}
	return ""
}
