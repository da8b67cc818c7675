package autograd_test

import (
	"fmt"
	"math"
	"slices"

	"gentlegrad/autograd"
)

func init() {
	torch("reshape", func(s *torchSample) *node { return s.x().Reshape(s.ints("shape", 0)...) })
	torch("permute", func(s *torchSample) *node { return s.x().Transpose(s.ints("dims", 0)...) })
	torch("transpose", func(s *torchSample) *node {
		return s.vector(func(x *node) *node { return x.SwapAxes(s.int("dim0", 0, 0), s.int("dim1", 1, 0)) })
	})
	torch("movedim", (*torchSample).movedim)
	torch("squeeze", func(s *torchSample) *node {
		if !s.has("dim", 0) {
			return s.x().Squeeze()
		}
		long := func(a int) bool { return s.x().Shape()[a] != 1 } // PyTorch leaves such an axis
		return squeezed(s.x(), slices.DeleteFunc(s.axesOnly("dim", 0), long))
	})
	torch("unsqueeze", func(s *torchSample) *node { return s.x().Unsqueeze(s.int("dim", 0, 0)) })
	torch("broadcast_to", func(s *torchSample) *node { return s.x().BroadcastTo(s.sizes("size", 0)...) })
	flawed("broadcast_to", "where cotangents cancel, their sum is its rounding alone", func(s *torchSample) (noise float64) {
		for _, dy := range s.want.Cotangent.Data {
			noise += 0x1p-53 * math.Abs(float64(dy))
		}
		return noise
	})
	torch("repeat", func(s *torchSample) *node { return s.x().Tile(s.ints("repeats", 0)...) })
	torch("tile", func(s *torchSample) *node { return s.x().Tile(s.ints("dims", 0)...) })
	torch("flip", func(s *torchSample) *node {
		if axes := s.axesOnly("dims", 0); len(axes) > 0 {
			return s.x().Flip(axes...)
		}
		return s.x()
	})
	torch("roll", (*torchSample).roll)
	torch("rot90", func(s *torchSample) *node {
		a, b := 0, 1
		if plane := s.ints("dims", 1); plane != nil {
			a, b = plane[0], plane[1]
		}
		return s.x().Rot90(s.int("k", 0, 1), a, b)
	})
	torch("cat", func(s *torchSample) *node {
		xs := slices.DeleteFunc(s.xs(), func(x *node) bool { return slices.Equal(x.Shape(), []int{0}) }) // PyTorch ignores these
		if len(xs) == 0 {
			xs = s.xs()
		}
		return autograd.Concat(s.int("dim", 0, 0), xs...)
	})
	torch("stack", func(s *torchSample) *node { return autograd.Stack(s.int("dim", 0, 0), s.xs()...) })
	torch("unbind", func(s *torchSample) *node { return s.x().Unbind(s.int("dim", 0, 0))[0] })
	torch("chunk", func(s *torchSample) *node { return s.x().Chunk(s.int("dim", 1, 0), s.int("chunks", 0, 1))[0] })
	torch("split", (*torchSample).split)
	torch("narrow", (*torchSample).narrow)
	torch("nn.functional.pad", (*torchSample).pad)
	torch("tril", func(s *torchSample) *node { return s.x().Tril(s.int("diagonal", 0, 0)) })
	torch("triu", func(s *torchSample) *node { return s.x().Triu(s.int("diagonal", 0, 0)) })
	torch("trace", func(s *torchSample) *node { return s.x().Trace() })
	torch("diagonal", func(s *torchSample) *node {
		return s.x().Diagonal(s.int("offset", 0, 0), s.int("dim1", 1, 0), s.int("dim2", 2, 1))
	})
	torch("diag_embed", func(s *torchSample) *node {
		return s.x().DiagEmbed(s.int("offset", 0, 0), s.int("dim1", 1, -2), s.int("dim2", 2, -1))
	})
	torch("diff", (*torchSample).diff)
	torch("trapezoid", (*torchSample).trapezoid)
}

// squeezed is Squeeze of these axes alone, or x if there are none.
func squeezed(x *node, axes []int) *node {
	if len(axes) == 0 {
		return x
	}
	return x.Squeeze(axes...)
}

// asVector returns x, or a vector of one if x is a scalar: PyTorch treats it so wherever an axis is
// named.
func asVector(x *node) *node {
	if len(x.Shape()) == 0 {
		return x.Reshape(1)
	}
	return x
}

// axesOnly returns the axes of the input that are named, and none if none is.
func (c *torchCall) axesOnly(name string, position int) []int {
	if len(c.ints(name, position)) == 0 {
		return nil
	}
	return c.axes(name, position)
}

