package autograd

import (
	"fmt"
	"slices"
	"strings"

	"gentlegrad/tensor"
)

// Einsum returns sums of products, given by an equation in which each letter stands for an index:
//
//	Einsum("ij,jk->ik", x, y)     the matrix product: Σⱼ xᵢⱼ yⱼₖ
//	Einsum("bij,bjk->bik", x, y)  one for each b
//	Einsum("ii->", x)             the trace
//	Einsum("i,j->ij", x, y)       the outer product
//	Einsum("...ij->...ji", x)     the transpose of the last two axes
//
// The equation has a term for each of the xs, with a letter, upper or lower case, for each of its axes.
// An index that is not after the arrow is summed over. A letter that is twice in a term takes the
// diagonal of axes of one length. An ellipsis stands for any number of axes, which broadcast; if there
// is none after the arrow, these are summed over too. Axes of different terms with the same letter have
// the same length, or length 1, and are then repeated. Without an arrow, the result has the axes of the
// ellipsis, and then the letters that occur once, in alphabetical order, upper case first. Spaces are
// ignored.
//
// The pair of xs that costs least is multiplied first, and so on. The cost is the number of combinations
// of the pair's indices, which is how many multiplications it takes at most, plus the number of elements
// of the product, less those of the pair. Of equal pairs, it is the leftmost. Pairs without a common index
// come last. An index is summed over as soon as no other x needs it.
//
// The gradient by an x is an einsum of ∂L/∂z and the other xs, which follows from the operations that
// Einsum is made of:
//
//	z = Einsum("ij,jk->ik", x, y)    ∂L/∂x = Einsum("ik,jk->ij", ∂L/∂z, y)
//
// It panics if the equation is malformed or does not fit the shapes.
func Einsum(equation string, xs ...*Node) *Node {
	e := parse(equation, xs)
	return contract(e.out, e.terms...)
}

// A label names an index: a letter, or −k for the axis that is k-th from the right of an ellipsis.
// TensorDot numbers its own labels.
type label rune

func (l label) String() string {
	if l < 0 {
		return fmt.Sprintf("axis %d of the ellipsis", int(l))
	}
	return string(rune(l))
}

// indexed is a node with a label for each axis.
type indexed struct {
	*Node
	labels []label
}

// An einsum is an equation with its operands.
type einsum struct {
	equation string
	terms    []indexed
	ellipsis int // how many axes the ellipsis stands for
	out      []label
}

func (e *einsum) fail(format string, args ...any) {
	fail("Einsum", "%q: "+format, append([]any{e.equation}, args...)...)
}

func parse(equation string, xs []*Node) *einsum {
	e := &einsum{equation: equation}
	left, right, arrow := strings.Cut(strings.ReplaceAll(equation, " ", ""), "->")
	terms := strings.Split(left, ",")
	if len(terms) != len(xs) {
		e.fail("%d terms for %d operands", len(terms), len(xs))
	}
	for i, x := range xs {
		mustBeNode("Einsum", x)
		e.terms = append(e.terms, indexed{x, e.term(i, terms[i], x.value)})
	}
	e.mustFit()
	if arrow {
		e.out = e.result(right)
	} else {
		e.out = e.once()
	}
	return e
}

// term returns the labels of an operand's axes.
func (e *einsum) term(i int, term string, x *tensor.Tensor) []label {
	labels, ellipsis := e.letters(term)
	axes := x.Rank() - len(labels)
	if axes < 0 || axes > 0 && ellipsis < 0 {
		e.fail("term %q has %d letters, but operand %d has shape %v", term, len(labels), i, x.Shape())
	}
	if ellipsis >= 0 {
		labels = slices.Insert(labels, ellipsis, ellipsisAxes(axes)...)
		e.ellipsis = max(e.ellipsis, axes)
	}
	return labels
}

