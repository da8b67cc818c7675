package optim_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/optim"
)

// json and gob do not write optimisers, gradients and plans without their numbers, nor do they read an
// optimiser.
func TestEncoding(t *testing.T) {
	t.Parallel()
	w := variable(1)
	for name, v := range map[string]any{
		"an optimiser": optim.NewAdam(.1, w), "one in a struct": struct{ O *optim.GradientDescent }{optim.NewGradientDescent(.1, w)},
		"an optimiser by value": *optim.NewAdam(.1, w), "a plateau": optim.NewPlateau(.1, .5, 3), "a plateau by value": *optim.NewPlateau(.1, .5, 3),
		"gradients": autograd.Backward(w.Square()), "gradients by value": *autograd.Backward(w.Square()),
		"a plan": autograd.NewPlan(w.Square()), "a plan by value": *autograd.NewPlan(w.Square()),
	} {
		if text, err := json.Marshal(v); err == nil {
			t.Errorf("json of %s: %s", name, text)
		}
		var b bytes.Buffer
		if err := gob.NewEncoder(&b).Encode(v); err == nil {
			t.Errorf("gob of %s: %q", name, b.String())
		}
	}
	for _, text := range []string{`"Adam"`, `{"LearningRate": 1}`} {
		if err := json.Unmarshal([]byte(text), optim.NewAdam(.1, w)); err == nil {
			t.Errorf("%s is read", text)
		}
	}
	if err := optim.NewAdam(.1, w).UnmarshalBinary(nil); err == nil { // which gob calls
		t.Error("an optimiser is read by gob")
	}
	if err := new(optim.Adam).SetState(nil); err == nil || err.Error() != "optim: SetState: the optimiser is a zero value; a constructor makes one" {
		t.Errorf("the state of a zero optimiser: %v", err)
	}
}
