package gradcheck

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"gentlegrad/tensor"
)

// Compare returns nil if manual and automatic have the same names, one at least, and their tensors
// the same shapes and close elements, one at least, otherwise joined errors in the order of the names, which say
// what differs. Elements m and a are close if
//
//  1. they are equal, infinite ones too; NaN is close to nothing, nor is an infinite one to another number; or
//  2. |m−a| ≤ tolerance · max(|m|, |a|); or
//  3. |m−a| is no more than the rounding of the tensors' largest element, 2⁻⁵⁰ times its size.
//
// Of each tensor the first ten differences are named. Nothing to compare is an *[Error], and so is a tolerance
// that is not from 0 up to, not including, 1.
func Compare(manual, automatic map[string]*tensor.Tensor, tolerance float64) error {
	if !(0 <= tolerance && tolerance < 1) {
		return &Error{"Compare", fmt.Sprintf("the tolerance is %v; it must be at least 0 and less than 1", tolerance)}
	}
	if isNothing(manual) && isNothing(automatic) {
		return &Error{"Compare", "there is nothing to compare"}
	}
	r := reporter{differences: map[string][]string{}}
	m, a := map[string]*tensor.Tensor{}, map[string]*tensor.Tensor{} // as they are, or empty for nil
	maps.Copy(m, manual)
	maps.Copy(a, automatic)
	r.takeEmpty("manual", m, a)
	r.takeEmpty("automatic", a, m)
	for name, x := range m {
		if y := a[name]; areClose(x, y, tolerance) { // most are: go-cmp takes long for large ones
			delete(m, name)
			delete(a, name)
		}
	}
	cmp.Equal(m, a,
		cmp.Transformer("elements", elements),
		cmp.Comparer(func(m, a element) bool { return m.isClose(a, tolerance) }),
		cmp.Reporter(&r))
	return r.err()
}

// areClose reports whether x and y have one shape and close elements.
func areClose(x, y *tensor.Tensor, tolerance float64) bool {
	if !tensor.SameShape(x, y) {
		return false
	}
	largestX, largestY := largest(x), largest(y)
	for i, v := range x.Data() {
		if !(element{v, largestX}).isClose(element{y.Data()[i], largestY}, tolerance) {
			return false
		}
	}
	return true
}

// isNothing reports whether there is no element at all.
func isNothing(all map[string]*tensor.Tensor) bool {
	for _, x := range all {
		if x.Len() > 0 {
			return false
		}
	}
	return true
}

// An array is a tensor as go-cmp can look into it. (A slice of elements would be
// compared as a text is, with insertions.)
type array struct {
	Shape    string
	Elements map[place]element
}

// An element is one of a tensor, whose largest has this size.
type element struct{ value, largest float64 }

func (m element) isClose(a element, tolerance float64) bool {
	d := math.Abs(m.value - a.value)
	return m.value == a.value || !math.IsInf(d, 0) &&
		(d <= tolerance*max(math.Abs(m.value), math.Abs(a.value)) || d <= 0x1p-50*max(m.largest, a.largest))
}

// A place is the index of an element.
type place struct {
	Index [16]int
	Rank  int
}

func (p place) String() string {
	if p.Rank == 0 {
		return ""
	}
	return fmt.Sprint(p.Index[:p.Rank])
}

func elements(x *tensor.Tensor) array {
	a := array{fmt.Sprint(x.Shape()), make(map[place]element, x.Len())}
	size := largest(x)
	for j, v := range x.Data() {
		p := place{Rank: x.Rank()}
		copy(p.Index[:], index(j, x.Shape()))
		a.Elements[p] = element{v, size}
	}
	return a
}

// A reporter gathers the differences that cmp.Equal finds.
type reporter struct {
	path        cmp.Path
	differences map[string][]string // by name of the gradient
}

// takeEmpty takes the names whose tensors are nil or empty out of both maps: they are reported, and not compared.
func (r *reporter) takeEmpty(side string, all, others map[string]*tensor.Tensor) {
	for name, x := range all {
		if x.IsEmpty() {
			r.differences[name] = []string{": the " + side + " tensor is nil or empty"}
			delete(all, name)
			delete(others, name)
		}
	}
}

func (r *reporter) PushStep(s cmp.PathStep) { r.path = append(r.path, s) }
func (r *reporter) PopStep()                { r.path = r.path[:len(r.path)-1] }

func (r *reporter) Report(result cmp.Result) {
	if result.Equal() {
		return
	}
	name, what := "", ""
	for _, step := range r.path {
		switch step := step.(type) {
		case cmp.MapIndex:
			if p, ok := step.Key().Interface().(place); ok {
				what = p.String()
			} else {
				name = step.Key().String()
			}
		case cmp.StructField:
			if step.Name() == "Shape" {
				what = ": shape"
			} else if r.shapesDiffer(name) {
				return
			}
		}
	}
	m, a := r.path.Last().Values()
	switch {
	case !m.IsValid():
		what += ": only automatic has it"
	case !a.IsValid():
		what += ": only manual has it"
	case m.Type() == reflect.TypeFor[element]():
		what += fmt.Sprintf(": manual %v, automatic %v", m.Field(0), a.Field(0))
	default:
		what += fmt.Sprintf(": manual %v, automatic %v", m, a)
	}
	r.differences[name] = append(r.differences[name], what)
}

// shapesDiffer reports whether the tensors' shapes differ: their elements then always do.
func (r *reporter) shapesDiffer(name string) bool {
	all := r.differences[name]
	return len(all) > 0 && strings.HasPrefix(all[0], ": shape")
}

func (r *reporter) err() error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(r.differences)) {
		all := r.differences[name]
		for _, what := range all[:min(len(all), 10)] {
			errs = append(errs, errors.New("gradcheck: "+name+what))
		}
		if more := len(all) - 10; more > 0 {
			errs = append(errs, fmt.Errorf("gradcheck: %s: %d more", name, more))
		}
	}
	return errors.Join(errs...)
}