// sizes returns a shape for the input, in which −1 stands for the input's own length.
func (c *torchCall) sizes(name string, position int) []int {
	sizes := c.ints(name, position)
	own := c.x().Shape()
	for i, n := range sizes {
		if n == -1 {
			sizes[i] = own[len(own)-len(sizes)+i]
		}
	}
	return sizes
}

// dim returns one axis of the input, as a number from 0, and its length; the input is no scalar.
func (c *torchCall) dim(name string, position, otherwise int) (axis, length int) {
	shape := c.x().Shape()
	if axis = c.int(name, position, otherwise); axis < 0 {
		axis += len(shape)
	}
	return axis, shape[axis]
}

func (s *torchSample) movedim() *node {
	n := len(s.x().Shape())
	if n == 0 {
		return s.x().Transpose()
	}
	from, to := s.ints("source", 0), s.ints("destination", 1)
	if len(from) == 1 {
		return s.x().MoveAxis(from[0], to[0])
	}
	const free = -1
	perm := slices.Repeat([]int{free}, n)
	var rest []int
	for i := range from {
		from[i] = (from[i] + n) % n
		perm[(to[i]+n)%n] = from[i]
	}
	for a := range n {
		if !slices.Contains(from, a) {
			rest = append(rest, a)
		}
	}
	for i := range perm {
		if perm[i] == free {
			perm[i], rest = rest[0], rest[1:]
		}
	}
	return s.x().Transpose(perm...)
}

func (s *torchSample) roll() *node {
	shifts, axes := s.ints("shifts", 0), s.ints("dims", 1)
	if len(axes) == 0 {
		return s.x().Reshape(-1).Roll(0, shifts[0]).Reshape(s.x().Shape()...)
	}
	return s.vector(func(x *node) *node {
		for i, a := range axes {
			x = x.Roll(a, shifts[i])
		}
		return x
	})
}

func (s *torchSample) split() *node {
	name := "split_size_or_sections"
	if !s.has(name, 0) {
		name = "split_size"
	}
	axis, n := s.dim("dim", 1, 0)
	if _, list := s.arg(name, 0).([]any); list {
		return s.x().Split(axis, s.ints(name, 0)...)[0]
	}
	length := min(s.int(name, 0, 0), n)
	return s.x().Split(axis, length, n-length)[0]
}

func (s *torchSample) narrow() *node {
	axis, n := s.dim("dim", 0, 0)
	var start int
	switch v := s.arg("start", 1).(type) {
	case *autograd.Node:
		start = whole(v.Value().Item())
	default:
		start = s.int("start", 1, 0)
	}
	if start < 0 {
		start += n
	}
	return s.x().Slice(axis, start, start+s.int("length", 2, 0))
}

// pad takes pairs of numbers, for the last axis first.
func (s *torchSample) pad() *node {
	by := s.ints("pad", 0)
	x := s.x()
	axis := len(x.Shape())
	for ; len(by) > 0; by = by[2:] {
		axis--
		switch mode := s.str("mode", 1, "constant"); mode {
		case "constant":
			x = x.Pad(axis, by[0], by[1], s.float("value", 2, 0))
		case "reflect":
			x = x.PadReflect(axis, by[0], by[1])
		case "replicate":
			x = x.PadReplicate(axis, by[0], by[1])
		case "circular":
			x = x.PadCircular(axis, by[0], by[1])
		default:
			panic(fmt.Sprintf("the mode is %q", mode))
		}
	}
	return x
}

func (s *torchSample) diff() *node {
	n := s.int("n", 0, 1)
	if n == 0 { // prepend and append are ignored
		return s.x()
	}
	axis, _ := s.dim("dim", 1, -1)
	parts := []*node{s.node("prepend", 2), s.x(), s.node("append", 3)}
	parts = slices.DeleteFunc(parts, func(x *node) bool { return x == nil })
	return autograd.Concat(axis, parts...).Diff(axis, n)
}

func (s *torchSample) trapezoid() *node {
	axis, n := s.dim("dim", -1, -1)
	x := s.node("x", 0)
	if x == nil {
		return s.x().Trapezoid(axis, number(s.float("dx", -1, 1)))
	}
	rank := len(s.x().Shape())
	switch at := x.Shape(); {
	case len(at) == 1: // along the axis
		shape := slices.Repeat([]int{1}, rank)
		shape[axis] = n
		x = x.Reshape(shape...)
	case len(at) < rank:
		x = x.Reshape(append(slices.Repeat([]int{1}, rank-len(at)), at...)...)
	}
	return s.x().Trapezoid(axis, x.Diff(axis, 1))
}
