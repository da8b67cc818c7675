package gradcheck

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"gentlegrad/tensor"
)

// Compare returns nil if manual and automatic have the same names, and their tensors
// the same shapes and close elements, |m−a| ≤ tolerance · max(1, |m|, |a|); otherwise
// joined errors in the order of the names, which say what differs. NaN is close to
// nothing. Of each tensor the first ten differences are named.
func Compare(manual, automatic map[string]*tensor.Tensor, tolerance float64) error {
	r := reporter{differences: map[string][]string{}}
	cmp.Equal(manual, automatic,
		cmp.Transformer("elements", elements),
		cmp.Comparer(func(m, a float64) bool {
			return m == a || math.Abs(m-a) <= tolerance*max(1, math.Abs(m), math.Abs(a))
		}),
		cmp.Reporter(&r))
	return r.err()
}

// An array is a tensor as go-cmp can look into it. (A slice of elements would be
// compared as a text is, with insertions.)
type array struct {
	Shape    string
	Elements map[place]float64
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
	if x == nil {
		return array{Shape: "nil"}
	}
	a := array{fmt.Sprint(x.Shape()), make(map[place]float64, x.Len())}
	for j, v := range x.Data() {
		p := place{Rank: x.Rank()}
		copy(p.Index[:], index(j, x.Shape()))
		a.Elements[p] = v
	}
	return a
}

// A reporter gathers the differences that cmp.Equal finds.
type reporter struct {
	path        cmp.Path
	differences map[string][]string // by name of the gradient
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
