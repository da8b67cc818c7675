package optim

import (
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"strconv"

	"gentlegrad/tensor"
)

// State yields what the optimiser keeps from step to step, by name: "steps", the number of steps made;
// other numbers of the rule; and what it keeps for parameter i, in the order given to the constructor,
// such as "0.velocity". Besides the settings and the parameters themselves, this is all there is: after
// [Base.SetState] of it another optimiser goes on with the same bits. The tensors are copies.
func (b *Base) State() iter.Seq2[string, *tensor.Tensor] {
	return func(yield func(string, *tensor.Tensor) bool) {
		for name, v := range stateOf(b.numbers) {
			if !yield(name, v) {
				return
			}
		}
		for i, p := range b.parameters {
			for _, k := range p.kept {
				if k.value != nil && !yield(keptName(i, k.name), k.value.Clone()) {
					return
				}
			}
		}
	}
}

func keptName(parameter int, name string) string { return strconv.Itoa(parameter) + "." + name }

// SetState makes the optimiser go on where another was when its State was taken, as in
//
//	err := o.SetState(maps.Collect(other.State()))
//
// The state is copied. If its names and shapes are not those of this optimiser, the optimiser stays as it
// is, and the error, an *[Error], says what differs.
func (b *Base) SetState(state map[string]*tensor.Tensor) error {
	if len(b.numbers) == 0 {
		return stateError("the optimiser is a zero value; a constructor makes one")
	}
	unused := maps.Clone(state)
	for _, n := range b.numbers {
		delete(unused, n.name)
		if err := wantShape(state, n.name, nil); err != nil {
			return err
		}
	}
	steps := state["steps"].Item()
	if !(steps >= 0 && steps == math.Trunc(steps) && steps < 1<<53) {
		return stateError("steps is %v; it must be a whole number", steps)
	}
	inUse := b.inUse(state, steps)
	for i, p := range b.parameters {
		for _, k := range p.kept {
			if !inUse[k.name] {
				continue
			}
			name := keptName(i, k.name)
			if err := wantShape(state, name, p.node.Value().Shape()); err != nil {
				return err
			}
			delete(unused, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(unused)) {
		return stateError("%q is not in the state of this optimiser, which has %d parameters", name, len(b.parameters))
	}
	b.setState(state)
	return nil
}

// inUse returns the names that a state must have for every parameter: those that are always kept, and
// those that the state has for any parameter.
func (b *Base) inUse(state map[string]*tensor.Tensor, steps float64) map[string]bool {
	inUse := map[string]bool{}
	for i, p := range b.parameters {
		for _, k := range p.kept {
			_, ok := state[keptName(i, k.name)]
			if ok || steps > 0 && !k.optional {
				inUse[k.name] = true
			}
		}
	}
	return inUse
}

func (b *Base) setState(state map[string]*tensor.Tensor) {
	for _, n := range b.numbers {
		*n.value = state[n.name].Item()
	}
	for i, p := range b.parameters {
		for k := range p.kept {
			p.kept[k].value = nil
			if v := state[keptName(i, p.kept[k].name)]; v != nil {
				p.kept[k].value = v.Clone()
			}
		}
	}
}

// stateOf yields numbers as a state.
func stateOf(numbers []number) iter.Seq2[string, *tensor.Tensor] {
	return func(yield func(string, *tensor.Tensor) bool) {
		for _, n := range numbers {
			if !yield(n.name, tensor.Scalar(*n.value)) {
				return
			}
		}
	}
}

// setNumbers sets numbers from a state, which must have these alone.
func setNumbers(numbers []number, state map[string]*tensor.Tensor) error {
	for _, n := range numbers {
		if err := wantShape(state, n.name, nil); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(state)) {
		if !slices.ContainsFunc(numbers, func(n number) bool { return n.name == name }) {
			return stateError("%q is not in the state of this schedule", name)
		}
	}
	for _, n := range numbers {
		*n.value = state[n.name].Item()
	}
	return nil
}

// wantShape returns an error unless the state has a tensor of that name and shape.
func wantShape(state map[string]*tensor.Tensor, name string, shape []int) error {
	switch v, ok := state[name]; {
	case !ok:
		return stateError("%s is missing", name)
	case v.IsEmpty(): // nil is
		return stateError("%s is nil or empty", name)
	case !v.HasShape(shape...):
		return stateError("%s has shape %v, not %v", name, v.Shape(), shape)
	}
	return nil
}

func stateError(format string, args ...any) error {
	return &Error{Op: "SetState", Text: fmt.Sprintf(format, args...)}
}
