package autograd

import (
	"reflect"
	"slices"

	"gentlegrad/tensor"
)

// Operations with attributes, such as the axes of a sum, are made by start and finish:
//
//	return finish(start((*sumOp)(nil), x), sumOp{listOf("Sum", axes)})
//
// which is Apply(&sumOp{…}, x), but on a tape the memory of the sumOp is used again.

// start returns a node for the result of an operation with attributes, such as the axes
// of a sum, of the type that kind, a nil pointer, has. finish sets them.
func start(kind Op, inputs ...*Node) *Node {
	y := next(inputs)
	if y != nil && y.op != nil && reflect.TypeOf(y.op) == reflect.TypeOf(kind) && slices.Contains(y.spares, y.op) && y.again(inputs) {
		return y
	}
	return begin(kind, inputs)
}

// finish computes y, which start returned, as the result of an operation with these
// attributes. On a tape an Op belongs to its node, and its memory serves the next one
// there.
func finish[T any, P interface {
	*T
	Op
}](y *Node, attributes T) *Node {
	op := spare[P](y)
	if op == nil {
		op = new(T)
		if y.ctx.Tape != nil {
			y.spares = append(y.spares, op)
		}
	}
	*op = attributes
	return y.compute(op)
}

// spare returns the op of a type that was made at y's place on the tape before, or nil.
func spare[P Op](y *Node) (op P) {
	for _, old := range y.spares {
		if op, ok := old.(P); ok {
			return op
		}
	}
	return op
}

// A list is a shape, or axes, as an attribute: a copy that needs no memory of its own.
type list struct {
	n  int
	at [maxRank]int
}

// maxRank is the largest number of axes that a tensor has.
const maxRank = 16

// listOf returns the elements as a list, for the operation op.
func listOf(op string, elements []int) (l list) {
	if len(elements) > maxRank {
		fail(op, "%d axes, at most %d are possible: %v", len(elements), maxRank, slices.Clone(elements))
	}
	l.n = copy(l.at[:], elements)
	return l
}

// shapeOf returns x's shape as a list.
func shapeOf(x *tensor.Tensor) (l list) {
	l.n = x.Rank()
	for a := range l.n {
		l.at[a] = x.Dim(a)
	}
	return l
}

// ints returns the elements, not to be modified.
func (l *list) ints() []int { return l.at[:l.n] }
