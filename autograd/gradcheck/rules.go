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

// rules checks the rules of every operation that f applies and that a gradient reaches, one by one; if
// second is true, it also checks the derivatives of the rules of forward mode.
func rules(f Func, xs []*tensor.Tensor, second bool) error {
	z := f(variables(xs)...)
	reached := map[*autograd.Node]bool{z: true}
	var all []*rule
	for _, y := range slices.Backward(autograd.Graph(z)) { // results before operands
		if y.Op() != nil && y.NeedsGrad() && reached[y] {
			r := newRule(y)
			all = append(all, r)
			for _, x := range r.inputs {
				reached[x] = true
			}
		}
	}
	for _, r := range all { // before any value is computed again
		r.forwardMode(second)
	}
	var err error
	for _, r := range all {
		err = errors.Join(err, r.check())
	}
	return err
}

// A rule is the application of the operation that made y.
type rule struct {
	y      *autograd.Node
	inputs []*autograd.Node
	names  []string
	dy     *tensor.Tensor
	grads  []*tensor.Tensor // what VJP gives, un-broadcast; nil where no gradient is wanted
	none   []bool           // where VJP gives nil: a zero that is not added, since −0 + 0 is 0

	values []*tensor.Tensor // that rules must not modify
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
	if !slices.ContainsFunc(r.errs, func(e error) bool { return e.Error() == err.Error() }) {
		r.errs = append(r.errs, err)
	}
}

// kept returns what y's Forward keeps.
func kept(y *autograd.Node) (all []*autograd.Node) {
	for {
		if refused(func() { all = append(all, y.Keep(len(all))) }) {
			return all
		}
	}
}

func (r *rule) check() error {
	if r.forwardAgain(); r.errs != nil {
		return errors.Join(r.errs...)
	}
	from := autograd.Constant(r.dy)
	r.grads, r.none = make([]*tensor.Tensor, len(r.inputs)), make([]bool, len(r.inputs))
	for i, x := range r.inputs {
		if x.NeedsGrad() {
			r.unmodified("VJP", func() {
				dx := r.y.Op().VJP(r.y, i, from)
				r.grads[i], r.none[i] = fit(dx, x.Value()), dx == nil
			})
		}
	}
	if r.errs == nil {
		r.linear()
	}
	if op, ok := r.y.Op().(autograd.Adder); ok && r.errs == nil {
		none, all := func(int) bool { return false }, func(int) bool { return true }
		r.addVJPs(op, r.grads, none)
		r.addVJPs(op, r.grads, all)
		for i, dx := range r.grads {
			if dx != nil && len(r.grads) > 1 {
				r.addVJPs(op, r.grads, func(k int) bool { return k == i })
				alone := make([]*tensor.Tensor, len(r.grads))
				for k, x := range r.inputs {
					if x == r.inputs[i] { // the same node, for which all gradients are wanted or none
						alone[k] = r.grads[k]
					}
				}
				r.addVJPs(op, alone, none)
				r.addVJPs(op, alone, all)
			}
		}
	}
	return errors.Join(r.errs...)
}

// linear checks that VJP is linear in dy: for −4 dy it must be −4 times as large. As 4 is a power of
// two, rounding stays the same.
func (r *rule) linear() {
	const a = -4
	from := autograd.Constant(new(tensor.Tensor).Scale(r.dy, a))
	for i, dx := range r.grads {
		if dx == nil {
			continue
		}
		scaled, bound := fit(r.y.Op().VJP(r.y, i, from), dx), 1e-12*largest(dx)+1e-300
		for j, v := range dx.Data() {
			if w := scaled.Data()[j]; isFinite(a*v) && !(math.Abs(w-a*v) <= bound) {
				r.fail("%w: VJP of %s is not linear in dy: for %s %v it gives %v, and %v for %v dy", ErrWrong, r.y.Op().Name(), r.names[i], index(j, dx.Shape()), v, w, a)
				break
			}
		}
	}
}

// secondOfVJP checks the derivative of VJP with respect to dy: as VJP is linear in dy, this derivative
// times dy must be VJP again.
func (r *rule) secondOfVJP() {
	v := autograd.Variable(r.dy.Clone())
	for i, x := range r.inputs {
		if !x.NeedsGrad() {
			continue
		}
		dx := r.y.Op().VJP(r.y, i, v)
		if dx == nil {
			continue
		}
		sum := dx.Mul(autograd.Constant(random(uint64(40+i), dx.Value()))).Sum()
		want, by := sum.Value().Item(), autograd.Grad(sum, v)[0]
		got, size := 0.0, math.Abs(want)
		for j, d := range by.Value().Data() {
			term := d * r.dy.Data()[j]
			got, size = got+term, size+math.Abs(term)
		}
		if !isFinite(size) || math.Abs(got-want) <= 1e-9*size+1e-300 {
			continue
		}
		moved := r.rounding(sum, by)
		for j, d := range moved[1:] {
			moved[0] += math.Abs(d * r.dy.Data()[j])
		}
		if !(math.Abs(got-want) <= 1e-9*size+8*moved[0]) {
			r.fail("%w: VJP of %s, for %s: its derivative with respect to dy, times dy, is %.9g; as VJP is linear in dy, it must be what VJP gives, %.9g", ErrWrong, r.y.Op().Name(), r.names[i], got, want)
		}
	}
}