// letters returns the letters of a term, and where among them the ellipsis is; −1 if there is none.
func (e *einsum) letters(term string) (labels []label, ellipsis int) {
	ellipsis = -1
	before, after, found := strings.Cut(term, "...")
	if found {
		ellipsis = len(before)
	}
	for _, l := range before + after {
		if !('A' <= l && l <= 'Z' || 'a' <= l && l <= 'z') {
			e.fail("%q in %q is not a letter; an equation has letters, commas, at most one ->, and in each term at most one ...", l, term)
		}
		labels = append(labels, label(l))
	}
	return labels, ellipsis
}

func ellipsisAxes(n int) (labels []label) {
	for k := n; k > 0; k-- {
		labels = append(labels, label(-k))
	}
	return labels
}

// mustFit panics unless axes of one label have the same length, or length 1 where another operand has
// that label too.
func (e *einsum) mustFit() {
	length := lengths(e.terms)
	for i, t := range e.terms {
		for a, l := range t.labels {
			n, first := t.value.Dim(a), t.value.Dim(slices.Index(t.labels, l))
			if n != first {
				e.fail("%v has length %d and %d in operand %d, of shape %v", l, first, n, i, t.value.Shape())
			}
			if n != 1 && n != length[l] {
				e.fail("%v has length %d in an operand, and %d in operand %d, of shape %v", l, length[l], n, i, t.value.Shape())
			}
		}
	}
}

// result returns the labels after the arrow.
func (e *einsum) result(term string) []label {
	labels, ellipsis := e.letters(term)
	for i, l := range labels {
		if !slices.ContainsFunc(e.terms, func(t indexed) bool { return slices.Contains(t.labels, l) }) {
			e.fail("%v is after the arrow, but in no term before it", l)
		}
		if slices.Contains(labels[:i], l) {
			e.fail("%v occurs twice after the arrow", l)
		}
	}
	if ellipsis >= 0 {
		labels = slices.Insert(labels, ellipsis, ellipsisAxes(e.ellipsis)...)
	}
	return labels
}

// once returns the labels of an ellipsis and those that occur once, in order.
func (e *einsum) once() (out []label) {
	count := map[label]int{}
	for _, t := range e.terms {
		for _, l := range t.labels {
			if count[l]++; count[l] == 1 {
				out = append(out, l)
			}
		}
	}
	out = slices.DeleteFunc(out, func(l label) bool { return l > 0 && count[l] > 1 })
	slices.Sort(out)
	return out
}

// contract returns the product of the xs, summed over the indices that are not in out, with its axes in
// the order of out. The labels must fit.
func contract(out []label, xs ...indexed) *Node {
	length := lengths(xs)
	for i, x := range xs {
		xs[i] = x.diagonal().repeated(length)
	}
	for len(xs) > 1 {
		x, y, needed := cheapest(out, xs, length)
		xs[x] = xs[x].times(xs[y], needed)
		xs = slices.Delete(xs, y, y+1)
	}
	return xs[0].sumTo(out).order(out).Node
}

// cheapest returns which two of the xs to multiply first, and the labels that out and the other xs need.
func cheapest(out []label, xs []indexed, length map[label]int) (x, y int, needed []label) {
	var least []int
	for j := range xs {
		for i := range j {
			others := slices.Clone(out)
			for k, z := range xs {
				if k != i && k != j {
					others = append(others, z.labels...)
				}
			}
			_, onlyY := split(xs[j].labels, xs[i].labels)
			both := slices.Concat(xs[i].labels, onlyY)
			left, _ := split(both, others)
			more := sizeOf(left, length) - sizeOf(xs[i].labels, length) - sizeOf(xs[j].labels, length) // elements that the product adds
			cost := []int{0, sizeOf(both, length) + more}
			if len(both) == len(xs[i].labels)+len(xs[j].labels) {
				cost[0] = 1 // an outer product
			}
			if least == nil || slices.Compare(cost, least) < 0 {
				least, x, y, needed = cost, i, j, others
			}
		}
	}
	return x, y, needed
}

// sizeOf returns the number of elements of axes with these labels.
func sizeOf(labels []label, length map[label]int) int {
	n := 1
	for _, l := range labels {
		n *= length[l]
	}
	return n
}

