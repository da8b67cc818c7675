package gradcheck

import (
	"errors"
	"fmt"
	"math"

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
		err = errors.Join(err, rule(y))
		for i := range y.NumInputs() {
			todo = append(todo, y.Input(i))
		}
	}
	return err
}

// rule checks the rules of the operation that made y.
func rule(y *autograd.Node) (err error) {
	values := []*tensor.Tensor{y.Value()}
	names := []string{"its result"}
	for i := range y.NumInputs() {
		values = append(values, y.Input(i).Value())
		names = append(names, fmt.Sprintf("input %d", i))
	}
	dy := random(3, y.Value())
	values, names = append(values, dy), append(names, "dy")
	check := func(method string, call func()) {
		before := clones(values)
		call()
		for i, x := range values {
			if !sameBits(before[i], x) {
				err = errors.Join(err, fmt.Errorf("gradcheck: %s of %s modifies %s", method, y.Op().Name(), names[i]))
				copy(x.Data(), before[i].Data())
			}
		}
	}
	before := y.Value().Clone()
	if !y.Value().IsView() {
		y.Value().Fill(math.NaN()) // what a buffer that is used again may hold
	}
	y.Value().Clear()
	if y.Op().Forward(y); !sameBits(before, y.Value()) {
		return fmt.Errorf("gradcheck: Forward of %s gives another value when it runs again", y.Op().Name())
	}
	from := autograd.Constant(dy)
	grads := make([]*tensor.Tensor, y.NumInputs()) // nil is not wanted
	for i := range grads {
		if y.Input(i).NeedsGrad() {
			check("VJP", func() { grads[i] = result(y, i, y.Op().VJP(y, i, from)) })
		}
	}
	op, ok := y.Op().(autograd.Adder)
	if !ok {
		return err
	}
	for _, start := range []float64{math.NaN(), 1} { // NaN stands for an empty one
		sums := starts(grads, start)
		check("AddVJPs", func() { op.AddVJPs(y, dy, sums) })
		for i, dx := range grads {
			if dx != nil && !isSum(sums[i], dx, start) {
				err = errors.Join(err, fmt.Errorf("gradcheck: AddVJPs of %s, input %d: gives\n%v\nfrom %v; VJP returns\n%v", op.Name(), i, sums[i], start, dx))
			}
		}
	}
	return err
}

// result returns what VJP gave for input i, un-broadcast; zeros for nil.
func result(y *autograd.Node, i int, dx *autograd.Node) *tensor.Tensor {
	x := y.Input(i).Value()
	if dx == nil {
		return new(tensor.Tensor).Like(x).Fill(0)
	}
	if tensor.SameShape(dx.Value(), x) {
		return dx.Value().Clone()
	}
	return new(tensor.Tensor).SumTo(dx.Value(), x.Shape()...)
}

func starts(grads []*tensor.Tensor, start float64) []*tensor.Tensor {
	sums := make([]*tensor.Tensor, len(grads))
	for i, dx := range grads {
		if dx != nil {
			sums[i] = new(tensor.Tensor)
			if start == start {
				sums[i].Like(dx).Fill(start)
			}
		}
	}
	return sums
}

// isSum reports whether sum is start + dx, rounded once; dx itself if start is NaN.
func isSum(sum, dx *tensor.Tensor, start float64) bool {
	if start == start {
		dx = new(tensor.Tensor).AddScalar(dx, start)
	}
	return sameBits(sum, dx)
}