// forwardMode checks the rule of forward mode, if there is one, with tangents of each input, of all, and
// of pairs if they are few.
func (r *rule) forwardMode(second bool) {
	if second {
		r.secondOfVJP()
	}
	op, ok := r.y.Op().(autograd.JVPer)
	if !ok {
		return
	}
	var all []int
	for i, x := range r.inputs {
		if x.NeedsGrad() {
			all = append(all, i)
			r.jvp(op, second, i)
		}
	}
	if len(all) > 1 {
		r.jvp(op, second, all...)
	}
	if len(all) == 3 || len(all) == 4 {
		for k, i := range all {
			for _, j := range all[:k] {
				r.jvp(op, second, j, i)
			}
		}
	}
}

// jvp checks the rule of forward mode, with tangents of these inputs, against what follows from VJP:
// each element and, if second is true, its derivatives.
func (r *rule) jvp(op autograd.JVPer, second bool, inputs ...int) {
	const shake, shakes = 1e-11, 3
	zeros := autograd.Constant(tensor.New(r.dy.Shape()...))
	byRule := func(dx []*autograd.Node) *autograd.Node {
		dy := op.JVP(r.y, dx)
		if dy == nil {
			return zeros
		}
		return dy.BroadcastTo(r.dy.Shape()...)
	}
	var whose []string
	dx := make([]*autograd.Node, len(r.inputs))
	for _, i := range inputs {
		dx[i] = autograd.Variable(random(uint64(20+i), r.inputs[i].Value()))
		whose = append(whose, r.names[i])
	}
	var dy *autograd.Node
	if r.unmodified("JVP", func() { dy = byRule(dx) }); r.errs != nil {
		return
	}
	follows := r.followsFromVJP(dx, zeros)
	got, wants := slices.Clone(dy.Value().Data()), slices.Clone(follows.Value().Data())
	// How got and wants change with dx shows the sizes of the terms that they are sums of,
	// and so of their rounding.
	change := make([]float64, len(wants))
	for k := range shakes {
		shaken := make([]*autograd.Node, len(dx))
		for _, i := range inputs {
			more := new(tensor.Tensor).Scale(random(uint64(30+k), dx[i].Value()), shake)
			shaken[i] = autograd.Constant(more.AddScalar(more, 1).Mul(more, dx[i].Value()))
		}
		widen(change, byRule(shaken).Value().Data(), got, upToJumps(got, 1))
		widen(change, r.followsFromVJP(shaken, zeros).Value().Data(), wants, upToJumps(wants, 1))
	}
	of := fmt.Sprintf("JVP of %s, for %s", op.Name(), strings.Join(whose, " and "))
	if second {
		r.secondOfJVP(of, dx, dy, follows)
	}
	allowed := func(j int) float64 { return 1e-9*math.Abs(wants[j]) + 1e-9/shake*change[j] }
	if j := r.differing(got, wants, allowed, dy, follows); j >= 0 {
		r.fail("%s: element %v is %v; by VJP it is %v", of, index(j, r.dy.Shape()), got[j], wants[j])
	}
}

// differing returns the index of the first element of got, the value of byRule, that differs from wants,
// that of wanted, or −1. They may differ by what is allowed, by their rounding, and by 10⁻³⁰⁰, since
// tiny numbers are rounded differently. It may compute both nodes again.
func (r *rule) differing(got, wants []float64, allowed func(j int) float64, byRule, wanted *autograd.Node) int {
	var rounded []float64
	for j, want := range wants {
		off := math.Abs(got[j]-want) - allowed(j) - 1e-300
		if !isFinite(want) || off <= 0 {
			continue
		}
		if rounded == nil {
			rounded = r.rounding(byRule, wanted)
		}
		if !(off <= 8*(rounded[j]+rounded[len(wants)+j])) {
			return j
		}
	}
	return -1
}

// secondOfJVP checks the derivatives of dy, which JVP gives for tangents dx, against those
// of what follows from VJP.
func (r *rule) secondOfJVP(of string, dx []*autograd.Node, dy, follows *autograd.Node) {
	u := autograd.Constant(r.dy)
	var needed []*autograd.Node
	var names []string
	for i, x := range r.inputs {
		if x.NeedsGrad() {
			needed, names = append(needed, x), append(names, r.names[i])
		}
		if dx[i] != nil {
			needed, names = append(needed, dx[i]), append(names, "the tangent of "+r.names[i])
		}
	}
	byRule, fromVJP := autograd.Grad(dy.Mul(u).Sum(), needed...), autograd.Grad(follows.Mul(u).Sum(), needed...)
	got, wants := cloned(byRule), cloned(fromVJP) // copies, since differing may compute all anew
	for i, x := range needed {
		got, wants := got[i].Data(), wants[i].Data()
		allowed := func(j int) float64 { return 1e-6 * math.Abs(wants[j]) }
		if j := r.differing(got, wants, allowed, byRule[i], fromVJP[i]); j >= 0 {
			r.fail("%s: its derivative by %s %v is %v; by VJP it is %v", of, names[i], index(j, x.Shape()), got[j], wants[j])
			return
		}
	}
}