// lengths returns the length of each label's axes: 1 only if all of them have length 1.
func lengths(xs []indexed) map[label]int {
	length := map[label]int{}
	for _, x := range xs {
		for a, l := range x.labels {
			if n, found := length[l]; !found || n == 1 {
				length[l] = x.value.Dim(a)
			}
		}
	}
	return length
}

// diagonal returns x with one axis for each label: the diagonal where several axes had the same label.
func (x indexed) diagonal() indexed {
	var labels []label
	for _, l := range x.labels {
		if !slices.Contains(labels, l) {
			labels = append(labels, l)
		}
	}
	if len(labels) == len(x.labels) {
		return x
	}
	full, d := layoutOf(x.value), layout{rank: len(labels)}
	for a, l := range x.labels {
		k := slices.Index(labels, l)
		d.shape[k] = full.shape[a]
		d.step[k] += full.step[a]
	}
	return indexed{x.selection("Diagonal", func(at *tensor.Tensor, _ *Node) {
		places := at.Zeros(d.dims()...).Data()
		d.walk(0, func(k, place int) { places[k] = float64(place) })
	}), labels}
}

// repeated returns x without the axes of length 1 that are longer in another operand, where broadcasting
// restores them.
func (x indexed) repeated(length map[label]int) indexed {
	var shape []int
	var labels []label
	for a, l := range x.labels {
		if n := x.value.Dim(a); n == length[l] {
			shape, labels = append(shape, n), append(labels, l)
		}
	}
	return indexed{x.withShape(shape), labels}
}

// axesOf returns the axes of x that have the labels.
func (x indexed) axesOf(labels []label) []int {
	axes := make([]int, len(labels))
	for i, l := range labels {
		axes[i] = slices.Index(x.labels, l)
	}
	return axes
}

// sumTo returns x summed over the indices that are not needed.
func (x indexed) sumTo(needed []label) indexed {
	kept, gone := split(x.labels, needed)
	if len(gone) == 0 {
		return x
	}
	return indexed{x.Sum(x.axesOf(gone)...), kept}
}

// order returns x with its axes in the order of the labels.
func (x indexed) order(labels []label) indexed {
	if slices.Equal(x.labels, labels) {
		return x
	}
	return indexed{x.Transpose(x.axesOf(labels)...), labels}
}

// times returns the product of x and y, summed over the indices that are not needed. It is a product of
// two stacks of matrices, in which each of these groups of indices is made one axis: those that both have
// and that stay, those that one has and that stay, and those that are summed over.
func (x indexed) times(y indexed, needed []label) indexed {
	x, y = x.sumTo(slices.Concat(needed, y.labels)), y.sumTo(slices.Concat(needed, x.labels))
	shared, onlyX := split(x.labels, y.labels)
	_, onlyY := split(y.labels, x.labels)
	stack, sum := split(shared, needed)
	length := lengths([]indexed{x, y})
	shape := func(groups ...[]label) (shape []int) { // with each group made one axis
		for _, labels := range groups {
			shape = append(shape, sizeOf(labels, length))
		}
		return shape
	}
	left, right := shape(stack, onlyX, sum), shape(stack, sum, onlyY)
	if len(stack) == 0 { // plain matrices
		left, right = left[1:], right[1:]
	}
	product := (*Node).MatMul
	if len(sum) == 0 {
		product = (*Node).Mul // of a column and a row
	}
	z := product(x.order(slices.Concat(stack, onlyX, sum)).withShape(left), y.order(slices.Concat(stack, sum, onlyY)).withShape(right))
	out := slices.Concat(stack, onlyX, onlyY)
	var full []int
	for _, l := range out {
		full = append(full, length[l])
	}
	return indexed{z.withShape(full), out}
}

// split returns the labels that are among others, and those that are not.
func split(labels, others []label) (in, out []label) {
	for _, l := range labels {
		if slices.Contains(others, l) {
			in = append(in, l)
		} else {
			out = append(out, l)
		}
	}
	return in, out
}

// withShape is Reshape, or x if it has that shape.
func (x *Node) withShape(shape []int) *Node {
	if x.value.HasShape(shape...) {
		return x
	}
	return x.Reshape(shape...)
}
