package gradcheck

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/google/go-cmp/cmp"

	"gentlegrad/tensor"
)

// Compare returns nil if manual and automatic have the same names, and the tensors of each name have the
// same shape and close elements. Otherwise it returns joined errors in the order of the names, which say
// what differs. Elements m and a are close if
//
//  1. they are equal, which infinities can be too; NaN is close to nothing, and an infinity only to
//     itself; or
//  2. |m−a| ≤ tolerance · max(|m|, |a|); or
//  3. |m−a| is no more than the rounding of the tensors' largest element, 2⁻⁵⁰ times its size.
//
// For each tensor the first ten differences are listed. It is an *[Error] if there is nothing to
// compare, no name or no element, or if the tolerance is not at least 0 and less than 1.
func Compare(manual, automatic map[string]*tensor.Tensor, tolerance float64) error {
	if !(0 <= tolerance && tolerance < 1) {
		return &Error{"Compare", fmt.Sprintf("the tolerance is %v; it must be at least 0 and less than 1", tolerance)}
	}
	names := slices.AppendSeq(slices.Collect(maps.Keys(manual)), maps.Keys(automatic))
	slices.Sort(names)
	var errs []error
	elements := 0
	for _, name := range slices.Compact(names) {
		m, hasManual := manual[name]
		a, hasAutomatic := automatic[name]
		elements += m.Len() + a.Len()
		var all []string
		switch {
		case hasManual && m.IsEmpty():
			all = []string{": the manual tensor is nil or empty"}
		case hasAutomatic && a.IsEmpty():
			all = []string{": the automatic tensor is nil or empty"}
		case !hasManual:
			all = []string{": only automatic has it"}
		case !hasAutomatic:
			all = []string{": only manual has it"}
		case !tensor.SameShape(m, a):
			all = []string{fmt.Sprintf(": shape: manual %v, automatic %v", m.Shape(), a.Shape())}
		default:
			all = unlike(m, a, tolerance)
		}
		for _, what := range all[:min(len(all), 10)] {
			errs = append(errs, errors.New("gradcheck: "+name+what))
		}
		if more := len(all) - 10; more > 0 {
			errs = append(errs, fmt.Errorf("gradcheck: %s: %d more", name, more))
		}
	}
	if elements == 0 {
		return &Error{"Compare", "there is nothing to compare"}
	}
	return errors.Join(errs...)
}

// unlike says where the elements of two tensors of the same shape are not close.
func unlike(m, a *tensor.Tensor, tolerance float64) []string {
	least := 0x1p-50 * max(largest(m), largest(a))
	isClose := func(m, a float64) bool {
		d := math.Abs(m - a)
		return m == a || !math.IsInf(d, 0) && (d <= tolerance*max(math.Abs(m), math.Abs(a)) || d <= least)
	}
	if slices.EqualFunc(m.Data(), a.Data(), isClose) { // most are: go-cmp takes long for large ones
		return nil
	}
	r := reporter{shape: m.Shape()}
	// As maps, since slices would be compared with insertions and deletions, as texts are.
	cmp.Equal(maps.Collect(slices.All(m.Data())), maps.Collect(slices.All(a.Data())), cmp.Comparer(isClose), cmp.Reporter(&r))
	return r.differences
}

// A reporter gathers the differences that cmp.Equal finds between the elements of tensors of the same shape.
type reporter struct {
	shape       []int
	last        cmp.PathStep
	differences []string
}

func (r *reporter) PushStep(s cmp.PathStep) { r.last = s }
func (r *reporter) PopStep()                {}

func (r *reporter) Report(result cmp.Result) {
	if result.Equal() {
		return
	}
	at := ""
	if len(r.shape) > 0 {
		at = fmt.Sprint(index(int(r.last.(cmp.MapIndex).Key().Int()), r.shape))
	}
	m, a := r.last.Values()
	r.differences = append(r.differences, fmt.Sprintf("%s: manual %v, automatic %v", at, m, a))
}
