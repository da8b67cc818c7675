package layers_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"strings"
	"testing"

	"gentlegrad/layers"
)

// json and gob do not write a network without its numbers, nor read one.
func TestEncoding(t *testing.T) {
	t.Parallel()
	linear := fromZeros(2, 3)
	gob.Register(linear)
	const want = "autograd: nodes, gradients and plans can't be encoded: encode the numbers, such as a node's Value"
	for name, net := range map[string]any{
		"linear": linear, "sequential": layers.Sequential{linear, layers.Tanh{}}, "own": &block{layers.Sequential{linear}}, "node": linear.Weight, "node by value": *linear.Weight,
		"without bias": &layers.Linear{Weight: linear.Weight},
	} {
		if text, err := json.Marshal(net); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("json of %s: %s, %v", name, text, err)
		}
		var b bytes.Buffer
		if err := gob.NewEncoder(&b).Encode(net); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("gob of %s: %q, %v", name, b.String(), err)
		}
	}
	for _, text := range []string{`{"Weight": "1"}`, `{"Weight": {}}`, `{"Weight": [1]}`, `[{"Weight": null}]`} {
		if err := json.Unmarshal([]byte(text), new(layers.Linear)); err == nil {
			t.Errorf("%s is read", text)
		}
	}
}

func TestEncodeToNothing(t *testing.T) {
	wantPanic(t, "layers: Decode: the reader is nil", func() { layers.Decode(nil, fromZeros(2, 3)) })
	wantPanic(t, "layers: Encode: the writer is nil", func() { layers.Encode(nil, fromZeros(2, 3)) })
}