// cloned returns copies of the values.
func cloned(xs []*autograd.Node) (all []*tensor.Tensor) {
	for _, x := range xs {
		all = append(all, x.Value().Clone())
	}
	return all
}

// rounding returns how far rounding in operations that are not in the graph of r.y moves the elements of
// the ys. It computes these again.
func (r *rule) rounding(ys ...*autograd.Node) []float64 {
	known := nodesOf(r.y)
	for _, x := range autograd.Graph(r.y) {
		for _, k := range kept(x) {
			known[k] = true
		}
	}
	var values []float64
	for _, y := range ys {
		values = append(values, y.Value().Data()...)
	}
	return roundingOf(known, nil, values, ys...)
}

// followsFromVJP returns J·dx, which is the gradient of ⟨Jᵀv, dx⟩ with respect to v, or zeros.
func (r *rule) followsFromVJP(dx []*autograd.Node, zeros *autograd.Node) *autograd.Node {
	v := autograd.Variable(tensor.New(r.dy.Shape()...))
	sum := zeros.Sum()
	for i, d := range dx {
		if d == nil {
			continue
		}
		if g := r.y.Op().VJP(r.y, i, v); g != nil {
			sum = sum.Add(g.SumTo(d.Shape()...).Mul(d).Sum())
		}
	}
	return autograd.Grad(sum, v)[0]
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// forwardAgain runs Forward on buffers that hold garbage, as they may.
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
	r.unmodified("Forward", func() { y.Op().Forward(y) }, written...)
	if !sameBits(before[0], y.Value()) {
		r.fail("Forward of %s gives another value when it runs again", y.Op().Name())
	}
	for i := range before[1:] {
		if !sameBits(before[1+i], written[1+i]) {
			r.fail("Forward of %s changes what it keeps, value %d, when it runs again", y.Op().Name(), i)
		}
	}
}

// unmodified checks that a method modifies none of r.values but those that are written.
func (r *rule) unmodified(method string, call func(), written ...*tensor.Tensor) {
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

// addVJPs checks AddVJPs against VJP followed by Add, where added says for which inputs there is a
// gradient already. Inputs that are the same node share a tensor; grads has all of theirs, or none.
func (r *rule) addVJPs(op autograd.Adder, grads []*tensor.Tensor, added func(i int) bool) {
	sums, wants := make([]*tensor.Tensor, len(grads)), make([]*tensor.Tensor, len(grads))
	starts := make([]*tensor.Tensor, len(grads))
	for i, dx := range grads {
		if dx == nil {
			continue
		}
		if at := slices.Index(r.inputs[:i], r.inputs[i]); at >= 0 {
			sums[i], starts[i], wants[i] = sums[at], starts[at], wants[at]
			if !r.none[i] {
				wants[i].Add(wants[i], dx)
			}
			continue
		}
		sums[i], wants[i] = new(tensor.Tensor), dx.Clone()
		if added(i) {
			starts[i] = random(uint64(10+i), dx)
			starts[i].Scale(starts[i], max(largest(dx), 1e-300))
			sums[i].Copy(starts[i])
			wants[i].Add(starts[i], dx)
		}
	}
	r.unmodified("AddVJPs", func() { op.AddVJPs(r.y, r.dy, sums) })
	for i, want := range wants {
		if want != nil && !slices.Contains(r.inputs[:i], r.inputs[i]) && !sameBits(want, sums[i]) {
			r.fail("AddVJPs of %s: %s%s", op.Name(), r.names[i], difference(sums[i], want, starts[i]))
		}
	}
}

// difference says where a sum made by AddVJPs is not the one wanted.
func difference(sum, want, start *tensor.Tensor) string {
	if !tensor.SameShape(sum, want) {
		return fmt.Sprintf(": the gradient has shape %v, the input %v", sum.Shape(), want.Shape())
	}
	j := 0
	for sameNumber(sum.Data()[j], want.Data()[j]) {
		j++
	}
	at, v, w := index(j, want.Shape()), sum.Data()[j], want.Data()[j]
	if start != nil {
		return fmt.Sprintf(" %v: adds to %v and gives %v; VJP and Add give %v", at, start.Data()[j], v, w)
	}
	return fmt.Sprintf(" %v: stores %v; VJP gives %v", at, v, w)
}
