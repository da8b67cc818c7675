package autograd_test

import (
	"fmt"
	"slices"

	"gentlegrad/autograd"
)

// Adapters read the arguments of PyTorch's call with these methods. As there, an argument is given by
// position, counted from 0 after the input, or by name; −1 is the position of one that is only given by
// name. An argument that is missing or None has the default value. One of the wrong type panics, which
// fails the sample.

// arg returns an argument as it is; nil if it is missing or None.
func (c *torchCall) arg(name string, position int) any {
	if v, ok := c.kwargs[name]; ok {
		return v
	}
	if position >= 0 && position < len(c.args) {
		return c.args[position]
	}
	return nil
}

// has reports whether an argument is there, and not None.
func (c *torchCall) has(name string, position int) bool { return c.arg(name, position) != nil }

// x returns the input.
func (c *torchCall) x() *node {
	if v, ok := c.input.(float64); ok {
		return number(v)
	}
	return c.input.(*node)
}

// xs returns an input that is a list of tensors, as that of cat.
func (c *torchCall) xs() (xs []*node) {
	for _, x := range c.input.([]any) {
		xs = append(xs, x.(*node))
	}
	return xs
}

// node returns a tensor, or a number as a Constant; nil if it is missing.
func (c *torchCall) node(name string, position int) *node {
	switch v := c.arg(name, position).(type) {
	case nil:
		return nil
	case float64:
		return number(v)
	case *autograd.Node:
		return v
	default:
		panic(fmt.Sprintf("%s is %v, not a tensor", name, v))
	}
}

func (c *torchCall) float(name string, position int, otherwise float64) float64 {
	return argument(c, name, position, otherwise)
}

func (c *torchCall) bool(name string, position int, otherwise bool) bool {
	return argument(c, name, position, otherwise)
}

func (c *torchCall) str(name string, position int, otherwise string) string {
	return argument(c, name, position, otherwise)
}

func argument[T any](c *torchCall, name string, position int, otherwise T) T {
	if v := c.arg(name, position); v != nil {
		return v.(T)
	}
	return otherwise
}

func (c *torchCall) int(name string, position, otherwise int) int {
	return whole(c.float(name, position, float64(otherwise)))
}

// ints returns an argument as a list of whole numbers, even if it is a single one; nil if it is missing.
func (c *torchCall) ints(name string, position int) []int { return ints(c.arg(name, position)) }

// ints returns a number, or a list of numbers, as a list of whole numbers.
func ints(arg any) (list []int) {
	switch v := arg.(type) {
	case nil:
		return nil
	case float64:
		return []int{whole(v)}
	}
	list = []int{}
	for _, v := range arg.([]any) {
		list = append(list, whole(v.(float64)))
	}
	return list
}

func whole(v float64) int {
	if v != float64(int(v)) {
		panic(fmt.Sprintf("%v is no whole number", v))
	}
	return int(v)
}

// axes returns the axes of the input that an argument names, or all of them if it names none. A scalar,
// which PyTorch treats as a vector of one, has none.
func (c *torchCall) axes(name string, position int) []int {
	rank := len(c.x().Shape())
	named := c.ints(name, position)
	axes := make([]int, 0, rank)
	for i := range rank {
		if len(named) == 0 || slices.Contains(named, i) || slices.Contains(named, i-rank) {
			axes = append(axes, i)
		}
	}
	return axes
}

// keepdim returns y, which lacks these axes of the input, with an axis of length 1 in place of each if
// the option keepdim says so.
func (c *torchCall) keepdim(y *node, axes []int, position int) *node {
	if !c.bool("keepdim", position, false) {
		return y
	}
	shape := slices.Clone(c.x().Shape())
	for _, a := range axes {
		shape[a] = 1
	}
	return y.Reshape(shape...)
}
